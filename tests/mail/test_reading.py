from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koostoo.mail.reading import MAX_BYTES, Unreadable, read
from koostoo.mail.sorting import Leftover, Receiver, sort_out


def letter(*headers: str, body: str = "") -> bytes:
    return "\r\n".join([*headers, "", body]).encode()


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("juta@example.com", "juta@example.com"),
        ("<juta@example.com>", "juta@example.com"),
        ("Juta Jõgi <juta@example.com>", "juta@example.com"),
        ('"Jõgi, Juta <x@y>" <juta@example.com>', "juta@example.com"),
        ("=?utf-8?Q?J=C3=B5gi=2C_Juta?= <juta@example.com>", "juta@example.com"),
        ("juta@example.com <evil@example.net>", "evil@example.net"),
        ("juta@example.com (Juta <evil@example.net>)", "juta@example.com"),
    ],
)
def test_the_sender_is_the_one_address_of_from(written: str, address: str) -> None:
    assert read(letter(f"From: {written}")).sender == address


@pytest.mark.parametrize(
    "written",
    [
        "",
        "juta@example.com, evil@example.net",
        "<juta@example.com> <evil@example.net>",
        "Juta <juta@example.com>, Evil <evil@example.net>",
        '"a <juta@example.com>, evil <evil@example.net>',
        "friends: juta@example.com;",
        "undisclosed-recipients:;",
        "Juta",
        "<@evil.example:juta@example.com>",
        "juta@example.com> <",
    ],
)
def test_whoever_could_be_misread_is_nobody(written: str) -> None:
    assert read(letter(f"From: {written}")).sender == ""


def test_two_from_headers_are_nobodys() -> None:
    assert read(letter("From: a@example.com", "From: b@example.com")).sender == ""
    assert read(letter("Subject: x")).sender == ""


def test_a_header_in_pieces_is_one_line() -> None:
    read_letter = read(letter("Subject: =?utf-8?B?w5VwcGU=?=", "\tis=?utf-8?Q?!?=", "X-A: b\r\n c"))
    assert read_letter.subject.startswith("Õppe")
    assert read_letter.header("X-A") == "b c"
    assert read_letter.header("X-B") == ""


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("Tue, 4 Aug 2026 13:15:00 +0300", datetime(2026, 8, 4, 10, 15, tzinfo=UTC)),
        ("4 Aug 2026 10:15:00 -0000", datetime(2026, 8, 4, 10, 15, tzinfo=UTC)),
        ("yesterday", None),
        ("Tue, 4 Aug 99999 13:15:00 +9999", None),
        ("", None),
    ],
)
def test_a_date_is_read_or_left(written: str, date: datetime | None) -> None:
    assert read(letter(f"Date: {written}")).date == date


@pytest.mark.parametrize(
    ("charset", "content", "text"),
    [
        ("utf-8", "Õun".encode(), "Õun"),
        ("us-ascii", "Õun".encode(), "Õun"),
        ("windows-1257", "Õun".encode("windows-1257"), "Õun"),
        ("iso-8859-15", "Žanna".encode("iso-8859-15"), "Žanna"),
        ("utf-16", "Õun".encode("utf-16"), "Õun"),
        ("no-such-thing", b"\xff\xd5un", "ÿÕun"),
        ("punycode", b"\xd5un", "Õun"),
        ("", b"\xef\xbb\xbfkohv", "kohv"),
    ],
)
def test_text_survives_a_wrong_name_of_its_encoding(
    charset: str, content: bytes, text: str
) -> None:
    head = letter(f"Content-Type: text/plain; charset={charset}", "Content-Transfer-Encoding: 8bit")
    [part] = read(head + content).parts
    assert part.text() == text


def test_a_letter_that_a_fold_cuts_in_two_is_put_together() -> None:
    head = letter("Content-Type: text/calendar", "Content-Transfer-Encoding: 8bit")
    [part] = read(head + b"COMMENT:m\xc3\r\n \xb5te").parts
    assert part.text(is_folded=True) == "COMMENT:mõte"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('Content-Disposition: attachment; filename="Koht.ICS"', "koht.ics"),
        ("Content-Disposition: attachment; filename=koht.ics; size=3", "koht.ics"),
        ("Content-Disposition: attachment; filename*=utf-8''koht.ics", "utf-8''koht.ics"),
        ('Content-Type: application/octet-stream;\r\n name="koht.ics"', "koht.ics"),
        ("Content-Disposition: attachment", ""),
    ],
)
def test_a_file_tells_its_name(header: str, name: str) -> None:
    [part] = read(letter(header)).parts
    assert part.file_name == name


def test_a_letter_inside_a_letter_is_not_opened() -> None:
    inner = 'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nhello\r\n--b--'
    read_letter = read(letter("Content-Type: message/rfc822", body=inner))
    assert [part.content_type for part in read_letter.parts] == ["message/rfc822"]


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"x" * (MAX_BYTES + 1), "too_large"),
        (b"Subject: x\r\n\r\n" + b"x\r\n" * 31_000, "too_many_lines"),
        (b"Subject: x\r\r" + b"x\r" * 31_000, "too_many_lines"),
        (letter(*(f"X-{n}: boundary*0*=x" for n in range(30))), "too_deep"),
        (letter(*["Content-Type: message/rfc822", ""] * 30), "too_deep"),
        (letter("Content-Type: text/plain;" + " a=b;" * 1000), "too_long"),
        (letter("Content-Type: text/plain;" + "\r a=b;" * 1000), "too_long"),
        (letter("content-type: multipart/mixed; boundary=" + "b" * 3000), "too_long"),
    ],
)
def test_what_would_keep_the_reader_busy_is_not_read(raw: bytes, kind: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(raw)
    assert caught.value.kind == kind


@given(st.binary())
def test_no_bytes_make_the_reader_stumble(raw: bytes) -> None:
    receiver = Receiver("mx.example.ee", "koostoo+{}@example.ee", "example.ee")
    assert isinstance(sort_out(raw, receiver), Leftover)


@given(st.lists(st.sampled_from([
    b"Content-Type: multipart/report; boundary=b\r\n", b"Content-Type: text/calendar\r\n",
    b"Content-Type: message/delivery-status\r\n", b"From: MAILER-DAEMON@x.ee\r\n", b"\r\n",
    b"Content-Transfer-Encoding: base64\r\n", b"--b\r\n", b"--b--\r\n", b"Action: failed\r\n",
    b"Subject: Undeliverable\r\n", b"Status: 5.\xff\r\n", b"BEGIN:VCALENDAR\r\n", b"\x00=?\xff",
    b"Content-Type: message/rfc822\r\n", b"Message-ID: <a@b>\r\n", b"METHOD:REPLY\r\n",
    b"Diagnostic-Code: smtp; \xd5\r\n", b"Authentication-Results: mx; ((;;dmarc=\r\n",
]), max_size=30))  # fmt: skip
def test_no_pieces_of_letters_make_it_stumble_either(pieces: list[bytes]) -> None:
    receiver = Receiver("mx", "koostoo+{}@example.ee", "example.ee")
    found = sort_out(b"".join(pieces), receiver)
    assert getattr(found, "why", "") in {"", "unreadable", "method", "events", "people", "answer"}
