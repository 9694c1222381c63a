"""Reads of the list of an event's people: downloads, and what its columns show."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select

from koostoo.base.database import db
from koostoo.programme.models import Organisation
from koostoo.registration.models import Answer, Registration
from koostoo.roster.filters import Filter, conditions_of
from koostoo.roster.models import ColumnPreset, Note, RegistrationTag, Tag
from koostoo.roster.ordering import BY_NAME, Sort, order_of

CHUNK = 500


class ListRow(NamedTuple):
    """A person in a download; `answers` by question number."""

    id: int
    state: str
    first_name: str
    last_name: str
    email: str
    phone: str
    organisation_id: int | None
    organisation: str
    member_organisation: str
    membership: str | None
    role: str
    language: str
    photo_consent: bool | None
    created_at: datetime
    answers: dict[int, Any]


def count_rows(event_id: int, wanted: Filter) -> int:
    """Return how many people a list has."""
    conditions = conditions_of(event_id, wanted)
    return db.session.scalar(select(func.count(Registration.id)).where(*conditions)) or 0


def numbers_of(event_id: int, wanted: Filter, limit: int) -> list[int]:
    """Return the numbers of those a filter finds, at most so many, in the order of names."""
    return list(
        db.session.scalars(
            select(Registration.id)
            .where(*conditions_of(event_id, wanted))
            .order_by(Registration.sort_key, Registration.id)
            .limit(limit)
        )
    )


def stream_rows(event_id: int, wanted: Filter, sort: Sort = BY_NAME) -> Iterator[ListRow]:
    """Give out the people of a list one by one, in the order of the page, in constant memory.

    Two queries for rows whatever the length: people and answers come in the same order and are
    joined here, so neither list is ever held as a whole.
    """
    order = order_of(sort, wanted.state)
    conditions = conditions_of(event_id, wanted)
    people: Iterable[Any] = db.session.execute(
        select(
            Registration.id,
            Registration.state,
            Registration.first_name,
            Registration.last_name,
            Registration.email,
            Registration.phone,
            Registration.organisation_id,
            func.coalesce(Organisation.name, Registration.other_organisation),
            Registration.member_organisation,
            Registration.membership,
            Registration.role,
            Registration.language,
            Registration.photo_consent,
            Registration.created_at,
        )
        .outerjoin(Registration.organisation)
        .where(*conditions)
        .order_by(*order),
        execution_options={"yield_per": CHUNK},
    )
    answers = db.session.execute(
        select(Registration.id, Answer.question_id, Answer.value)
        .join(Answer, Answer.registration_id == Registration.id)
        .where(*conditions)
        .order_by(*order),
        execution_options={"yield_per": CHUNK},
    )
    groups = groupby(answers, key=lambda row: row[0])
    owner, given = next(groups, (None, iter(())))
    for person in people:
        values: dict[int, Any] = {}
        if owner == person[0]:
            values = {question_id: value for _, question_id, value in given}
            owner, given = next(groups, (None, iter(())))
        yield ListRow._make((*person, values))


def tags_of_project(project_id: int) -> Sequence[Tag]:
    """Return the tags somebody has in a project, in Estonian order."""
    is_used = select(RegistrationTag.id).where(RegistrationTag.tag_id == Tag.id).exists()
    return db.session.scalars(
        select(Tag).where(Tag.project_id == project_id, is_used).order_by(Tag.sort_key, Tag.id)
    ).all()


def tag_names(numbers: Iterable[int]) -> dict[int, str]:
    """Return what these tags are called, those that are gone left out."""
    rows = db.session.execute(select(Tag.id, Tag.name).where(Tag.id.in_(set(numbers))))
    return {number: name for number, name in rows}  # noqa: C416 - rows are typed pairs


def tags_of(event_id: int, numbers: Sequence[int] | None = None) -> dict[int, list[Tag]]:
    """Return the tags of people of an event, of these alone if given, in Estonian order."""
    rows = db.session.execute(
        select(RegistrationTag.registration_id, Tag)
        .join(Tag, Tag.id == RegistrationTag.tag_id)
        .where(*_of(event_id, RegistrationTag.registration_id, numbers))
        .order_by(Tag.sort_key, Tag.id)
    )
    found: dict[int, list[Tag]] = {}
    for number, tag in rows:
        found.setdefault(number, []).append(tag)
    return found


def notes_of(event_id: int, numbers: Sequence[int] | None = None) -> dict[int, str]:
    """Return the notes about people of an event, about these alone if given."""
    rows = db.session.execute(
        select(Note.registration_id, Note.text).where(*_of(event_id, Note.registration_id, numbers))
    )
    return {number: text for number, text in rows}  # noqa: C416 - rows are typed pairs


def answers_of(numbers: Sequence[int], questions: Sequence[int]) -> dict[int, dict[int, Any]]:
    """Return what these people answered to these questions: by person, then by question."""
    rows = db.session.execute(
        select(Answer.registration_id, Answer.question_id, Answer.value).where(
            Answer.registration_id.in_(numbers), Answer.question_id.in_(questions)
        )
    )
    found: dict[int, dict[int, Any]] = {}
    for number, question_id, value in rows:
        found.setdefault(number, {})[question_id] = value
    return found


def presets_of(project_id: int) -> Sequence[ColumnPreset]:
    """Return the named choices of columns of a project, by name."""
    return db.session.scalars(
        select(ColumnPreset)
        .where(ColumnPreset.project_id == project_id)
        .order_by(ColumnPreset.name_key, ColumnPreset.id)
    ).all()


def _of(
    event_id: int, column: ColumnElement[int] | Any, numbers: Sequence[int] | None
) -> list[ColumnElement[bool]]:
    if numbers is not None:
        return [column.in_(numbers)]
    return [column.in_(select(Registration.id).where(Registration.event_id == event_id))]
