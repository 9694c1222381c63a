from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP as SMTP_POLICY
from email.policy import compat32
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koostoo.base.text import clean_line
from koostoo.mail.letter import CalendarPart, Letter, display_name, to_mime
from tests.mail.world import NOW

ICS = "BEGIN:VCALENDAR\r\nSUMMARY:Õppereis Võrru\r\nEND:VCALENDAR\r\n".encode()
LETTER = Letter(
    message_id="<abc@koostoo.example.org>",
    sender_name='MTÜ Näidisrühm, "Läänemaa"',
    sender="kirjad@example.org",
    recipient="juta@example.com",
    reply_to="mari@example.ee",
    subject="Sinu koht on kinnitatud: väga pika nimega õppereis Võrru ja veel kaugemale",
    text="Tere, Jüri!\n",
    html="<p>Tere, Jüri!</p>\n",
    language="et",
)
INVITED = replace(LETTER, calendar=CalendarPart("REQUEST", 0, ICS, 1))


HEADERS = {
    "from",
    "to",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "content-language",
    "auto-submitted",
    "x-auto-response-suppress",
    "mime-version",
    "content-type",
}


def sent(letter: Letter) -> EmailMessage:
    return message_from_bytes(to_mime(letter, NOW).as_bytes(), policy=SMTP_POLICY)


def tree(part: MIMEPart) -> object:
    if not part.is_multipart():
        return part.get_content_type()
    return (part.get_content_type(), [tree(child) for child in part.iter_parts()])


def test_a_plain_letter_has_text_first_and_html_second() -> None:
    assert tree(sent(LETTER)) == ("multipart/alternative", ["text/plain", "text/html"])


def test_an_invitation_is_the_last_alternative_with_a_copy_beside() -> None:
    alternatives = ("multipart/alternative", ["text/plain", "text/html", "text/calendar"])
    assert tree(sent(INVITED)) == ("multipart/mixed", [alternatives, "application/ics"])


def test_a_cancellation_has_no_copy_to_import() -> None:
    letter = replace(LETTER, calendar=CalendarPart("CANCEL", 1, ICS, 1))
    parts = ["text/plain", "text/html", "text/calendar"]
    assert tree(sent(letter)) == ("multipart/alternative", parts)


def test_calendar_part_names_its_method_and_charset_and_is_no_attachment() -> None:
    part = next(p for p in sent(INVITED).walk() if p.get_content_type() == "text/calendar")
    assert (part.get_param("method"), part.get_param("charset")) == ("REQUEST", "utf-8")
    assert part.get_content_disposition() is None
    assert part["Content-Transfer-Encoding"] == "base64"
    assert part.get_payload(decode=True) == ICS


def test_everything_travels_in_seven_bits_and_short_lines() -> None:
    data = to_mime(INVITED, NOW).as_bytes()
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 78
    assert b"\n" not in data.replace(b"\r\n", b"")


def test_headers_survive_the_way() -> None:
    letter = sent(LETTER)
    assert letter["Subject"] == LETTER.subject
    assert letter["From"].addresses[0].display_name == "MTÜ Näidisrühm Läänemaa"
    assert [a.addr_spec for a in letter["From"].addresses] == ["kirjad@example.org"]
    assert [a.addr_spec for a in letter["To"].addresses] == ["juta@example.com"]
    assert letter["Reply-To"] == "mari@example.ee"
    assert letter["Message-ID"] == LETTER.message_id
    assert letter["Date"].datetime == NOW
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert letter["List-Unsubscribe"] is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("MTÜ Näidisrühm", "MTÜ Näidisrühm"),
        ("MTÜ „Näidis“", "MTÜ „Näidis“"),
        ("Näidis\r\nBcc: victim@example.com", "Näidis Bcc victim example.com"),
        ('"Näidis" <boss@bank.example>, x@y.example', "Näidis boss bank.example x y.example"),
        ("boss@bank.example", "boss bank.example"),
        ("Näidis\u202egro.elpmaxe\u202c", "Näidisgro.elpmaxe"),
        ("Näidis\\; a: b,,c", "Näidis a b c"),
        ("=?utf-8?q?boss=40bank=2Eexample?=", "= ?utf-8?q?boss=40bank=2Eexample?="),
        ("{{7*7}} %s {event}", "{{7*7}} %s {event}"),
        ("", ""),
    ],
)
def test_a_name_is_words_before_one_address_whatever_it_holds(name: str, shown: str) -> None:
    letter = sent(replace(LETTER, sender_name=name))
    (address,) = letter["From"].addresses
    assert (address.display_name, address.addr_spec) == (shown, "kirjad@example.org")
    assert [a.addr_spec for a in letter["To"].addresses] == ["juta@example.com"]
    assert letter["Bcc"] is None


