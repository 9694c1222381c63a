"""What participants' calendars answer, and what they say about it on their own page.

`take_answer` belongs to the caller's transaction; the others are use cases and open their own.
"""

from datetime import date, datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.base.text import email_key
from koostoo.calendars.reply import Proposal
from koostoo.mail.models import OutboxMessage
from koostoo.mail.outbox import enqueue
from koostoo.mail.sorting import Answer
from koostoo.registration import reply_rules, rules
from koostoo.registration.coming import current_sequence, note_still_comes, note_that_they_come
from koostoo.registration.filling import fill_seats
from koostoo.registration.letters import mail_domain, tell
from koostoo.registration.models import ACTIVE, CalendarReply, Registration
from koostoo.registration.reply_rules import Refusal, Said, TakenBack, Word
from koostoo.registration.seating import (
    claimant,
    count_waiting,
    facts,
    lock_registration,
    plan_of,
    tally_of,
)
from koostoo.registration.seats import obstacle
from koostoo.registration.standing import confirm, queue_up, withdraw

Taken = (
    Literal["kept", "asked", "freed", "counter", "counter_left", "stale", "no_seat", "unknown"]
    | Refusal
)
"""What became of an answer: kept; the person is asked; the seat is free; a proposal was handed to
the organiser, or has nobody to go to; something later was kept already; nobody has a seat by this
invitation any more; nobody was ever invited by it; or it does not count."""
CONTACT_LANGUAGE = "et"
"""Organisers read Estonian, as on the desk."""


def take_answer(session: Session, letter: Answer, now: datetime) -> Taken:
    """Keep what a calendar answered and do what follows from it."""
    answer = letter.answer
    number = session.scalar(select(Registration.id).where(Registration.uid == answer.uid))
    registration = None if number is None else lock_registration(session, number)
    if registration is None:
        return "unknown"
    reason = reply_rules.refusal(
        registration.email_key,
        email_key(answer.attendee),
        email_key(letter.sender),
        is_forged=letter.authenticity == "failed",
    )
    if reason is not None:
        _hand_on_refused(session, registration, letter, reason, now)
        return reason
    if not _has_seat_to_give(registration, now):
        return "no_seat"
    said = _said(letter, current_sequence(registration), now)
    reply = session.get(CalendarReply, registration.id)
    if not reply_rules.is_news(said.word, _kept(reply)):
        return "stale"
    is_news = reply is None or _kept_answer(reply) != (said.partstat, said.word.sequence)
    reply = _write(session, registration, reply, said, now)
    reply.comment = answer.comment
    if answer.method == "COUNTER":
        _ask_if_declined(session, registration, reply, said, now, is_news=is_news)
        said_with = {
            "partstat": answer.partstat or "",
            "comment": answer.comment,
            **_proposal_values(answer.proposal),
        }
        is_handed_on = _hand_on(session, registration, "counter", said_with, now)
        return "counter" if is_handed_on else "counter_left"
    if reply_rules.tells_they_come(said):
        note_still_comes(registration, now)
    if reply_rules.effect(said, frees_at_once=registration.event.on_decline == "free") == "free":
        reply.freed_at = now
        withdraw(session, registration, "participant", now)
        fill_seats(session, registration.event, now)
        return "freed"
    asked = _ask_if_declined(session, registration, reply, said, now, is_news=is_news)
    return "asked" if asked else "kept"


@retried
def come_anyway(registration_id: int, now: datetime) -> bool:
    """Keep the seat whatever the calendar said; False when there was nothing to keep."""
    with transaction() as session:
        registration = lock_registration(session, registration_id)
        if registration is None or registration.state != "confirmed":
            return False
        reply = session.get(CalendarReply, registration_id)
        if reply is None or reply.partstat != "DECLINED":
            return False
        note_that_they_come(session, registration, now)
        return True


@retried
def take_seat_back(registration_id: int, now: datetime) -> TakenBack:
    """Give back the seat that a declining calendar freed at once, if one is free for this person.

    Nobody loses a seat by it: when all are taken, they wait where they would stand by the time they
    came, or, without a waiting list, go away empty-handed.
    """
    with transaction() as session:
        registration = lock_registration(session, registration_id)
        reply = session.get(CalendarReply, registration_id)
        if registration is None or reply is None or registration.state != "cancelled":
            return "late"
        event = registration.event
        event_facts = facts(event, now)
        if not (reply_rules.may_take_back(reply.freed_at, now) and rules.gives_seats(event_facts)):
            return "late"
        if _signed_up_again(session, registration):
            return "already"
        # An offer or a promise may have ended since anybody looked: who waits comes first.
        fill_seats(session, event, now)
        plan = plan_of(session, event)
        tally = tally_of(session, event, plan)
        if obstacle(plan, tally, claimant(registration, plan), now) is None:
            _reopen(registration, now)
            confirm(session, registration, "confirmed", now)
            outcome: TakenBack = "seat"
        elif rules.has_room_to_wait(event_facts, count_waiting(session, event)):
            came = registration.queued_at
            _reopen(registration, now)
            queue_up(session, registration, now)
            registration.queued_at = came
            outcome = "waiting"
        else:
            return "full"
        note_that_they_come(session, registration, now)
        return outcome


