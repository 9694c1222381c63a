from datetime import datetime, timedelta

import pytest

from koostoo.calendars.feed import render_feed
from koostoo.calendars.invite import render_cancel, render_request
from koostoo.calendars.values import Party
from tests.calendars.make import (
    ATTENDEE,
    INFO,
    MADE_AT,
    ORGANISER,
    lines,
    only_event,
    read,
    seminar,
    study_trip,
)


def test_a_request_is_between_organiser_and_one_attendee() -> None:
    rendered = render_request(seminar(), ORGANISER, ATTENDEE, MADE_AT)

    written = lines(rendered)
    assert "METHOD:REQUEST" in written
    assert 'ORGANIZER;CN="Õun, Mari":mailto:mari@example.org' in written
    assert str(only_event(rendered)["ATTENDEE"]) == "mailto:jyri@example.com"
    assert sum(line.startswith("ATTENDEE") for line in written) == 1


def test_a_request_carries_the_time_zone_it_refers_to() -> None:
    (definition,) = read(render_request(seminar(), ORGANISER, ATTENDEE, MADE_AT)).timezones

    assert definition.tz_name == "Europe/Tallinn"


def test_a_request_has_nothing_that_belongs_to_a_feed() -> None:
    text = render_request(seminar(), ORGANISER, ATTENDEE, MADE_AT).decode()

    for name in ("X-WR-CALNAME", "\nNAME", "REFRESH-INTERVAL", "X-PUBLISHED-TTL"):
        assert name not in text


def test_whoever_registered_counts_as_having_accepted() -> None:
    attendee = only_event(render_request(seminar(), ORGANISER, ATTENDEE, MADE_AT))["ATTENDEE"]

    assert attendee.params["PARTSTAT"] == "ACCEPTED"
    assert attendee.params["RSVP"] == "FALSE"
    assert attendee.params["CN"] == "Jüri Kask"


def test_an_answer_is_asked_for_when_it_is_wanted() -> None:
    rendered = render_request(seminar(), ORGANISER, ATTENDEE, MADE_AT, answer_wanted=True)

    attendee = only_event(rendered)["ATTENDEE"]
    assert attendee.params["PARTSTAT"] == "NEEDS-ACTION"
    assert attendee.params["RSVP"] == "TRUE"


def test_the_stamp_of_a_message_is_the_moment_of_writing() -> None:
    written = lines(render_request(seminar(), ORGANISER, ATTENDEE, MADE_AT))

    assert "DTSTAMP:20261123T093000Z" in written
    assert "LAST-MODIFIED:20261002T080030Z" in written
    assert "SEQUENCE:2" in written
    assert "STATUS:CONFIRMED" in written


def test_invitation_and_feed_speak_of_the_same_event() -> None:
    invited = only_event(render_request(study_trip(), ORGANISER, ATTENDEE, MADE_AT))
    published = only_event(render_feed(INFO, [study_trip()]))

    for name in ("UID", "SEQUENCE", "DTSTART", "DTEND"):
        assert invited[name].to_ical() == published[name].to_ical()


def test_the_texts_tell_their_language() -> None:
    written = lines(render_request(seminar(), ORGANISER, ATTENDEE, MADE_AT, language="en"))

    assert "SUMMARY;LANGUAGE=en:Seminar" in written


def test_a_reminder_comes_before_the_start() -> None:
    rendered = render_request(
        seminar(), ORGANISER, ATTENDEE, MADE_AT, alarm=timedelta(days=1, hours=2)
    )

    (alarm,) = only_event(rendered).walk("VALARM")
    assert str(alarm["ACTION"]) == "DISPLAY"
    assert alarm["TRIGGER"].to_ical() == b"-P1DT2H"
    assert str(alarm["DESCRIPTION"]) == "Seminar"


def test_no_reminder_is_set_unasked() -> None:
    assert b"VALARM" not in render_request(seminar(), ORGANISER, ATTENDEE, MADE_AT)


def test_a_cancelled_event_cannot_be_requested() -> None:
    with pytest.raises(ValueError, match="CANCELLED"):
        render_request(seminar(status="CANCELLED"), ORGANISER, ATTENDEE, MADE_AT)


def test_the_organiser_cannot_be_invited_by_themselves() -> None:
    with pytest.raises(ValueError, match="own event"):
        render_request(seminar(), ORGANISER, Party("M. Õun", "Mari@Example.org"), MADE_AT)


def test_a_message_needs_an_aware_moment() -> None:
    naive = datetime(2026, 11, 23)  # noqa: DTZ001 - what is refused

    with pytest.raises(ValueError, match="time zone"):
        render_request(seminar(), ORGANISER, ATTENDEE, naive)
    with pytest.raises(ValueError, match="time zone"):
        render_cancel(seminar(), ORGANISER, ATTENDEE, naive, whole_event=True)


def test_calling_off_the_event_cancels_it_for_the_attendee() -> None:
    rendered = render_cancel(seminar(sequence=3), ORGANISER, ATTENDEE, MADE_AT, whole_event=True)

    written = lines(rendered)
    assert {
        "METHOD:CANCEL",
        "STATUS:CANCELLED",
        "SEQUENCE:3",
        "DTSTAMP:20261123T093000Z",
        "UID:event-7@koostoo.example.ee",
        'ATTENDEE;CN="Jüri Kask":mailto:jyri@example.com',
        'ORGANIZER;CN="Õun, Mari":mailto:mari@example.org',
        "TZID:Europe/Tallinn",
    } <= set(written)
    assert "BEGIN:VALARM" not in written


def test_taking_out_one_attendee_leaves_the_status_alone() -> None:
    rendered = render_cancel(seminar(), ORGANISER, ATTENDEE, MADE_AT, whole_event=False)

    event = only_event(rendered)
    assert "STATUS" not in event
    assert str(event["TRANSP"]) == "TRANSPARENT"
    assert str(event["ATTENDEE"]) == "mailto:jyri@example.com"


def test_a_called_off_event_can_be_cancelled_for_one_attendee() -> None:
    entry = seminar(status="CANCELLED")

    rendered = render_cancel(entry, ORGANISER, ATTENDEE, MADE_AT, whole_event=False)

    assert b"STATUS" not in rendered


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('Mari "Mann" Õun', "Mari 'Mann' Õun"),
        ("Mari\r\nATTENDEE:mailto:e@example.org", "Mari ATTENDEE:mailto:e@example.org"),
        ("Õun; Mari: ja, teised\x00", "Õun; Mari: ja, teised"),
    ],
)
def test_a_name_stays_within_its_parameter(name: str, shown: str) -> None:
    rendered = render_request(seminar(), ORGANISER, Party(name, "m@example.com"), MADE_AT)

    attendee = only_event(rendered)["ATTENDEE"]
    assert attendee.params["CN"] == shown
    assert str(attendee) == "mailto:m@example.com"


def test_a_party_without_a_name_has_no_cn() -> None:
    rendered = render_request(seminar(), ORGANISER, Party("", "m@example.com"), MADE_AT)

    assert "CN" not in only_event(rendered)["ATTENDEE"].params


def test_the_same_message_is_the_same_bytes() -> None:
    first, second = (
        render_request(seminar(), ORGANISER, ATTENDEE, MADE_AT, alarm=timedelta(days=1))
        for _ in range(2)
    )

    assert first == second
    assert first.count(b"\n") == first.count(b"\r\n")
    assert max(len(line) for line in first.split(b"\r\n")) <= 75
