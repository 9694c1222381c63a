"""In which order a list of people stands: by a column, always the same for the same rows."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, get_args

from sqlalchemy import ColumnElement, case, select

from koostoo.base.database import db
from koostoo.base.text import sort_key
from koostoo.programme.models import Organisation
from koostoo.registration.filling import IN_QUEUE
from koostoo.registration.models import Registration

SortedBy = Literal["", "name", "organisation", "signed_up", "standing"]
SORTS: tuple[SortedBy, ...] = get_args(SortedBy)
_STANDINGS = ("confirmed", "pending", "offered", "waiting", "cancelled", "rejected")
"""Who comes, who may come, who does not."""
_PERSON = (Registration.sort_key, Registration.id)
_ORIGIN = (Registration.origin_key, *_PERSON)


class Sort(NamedTuple):
    """A column and the way; without a column by name, or as people stand in the queue."""

    by: SortedBy = ""
    is_down: bool = False


BY_NAME = Sort()


def order_of(sort: Sort, state: str) -> Sequence[Any]:
    """Return the order for people in this state, or in any when it is empty.

    One small query where organisations decide, for no database knows the Estonian alphabet.
    """
    keys = _keys(sort, state)
    return [key.desc() for key in keys] if sort.is_down else keys


def order_within_organisation(sort: Sort) -> Sequence[Any]:
    """Return the order by organisation for people of one alone, in the words of an index.

    The number leads, though it is the same in all: so PostgreSQL sees it where it is NULL, too.
    """
    keys = (Registration.organisation_id, *_ORIGIN)
    return [key.desc() for key in keys] if sort.is_down else keys


def organisations_in_order(sort: Sort) -> list[int | None]:
    """Return all organisations as `sort` orders them; None: people of another."""
    found = [*_alphabet(), None]
    return found[::-1] if sort.is_down else found


def _keys(sort: Sort, state: str) -> Sequence[Any]:
    if sort.by == "organisation":
        return (_organisation_rank(), *_ORIGIN)
    if sort.by == "signed_up":
        return (Registration.created_at, Registration.id)
    if sort.by == "standing":
        ranks = {standing: rank for rank, standing in enumerate(_STANDINGS)}
        return (case(ranks, value=Registration.state), *_PERSON)
    if sort.by == "" and state == "waiting":
        return IN_QUEUE
    return _PERSON


def _organisation_rank() -> ColumnElement[Any]:
    """Return the place of a person's organisation in the alphabet; others come after them."""
    ranks = {number: rank for rank, number in enumerate(_alphabet())}
    if not ranks:
        return case((Registration.id.is_(None), 0), else_=1)
    return case(ranks, value=Registration.organisation_id, else_=len(ranks))


def _alphabet() -> list[int]:
    rows = db.session.execute(select(Organisation.id, Organisation.name)).all()
    return [number for number, _name in sorted(rows, key=lambda row: sort_key(row[1]))]
