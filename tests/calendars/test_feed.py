from datetime import UTC, date, datetime, timedelta

import pytest

from koostoo.calendars.feed import render_feed
from koostoo.calendars.values import FeedInfo
from tests.calendars.make import INFO, lines, only_event, read, seminar, study_trip

HOSTILE = [
    "x\r\nATTENDEE:mailto:e@example.org",
    "x\nATTENDEE:mailto:e@example.org",
    "x\rATTENDEE:mailto:e@example.org",
    "x\x0bATTENDEE:mailto:e@example.org",
    "x\u2028ATTENDEE:mailto:e@example.org",
    "x\x85ATTENDEE:mailto:e@example.org",
    "x\\nATTENDEE:mailto:e@example.org",
    "x\r\nEND:VEVENT\r\nBEGIN:VEVENT",
]


def property_names(rendered: bytes) -> list[str]:
    return [line.split(":")[0].split(";")[0] for line in lines(rendered)]


def test_the_feed_tells_its_name_and_when_to_look_again() -> None:
    written = lines(render_feed(INFO, []))

    assert written[0] == "BEGIN:VCALENDAR"
    assert {
        "VERSION:2.0",
        "NAME:Ühisüritused",
        "X-WR-CALNAME:Ühisüritused",
        "DESCRIPTION:Kõik ühised üritused",
        "X-WR-CALDESC:Kõik ühised üritused",
        "URL:https://koostoo.example.ee/",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
        "X-PUBLISHED-TTL:PT4H",
    } <= set(written)


def test_the_feed_names_no_people_and_has_no_calendar_uid() -> None:
    names = property_names(render_feed(INFO, [seminar(), study_trip()]))

    assert not {"METHOD", "ORGANIZER", "ATTENDEE", "TRIGGER"} & set(names)
    assert names.count("UID") == 2


def test_a_timed_event_is_written_in_tallinn_time() -> None:
    event = only_event(render_feed(INFO, [seminar()]))

    assert str(event["UID"]) == "event-7@koostoo.example.ee"
    assert event["SEQUENCE"] == 2
    assert event.start == datetime(2026, 12, 9, 15, 15, tzinfo=UTC)
    assert event.end == datetime(2026, 12, 9, 17, 0, tzinfo=UTC)
    assert event["DTSTART"].params["TZID"] == "Europe/Tallinn"
    assert str(event["LOCATION"]) == "Näidisküla rahvamaja"
    assert str(event["STATUS"]) == "CONFIRMED"
    assert str(event["TRANSP"]) == "OPAQUE"


def test_the_last_day_of_an_all_day_event_is_written_exclusively() -> None:
    written = lines(render_feed(INFO, [study_trip()]))

    assert "DTSTART;VALUE=DATE:20260530" in written
    assert "DTEND;VALUE=DATE:20260602" in written


def test_the_stamp_is_the_last_revision_in_utc() -> None:
    written = lines(render_feed(INFO, [seminar()]))

    assert "DTSTAMP:20261002T080030Z" in written
    assert "LAST-MODIFIED:20261002T080030Z" in written
    assert "CREATED:20260901T080000Z" in written


def test_a_cancelled_event_stays_and_takes_no_time() -> None:
    entry = seminar(status="CANCELLED", summary="ÄRA JÄETUD: Seminar")

    event = only_event(render_feed(INFO, [entry]))

    assert str(event["STATUS"]) == "CANCELLED"
    assert str(event["TRANSP"]) == "TRANSPARENT"
    assert str(event["SUMMARY"]) == "ÄRA JÄETUD: Seminar"


def test_a_transparent_event_takes_no_time() -> None:
    event = only_event(render_feed(INFO, [study_trip(transparent=True, status="TENTATIVE")]))

    assert str(event["TRANSP"]) == "TRANSPARENT"
    assert str(event["STATUS"]) == "TENTATIVE"


def test_the_page_of_the_event_stands_below_its_description() -> None:
    event = only_event(render_feed(INFO, [seminar()]))

    page = "https://koostoo.example.ee/events/seminar"
    assert str(event["URL"]) == page
    assert str(event["DESCRIPTION"]) == f"Kohtume rahvamajas.\n\n{page}"


