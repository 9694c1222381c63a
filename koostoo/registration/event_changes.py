"""Changing an event people may have signed up for: seats are filled, everybody is told."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from koostoo.accounts.audit import record
from koostoo.base.database import transaction
from koostoo.base.dates import in_full
from koostoo.base.retry import retried
from koostoo.events import rules
from koostoo.events.models import Event, Question
from koostoo.events.questions import QuestionDraft, match_options
from koostoo.events.rules import EventDraft
from koostoo.events.service import NotReady, draft_of, write_draft
from koostoo.registration.filling import fill_seats
from koostoo.registration.letters import notify_all
from koostoo.registration.models import Answer
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
) -> None:
    """Save what the organiser changed; `version` is that of the event the form was opened with.

    Another time, place or join link raises SEQUENCE and writes a letter to everybody; more seats
    confirm the next who wait; a mended word does neither. `overfull` is the organiser's reason for
    having fewer seats than people who have one; nobody loses theirs. Raises ChangedMeanwhile,
    SeatsTaken, AlreadyAnswered, NotReady (published only), CalledOff, EventNotFound.
    """
    with transaction() as session:
        event = lock_event(session, event_id)
        old = draft_of(event)
        _check(session, event, old, draft, version, now)
        taken = count_seated(session, event) if rules.has_fewer_seats(old, draft) else 0
        above = draft.capacity is not None and draft.capacity < taken
        if above and not overfull:
            raise SeatsTaken(taken)
        published = event.state == "published"
        moved = published and rules.moves_calendar(old, draft)
        write_draft(session, event, draft)
        event.version += 1
        event.revised_at = now
        if moved:
            event.sequence += 1
        session.flush()
        if moved:
            notify_all(session, event, "event_changed", now, _as_it_was(old, draft))
        numbers = {"capacity": [old.capacity, draft.capacity]}
        record(
            session,
            by,
            "overfull" if above else "edited",
            now,
            event_id=event.id,
            reason=overfull if above else "",
            detail=numbers if old.capacity != draft.capacity else {},
        )
        # Whatever was changed: no seat stays empty while somebody waits.
        fill_seats(session, event, now)


@retried
def call_off(event_id: int, reason: str, now: datetime, by: int | None = None) -> int:
    """Call a published event off and write to everybody; return to how many.

    Registrations stay as they were: they are evidence. Raises CalledOff, EventNotFound.
    """
    with transaction() as session:
        event = lock_event(session, event_id)
        if event.state != "published" or event.when.is_over(now):
            raise CalledOff
        event.state = "called_off"
        event.called_off_reason = reason
        event.sequence += 1
        event.version += 1
        event.revised_at = now
        record(session, by, "called_off", now, event_id=event.id, reason=reason)
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


def _as_it_was(old: EventDraft, new: EventDraft) -> dict[str, dict[str, str]]:
    """Return what moved as it was, date and place in words in both languages, for the letter."""
    was: dict[str, dict[str, str]] = {}
    if old.when != new.when:
        was["old_when"] = {
            "et": in_full(old.when, "et"),
            "en": in_full(old.when, "en"),
        }
    if old.place != new.place:
        was["old_place"] = old.place.as_dict()
    return was
