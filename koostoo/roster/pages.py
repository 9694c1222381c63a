"""Pages of the list of an event's people, whatever the order, quick among many."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union_all
from sqlalchemy.orm import joinedload

from koostoo.base.database import db
from koostoo.registration.models import Registration
from koostoo.roster.filters import Filter, conditions_of
from koostoo.roster.ordering import (
    Sort,
    order_of,
    order_within_organisation,
    organisations_in_order,
)
from koostoo.roster.queries import count_rows

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, counted from 1."""

    rows: Sequence[Registration]
    total: int
    number: int
    count: int


def registrations_page(event_id: int, wanted: Filter, sort: Sort, number: int) -> Page:
    """Return one page of the event's people, organisations loaded.

    Which rows are on it is found in an index where there is one; only those are read whole.
    """
    conditions = conditions_of(event_id, wanted)
    if wanted.text and number <= 1:
        found, total = _first_by_words(conditions, order_of(sort, wanted.state))
        return Page(_people(found), total, *_place(1, total))
    if sort.by == "organisation":
        return _page_by_organisation(conditions, sort, number)
    total = count_rows(event_id, wanted)
    number, count = _place(number, total)
    order = order_of(sort, wanted.state)
    ids = db.session.scalars(_numbers(conditions, order, PAGE_SIZE, (number - 1) * PAGE_SIZE)).all()
    return Page(_people(ids), total, number, count)


def _place(number: int, total: int) -> tuple[int, int]:
    """Return the page that is nearest to this one, and how many there are."""
    count = max(1, -(-total // PAGE_SIZE))
    return min(max(number, 1), count), count


def _people(numbers: Sequence[int]) -> list[Registration]:
    """Return these people in this order, those who are gone meanwhile left out."""
    found = db.session.scalars(
        select(Registration)
        .where(Registration.id.in_(numbers))
        .options(joinedload(Registration.organisation))
    )
    by_number = {person.id: person for person in found}
    return [by_number[one] for one in numbers if one in by_number]


def _numbers(
    conditions: Sequence[ColumnElement[bool]], order: Sequence[Any], most: int, offset: int
) -> Select[int]:
    wanted = select(Registration.id).where(*conditions).order_by(*order)
    return wanted.limit(most).offset(offset)


def _first_by_words(
    conditions: Sequence[ColumnElement[bool]], order: Sequence[Any]
) -> tuple[list[int], int]:
    """Return who is on the first page and how many there are, in one pass.

    No index knows what stands inside of words: all people are read, and so are counted on the way.
    """
    wanted = select(Registration.id, func.count().over()).where(*conditions).order_by(*order)
    rows = db.session.execute(wanted.limit(PAGE_SIZE)).all()
    return [row[0] for row in rows], rows[0][1] if rows else 0


def _page_by_organisation(
    conditions: Sequence[ColumnElement[bool]], sort: Sort, number: int
) -> Page:
    """Return a page of the order no index can follow: the database does not know the alphabet.

    But one leads through each organisation: they are counted first, then those that are on the page
    are read, each from where it comes in.
    """
    groups = _organisations(conditions, sort)
    total = sum(size for _one, size in groups)
    number, count = _place(number, total)
    first, parts = (number - 1) * PAGE_SIZE, list[Select[int]]()
    last = first + PAGE_SIZE
    for one, size in groups:
        begins, ends = max(first, 0), min(last, size)
        if begins < ends:
            mine = [*conditions, Registration.organisation_id == one]
            order = order_within_organisation(sort)
            numbers = _numbers(mine, order, ends - begins, begins).subquery()
            parts.append(select(numbers.c.id))
        first, last = first - size, last - size
    ids = db.session.scalars(union_all(*parts)).all() if parts else []
    places = {one: place for place, (one, _size) in enumerate(groups)}
    # What is put together keeps no order of its own.
    people = sorted(
        _people(ids),
        key=lambda person: (person.origin_key, person.sort_key, person.id),
        reverse=sort.is_down,
    )
    people.sort(key=lambda person: places.get(person.organisation_id, len(places)))
    return Page(people, total, number, count)


def _organisations(
    conditions: Sequence[ColumnElement[bool]], sort: Sort
) -> list[tuple[int | None, int]]:
    """Return how many people of each organisation a list has, as it orders them; two queries."""
    rows = db.session.execute(
        select(Registration.organisation_id, func.count())
        .where(*conditions)
        .group_by(Registration.organisation_id)
    )
    sizes = {number: size for number, size in rows}  # noqa: C416 - rows are typed pairs
    return [(one, sizes[one]) for one in organisations_in_order(sort) if one in sizes]
