"""Changing an event people may have signed up for: seats are filled, everybody is told."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from koostoo.accounts.audit import Action, record
from koostoo.base.database import transaction
from koostoo.base.localtext import LocalText
from koostoo.base.retry import retried
from koostoo.events import rules
from koostoo.events.changes import changes
from koostoo.events.models import Event, Question
from koostoo.events.moves import told_of, touched
from koostoo.events.questions import QuestionDraft, match_options
from koostoo.events.rules import EventDraft
from koostoo.events.service import NotReady, draft_of, write_draft
from koostoo.registration.filling import fill_seats
from koostoo.registration.letters import notify_all
from koostoo.registration.models import Answer
from koostoo.registration.moving import MoveNotice, check_notice, tell_of_move
from koostoo.registration.seating import count_seated, lock_event


class ChangedMeanwhile(Exception):
    """Somebody else saved the event since this form was opened; `version` is the present one."""

    def __init__(self, version: int) -> None:
        super().__init__(str(version))
        self.version = version


class SeatsTaken(Exception):
    """The new limit is below the number of people who have a seat, `taken`."""

    def __init__(self, taken: int) -> None:
        super().__init__(str(taken))
        self.taken = taken


class AlreadyAnswered(Exception):
    """A question, or an option somebody chose, may not go: `label` says which (Estonian)."""

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label


class CalledOff(Exception):
    """The event was called off or is over; this about it changes no more."""


@retried
def edit_event(
    event_id: int,
    draft: EventDraft,
    version: int,
    now: datetime,
    by: int | None = None,
    overfull: str = "",
    notice: MoveNotice | None = None,
) -> int:
    """Save what the organiser changed; `version` is that of the event the form was opened with.

    Another time, place or join link raises SEQUENCE and writes a letter to everybody, with what
    `notice` says besides; more seats confirm the next who wait; a mended word does neither.
    `overfull` is the organiser's reason for having fewer seats than people who have one; nobody
    loses theirs. Returns how many people are told. Raises ChangedMeanwhile, SeatsTaken,
    AlreadyAnswered, NotReady (published only), PeopleToTell (no notice), CalledOff, EventNotFound.
    """
    with transaction() as session:
        event = lock_event(session, event_id)
        old = draft_of(event)
        _check(session, event, old, draft, version, now)
        above = _is_overfull(session, event, old, draft, overfull)
        moved = event.state == "published" and rules.moves_calendar(old, draft)
        # Of what is over nobody wants to hear.
        tells = moved and not draft.when.is_over(now)
        if tells:
            check_notice(session, event, notice, draft.when.begins_at, now)
        write_draft(session, event, draft)
        event.version += 1
        event.revised_at = now
        event.sequence += moved
        session.flush()
        told = 0
        if tells and notice is not None:
            told = tell_of_move(session, event, told_of(old), notice, now)
        detail = changes(old, draft)
        if above or not moved:
            action: Action = "overfull" if above else "edited"
            reason = overfull if above else ""
            record(session, by, action, now, event_id=event.id, reason=reason, detail=detail)
        if moved:
            detail = detail | _moved(old, draft, told, notice)
            record(session, by, "moved", now, event_id=event.id, detail=detail)
        # Whatever was changed: no seat stays empty while somebody waits.
        fill_seats(session, event, now)
        return told


@retried
def call_off(event_id: int, reason: LocalText, now: datetime, by: int | None = None) -> int:
    """Call a published event off and write to everybody; return to how many.

    Registrations stay as they were: they are evidence. Raises CalledOff, EventNotFound.
    """
    with transaction() as session:
        event = lock_event(session, event_id)
        if event.state != "published" or event.when.is_over(now):
            raise CalledOff
        event.state = "called_off"
        event.called_off_reason, event.called_off_reason_en = reason.et, reason.en
        event.sequence += 1
        event.version += 1
        event.revised_at = now
        record(session, by, "called_off", now, event_id=event.id, reason=reason.et)
        session.flush()
        return notify_all(session, event, "event_called_off", now)


def _check(
    session: Session,
    event: Event,
    old: EventDraft,
    new: EventDraft,
    version: int,
    now: datetime,
) -> None:
    if event.state == "called_off":
        raise CalledOff
    if event.version != version:
        raise ChangedMeanwhile(event.version)
    if event.state == "published" and (codes := rules.missing_after_edit(old, new, now)):
        raise NotReady(codes)
    _check_answers_kept(session, event.questions, new.questions)


def _is_overfull(
    session: Session, event: Event, old: EventDraft, new: EventDraft, reason: str
) -> bool:
    """Say whether fewer seats are left than people have; raise SeatsTaken where no `reason` is."""
    if not rules.has_fewer_seats(old, new) or new.capacity is None:
        return False
    taken = count_seated(session, event)
    if new.capacity >= taken:
        return False
    if not reason:
        raise SeatsTaken(taken)
    return True


def _check_answers_kept(
    session: Session, questions: Iterable[Question], drafts: Iterable[QuestionDraft]
) -> None:
    wanted = {draft.id: draft for draft in drafts}
    for question in questions:
        draft = wanted.get(question.id)
        gone = _gone_options(question, draft)
        if not gone and draft is not None and _same_sort(question.kind, draft.kind):
            continue
        chosen = session.scalars(select(Answer.value).where(Answer.question_id == question.id))
        answers = [value for value in chosen if value is not None]
        if draft is None or not _same_sort(question.kind, draft.kind):
            if answers:
                raise AlreadyAnswered(question.label.et)
            continue
        used = {number for value in answers for number in value}
        lost = next((label for number, label in gone.items() if number in used), None)
        if lost is not None:
            raise AlreadyAnswered(lost)


def _gone_options(question: Question, draft: QuestionDraft | None) -> dict[int, str]:
    """Return the options that would disappear: number and words."""
    if draft is None:
        return {}
    pairs = [(option.id, option.label) for option in question.options]
    kept = set(match_options(pairs, draft.options))
    return {number: label.et for number, label in pairs if number not in kept}


def _same_sort(old: str, new: str) -> bool:
    return old == new or {old, new} == {"text", "long"} or (old, new) == ("choice", "choices")


def _moved(
    old: EventDraft, new: EventDraft, told: int, notice: MoveNotice | None
) -> dict[str, Any]:
    """Return for the audit trail what moved: dates old and new, the rest only named."""
    before, after = told_of(old), told_of(new)
    parts = touched(before, after)
    detail: dict[str, Any] = {"parts": parts, "told": told}
    if "when" in parts:
        detail["when"] = [before["when"], after["when"]]
    if notice is not None and notice.answer_until is not None:
        detail["answer_until"] = notice.answer_until.isoformat()
    return detail
