"""Which calendar part a letter carries."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar, Event

from koostoo.base.database import transaction
from koostoo.base.when import ZONE, When
from koostoo.events.models import Event as HeldEvent
from koostoo.mail.letter import CalendarPart
from koostoo.notices.render import render
from koostoo.registration.models import CalendarReply, Registration
from tests.mail.world import (
    DAYS,
    NOW,
    change,
    make_event,
    make_group,
    make_registration,
    post,
    registration,
)

pytestmark = pytest.mark.usefixtures("app")

SEASON = When.of_season(2027, "spring")


def part_of(kind: str, seat: int, **options: Any) -> CalendarPart | None:
    letter = render(post(kind, seat, **options), NOW)
    assert letter is not None
    return letter.calendar


def event_in(part: CalendarPart | None) -> Event:
    assert part is not None
    calendar = Calendar.from_ical(part.content)
    assert calendar["METHOD"] == part.method
    (event,) = calendar.walk("VEVENT")
    assert isinstance(event, Event)
    return event


def test_invitation_is_from_the_sender_to_this_person_alone() -> None:
    seat = make_registration(make_event())
    event = event_in(part_of("confirmed", seat))
    assert str(event["UID"]) == registration(seat).uid
    assert str(event["ORGANIZER"]) == "mailto:koostoo@example.org"
    assert str(event["ATTENDEE"]) == "mailto:juta@example.com"
    assert event.decoded("DTSTART") == datetime(2026, 9, 8, 6, 30, tzinfo=UTC)
    assert event.decoded("DTSTAMP") == NOW


def test_whole_days_have_dates() -> None:
    event = event_in(part_of("confirmed", make_registration(make_event(when=DAYS))))
    assert str(event.decoded("DTEND")) == "2026-09-10"


def test_sequence_grows_with_event_and_registration() -> None:
    seat = make_registration(make_event(sequence=2), sequence=3)
    assert event_in(part_of("changed", seat)).sequence == 5


def test_the_same_letter_has_the_same_stamp_in_every_attempt() -> None:
    message = post("confirmed", make_registration(make_event()))
    letters = [render(message, NOW + timedelta(hours=hours)) for hours in (0, 5)]
    first, second = (letter.calendar for letter in letters if letter is not None)
    assert first == second


@pytest.mark.parametrize(("kind", "state"), [("waiting", "waiting"), ("changed", "waiting")])
def test_who_waits_gets_no_invitation(kind: str, state: str) -> None:
    assert part_of(kind, make_registration(make_event(), state=state)) is None


@pytest.mark.parametrize("when", [SEASON, When.month(2027, 3)])
def test_an_undated_event_sends_no_invitation(when: When) -> None:
    assert part_of("confirmed", make_registration(make_event(when=when))) is None


def test_an_event_that_loses_its_date_leaves_the_calendar() -> None:
    seat = make_registration(make_event(when=SEASON, sequence=1), invited_sequence=0)
    part = part_of("event_changed", seat)
    assert part is not None
    assert (part.method, part.sequence) == ("CANCEL", 1)


def test_a_cancelled_registration_leaves_without_saying_the_event_does_not_happen() -> None:
    seat = make_registration(make_event(), state="cancelled", sequence=1, invited_sequence=0)
    event = event_in(part_of("cancelled", seat))
    assert "STATUS" not in event
    assert event.sequence == 1


def test_a_called_off_event_is_cancelled_as_a_whole() -> None:
    event_id = make_event(state="called_off", sequence=1)
    seat = make_registration(event_id, invited_sequence=0)
    assert str(event_in(part_of("event_called_off", seat))["STATUS"]) == "CANCELLED"


@pytest.mark.parametrize("kind", ["cancelled", "event_called_off"])
def test_no_cancellation_without_an_invitation_before(kind: str) -> None:
    event_id = make_event(state="called_off")
    assert part_of(kind, make_registration(event_id, state="cancelled", sequence=1)) is None


def test_a_cancellation_outranks_the_invitation_whatever_the_rows_say() -> None:
    seat = make_registration(make_event(), state="cancelled", invited_sequence=4)
    part = part_of("cancelled", seat)
    assert part is not None
    assert part.sequence == 5


def test_secret_link_stays_out_of_the_calendar() -> None:
    part = part_of("confirmed", make_registration(make_event()))
    assert part is not None
    assert b"/my/" not in part.content.replace(b"\r\n ", b"")


def test_who_came_with_a_group_is_named_for_one_mailbox_may_get_several_invitations() -> None:
    event = make_event()
    alone, together = make_registration(event), make_registration(event, first_name="Anu")
    make_group(event, [together])
    assert "Osaleja" not in str(event_in(part_of("confirmed", alone))["DESCRIPTION"])
    described = str(event_in(part_of("confirmed", together))["DESCRIPTION"])
    assert described.startswith(f"Osaleja: {registration(together).name}\n\n")


def test_the_organisers_own_address_gets_a_letter_without_invitation() -> None:
    seat = make_registration(make_event(), email="Koostoo@example.org")
    assert part_of("confirmed", seat) is None
    change(Registration, seat, state="cancelled", invited_sequence=0)
    assert part_of("cancelled", seat) is None


def local(day: int, hour: int) -> datetime:
    return datetime(2026, 9, day, hour, tzinfo=ZONE)


WEEKEND = When.day_by_day([(local(11, 12), local(11, 18)), (local(12, 9), local(12, 15))])
SATURDAYS = When.day_by_day((local(day, 10), local(day, 14)) for day in (12, 19))


def test_days_with_their_own_hours_are_one_invitation_that_tells_them() -> None:
    event = event_in(part_of("confirmed", make_registration(make_event(when=WEEKEND))))
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (local(11, 12), local(12, 15))
    assert "RRULE" not in event
    assert "RDATE" not in event
    described = str(event["DESCRIPTION"]).replace("\u00a0", " ")
    assert "reede, 11. september kell 12.00–18.00\nlaupäev, 12. september kell 9.00" in described
    assert str(event["TRANSP"]) == "OPAQUE"


def test_an_invitation_to_some_saturdays_does_not_make_busy_in_between() -> None:
    event = event_in(part_of("confirmed", make_registration(make_event(when=SATURDAYS))))
    assert str(event["TRANSP"]) == "TRANSPARENT"


@pytest.mark.parametrize(
    ("values", "trigger"),
    [
        ({}, b"-P1D"),
        ({"mode": "hybrid"}, b"-P1D"),
        ({"mode": "online"}, b"-PT15M"),
        ({"when": DAYS}, b"-PT12H"),
        ({"when": DAYS, "mode": "online"}, b"-PT12H"),
    ],
)
def test_a_calendar_reminds_in_time_to_set_out_or_to_open_the_link(
    values: dict[str, Any], trigger: bytes
) -> None:
    event = event_in(part_of("confirmed", make_registration(make_event(**values))))
    (alarm,) = event.walk("VALARM")
    assert alarm["TRIGGER"].to_ical() == trigger


def test_a_cancellation_reminds_of_nothing() -> None:
    seat = make_registration(make_event(), state="cancelled", sequence=1, invited_sequence=0)
    assert event_in(part_of("cancelled", seat)).walk("VALARM") == []


@pytest.mark.parametrize(
    ("language", "title", "page"),
    [("et", "Õppereis Võrru", "/events/"), ("en", "Study trip to Võru", "/en/events/")],
)
def test_an_invitation_speaks_the_language_of_the_participant(
    language: str, title: str, page: str
) -> None:
    event = event_in(part_of("confirmed", make_registration(make_event()), language=language))
    assert str(event["SUMMARY"]) == title
    assert event["SUMMARY"].params["LANGUAGE"] == language
    assert str(event["URL"]).startswith(f"http://localhost{page}")
    assert str(event["LOCATION"]) in ("Näidise külamaja", "Näidise village hall")
    assert event.decoded("LAST-MODIFIED") == NOW


def attendee_of(kind: str, seat: int) -> dict[str, str]:
    return dict(event_in(part_of(kind, seat))["ATTENDEE"].params)


def test_nobody_is_asked_to_answer_where_nobody_reads_answers() -> None:
    params = attendee_of("confirmed", make_registration(make_event()))
    assert (params["PARTSTAT"], params["RSVP"]) == ("ACCEPTED", "FALSE")


@pytest.mark.parametrize(
    ("name", "value"), [("INBOUND_IMAP_HOST", "imap.example.ee"), ("INBOUND_PIPE", True)]
)
def test_an_answer_is_asked_for_where_somebody_reads_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch, name: str, value: Any
) -> None:
    monkeypatch.setitem(app.config, name, value)
    params = attendee_of("confirmed", make_registration(make_event()))
    assert (params["PARTSTAT"], params["RSVP"]) == ("NEEDS-ACTION", "TRUE")


def test_an_invitation_sent_again_does_not_take_back_what_was_answered(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "INBOUND_PIPE", True)
    seat = make_registration(make_event())
    with transaction() as session:
        session.add(
            CalendarReply(
                registration_id=seat,
                partstat="TENTATIVE",
                sequence=0,
                stamp=NOW,
                received_at=NOW,
            )
        )
    assert attendee_of("changed", seat)["PARTSTAT"] == "TENTATIVE"
    change(Registration, seat, sequence=1)
    assert attendee_of("changed", seat)["PARTSTAT"] == "NEEDS-ACTION"


@pytest.mark.parametrize(
    ("on_decline", "words"),
    [("ask", "küsime sult, kas loobud kohast"), ("free", "vabaneb sinu koht teistele")],
)
def test_the_letter_says_what_declining_does(
    app: Flask, monkeypatch: pytest.MonkeyPatch, on_decline: str, words: str
) -> None:
    seat = make_registration(make_event(on_decline=on_decline))
    silent = render(post("confirmed", seat), NOW)
    assert silent is not None
    assert words not in silent.text
    monkeypatch.setitem(app.config, "INBOUND_PIPE", True)
    monkeypatch.setitem(app.config, "INBOUND_AUTHSERV_ID", "mx.example.ee")
    written = render(post("confirmed", seat), NOW)
    assert written is not None
    for body in (written.text, written.html):
        assert "siis on üritus kindlasti sinu kalendris" in " ".join(body.split())
        assert words in body


def test_an_update_tells_that_some_calendars_wait_until_it_is_accepted() -> None:
    event = make_event()
    seat = make_registration(event, invited_sequence=0)
    change(HeldEvent, event, sequence=1)
    told = render(post("confirmed", seat), NOW)
    assert told is not None
    for body in (told.text, told.html):
        assert "alles siis, kui uuenduse vastu võtad" in " ".join(body.split())