def test_a_long_name_is_cut_between_words() -> None:
    letter = sent(replace(LETTER, sender_name="Väga pika nimega selts " * 9))
    name = letter["From"].addresses[0].display_name
    assert len(name) <= 75
    assert name.endswith("…")


def test_a_title_that_looks_encoded_is_read_as_it_was_typed() -> None:
    title = "=?utf-8?q?a=0D=0ABcc:_victim=40example.com?="
    letter = sent(replace(LETTER, subject=title))
    assert letter["Bcc"] is None
    assert letter["Subject"] == "= ?utf-8?q?a=0D=0ABcc:_victim=40example.com?="


@given(st.text(max_size=120), st.text(max_size=60))
def test_no_name_or_title_adds_a_recipient_or_a_header(name: str, title: str) -> None:
    letter = sent(replace(LETTER, sender_name=clean_line(name), subject=clean_line(title)))
    assert [a.addr_spec for a in letter["From"].addresses] == ["kirjad@example.org"]
    assert [a.addr_spec for a in letter["To"].addresses] == ["juta@example.com"]
    assert {key.lower() for key in letter} == HEADERS


def as_read(letter: Letter) -> tuple[str, str]:
    """Subject and sender's name as mail programs decode them (RFC 2047, 6.2)."""
    head = message_from_bytes(to_mime(letter, NOW).as_bytes(), policy=compat32)
    name, _address = parseaddr(head["From"].replace("\r\n", ""))
    subject, sender = (str(make_header(decode_header(text))) for text in (head["Subject"], name))
    return subject, sender


def test_no_blank_is_lost_between_words_or_put_inside_one() -> None:
    subject = (
        "Pakume sulle kohta, vasta hiljemalt 27. novembril kell 22.56: Külapäev: käsitöö & toit"
    )
    name = "Põhja-Kõrvemaa kogukondade ja väikeettevõtete Seltside Ühendus (Ääsmäe)"
    expected = (subject, "Põhja-Kõrvemaa kogukondade ja väikeettevõtete Seltside Ühendus Ääsmäe")
    assert as_read(replace(LETTER, subject=subject, sender_name=name)) == expected


def test_no_blank_is_lost_in_a_name_that_breaks_before_its_last_word() -> None:
    # The library alone reads back as "LäänemaaMTÜ".
    name = "Külade ja väikeettevõtete selts Läänemaa MTÜ"
    assert as_read(replace(LETTER, sender_name=name))[1] == name


@given(st.text(max_size=120), st.text(max_size=90))
def test_subject_and_sender_are_read_as_they_were_written(subject: str, name: str) -> None:
    letter = replace(LETTER, subject=clean_line(subject), sender_name=clean_line(name))
    assert as_read(letter) == (letter.subject.replace("=?", "= ?"), display_name(name))


def test_no_line_is_longer_than_mail_servers_take_whatever_the_title() -> None:
    data = to_mime(replace(LETTER, subject="x" * 1200), NOW).as_bytes()
    # RFC 5322, 2.1.1.
    assert max(map(len, data.split(b"\r\n"))) <= 998


def test_a_long_link_or_id_stands_on_the_line_of_its_header() -> None:
    url, mark = (
        f"https://koostoo.example.org/my/news/{'x' * 34}",
        f"<{'x' * 60}@koostoo.example.org>",
    )
    lines = (
        to_mime(replace(LETTER, unsubscribe_url=url, message_id=mark), NOW)
        .as_bytes()
        .split(b"\r\n")
    )
    assert f"List-Unsubscribe: <{url}>".encode() in lines
    assert f"Message-ID: {mark}".encode() in lines


def test_a_domain_with_estonian_letters_is_written_for_mail_servers() -> None:
    letter = sent(replace(LETTER, recipient="juta@jõgi.example"))
    assert letter["To"] == "juta@xn--jgi-ona.example"


@pytest.mark.parametrize(
    "address",
    ["a@example.com\r\nBcc: b@example.com", "a@example.com, b@example.com", "jüri@example.com"],
)
def test_an_address_that_is_not_one_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        to_mime(replace(LETTER, recipient=address), NOW)
