"""What a participant's calendar goes through, letter by letter (RFC 5546).

Everything is real but the calendar: use cases, outbox, worker, the letters as they leave.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from icalendar import Event as Entry

from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.base.localtext import LocalText
from koostoo.base.when import ZONE, When
from koostoo.events.models import Event
from koostoo.events.service import draft_of
from koostoo.registration.calendar_replies import take_seat_back
from koostoo.registration.event_changes import call_off, edit_event
from koostoo.registration.models import Registration
from koostoo.registration.moving import MoveNotice
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, change, sign_up
from koostoo.worker import run_once
from tests.calendars.make import read
from tests.registration.calendar import answer

MakeEvent = Callable[..., Event]
MakeEntry = Callable[..., SignUp]
CONTACT = {"contact_email": "info@example.org", "summary": LocalText("Läheme külla.")}


@dataclass(frozen=True)
class Sent:
    """One calendar message as it left."""

    to: str
    method: str
    entry: Entry

    @property
    def revision(self) -> tuple[int, datetime]:
        """What calendars order messages by (RFC 5546, 2.1.5)."""
        return self.entry.sequence, self.entry.decoded("DTSTAMP")


class Post:
    """Delivers what is due, a minute after what was done; keeps the calendar messages in order."""

    def __init__(self, folder: Path, clock: time_machine.Traveller) -> None:
        self.folder, self.clock = folder, clock
        self.letters: set[Path] = set()

    def sent(self) -> list[Sent]:
        """Deliver, and return the calendar messages of this round in the order they left."""
        self.clock.shift(timedelta(minutes=1))
        run_once(now())
        new = sorted(
            set(self.folder.glob("*.eml")) - self.letters, key=lambda path: path.stat().st_mtime_ns
        )
        self.letters |= set(new)
        return [found for path in new for found in self._read(path)]

    def _read(self, path: Path) -> Iterator[Sent]:
        letter = message_from_bytes(path.read_bytes(), policy=default)
        for part in letter.walk():
            if part.get_content_type() == "text/calendar":
                calendar = read(part.get_content())
                method = str(calendar["METHOD"])
                assert part.get_param("method") == method
                (entry,) = calendar.events
                yield Sent(str(letter["To"]), method, entry)


@pytest.fixture
def post(app: Flask) -> Iterator[Post]:
    with time_machine.travel("2026-09-01T09:00:00Z", tick=False) as clock:
        yield Post(Path(app.config["INSTANCE_PATH"]) / "mailbox", clock)


def edit(event: Event, **changes: Any) -> None:
    db.session.expire_all()
    row = db.session.get_one(Event, event.id)
    edit_event(row.id, replace(draft_of(row), **changes), row.version, now(), notice=MoveNotice())


def at(day: int, hour: int, month: int = 5) -> datetime:
    return datetime(2027, month, day, hour, tzinfo=ZONE)


MAY = When.timed(at(8, 10), at(8, 16))


def test_invited_moved_and_called_off(post: Post, make_event: MakeEvent, entry: MakeEntry) -> None:
    event = make_event(**CONTACT, when=MAY)
    sign_up(event.id, entry(), now())
    [request] = post.sent()
    edit(event, when=When.timed(at(9, 10), at(9, 16)))
    [update] = post.sent()
    call_off(event.id, LocalText("Torm tuleb."), now())
    [end] = post.sent()
    assert [one.method for one in (request, update, end)] == ["REQUEST", "REQUEST", "CANCEL"]
    assert len({str(one.entry["UID"]) for one in (request, update, end)}) == 1
    assert request.revision < update.revision < end.revision
    assert request.entry.sequence < update.entry.sequence < end.entry.sequence
    assert update.entry.decoded("DTSTART") == at(9, 10).astimezone(UTC)
    assert str(end.entry["STATUS"]) == "CANCELLED"
    for one in (request, update, end):
        for name in ("ORGANIZER", "ATTENDEE", "DTSTAMP", "LAST-MODIFIED", "LOCATION", "URL"):
            assert name in one.entry


def test_one_who_withdraws_is_taken_out_and_the_event_stands(
    post: Post, make_event: MakeEvent, entry: MakeEntry
) -> None:
    event = make_event(**CONTACT, when=MAY)
    mine, others = (sign_up(event.id, entry(), now()).registration_id for _ in range(2))
    assert [one.method for one in post.sent()] == ["REQUEST", "REQUEST"]
    assert cancel(mine, now())
    [end] = post.sent()
    assert end.method == "CANCEL"
    assert "STATUS" not in end.entry
    assert str(end.entry["UID"]) == db.session.get_one(Registration, mine).uid
    assert end.to == db.session.get_one(Registration, mine).email
    assert db.session.get_one(Registration, others).invited_sequence == 0


def test_a_date_that_is_set_invites_everybody_who_has_a_seat(
    post: Post, make_event: MakeEvent, entry: MakeEntry
) -> None:
    event = make_event(**CONTACT, when=When.of_season(2027, "spring"), capacity=2)
    for _ in range(3):
        sign_up(event.id, entry(), now())
    assert post.sent() == []
    edit(event, when=When.month(2027, 5))
    assert post.sent() == []
    edit(event, when=MAY)
    requests = post.sent()
    assert [one.method for one in requests] == ["REQUEST", "REQUEST"]
    assert {one.entry.decoded("DTSTART") for one in requests} == {at(8, 10).astimezone(UTC)}


def test_a_date_that_is_lost_takes_the_event_out_until_it_is_set_again(
    post: Post, make_event: MakeEvent, entry: MakeEntry
) -> None:
    event = make_event(**CONTACT, when=MAY)
    sign_up(event.id, entry(), now())
    [request] = post.sent()
    edit(event, when=When.month(2027, 6))
    [out] = post.sent()
    assert (out.method, "STATUS" in out.entry) == ("CANCEL", False)
    edit(event, when=When.timed(at(5, 10, month=6), at(5, 12, month=6)))
    [again] = post.sent()
    assert again.method == "REQUEST"
    assert request.entry.sequence < out.entry.sequence < again.entry.sequence


def test_a_typo_writes_to_nobody_and_keeps_the_sequence(
    post: Post, make_event: MakeEvent, entry: MakeEntry
) -> None:
    event = make_event(**CONTACT, when=MAY)
    mine = sign_up(event.id, entry(), now()).registration_id
    [request] = post.sent()
    edit(event, title=LocalText("Õppereis Voorele!"))
    assert post.sent() == []
    # The next letter brings it along: a later stamp, the same sequence.
    assert change(mine, entry(phone="+3725550000"), now())
    [minor] = post.sent()
    assert minor.method == "REQUEST"
    assert str(minor.entry["SUMMARY"]) == "Õppereis Voorele!"
    assert minor.entry.sequence == request.entry.sequence
    assert minor.revision > request.revision


@pytest.mark.parametrize(
    "news",
    [
        {"join_link": "https://meet.example.org/uus"},
        {"place": LocalText("Lihula")},
        {"mode": "hybrid"},
        {"when": When.day_by_day([(at(8, 10), at(8, 16)), (at(9, 9), at(9, 12))])},
    ],
)
def test_another_link_place_or_time_raises_the_sequence(
    post: Post, make_event: MakeEvent, entry: MakeEntry, news: dict[str, Any]
) -> None:
    event = make_event(**CONTACT, when=MAY, join_link="https://meet.example.org/vana")
    sign_up(event.id, entry(), now())
    [request] = post.sent()
    edit(event, **news)
    [update] = post.sent()
    assert update.entry.sequence == request.entry.sequence + 1
    if "join_link" in news:
        assert "https://meet.example.org/uus" in str(update.entry["DESCRIPTION"])


def test_who_never_had_an_invitation_gets_no_cancellation(
    post: Post, make_event: MakeEvent, entry: MakeEntry
) -> None:
    event = make_event(**CONTACT, when=MAY, capacity=1)
    sign_up(event.id, entry(), now())
    waiting = sign_up(event.id, entry(), now()).registration_id
    assert len(post.sent()) == 1
    assert cancel(waiting, now())
    assert post.sent() == []


def test_who_withdraws_before_any_letter_left_is_sent_no_calendar_at_all(
    post: Post, make_event: MakeEvent, entry: MakeEntry
) -> None:
    event = make_event(**CONTACT, when=MAY)
    mine = sign_up(event.id, entry(), now()).registration_id
    assert cancel(mine, now())
    assert post.sent() == []


def test_who_waits_once_their_calendar_freed_the_seat_is_taken_out_until_they_have_one(
    post: Post, make_event: MakeEvent, entry: MakeEntry
) -> None:
    event = make_event(**CONTACT, when=MAY, capacity=1, on_decline="free")
    mine, next_one = (sign_up(event.id, entry(), now()).registration_id for _ in range(2))
    [request] = post.sent()
    # Both before the worker comes round: the letter about the seat given up is not sent any more.
    assert answer(mine) == "freed"
    assert take_seat_back(mine, now()) == "waiting"
    out = next(one for one in post.sent() if one.to == request.to)
    assert (out.method, "STATUS" in out.entry) == ("CANCEL", False)
    assert cancel(next_one, now())
    again = next(one for one in post.sent() if one.to == request.to)
    assert again.method == "REQUEST"
    assert request.entry.sequence < out.entry.sequence < again.entry.sequence
    assert {one.entry["UID"] for one in (out, again)} == {request.entry["UID"]}


def test_no_two_messages_have_the_same_sequence_and_stamp(
    post: Post, make_event: MakeEvent, entry: MakeEntry
) -> None:
    event = make_event(**CONTACT, when=MAY)
    mine = sign_up(event.id, entry(), now()).registration_id
    # All in one round of the worker: each letter is written from the last state of the rows, and
    # of the changes only the last is told.
    for place in ("Lihula", "Haapsalu", "Ridala"):
        post.clock.shift(timedelta(minutes=1))
        edit(event, place=LocalText(place))
    sent = post.sent()
    assert len({one.revision for one in sent}) == len(sent) == 2
    assert [one.revision for one in sent] == sorted(one.revision for one in sent)
    assert cancel(mine, now())
    [end] = post.sent()
    assert end.revision > sent[-1].revision
