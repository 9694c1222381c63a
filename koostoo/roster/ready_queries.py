"""Reads for ready lists: what people with a seat answered, and who of which organisation they are.

A page shows the beginning of a long list and counts the whole, so counting is the database's work
and only what is shown is read.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Text, cast, func, select, union_all

from koostoo.base.database import db
from koostoo.registration.models import Answer, Registration

_SAID_NOTHING = ("null", '""', "[]")
"""Answers that say nothing, as the text of their JSON."""


class Answered(NamedTuple):
    """Somebody with a seat and what they answered, by question."""

    first_name: str
    last_name: str
    answers: dict[int, Any]


class Contact(NamedTuple):
    """Somebody with a seat, as their own organisation knows them."""

    organisation_id: int
    last_name: str
    first_name: str
    email: str
    phone: str
    member_organisation: str
    role: str


def counted_answers(event_id: int, questions: Sequence[int]) -> dict[int, list[tuple[Any, int]]]:
    """Return by question each answer people with a seat gave, with how many gave it."""
    said = cast(Answer.value, Text)
    rows = db.session.execute(
        select(Answer.question_id, said, func.count())
        .join(Registration, Registration.id == Answer.registration_id)
        .where(*_seated(event_id), Answer.question_id.in_(questions))
        .group_by(Answer.question_id, said)
        .order_by(func.min(Registration.id))
    )
    found: dict[int, list[tuple[Any, int]]] = {number: [] for number in questions}
    for question_id, text, number in rows:
        found[question_id].append((json.loads(text), number))
    return found


def answered(
    event_id: int, questions: Sequence[int], none_of_it: Sequence[str] = (), most: int | None = None
) -> tuple[list[Answered], int]:
    """Return who answered one of the questions, in order of names, and how many they are in all.

    `none_of_it` are answers that do not count, as the text of their JSON; `most` is how many are
    wanted at most, all if None.
    """
    counts = cast(Answer.value, Text).not_in((*_SAID_NOTHING, *none_of_it))
    given = select(Answer.registration_id).where(Answer.question_id.in_(questions), counts)
    meant = (*_seated(event_id), Registration.id.in_(given))
    people = db.session.execute(
        select(Registration.id, Registration.first_name, Registration.last_name)
        .where(*meant)
        .order_by(Registration.sort_key, Registration.id)
        .limit(most)
    ).all()
    wanted = select(Answer.registration_id, Answer.question_id, Answer.value).where(
        Answer.question_id.in_(questions)
    )
    if most is None:
        wanted = wanted.join(Registration, Registration.id == Answer.registration_id).where(*meant)
    else:
        wanted = wanted.where(Answer.registration_id.in_([row.id for row in people]))
    answers: dict[int, dict[int, Any]] = {}
    for number, question_id, value in db.session.execute(wanted):
        answers.setdefault(number, {})[question_id] = value
    total = len(people)
    if most is not None and total == most:
        total = db.session.scalar(select(func.count(Registration.id)).where(*meant)) or 0
    return [Answered(first, last, answers.get(one, {})) for one, first, last in people], total


def contacts(
    event_id: int, organisations: Sequence[int], most: int | None = None
) -> dict[int, list[Contact]]:
    """Return by organisation its people with a seat, in order of names, of each at most so many."""
    lists = [_contacts_of(event_id, number, most) for number in organisations]
    rows = db.session.execute(union_all(*lists)).all() if lists else []
    found: dict[int, list[Contact]] = {number: [] for number in organisations}
    # What is put together keeps no order of its own.
    for *values, _key, _number in sorted(rows, key=lambda row: row[-2:]):
        one = Contact._make(values)
        found[one.organisation_id].append(one)
    return found


def _contacts_of(event_id: int, organisation: int, most: int | None) -> Select[*tuple[Any, ...]]:
    """Return the query for one of them: each reads no more of its index than it shows."""
    return select(
        select(
            Registration.organisation_id,
            Registration.last_name,
            Registration.first_name,
            Registration.email,
            Registration.phone,
            Registration.member_organisation,
            Registration.role,
            Registration.sort_key,
            Registration.id,
        )
        .where(*_seated(event_id), Registration.organisation_id == organisation)
        .order_by(Registration.sort_key, Registration.id)
        .limit(most)
        .subquery()
    )


def seats_by_organisation(event_id: int) -> dict[int | None, int]:
    """Return how many seats the people of each organisation have; None: of none of the partners."""
    rows = db.session.execute(
        select(Registration.organisation_id, func.count())
        .where(*_seated(event_id))
        .group_by(Registration.organisation_id)
    )
    return {number: count for number, count in rows}  # noqa: C416 - rows are typed pairs


def _seated(event_id: int) -> tuple[ColumnElement[bool], ...]:
    return Registration.event_id == event_id, Registration.state == "confirmed"
