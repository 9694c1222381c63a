"""People of an event as far as the token's owner may see them; that they were read is noted."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import abort, g, request

from koostoo.accounts.downloads import Note, is_noted, record_downloads
from koostoo.attendance import queries
from koostoo.base.clock import local_day, now
from koostoo.events.models import Question
from koostoo.registration import models
from koostoo.registration.api_queries import people_after
from koostoo.registration.desk_queries import find_event
from koostoo.roster.filters import Filter
from koostoo.roster.queries import count_rows
from koostoo.web.api.asked import Page, PeopleAsked
from koostoo.web.api.resource import page_of, resource
from koostoo.web.api.shapes import Answer, Attendance, Listed, Mark, Registration, Shape, words
from koostoo.web.rights import access, event_facts, organiser_id, shows_contacts


@resource("/events/<slug>/registrations", "api_people", Listed[Registration], PeopleAsked)
def registrations(asked: PeopleAsked, slug: str) -> Listed[Registration]:
    """List the people of an event, contacts and answers as far as its owner may see them."""
    facts, whose = event_facts(), access().whose_people(event_facts())
    event = find_event(slug) or abort(404)
    runs = access().may_run(facts)
    questions = [one for one in event.questions if runs or not one.is_sensitive]
    rows = people_after(facts.id, asked.state, whose, asked.cursor, asked.limit + 1)
    page = page_of(rows, asked, _number_of, lambda row: _registration(row, questions))
    _note("registrations", Registration, lambda: count_rows(facts.id, Filter(whose=whose)))
    return page


@resource("/events/<slug>/attendance", "api_people", Listed[Attendance], Page)
def attendance(page: Page, **_path: str) -> Listed[Attendance]:
    """List who is expected at an event or was there, with the days they were marked for."""
    facts, whose = event_facts(), access().whose_people(event_facts())
    rows = queries.listed_after(facts.id, whose, page.cursor, page.limit + 1)
    marks = queries.standings(facts.id, [row.id for row in rows])
    listed = page_of(rows, page, _number_of, lambda row: _attendance(row, marks.get(row.id, {})))
    _note("attendance", Attendance, lambda: queries.count_listed(facts.id, whose))
    return listed


def _note(name: str, shape: type[Shape], count: Callable[[], int]) -> None:
    """Note once a day that a program read this list with this token, and how long the list is.

    A program asks every few minutes and gets a list page by page: noting each answer would bury
    what people took along. Where the note cannot be written, `Busy` answers 503 and nothing leaves.
    """
    token, facts, moment = g.api_token, event_facts(), now()
    once = f"{token.id}:{name}:{facts.id}:{local_day(moment)}"
    if request.method == "HEAD" or is_noted(once):
        return
    whose = access().whose_people(facts)
    chosen: dict[str, Any] = {"program": token.name}
    if whose is not None:
        chosen["whose"] = sorted(whose)
    note = Note(
        "api",
        "json",
        count(),
        project_id=facts.project_id,
        event_id=facts.id,
        columns=list(shape.model_fields),
        chosen=chosen,
        once=once,
    )
    record_downloads([note], moment, organiser_id())


def _number_of(row: models.Registration) -> int:
    return row.id


def _registration(row: models.Registration, questions: Sequence[Question]) -> Registration:
    is_open = shows_contacts(row.organisation_id)
    return Registration(
        id=row.id,
        state=row.state,  # type: ignore[arg-type]  # the CHECK keeps it
        first_name=row.first_name,
        last_name=row.last_name,
        organisation=row.organisation.slug if row.organisation else None,
        other_organisation=row.other_organisation or None,
        represents=row.member_organisation or None,
        role=row.role,  # type: ignore[arg-type]  # the CHECK keeps it
        membership=row.membership,  # type: ignore[arg-type]  # the CHECK keeps it
        photo_consent=row.photo_consent,
        email=(row.email or None) if is_open else None,
        phone=(row.phone or None) if is_open else None,
        answers=_answers(row, questions) if is_open else None,
        created_at=row.created_at,
        cancelled_at=row.cancelled_at,
    )


def _answers(row: models.Registration, questions: Sequence[Question]) -> list[Answer]:
    given = {answer.question_id: answer.value for answer in row.answers}
    return [
        Answer(
            question=one.id,
            label=words(one.label),
            kind=one.kind,  # type: ignore[arg-type]  # the CHECK keeps it
            value=_value(one, given[one.id]),
        )
        for one in questions
        if one.id in given
    ]


def _value(question: Question, value: Any) -> Any:
    """Return an answer as programs read it: numbers as such, of choices their words."""
    if value is None:
        return None
    if question.kind == "number":
        return float(value)
    if question.kind in ("choice", "choices"):
        return [words(option.label) for option in question.options if option.id in value]
    return value


def _attendance(row: models.Registration, marks: Any) -> Attendance:
    return Attendance(
        registration=row.id,
        first_name=row.first_name,
        last_name=row.last_name,
        organisation=row.organisation.slug if row.organisation else None,
        other_organisation=row.other_organisation or None,
        represents=row.member_organisation or None,
        marks=[Mark(day=day, status=mark.status) for day, mark in sorted(marks.items())],
    )
