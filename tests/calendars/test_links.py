from urllib.parse import parse_qsl, urlsplit

import pytest

from koostoo.calendars.links import (
    google_event_url,
    google_subscribe_url,
    outlook_event_url,
    outlook_subscribe_url,
    webcal_url,
)
from tests.calendars.make import seminar, study_trip

FEED = "https://koostoo.example.ee/calendar.ics"


def query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, strict_parsing=True))


def test_google_gets_the_moments_in_utc() -> None:
    fields = query(google_event_url(seminar()))

    assert fields["action"] == "TEMPLATE"
    assert fields["dates"] == "20261209T151500Z/20261209T170000Z"
    assert fields["ctz"] == "Europe/Tallinn"
    assert fields["location"] == "Näidisküla rahvamaja"
    assert fields["details"].endswith("https://koostoo.example.ee/events/seminar")


def test_google_gets_whole_days_with_the_day_after() -> None:
    assert query(google_event_url(study_trip()))["dates"] == "20260530/20260602"


def test_outlook_gets_the_moments_in_utc() -> None:
    fields = query(outlook_event_url(seminar()))

    assert fields["startdt"] == "2026-12-09T15:15:00Z"
    assert fields["enddt"] == "2026-12-09T17:00:00Z"
    assert "allday" not in fields


def test_outlook_is_told_about_whole_days() -> None:
    fields = query(outlook_event_url(study_trip()))

    assert (fields["startdt"], fields["enddt"]) == ("2026-05-30", "2026-06-02")
    assert fields["allday"] == "true"


def test_outlook_keeps_the_lines_and_signs_of_the_description() -> None:
    body = query(outlook_event_url(seminar(description="9.30 kohv & <sai>\n10.00 avamine")))["body"]

    assert body.startswith("9.30 kohv &amp; &lt;sai&gt;<br>10.00 avamine<br><br>https://")


def test_a_title_cannot_add_a_field() -> None:
    title = "A&B=C #1 + 100%"

    for url in (
        google_event_url(seminar(summary=title)),
        outlook_event_url(seminar(summary=title)),
    ):
        fields = query(url)
        assert title in (fields.get("text"), fields.get("subject"))
        assert "+" not in url
        assert "#" not in url


@pytest.mark.parametrize("letter", ["a", "õ", "ш", "語"])
def test_a_long_programme_makes_no_address_servers_refuse(letter: str) -> None:
    entry = seminar(description=f"{letter * 9} " * 1000)

    for url in (google_event_url(entry), outlook_event_url(entry)):
        assert len(url) < 8000
        fields = query(url)
        told = fields.get("details") or fields["body"].replace("<br>", "\n")
        assert told.startswith(letter * 9)
        assert told.endswith("…\n\nhttps://koostoo.example.ee/events/seminar")


def test_an_empty_place_is_left_out() -> None:
    assert "location" not in query(google_event_url(seminar(place="")))


def test_each_program_gets_the_feed_in_the_form_it_understands() -> None:
    assert webcal_url(FEED) == "webcal://koostoo.example.ee/calendar.ics"
    assert query(google_subscribe_url(FEED)) == {"cid": "webcal://koostoo.example.ee/calendar.ics"}
    assert query(outlook_subscribe_url(FEED)) == {"url": FEED}


def test_an_account_from_work_opens_at_a_site_of_its_own() -> None:
    for own, at_work in (
        (outlook_event_url(seminar()), outlook_event_url(seminar(), at_work=True)),
        (outlook_subscribe_url(FEED), outlook_subscribe_url(FEED, at_work=True)),
    ):
        assert urlsplit(own).netloc == "outlook.live.com"
        assert urlsplit(at_work).netloc == "outlook.office.com"
        assert urlsplit(own)[2:] == urlsplit(at_work)[2:]
