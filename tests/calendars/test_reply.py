from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koostoo.calendars.reply import CalendarAnswer, NotAnAnswer, Proposal, read_answer

STAMP = datetime(2026, 8, 4, 10, 15, tzinfo=UTC)


def answer(method: str = "REPLY", header: str = "", **lines: str) -> CalendarAnswer:
    """Read an object with these lines in its event; empty ones are left out."""
    wanted = {
        "UID": "UID:seat@koostoo.example.org",
        "DTSTAMP": "DTSTAMP:20260804T101500Z",
        "SEQUENCE": "SEQUENCE:3",
        "ATTENDEE": "ATTENDEE;PARTSTAT=ACCEPTED:mailto:juta@example.com",
        **lines,
    }
    event = "\r\n".join(line for line in wanted.values() if line)
    name = f"METHOD:{method}\r\n" if method else ""
    return read_answer(
        f"BEGIN:VCALENDAR\r\n{name}BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        header,
    )


def fault_of(**lines: str) -> str:
    with pytest.raises(NotAnAnswer) as caught:
        answer(**lines)
    return caught.value.fault


def test_an_answer_says_who_what_and_when() -> None:
    assert answer() == CalendarAnswer(
        "REPLY", "seat@koostoo.example.org", "juta@example.com", "ACCEPTED", 3, STAMP
    )


@pytest.mark.parametrize("partstat", ["accepted", "Tentative", "DECLINED"])
def test_capitals_do_not_matter(partstat: str) -> None:
    read = answer(ATTENDEE=f"attendee;partstat={partstat}:MAILTO:juta@example.com")
    assert (read.partstat, read.attendee) == (partstat.upper(), "juta@example.com")


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ('ATTENDEE;CN="Jõgi, Juta; x: y";PARTSTAT=ACCEPTED:mailto:a@b.ee', "a@b.ee"),
        ("ATTENDEE;PARTSTAT=ACCEPTED:mailto:a%2Bb@b.ee", "a+b@b.ee"),
        ("ATTENDEE;PARTSTAT=ACCEPTED:a@b.ee", "a@b.ee"),
        ("ATTENDEE;PARTSTAT=ACC\r\n EPTED:mai\r\n\tlto:a@b.ee", "a@b.ee"),
        ("ATTENDEE;PARTSTAT=ACCEPTED:mailto:<a@b.ee>", "a@b.ee"),
        ('ATTENDEE;PARTSTAT=ACCEPTED:"mailto:a@b.ee"', "a@b.ee"),
        ("ATTENDEE;EMAIL=a@b.ee;PARTSTAT=ACCEPTED:urn:uuid:7c1b2f0a", "a@b.ee"),
        ("ATTENDEE;EMAIL=a@b.ee;PARTSTAT=ACCEPTED:/1234/principal/", "a@b.ee"),
        ("ATTENDEE;EMAIL=e@f.ee;PARTSTAT=ACCEPTED:mailto:a@b.ee", "a@b.ee"),
        ('ATTENDEE;SENT-BY="mailto:c@d.ee";PARTSTAT=ACCEPTED:mailto:a@b.ee', "a@b.ee"),
    ],
)
def test_an_address_is_read_in_every_spelling(line: str, address: str) -> None:
    assert answer(ATTENDEE=line).attendee == address


def test_one_person_named_twice_is_one() -> None:
    again = "ATTENDEE;PARTSTAT=ACCEPTED;RSVP=TRUE:MAILTO:Juta@Example.com"
    assert answer(MORE=again).attendee.casefold() == "juta@example.com"


def test_what_google_keeps_beside_an_answer_is_its_comment() -> None:
    line = 'ATTENDEE;PARTSTAT=DECLINED;X-RESPONSE-COMMENT="Olen haige":mailto:juta@example.com'
    assert answer(ATTENDEE=line).comment == "Olen haige"
    assert answer(ATTENDEE=line, COMMENT="COMMENT:Tulen hiljem").comment == "Tulen hiljem"


def test_bare_line_ends_are_read_too() -> None:
    text = "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:u\nATTENDEE;PARTSTAT=DECLINED:a@b.ee\n"
    read = read_answer(text + "END:VEVENT\nEND:VCALENDAR")
    assert (read.partstat, read.sequence, read.stamp) == ("DECLINED", None, None)