def _said(letter: Answer, current: int, now: datetime) -> Said:
    answer = letter.answer
    return Said(
        # Who proposes another time without a word about this one may come.
        partstat=answer.partstat or "TENTATIVE",
        word=reply_rules.word_of(answer.sequence, answer.stamp or letter.date, current, now),
        is_proved=letter.authenticity == "passed",
        is_current=answer.sequence is not None and answer.sequence >= current,
        is_automatic=letter.is_automatic,
        is_plain=answer.method == "REPLY",
    )


def _kept(reply: CalendarReply | None) -> Word | None:
    return None if reply is None else Word(reply.sequence, reply.stamp)


def _kept_answer(reply: CalendarReply) -> tuple[str, int]:
    return reply.partstat, reply.sequence


def _write(
    session: Session,
    registration: Registration,
    reply: CalendarReply | None,
    said: Said,
    now: datetime,
) -> CalendarReply:
    if reply is None:
        reply = CalendarReply(registration_id=registration.id)
        session.add(reply)
    reply.partstat, reply.source = said.partstat, "calendar"
    reply.sequence, reply.stamp = said.word
    reply.received_at = now
    return reply


def _ask_if_declined(
    session: Session,
    registration: Registration,
    reply: CalendarReply,
    said: Said,
    now: datetime,
    *,
    is_news: bool,
) -> bool:
    """Write to a person whose calendar declined, once for each time it says so anew."""
    if said.partstat != "DECLINED" or not is_news:
        return False
    if not reply_rules.may_write(reply.asked_at, now):
        return False
    reply.asked_at = now
    tell(session, registration, "calendar_declined", now)
    return True


def _has_seat_to_give(registration: Registration, now: datetime) -> bool:
    return registration.state == "confirmed" and rules.may_cancel(
        facts(registration.event, now), registration.state
    )


def _hand_on_refused(
    session: Session, registration: Registration, letter: Answer, why: Refusal, now: datetime
) -> None:
    """Tell the event's contact that somebody else declined: it may be the person, by another name.

    Nothing else comes of it. Many mailboxes answer under an address other than the one invited.
    """
    is_declined = letter.answer.partstat == "DECLINED"
    if why == "forged" or not is_declined or not _has_seat_to_give(registration, now):
        return
    # The address invited may be the sender's, and the calendar's another; that may be any text.
    is_other = email_key(letter.sender) != registration.email_key
    said = {"address": letter.sender if is_other else "", "comment": letter.answer.comment}
    _hand_on(session, registration, "other_answered", said, now)


def _hand_on(
    session: Session, registration: Registration, kind: str, payload: dict[str, str], now: datetime
) -> bool:
    """Write to the event's contact; False where there is none, or had a letter just now."""
    event = registration.event
    recipient = event.contact_email or event.activity.project.contact_email
    queue = f"{kind}:{registration.id}"
    last = session.scalar(
        select(func.max(OutboxMessage.created_at)).where(OutboxMessage.queue == queue)
    )
    if not recipient or not reply_rules.may_write(last, now):
        return False
    enqueue(
        session,
        kind=kind,
        queue=queue,
        recipient=recipient,
        language=CONTACT_LANGUAGE,
        now=now,
        domain=mail_domain(),
        registration_id=registration.id,
        payload=payload,
    )
    return True


def _proposal_values(proposal: Proposal | None) -> dict[str, str]:
    if proposal is None:
        return {}
    end: date | None = proposal.end
    return {
        "start": proposal.start.isoformat(),
        "end": "" if end is None else end.isoformat(),
        "zone": proposal.zone,
    }


def _reopen(registration: Registration, now: datetime) -> None:
    registration.ended_by = registration.cancelled_at = None
    registration.cancelled_late = False
    if registration.event.approval != "none":
        # They had a seat: nobody has to agree once more.
        registration.approved_at = registration.approved_at or now


def _signed_up_again(session: Session, registration: Registration) -> bool:
    return bool(
        session.scalar(
            select(Registration.id).where(
                Registration.event_id == registration.event_id,
                Registration.email_key == registration.email_key,
                Registration.person_key == registration.person_key,
                Registration.state.in_(ACTIVE),
            )
        )
    )
