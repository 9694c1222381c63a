"""What other calendar programs understand of our feeds and invitations."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from koostoo.base.when import ZONE
from koostoo.calendars.feed import render_feed
from koostoo.calendars.invite import render_request
from tests.calendars.make import ATTENDEE, INFO, MADE_AT, ORGANISER, seminar, study_trip
from tests.calendars.readers import READERS, Reader, Seen

TITLE = 'Õhtu „Söö, joo; laula“: "Ühe hinnaga" & <b>50 %</b> – šašlõkk, žürii 😀'
PLACE = "Kõrgessaare, Käärdi 3; tuba nr 7 (II korrus)"
PROGRAMME = (
    "Kell 9.30: kohv, tee\n\n"
    "Kell 10.00; ringkäik: C:\\Koostöö\\kava, „Öö“ – täpitähed ÕÄÖÜŠŽ õäöüšž € ½ ’ “ ”\n"
    "BEGIN:VEVENT\n"
    "Pikk rida, mis murtakse keset täpitähti: " + "öäüõžš" * 20 + "\n"
    "Нарва, Łódź, ελληνικά, שלום"
)
PAGE = "https://koostoo.example.ee/events/ohtu?a=1&b=2,3;4"


@pytest.fixture(params=READERS)
def reader(request: pytest.FixtureRequest) -> Reader:
    """One program after another."""
    return READERS[request.param]


def test_a_text_with_every_special_character_comes_out_as_it_went_in(
    reader: Reader, tmp_path: Path
) -> None:
    entry = seminar(summary=TITLE, place=PLACE, description=PROGRAMME, url=PAGE)

    [seen] = reader(render_feed(INFO, [entry]), tmp_path).values()

    assert (seen.summary, seen.location) == (TITLE, PLACE)
    assert seen.description == f"{PROGRAMME}\n\n{PAGE}"
    assert seen.url == PAGE


@pytest.mark.parametrize("name", ["icalendar", "ical.js"])
def test_a_backslash_before_an_n_stays_one(name: str, tmp_path: Path) -> None:
    # node-ical and khal take it for a line break, however it is escaped.
    [seen] = READERS[name](render_feed(INFO, [seminar(summary="C:\\nimekiri")]), tmp_path).values()

    assert seen.summary == "C:\\nimekiri"


def local(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE, fold=fold)


INSTANTS = [
    # The night and the day the clock leaps forward: there is no hour from three to four.
    (local("2027-03-28T01:30"), local("2027-03-28T02:30")),
    (local("2027-03-28T02:30"), local("2027-03-28T04:30")),
    (local("2027-03-28T04:00"), local("2027-03-28T05:00")),
    (local("2027-03-28T10:00"), local("2027-03-28T16:00")),
    (local("2027-03-27T18:00"), local("2027-03-28T12:00")),
    # The night and the day it is set back: the hour from three to four comes twice.
    (local("2026-10-25T02:30"), local("2026-10-25T05:00")),
    (local("2026-10-25T03:15"), local("2026-10-25T03:45")),
    (local("2026-10-25T03:45"), local("2026-10-25T03:15", fold=1)),
    (local("2026-10-25T03:15", fold=1), local("2026-10-25T03:45", fold=1)),
    (local("2026-10-25T04:00"), local("2026-10-25T04:30")),
    (local("2026-10-25T10:00"), local("2026-10-25T16:00")),
    (local("2026-10-24T18:00"), local("2026-10-25T12:00")),
    # Far from either, this year and in ten years.
    (local("2026-07-01T10:00"), local("2026-07-01T16:00")),
    (local("2036-12-31T23:30"), local("2037-01-01T00:30")),
]


def test_every_program_knows_the_instant_on_the_days_the_clock_changes(
    reader: Reader, tmp_path: Path
) -> None:
    entries = [
        seminar(uid=f"event-{number}@koostoo.example.ee", start=start, end=end)
        for number, (start, end) in enumerate(INSTANTS)
    ]

    seen = reader(render_feed(INFO, entries), tmp_path)

    assert {uid: (one.start, one.end) for uid, one in seen.items()} == {
        entry.uid: (entry.starts_at, entry.ends_at) for entry in entries
    }


def test_whole_days_are_whole_days_everywhere(reader: Reader, tmp_path: Path) -> None:
    over_the_change = study_trip(start=date(2027, 3, 27), end=date(2027, 3, 28))

    [seen] = reader(render_feed(INFO, [over_the_change]), tmp_path).values()

    assert (seen.start, seen.end) == (date(2027, 3, 27), date(2027, 3, 28))


def test_a_feed_of_many_events_keeps_each(reader: Reader, tmp_path: Path) -> None:
    start = local("2026-10-01T10:00")
    entries = [
        seminar(
            uid=f"event-{number}@koostoo.example.ee",
            summary=f"Seminar nr {number}",
            start=start + timedelta(days=number),
            end=start + timedelta(days=number, hours=2),
        )
        for number in range(200)
    ]

    seen = reader(render_feed(INFO, entries), tmp_path)

    assert len(seen) == 200
    assert {uid: (one.summary, one.start) for uid, one in seen.items()} == {
        entry.uid: (entry.summary, entry.starts_at) for entry in entries
    }


def test_an_invitation_reads_like_the_feed(reader: Reader, tmp_path: Path) -> None:
    entry = seminar(summary=TITLE, place=PLACE, description=PROGRAMME)
    rendered = render_request(
        entry, ORGANISER, ATTENDEE, MADE_AT, language="et", alarm=timedelta(days=1)
    )

    [invited] = reader(rendered, tmp_path).values()

    published: Seen = next(iter(reader(render_feed(INFO, [entry]), tmp_path).values()))
    assert invited == published == replace(invited, summary=TITLE)