def test_the_method_of_the_header_counts_where_the_object_names_none() -> None:
    assert answer(method="", header="reply").method == "REPLY"
    assert answer(method="Counter", header="REPLY").method == "COUNTER"


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "PUBLISH", "REFRESH", "EXPLODE", ""])
def test_any_other_method_is_no_answer(method: str) -> None:
    assert fault_of(method=method) == "method"


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ({"UID": ""}, "events"),
        ({"RECURRENCE": "RECURRENCE-ID:20260908T063000Z"}, "events"),
        ({"MORE": "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:another"}, "events"),
        ({"ATTENDEE": ""}, "people"),
        ({"ATTENDEE": "ATTENDEE;PARTSTAT=ACCEPTED:mailto:"}, "people"),
        ({"MORE": "ATTENDEE;PARTSTAT=ACCEPTED:mailto:olev@example.com"}, "people"),
        ({"MORE": "ATTENDEE;PARTSTAT=DECLINED:mailto:juta@example.com"}, "people"),
        ({"ATTENDEE": "ATTENDEE:mailto:juta@example.com"}, "answer"),
        ({"ATTENDEE": "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:juta@example.com"}, "answer"),
        ({"ATTENDEE": "ATTENDEE;PARTSTAT=DELEGATED:mailto:juta@example.com"}, "answer"),
        ({"ATTENDEE": 'ATTENDEE;CN="J\r\nuta":mailto:juta@example.com'}, "unreadable"),
        ({"MORE": "BEGIN:X\r\n" * 20}, "unreadable"),
        ({"MORE": "X:" + "y" * 100_000}, "unreadable"),
    ],
)
def test_what_is_unclear_is_no_answer(lines: dict[str, str], fault: str) -> None:
    assert fault_of(**lines) == fault


def test_lines_of_an_alarm_or_a_time_zone_are_not_the_events() -> None:
    inside = "BEGIN:VALARM\r\nATTENDEE;PARTSTAT=DECLINED:mailto:x@y.ee\r\nEND:VALARM"
    assert answer(ALARM=inside).attendee == "juta@example.com"


@pytest.mark.parametrize(
    ("line", "sequence"),
    [("SEQUENCE:0", 0), ("SEQUENCE:9999999999", 2**31 - 1), ("SEQUENCE:-1", None),
     ("SEQUENCE:٣", None), ("SEQUENCE:" + "9" * 50, None), ("", None)],
)  # fmt: skip
def test_a_sequence_that_is_no_number_counts_as_none(line: str, sequence: int | None) -> None:
    assert answer(SEQUENCE=line).sequence == sequence


@pytest.mark.parametrize(
    "line", ["", "DTSTAMP:20260804", "DTSTAMP:00010101T000000Z", "DTSTAMP:now", "DTSTAMP:٢٠"]
)
def test_a_stamp_that_is_no_instant_counts_as_none(line: str) -> None:
    assert answer(DTSTAMP=line).stamp is None


def test_a_comment_is_cleaned_and_cut() -> None:
    read = answer(COMMENT="COMMENT:Olen\\, kahjuks\\, haige\x07\\n\\n\\n\\nJuta")
    assert read.comment == "Olen, kahjuks, haige\n\nJuta"
    assert len(answer(COMMENT="COMMENT:" + "oi " * 900).comment) <= 500


@pytest.mark.parametrize(
    ("start", "end", "proposal"),
    [
        (
            "DTSTART;TZID=FLE Standard Time:20260910T093000",
            "DTEND;TZID=FLE Standard Time:20260910T120000",
            Proposal(
                datetime(2026, 9, 10, 6, 30, tzinfo=UTC), datetime(2026, 9, 10, 9, 0, tzinfo=UTC)
            ),
        ),
        (
            "DTSTART;TZID=Europe/Berlin:20260910T093000",
            "",
            Proposal(datetime(2026, 9, 10, 7, 30, tzinfo=UTC)),
        ),
        (
            "DTSTART:20260910T093000Z",
            "DTEND:20260910T083000Z",
            Proposal(datetime(2026, 9, 10, 9, 30, tzinfo=UTC)),
        ),
        (
            "DTSTART;TZID=My own zone:20260910T093000",
            "DTEND;VALUE=DATE:20260911",
            Proposal(datetime(2026, 9, 10, 6, 30, tzinfo=UTC), None, "My own zone"),
        ),
        (
            "DTSTART;TZID=/etc/passwd:20260910T093000",
            "",
            Proposal(datetime(2026, 9, 10, 6, 30, tzinfo=UTC), None, "/etc/passwd"),
        ),
        (
            "DTSTART;VALUE=DATE:20260910",
            "DTEND;VALUE=DATE:20260912",
            Proposal(date(2026, 9, 10), date(2026, 9, 11)),
        ),
        ("DTSTART:soon", "DTEND:later", None),
        ("", "", None),
    ],
)
def test_a_proposal_is_read_in_the_time_zone_it_names(
    start: str, end: str, proposal: Proposal | None
) -> None:
    read = answer(method="COUNTER", START=start, END=end)
    assert read.proposal == proposal
    assert read.partstat == "ACCEPTED"


def test_a_proposal_need_not_say_whether_one_comes() -> None:
    read = answer(method="COUNTER", ATTENDEE="ATTENDEE:mailto:juta@example.com")
    assert read.partstat is None


@given(st.text())
def test_no_text_makes_the_reader_stumble(text: str) -> None:
    for whole in (text, f"BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:u\nATTENDEE{text}"):
        with suppress(NotAnAnswer):
            assert isinstance(read_answer(whole), CalendarAnswer)
