"""Organisers are reminded of evidence: in time, once, and only while it is missing."""

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import delete

from koostoo.accounts.models import RoleGrant
from koostoo.base.database import db, transaction
from koostoo.base.when import When
from koostoo.correspondence.evidence_news import remind_of_evidence
from koostoo.correspondence.following import follow_event, wanted_by
from koostoo.correspondence.rules import EvidenceNews, Lacks, evidence_news
from koostoo.events.models import Event
from koostoo.files.preparing import prepare
from koostoo.files.rules import EventKind
from koostoo.files.service import keep_file
from koostoo.worker import run_once
from tests.correspondence.post import delivered, kinds, local, organiser, text_of
from tests.files.made import ASICE, LOG
from tests.mail.world import make_event

THURSDAY = date(2024, 3, 14)
DUE = date(2024, 3, 21)
MISSING, LISTED = Lacks(THURSDAY, None, is_anything=True), Lacks(THURSDAY, DUE, is_anything=True)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("lacks", "list_told", "told", "today", "news"),
    [
        (LISTED, None, None, date(2024, 3, 18), None),
        # Two working days before Thursday.
        (LISTED, None, None, date(2024, 3, 19), "list"),
        (LISTED, None, None, DUE, "list"),
        (LISTED, None, None, DUE + DAY, None),
        (LISTED, THURSDAY, None, DUE, None),
        # Held on another day than when it was told.
        (LISTED, THURSDAY - DAY, None, DUE, "list"),
        (MISSING, None, None, THURSDAY + 13 * DAY, None),
        (MISSING, None, None, THURSDAY + 14 * DAY, "missing"),
        (LISTED, THURSDAY, None, THURSDAY + 28 * DAY, "missing"),
        (MISSING, None, None, THURSDAY + 29 * DAY, None),
        (MISSING, None, THURSDAY, THURSDAY + 14 * DAY, None),
        (Lacks(THURSDAY, None, is_anything=False), None, None, THURSDAY + 14 * DAY, None),
    ],
)
def test_what_is_told_on_which_day(
    lacks: Lacks,
    list_told: date | None,
    told: date | None,
    today: date,
    news: EvidenceNews | None,
) -> None:
    assert evidence_news(lacks, list_told, told, today) == news


def follow(event: int, *wanted: str) -> int:
    number = organiser()
    follow_event(event, number, wanted or ("evidence",), "et", local("2024-03-14 09:00"))
    return number


def keep(event: int, kind: EventKind, data: bytes, name: str) -> None:
    keep_file(event, kind, prepare(BytesIO(data), name, kind), local("2024-03-15 09:00"), None)


def held(**values: Any) -> int:
    return make_event(mode="online", when=When.days(THURSDAY), **values)


@pytest.mark.usefixtures("app")
def test_a_web_meeting_is_told_of_twice_each_time_once_and_at_eight() -> None:
    event = held()
    follow(event)
    eight = local("2024-03-19 08:00")
    assert remind_of_evidence(eight - timedelta(minutes=1)) == 0
    assert remind_of_evidence(eight) == 1
    assert remind_of_evidence(eight + DAY) == 0
    later = local("2024-03-28 08:00")
    assert remind_of_evidence(later) == 1
    assert remind_of_evidence(later + DAY) == 0
    run_once(later)
    due, missing = sorted((text_of(one) for one in delivered("kai@example.org")), key=len)[::-1]
    assert "hiljemalt 21. märtsil 2024" in due
    assert "– Osavõtjate nimekiri allkirjadega\n" in missing
    assert "/files\n" in missing


@pytest.mark.usefixtures("app")
def test_what_was_added_before_the_letter_leaves_is_not_told() -> None:
    event = held()
    follow(event)
    assert remind_of_evidence(local("2024-03-19 08:00")) == 1
    keep(event, "sheet", ASICE, "nimekiri.asice")
    keep(event, "meeting_log", LOG, "logi.csv")
    run_once(local("2024-03-19 09:00"))
    assert delivered("kai@example.org") == []
    assert remind_of_evidence(local("2024-03-28 08:00")) == 0


@pytest.mark.usefixtures("app")
def test_nobody_is_told_who_did_not_wish_it_or_may_not_run_the_event() -> None:
    event, moment = held(), local("2024-03-19 08:00")
    who = follow(event, "digest")
    assert remind_of_evidence(moment) == 0
    follow(event)
    with transaction() as session:
        session.execute(delete(RoleGrant))
    assert remind_of_evidence(moment) == 0
    assert wanted_by(who, event) == frozenset()
    assert kinds() == []


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("state", ["draft", "called_off"])
def test_an_event_that_was_not_held_owes_nothing(state: str) -> None:
    event = held(state=state, called_off_reason="torm" if state == "called_off" else "")
    follow(event)
    moment: datetime = local("2024-03-19 08:00")
    assert remind_of_evidence(moment) == 0
    db.session.rollback()
    assert db.session.get_one(Event, event).state == state
