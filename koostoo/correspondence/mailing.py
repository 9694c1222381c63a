"""An organiser writes to people of an event: single letters, each once, and a test to oneself."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from koostoo.accounts.audit import record
from koostoo.accounts.models import Organiser
from koostoo.base.database import transaction
from koostoo.base.localtext import LocalText
from koostoo.base.retry import retried
from koostoo.correspondence.models import Mailing, MailingLetter
from koostoo.correspondence.recipients import Whom, find_recipients
from koostoo.events.models import Event
from koostoo.mail import outbox
from koostoo.mail.models import IS_UNSENT, OutboxMessage
from koostoo.mail.outbox import enqueue
from koostoo.registration.letters import mail_domain
from koostoo.registration.models import Registration


@dataclass(frozen=True, slots=True)
class Words:
    """What an organiser wrote: subject and text (a small Markdown), English perhaps missing."""

    subject: LocalText
    text: LocalText


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter to be sent: what it says and to whom; `nonce` names the form it came from."""

    words: Words
    nonce: str
    is_news: bool = False
    whom: Whom = field(default_factory=Whom)

    @property
    def key(self) -> str:
        """What makes it one letter: the same words to the same people from the same form."""
        said = [self.words.subject.as_dict(), self.words.text.as_dict(), self.is_news]
        to_whom = [self.whom.as_dict(), list(self.whom.ticked)]
        return sha256(json.dumps([self.nonce, said, to_whom]).encode()).hexdigest()


class Sent(NamedTuple):
    """To how many a letter was written; `again`: it had been already, by the same form."""

    letters: int
    again: bool = False


class OtherNumber(Exception):
    """Not as many would get it as the organiser was told, but `letters`; nothing was sent."""

    def __init__(self, letters: int) -> None:
        super().__init__(str(letters))
        self.letters = letters


@retried
def send_mailing(event_id: int, draft: Draft, letters: int, now: datetime, by: int | None) -> Sent:
    """Write the letter to everybody chosen.

    `letters` is the number the organiser was shown. The same letter from the same form is sent
    once, however often it comes. Raises OtherNumber, LookupError.
    """
    with transaction() as session:
        event = session.get(Event, event_id)
        if event is None:
            raise LookupError(event_id)
        known = session.scalar(select(Mailing.letters).where(Mailing.key == draft.key))
        if known is not None:
            return Sent(known, again=True)
        found = find_recipients(session, event, draft.whom, is_news=draft.is_news).letters
        if len(found) != letters or not found:
            raise OtherNumber(len(found))
        mailing = Mailing(
            event_id=event_id,
            organiser_id=by,
            written_at=now,
            is_news=draft.is_news,
            event_state=event.state,
            subject=draft.words.subject,
            text=draft.words.text,
            chosen=draft.whom.as_dict(),
            letters=letters,
            key=draft.key,
        )
        session.add(mailing)
        session.flush()
        messages = [_enqueue(session, mailing, people, now) for people in found]
        session.flush()
        session.add_all(
            MailingLetter(mailing_id=mailing.id, outbox_id=message.id) for message in messages
        )
        record(session, by, "wrote", now, event_id=event_id, detail={"letters": letters})
        return Sent(letters)


def _enqueue(
    session: Session, mailing: Mailing, people: Sequence[Registration], now: datetime
) -> OutboxMessage:
    first = people[0]
    return enqueue(
        session,
        kind="mailing",
        # In line with the person's other letters: a correction never comes first.
        queue=f"registration:{first.id}",
        recipient=first.email,
        language=first.language,
        now=now,
        domain=mail_domain(),
        registration_id=first.id,
        payload={"mailing_id": mailing.id, "people": [person.id for person in people]},
    )


@retried
def stop_mailing(event_id: int, mailing_id: int, now: datetime, by: int | None) -> int:
    """Keep the copies that have not left from leaving; return how many.

    One that is just being handed over leaves. Each can be sent after all, from the outbox.
    """
    with transaction() as session:
        waiting = session.scalars(
            select(OutboxMessage)
            .join(MailingLetter, MailingLetter.outbox_id == OutboxMessage.id)
            .join(Mailing, Mailing.id == MailingLetter.mailing_id)
            .where(Mailing.id == mailing_id, Mailing.event_id == event_id, IS_UNSENT)
            .order_by(OutboxMessage.id)
            .with_for_update(of=OutboxMessage)
        ).all()
        number = sum(outbox.stop(message) for message in waiting)
        if number:
            detail = {"letters": number}
            record(session, by, "letter_stopped", now, event_id=event_id, detail=detail)
        return number


@retried
def send_test(event_id: int, words: Words, *, is_news: bool, now: datetime, by: int) -> str:
    """Write the letter to the organiser alone, once in each language; return the address.

    Its words travel in the row: there is no letter to people that would hold them. Raises
    LookupError.
    """
    with transaction() as session:
        organiser, event = session.get(Organiser, by), session.get(Event, event_id)
        if organiser is None or event is None:
            raise LookupError(by, event_id)
        for language in words.text.as_dict():
            enqueue(
                session,
                kind="mailing_test",
                queue=f"organiser:{organiser.id}:tests",
                recipient=organiser.email,
                language=language,
                now=now,
                domain=mail_domain(),
                payload={
                    "event_id": event.id,
                    "is_news": is_news,
                    "subject": words.subject.as_dict(),
                    "text": words.text.as_dict(),
                },
            )
        return organiser.email
