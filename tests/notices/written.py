"""Rows behind letters that organisers write or read; each function returns the payload."""

from datetime import timedelta
from typing import Any

from koostoo.accounts.models import Follow, Organiser, RoleGrant
from koostoo.base.database import transaction
from koostoo.base.localtext import LocalText
from koostoo.base.tokens import new_link_id
from koostoo.correspondence.mailing import Words
from koostoo.correspondence.models import Mailing
from tests.mail.world import NOW, change, message, post, registration

WORDS = Words(LocalText("Buss Võrru", "Bus to Võru"), LocalText("Buss läheb kell 7.", "At 7."))


def a_mailing(seat: int, words: Words = WORDS, **values: Any) -> dict[str, Any]:
    """A letter an organiser wrote to this person."""
    event = registration(seat).event
    with transaction() as session:
        mailing = Mailing(
            **{
                "event_id": event.id,
                "written_at": NOW,
                "is_news": False,
                "event_state": event.state,
                "subject": words.subject,
                "text": words.text,
                "chosen": {"states": ["confirmed"], "ticked": 0},
                "letters": 1,
                "key": new_link_id(),
                **values,
            }
        )
        session.add(mailing)
        session.flush()
        return {"mailing_id": mailing.id, "people": [seat]}


def a_test(seat: int, words: Words = WORDS, **values: Any) -> dict[str, Any]:
    """The same to the organiser alone."""
    texts = {"subject": words.subject.as_dict(), "text": words.text.as_dict()}
    return {"event_id": registration(seat).event_id, "is_news": False, **texts, **values}


def a_digest(seat: int, **values: Any) -> dict[str, Any]:
    """An organiser is told of who signed up yesterday and today."""
    return {
        "follow_id": follow(seat, digest=True, **values),
        "since": (NOW - timedelta(days=1)).isoformat(),
        "until": NOW.isoformat(),
    }


def some_news(seat: int, *news: str, **values: Any) -> dict[str, Any]:
    """An organiser is told that a letter to this person failed, or of other things."""
    told = news or ("failing",)
    if "failing" in told:
        number = post("confirmed", seat)
        change(type(message(number)), number, state="failed")
    return {
        "follow_id": follow(seat, **dict.fromkeys(told, True), **values),
        "news": list(told),
        "since": (NOW - timedelta(days=1)).isoformat(),
        "until": NOW.isoformat(),
    }


def some_evidence(seat: int, about: str = "missing", **values: Any) -> dict[str, Any]:
    """An organiser is told which evidence of the event lacks, or that its list is due."""
    return {"follow_id": follow(seat, evidence=True, **values), "about": about}


def follow(seat: int, **values: Any) -> int:
    """An organiser follows the event of this person; returns the row's number."""
    event_id = registration(seat).event_id
    with transaction() as session:
        name = new_link_id()
        organiser = Organiser(email=f"{name}@example.org", email_key=name, created_at=NOW)
        session.add(organiser)
        session.flush()
        session.add(RoleGrant(organiser_id=organiser.id, role="manager", created_at=NOW))
        row = Follow(
            **{
                "organiser": organiser,
                "event_id": event_id,
                "link_id": new_link_id(),
                "digest_until": NOW,
                "moved_until": NOW,
                **values,
            }
        )
        session.add(row)
        session.flush()
        return row.id


def a_role(seat: int, **values: Any) -> dict[str, Any]:
    """Somebody may help at this event, or was given another role."""
    grant = values or {"role": "helper", "event_id": registration(seat).event_id}
    with transaction() as session:
        organiser = Organiser(email="uus@example.ee", email_key="uus@example.ee", created_at=NOW)
        session.add(organiser)
        session.flush()
        row = RoleGrant(organiser_id=organiser.id, created_at=NOW, **grant)
        session.add(row)
        session.flush()
        return {"grant_id": row.id}


def a_change_of_signing_in(_seat: int) -> dict[str, Any]:
    """Somebody set up an app for signing in."""
    return {"what": "totp_set", "at": NOW.isoformat(), "browser": "firefox/windows"}
