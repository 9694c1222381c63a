"""All registrations of one mailbox as a calendar.

Anybody can sign up under any address and sees the page of that registration at once. So no such
page leads to this calendar, which would tell of the others: only a letter to the address does.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import groupby

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from koostoo.base.database import db, transaction
from koostoo.base.retry import retried
from koostoo.base.tokens import new_link_id
from koostoo.base.when import ZONE
from koostoo.events.entries import CANCELLED_STAYS, HISTORY
from koostoo.events.models import Event
from koostoo.registration.models import ACTIVE, MailboxCalendar, Registration

PAGE_PURPOSE, FEED_PURPOSE = "mailbox", "mailbox-feed"
"""What tokens are made for: the page that can give a new address, and the address itself. Calendar
services learn the latter, and cannot open the former with it."""


def ensure_calendar(session: Session, email_key: str) -> None:
    """Make the mailbox a calendar unless it has one; part of the caller's transaction."""
    known = select(MailboxCalendar.id).where(MailboxCalendar.email_key == email_key)
    if session.scalar(known) is None:
        session.add(MailboxCalendar(email_key=email_key, link_id=new_link_id()))


@retried
def renew_calendar(link_id: str) -> str | None:
    """Give the calendar other addresses; return its new public part, None when it has gone."""
    with transaction() as session:
        found = session.scalar(
            select(MailboxCalendar).where(MailboxCalendar.link_id == link_id).with_for_update()
        )
        if found is None:
            return None
        found.link_id = new_link_id()
        return found.link_id


def find_calendar(link_id: str) -> MailboxCalendar | None:
    """Return the calendar behind a genuine link, None when it has gone or was renewed."""
    return db.session.scalar(select(MailboxCalendar).where(MailboxCalendar.link_id == link_id))


def calendar_of(session: Session, email_key: str) -> MailboxCalendar | None:
    """Return the calendar of a mailbox, if it has one."""
    return session.scalar(select(MailboxCalendar).where(MailboxCalendar.email_key == email_key))


def calendar_state(email_key: str, today: date) -> tuple[tuple[object, ...], datetime]:
    """Return what differs once the calendar has another content, and when that last may have been.

    The second is the last change of any registration at all, for one that went to another mailbox
    is no longer among these, or of an event of these; at the latest the last midnight.
    """
    rows = db.session.execute(
        select(
            Registration.id,
            Registration.state,
            Registration.revised_at,
            Event.version,
            Event.revised_at,
            _listed(today),
        )
        .join(Registration.event)
        .where(Registration.email_key == email_key)
        .order_by(Registration.id)
    ).all()
    midnight = datetime.combine(today, time(), ZONE)
    newest = db.session.scalar(select(func.max(Registration.revised_at)))
    changed = max([midnight, *filter(None, [newest]), *(row[4] for row in rows)])
    return tuple(tuple(row[:5]) for row in rows if row[5]), changed


def events_of(email_key: str, today: date) -> list[tuple[Event, Sequence[Registration]]]:
    """Return the dated events of the mailbox by their first day, each with its people in order."""
    rows = db.session.scalars(
        select(Registration)
        .join(Registration.event)
        .options(contains_eager(Registration.event))
        .where(Registration.email_key == email_key, _listed(today))
        .order_by(Event.starts_on, Event.id, Registration.sort_key, Registration.id)
    ).all()
    return [(event, list(people)) for event, people in groupby(rows, lambda one: one.event)]


def _listed(today: date) -> ColumnElement[bool]:
    return and_(
        Registration.state.in_(ACTIVE),
        Event.date_kind.in_(("timed", "days")),
        or_(
            and_(Event.state == "published", Event.ends_on >= today - HISTORY),
            and_(Event.state == "called_off", Event.ends_on >= today - CANCELLED_STAYS),
        ),
    )