def test_a_description_that_has_the_page_does_not_get_it_twice() -> None:
    text = "Vaata https://koostoo.example.ee/events/seminar"

    event = only_event(render_feed(INFO, [seminar(description=text)]))

    assert str(event["DESCRIPTION"]) == text


def test_events_without_place_have_no_place() -> None:
    assert "LOCATION" not in only_event(render_feed(INFO, [seminar(place=" ")]))


def test_the_same_entries_give_the_same_bytes_in_any_order() -> None:
    entries = [seminar(), study_trip(), seminar(uid="a@example.org")]

    rendered = render_feed(INFO, entries)

    assert rendered == render_feed(INFO, entries)
    assert rendered == render_feed(INFO, reversed(entries))
    uids = [str(event["UID"]) for event in read(rendered).events]
    assert uids == ["event-8@koostoo.example.ee", "a@example.org", "event-7@koostoo.example.ee"]


def test_whole_days_and_hours_are_ordered_by_the_moment_they_start() -> None:
    day = date(2026, 12, 9)
    late = datetime(2026, 12, 8, 21, 30, tzinfo=UTC)  # 23.30 on the evening before

    rendered = render_feed(
        INFO,
        [
            study_trip(start=day, end=day, summary="2"),
            seminar(summary="3"),
            seminar(start=late, end=late + timedelta(hours=2), summary="1"),
        ],
    )

    assert [str(event["SUMMARY"]) for event in read(rendered).events] == ["1", "2", "3"]


@pytest.mark.parametrize("shift", range(4))
def test_long_lines_are_folded_at_75_octets_between_characters(shift: int) -> None:
    title = "x" * shift + "õ😀€" * 60

    rendered = render_feed(INFO, [seminar(summary=title, description=title * 20)])

    for line in rendered.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # a fold inside a character would raise
    assert str(only_event(rendered)["SUMMARY"]) == title


def test_every_line_ends_with_crlf() -> None:
    rendered = render_feed(INFO, [seminar(description="üks\r\nkaks\nkolm\rneli")])

    assert rendered.endswith(b"END:VCALENDAR\r\n")
    assert rendered.count(b"\n") == rendered.count(b"\r") == rendered.count(b"\r\n")
    assert "DESCRIPTION:üks\\nkaks\\nkolm\\nneli" in rendered.decode()


def test_separators_and_backslashes_are_escaped_and_read_back() -> None:
    text = r"Kava; päev, C:\kaust \n „lõpp“"

    rendered = render_feed(INFO, [seminar(summary=text, place=text, description=text, url="")])

    event = only_event(rendered)
    assert r"SUMMARY:Kava\; päev\, C:\\kaust \\n „lõpp“" in lines(rendered)
    assert str(event["SUMMARY"]) == str(event["LOCATION"]) == str(event["DESCRIPTION"]) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_adds_no_property(text: str) -> None:
    plain = property_names(render_feed(INFO, [seminar()]))
    entry = seminar(summary=text, place=text, description=text)

    rendered = render_feed(FeedInfo(text, text, INFO.url), [entry])

    assert property_names(rendered) == plain
    # Some readers split at every line end Unicode knows.
    starts = [line[:8] for line in rendered.decode().splitlines()]
    assert not {"ATTENDEE", "END:VEVE"} & set(starts[:-2])


def test_control_characters_and_lone_surrogates_disappear() -> None:
    entry = seminar(summary="A\x00B\x0bC\x1bD\x7fE\ud800F\tG", description="ü\x00ks\x0bkaks")

    event = only_event(render_feed(INFO, [entry]))

    assert str(event["SUMMARY"]) == "AB CDEF G"
    assert str(event["DESCRIPTION"]).startswith("üks\nkaks")


def test_an_empty_feed_is_a_calendar_all_the_same() -> None:
    calendar = read(render_feed(FeedInfo("Tühi", "", ""), []))

    assert calendar.events == []
    assert "DESCRIPTION" not in calendar
    assert len(calendar.timezones) == 1
