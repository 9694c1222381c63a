"""What organisers do about letters: try again, stop, correct an address. Each act is audited."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from koostoo.accounts.audit import Action, record
from koostoo.base.contact import EmailAddress
from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.mail import outbox, trouble
from koostoo.mail.models import MISSED, UNSENT, OutboxMessage
from koostoo.registration.letters import tell
from koostoo.registration.models import ACTIVE, HAS_PLACE, CalendarReply, Registration
from koostoo.registration.records import readdress
from koostoo.registration.renewing import replace_link
from koostoo.registration.seating import lock_registration

WHEN_OVER = frozenset(
    "new_link cancelled released rejected event_called_off thanks feedback_reminder".split()
)
"""Letters that leave also when the event is over or off, or the person out of it; with the link."""


class PersonExists(Exception):
    """Somebody of this name has a place in the event with this address already."""


class PersonNotFound(LookupError):
    """There is no such person at this event, or their address was forgotten."""


@retried
def send_again(event_id: int, registration_id: int, now: datetime, by: int | None = None) -> int:
    """Put the letters a person of this event missed back in the outbox; return how many.

    Zero when none was missed, also for the second of two clicks, and for a person of another event.
    """
    with transaction() as session:
        number = session.scalar(
            select(Registration.id).where(
                Registration.id == registration_id, Registration.event_id == event_id
            )
        )
        if number is None:
            return 0
        again = outbox.try_again(session, _letters(session, number, MISSED), now)
        if again:
            _note(session, again[0], by, "letters_again", now, len(again))
        return len(again)


@retried
def tell_standing(
    event_id: int, registration_id: int, now: datetime, by: int | None = None
) -> bool:
    """Write to a person of this event anew how they stand, with link and invite; False if needless.

    For who deleted the letter, or cannot find it: it is a new one, as mail servers keep a second
    letter of the same Message-ID from its reader. Needless while an earlier one is on its way, and
    for who is not registered any more.
    """
    with transaction() as session:
        person = lock_registration(session, registration_id)
        if person is None or person.event_id != event_id or not may_tell_standing(person, now):
            return False
        if _letters(session, person.id, UNSENT):
            return False
        tell(session, person, person.state, now)
        record(
            session,
            by,
            "letters_again",
            now,
            event_id=event_id,
            registration_id=person.id,
            detail={"letters": 1},
        )
        return True


def may_tell_standing(person: Registration, now: datetime) -> bool:
    """Tell whether a letter about how this person stands would still be sent."""
    event = person.event
    is_to_come = event.state == "published" and not event.when.is_over(now)
    return bool(person.email) and person.state in ACTIVE and is_to_come


@retried
def try_letter_again(letter_id: int, now: datetime, by: int | None = None) -> bool:
    """Put one letter back in line; False when there is nothing to try again about it."""
    with transaction() as session:
        letter = session.get(OutboxMessage, letter_id, with_for_update=True)
        if letter is None or not outbox.try_again(session, [letter], now):
            return False
        _note(session, letter, by, "letters_again", now, 1)
        return True


@retried
def stop_letter(letter_id: int, now: datetime, by: int | None = None) -> bool:
    """Keep one letter from leaving; False when it has left or is just being handed over."""
    with transaction() as session:
        letter = session.get(OutboxMessage, letter_id, with_for_update=True)
        if letter is None or not outbox.stop(letter):
            return False
        _note(session, letter, by, "letter_stopped", now, 1)
        return True


@retried
def try_server_again() -> bool:
    """Let the worker try our mail server at once; False when nothing was in the way."""
    with transaction() as session:
        return trouble.lift(session)


@retried
def correct_address(
    event_id: int,
    registration_id: int,
    address: EmailAddress,
    now: datetime,
    by: int | None = None,
) -> int:
    """Give a person another address and send there all that they missed; return how many letters.

    Raises PersonExists, PersonNotFound.
    """
    with transaction() as session:
        person = lock_registration(session, registration_id)
        if person is None or person.event_id != event_id or not person.email:
            raise PersonNotFound(registration_id)
        if _is_taken(session, person, address.key):
            raise PersonExists(registration_id)
        count = write_elsewhere(session, person, address, now)
        record(
            session,
            by,
            "address_corrected",
            now,
            event_id=event_id,
            registration_id=person.id,
            detail={"letters": count},
        )
        return count


def write_elsewhere(
    session: Session, person: Registration, address: EmailAddress, now: datetime
) -> int:
    """Do what another address takes, in the caller's transaction; return how many letters go there.

    All that failed, came back or has not left; and where none of it says how they stand, one letter
    more that does: at the old address they may have seen none, though a server took them. Where
    that would not be sent any more, and none that still is goes there, one with the new link.
    """
    is_another = person.email_key != address.key
    if is_another:
        # The calendar behind the new address knows of nothing yet, and whoever got the letters
        # at the old one is to see nothing more.
        person.invited_sequence = None
        _forget_answer(session, person)
        replace_link(person)
    readdress(person, address, now)
    letters = _letters(session, person.id, (*MISSED, *UNSENT))
    for letter in letters:
        outbox.readdress(letter, address.normalised)
    outbox.try_again(session, letters, now)
    if may_tell_standing(person, now):
        is_told = any(_says_standing(letter.kind, person.state) for letter in letters)
        more = None if is_told else person.state
    else:
        is_told = any(letter.kind in WHEN_OVER for letter in letters)
        more = "new_link" if is_another and not is_told else None
    if more is not None:
        tell(session, person, more, now)
    return len(letters) + (more is not None)


def _forget_answer(session: Session, person: Registration) -> None:
    """Let what the calendar at the old address answered say nothing about the new one.

    Where it has freed the seat, the person may still ask for it again.
    """
    reply = session.get(CalendarReply, person.id)
    if reply is not None and reply.freed_at is None:
        session.delete(reply)


def _says_standing(kind: str, state: str) -> bool:
    """Tell whether a letter is sure to say how they stand now, and so to bring link and invite.

    One about an earlier standing is not sent any more; nor is one about a change of the event that
    a later one tells of, or that was taken back.
    """
    return kind in (state, "changed") or (kind, state) == ("promoted", "confirmed")


def _is_taken(session: Session, person: Registration, email_key: str) -> bool:
    other = session.scalar(
        select(Registration.id).where(
            Registration.event_id == person.event_id,
            Registration.email_key == email_key,
            Registration.person_key == person.person_key,
            HAS_PLACE,
        )
    )
    return person.state in ACTIVE and other not in (None, person.id)


def _letters(
    session: Session, registration_id: int, states: tuple[str, ...]
) -> Sequence[OutboxMessage]:
    return session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.registration_id == registration_id, OutboxMessage.state.in_(states))
        .order_by(OutboxMessage.id)
        .with_for_update()
    ).all()


def _note(
    session: Session,
    letter: OutboxMessage,
    by: int | None,
    action: Action,
    now: datetime,
    number: int,
) -> None:
    event_id = None
    if letter.registration_id is not None:
        event_id = session.scalar(
            select(Registration.event_id).where(Registration.id == letter.registration_id)
        )
    record(
        session,
        by,
        action,
        now,
        event_id=event_id,
        registration_id=letter.registration_id,
        detail={"letters": number},
    )
