"""What is good to have before publishing: a pure list of codes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.checklist import ADVICE, advised
from koostoo.events.questions import QuestionDraft
from koostoo.events.rules import EventDraft
from koostoo.web.desk.opening import ADVICE_FIELDS

START = datetime(2027, 5, 30, 6, 30, tzinfo=UTC)
BOTH = LocalText("Sõnad", "Words")
READY = EventDraft(
    activity_id=1,
    organiser_id=1,
    title=BOTH,
    when=When.timed(START, START + timedelta(hours=5)),
    summary=BOTH,
    programme=BOTH,
    audience=BOTH,
    place=BOTH,
    capacity=30,
    closes_at=START - timedelta(days=7),
    contact_name="Mart Kask",
    contact_email="mart@example.org",
    questions=(QuestionDraft(None, "text", BOTH, purpose="diet", is_sensitive=True),),
)


def test_an_event_with_everything_needs_no_advice() -> None:
    assert advised(READY, "1d") == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"programme": LocalText()}, "programme"),
        ({"summary": LocalText("Ainult eesti keeles")}, "english"),
        ({"questions": (QuestionDraft(None, "text", LocalText("Soov")),)}, "english"),
        ({"mode": "hybrid"}, "join_link"),
        ({"capacity": None}, "capacity"),
        ({"closes_at": None}, "deadline"),
        ({"closes_at": START + timedelta(hours=1)}, "deadline_late"),
        ({"contact_name": ""}, "contact_name"),
        ({"questions": (QuestionDraft(None, "text", BOTH, purpose="diet"),)}, "sensitive"),
    ],
)
def test_each_thing_that_is_missing_is_named(change: dict[str, object], code: str) -> None:
    assert advised(replace(READY, **change), "1d") == [code]  # type: ignore[arg-type]


def test_an_event_without_a_day_is_told_so_and_needs_no_reminder() -> None:
    undated = replace(READY, when=When.of_season(2027, "spring"), closes_at=None)
    assert advised(undated, "") == ["day", "deadline"]


def test_one_that_takes_no_registrations_needs_no_seats_deadline_or_reminder() -> None:
    bare = replace(READY, takes_registrations=False, capacity=None, closes_at=None)
    assert advised(bare, "") == []
    assert advised(READY, "") == ["reminders"]
    assert advised(READY, "1d", has_cover=False) == ["cover"]


def test_each_advice_leads_somewhere() -> None:
    assert set(ADVICE) - set(ADVICE_FIELDS) == {"reminders", "cover"}
