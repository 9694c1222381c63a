"""An organiser's own words in the letters of an event: one text for each kind of letter."""

from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from koostoo.accounts.audit import record
from koostoo.accounts.models import Organiser
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.retry import retried
from koostoo.events.models import Event, LetterWords
from koostoo.mail.models import OutboxMessage
from koostoo.mail.outbox import enqueue

WORDED = (
    "confirmed",
    "waiting",
    "promoted",
    "offered",
    "offer_lapsed",
    "pending",
    "rejected",
    "event_changed",
    "cancelled",
    "released",
    "reminder",
    "thanks",
    "feedback_reminder",
)
"""The letters that take words: those about one registration."""
TEST = "test"
"""The kind of a letter an organiser sends to themselves."""
ONE_PRESS = timedelta(seconds=10)


class WordsChanged(Exception):
    """Somebody else wrote these words since the form was opened; `version` is the present one."""

    def __init__(self, version: int) -> None:
        super().__init__(str(version))
        self.version = version


@retried
def write_words(
    event_id: int, kind: str, words: LocalText, version: int, now: datetime, by: int | None
) -> None:
    """Keep an organiser's words for a kind of letter; no words remove them.

    `version` is that of the words the form was opened with, 0 where there were none. Raises
    WordsChanged, LookupError.
    """
    with transaction() as session:
        if session.get(Event, event_id, with_for_update={"of": Event}) is None:
            raise LookupError(event_id)
        known = session.scalar(_words(event_id).where(LetterWords.kind == kind))
        present = known.version if known else 0
        if present != version:
            raise WordsChanged(present)
        if words == (known.words if known else LocalText()):
            return
        if known is None:
            session.add(LetterWords(event_id=event_id, kind=kind, words=words, version=1))
        elif words:
            known.words, known.version = words, version + 1
        else:
            session.delete(known)
        record(session, by, "words_changed", now, event_id=event_id, detail={"letter": kind})


@retried
def send_test(event_id: int, kind: str, language: str, now: datetime, by: int) -> str:
    """Queue a letter of this kind to the organiser `by`, with a made-up participant.

    Returns the address. A second press of the same button within seconds sends no second one.
    """
    with transaction() as session:
        organiser = session.get_one(Organiser, by, with_for_update=True)
        queue, payload = f"{TEST}:{by}", {"letter": kind, "event_id": event_id}
        just_now = session.scalars(
            select(OutboxMessage).where(
                OutboxMessage.queue == queue, OutboxMessage.created_at > now - ONE_PRESS
            )
        )
        if not any((one.payload, one.language) == (payload, language) for one in just_now):
            enqueue(
                session,
                kind=TEST,
                queue=queue,
                recipient=organiser.email,
                language=language,
                now=now,
                domain=str(current_app.config["BASE_HOST"]),
                payload=payload,
            )
        return organiser.email


def copy_words(session: Session, original: Event, copied: Event) -> None:
    """Give a copy of an event its words; part of the caller's transaction."""
    session.add_all(
        LetterWords(event_id=copied.id, kind=one.kind, words=one.words, version=1)
        for one in session.scalars(_words(original.id))
    )


def words_by_kind(event_id: int) -> dict[str, LetterWords]:
    """Return the words of an event's letters, by the kind of letter."""
    return {one.kind: one for one in db.session.scalars(_words(event_id))}


def words_for(session: Session, event: Event, kind: str) -> LocalText:
    """Return an organiser's words for a letter; perhaps none."""
    found = session.scalar(_words(event.id).where(LetterWords.kind == kind))
    return LocalText() if found is None else found.words


def is_used(event: Event, kind: str) -> bool:
    """Say whether the event, as it is set up, can come to send letters of this kind."""
    needs: dict[str, Any] = {
        "waiting": event.has_waiting_list,
        "promoted": event.has_waiting_list and not event.offer_hours,
        "offered": event.has_waiting_list and event.offer_hours,
        "offer_lapsed": event.has_waiting_list and event.offer_hours,
        "pending": event.approval != "none",
        "rejected": event.approval != "none",
        "reminder": event.reminders,
        "thanks": event.thanks_after,
        "feedback_reminder": event.own_feedback and event.own_feedback.remind_after,
    }
    return bool(needs.get(kind, True))


def _words(event_id: int) -> Select[LetterWords]:
    return select(LetterWords).where(LetterWords.event_id == event_id)
