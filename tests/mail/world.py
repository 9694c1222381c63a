"""A small world to write letters about; people and places are made up."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.text import email_key, person_key, person_sort_key
from koostoo.base.tokens import new_link_id
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.mail.models import MailAttempt, MailTrouble, OutboxMessage
from koostoo.mail.outbox import enqueue
from koostoo.mail.rules import EVERYTHING
from koostoo.programme.models import Activity, Organisation, Project
from koostoo.registration.models import Group, Registration

NOW = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)
DOMAIN = "koostoo.example.org"
TRIP = When.timed(datetime(2026, 9, 8, 6, 30, tzinfo=UTC), datetime(2026, 9, 8, 13, 0, tzinfo=UTC))
DAYS = When.days(date(2026, 9, 8), date(2026, 9, 9))


def make_event(**changes: Any) -> int:
    """A study trip of a made-up project; returns its id."""
    with transaction() as session:
        group = Organisation(slug=new_link_id(), name="MTÜ Näidisrühm", short_name="NR")
        project = Project(
            slug=new_link_id(),
            title=LocalText("Ühine samm", "A common step"),
            starts_on=date(2026, 1, 1),
            ends_on=date(2027, 12, 31),
            contact_name="Kai Kask",
            contact_email="kai@example.ee",
            contact_phone="+3725552385",
            support_text=LocalText("Toetab näidisfond.", "Supported by a sample fund."),
        )
        activity = Activity(
            project=project,
            slug=new_link_id(),
            kind="joint",
            position=1,
            title=LocalText("Õppereis", "Study trip"),
            description=LocalText("Käime külas."),
            target=1,
        )
        event = Event(
            **{
                "activity": activity,
                "organiser": group,
                "slug": new_link_id(),
                "state": "published",
                "title": LocalText("Õppereis Võrru", "Study trip to Võru"),
                "summary": LocalText("Vaatame, kuidas teised teevad."),
                "programme": LocalText("- kell 9.30 kohv\n- kell 10 ringkäik"),
                "place": LocalText("Näidise külamaja", "Näidise village hall"),
                "when": TRIP,
                "contact_name": "Mari Mänd",
                "contact_email": "mari@example.ee",
                "uid": f"{new_link_id()}@{DOMAIN}",
                "created_at": NOW,
                "revised_at": NOW,
                **changes,
            }
        )
        session.add(event)
        session.flush()
        return event.id


def make_registration(event_id: int, **changes: Any) -> int:
    """A confirmed seat of somebody; returns its id."""
    first, last = changes.get("first_name", "Juta"), changes.get("last_name", "Jõgi")
    email = changes.get("email", "juta@example.com")
    with transaction() as session:
        registration = Registration(
            **{
                "event_id": event_id,
                "state": "confirmed",
                "first_name": first,
                "last_name": last,
                "person_key": person_key(first, last),
                "sort_key": person_sort_key(first, last),
                "email": email,
                "email_key": email_key(email),
                "role": "member",
                "language": "et",
                "privacy_accepted_at": NOW,
                "source": "form",
                "queued_at": NOW,
                "created_at": NOW,
                "revised_at": NOW,
                "link_id": new_link_id(),
                "form_nonce": new_link_id(),
                "uid": f"{new_link_id()}@{DOMAIN}",
                **changes,
            }
        )
        session.add(registration)
        session.flush()
        return registration.id


def make_group(event_id: int, members: list[int], **changes: Any) -> int:
    """A contact who signed these people up in one form; returns its id."""
    with transaction() as session:
        group = Group(
            **{
                "event_id": event_id,
                "mode": "fitting",
                "name": "Liis Tamm",
                "email": "liis@example.com",
                "language": "et",
                "created_at": NOW,
                "link_id": new_link_id(),
                "form_nonce": new_link_id(),
                **changes,
            }
        )
        group.members = [session.get_one(Registration, number) for number in members]
        session.add(group)
        session.flush()
        return group.id


def post(
    kind: str,
    registration_id: int | None = None,
    *,
    recipient: str = "juta@example.com",
    language: str = "et",
    queue: str = "",
    payload: dict[str, Any] | None = None,
    after: timedelta = timedelta(),
) -> int:
    """Put a letter into the outbox; returns its id."""
    with transaction() as session:
        message = enqueue(
            session,
            kind=kind,
            queue=queue or f"registration:{registration_id}",
            recipient=recipient,
            language=language,
            now=NOW + after,
            domain=DOMAIN,
            registration_id=registration_id,
            payload=payload,
        )
        session.flush()
        return message.id


def change(model: type[Any], row_id: int, **values: Any) -> None:
    """Set columns of one row."""
    with transaction() as session:
        row = session.get(model, row_id)
        for name, value in values.items():
            setattr(row, name, value)


def message(message_id: int) -> OutboxMessage:
    """The row as it stands now."""
    db.session.rollback()
    found = db.session.get(OutboxMessage, message_id)
    assert found is not None
    return found


def tries(message_id: int) -> list[tuple[int, str, str, str]]:
    """Number, outcome, answer and address of each try to send a letter."""
    db.session.rollback()
    rows = db.session.scalars(
        select(MailAttempt).where(MailAttempt.outbox_id == message_id).order_by(MailAttempt.id)
    )
    return [(row.number, row.outcome, row.answer, row.recipient) for row in rows]


def trouble(scope: str = EVERYTHING) -> MailTrouble | None:
    """What is known of trouble with our server, or with a domain."""
    db.session.rollback()
    return db.session.get(MailTrouble, scope)


def registration(registration_id: int) -> Registration:
    """The row as it stands now."""
    db.session.rollback()
    found = db.session.get(Registration, registration_id)
    assert found is not None
    return found
