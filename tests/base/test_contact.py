import pytest
from hypothesis import given
from hypothesis import strategies as st

from koostoo.base.contact import (
    ContactError,
    format_email,
    format_phone,
    parse_email,
    parse_phone,
)
from koostoo.base.text import email_key


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("mari@example.org", "mari@example.org"),
        (" Mari.Mand+koor@Example.ORG \n", "Mari.Mand+koor@example.org"),
        ("\u200bmari@example.ee\u00a0", "mari@example.ee"),
        ("mari@õun.example.com", "mari@xn--un-bka.example.com"),
        ("=cmd@example.org", "=cmd@example.org"),
    ],
)
def test_usual_addresses_are_stored_ready_to_send(typed: str, stored: str) -> None:
    address = parse_email(typed)
    assert address.normalised == stored
    assert address.key == email_key(stored) == email_key(typed)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "email_wrong"),
        ("mari", "email_wrong"),
        ("mari@example", "email_wrong"),
        ("mari@@example.org", "email_wrong"),
        ('"mari mänd"@example.org', "email_not_ascii"),
        ('"mari mand"@example.org', "email_wrong"),
        ("Mari <mari@example.org>", "email_wrong"),
        ("mari@[127.0.0.1]", "email_wrong"),
        ("mari@example.org\r\nBcc: kai@example.org", "email_wrong"),
        ("mari@example.org, kai@example.org", "email_wrong"),
        ("ma\x00ri@example.org", "email_wrong"),
        ("mari@\ud800.ee", "email_wrong"),
        ("mänd@example.org", "email_not_ascii"),
        ("a" * 65 + "@example.org", "email_wrong"),
        ("a@" + "b." * 130 + "org", "email_too_long"),
    ],
)
def test_what_mail_cannot_reach_is_refused(typed: str, code: str) -> None:
    with pytest.raises(ContactError) as refusal:
        parse_email(typed)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("mari@xn--un-bka.example.com", "mari@õun.example.com"),
        ("mari@example.org", "mari@example.org"),
        ("xn--un-bka@example.org", "xn--un-bka@example.org"),
        ("mari@xn--.example.org", "mari@xn--.example.org"),
        ("", ""),
    ],
)
def test_an_address_is_shown_as_people_write_it(stored: str, shown: str) -> None:
    assert format_email(stored) == shown


@given(st.text(), st.text())
def test_any_text_is_an_address_or_a_refusal(local: str, domain: str) -> None:
    try:
        address = parse_email(f"{local}@{domain}")
    except ContactError:
        return
    assert address.normalised.isascii()
    assert parse_email(address.normalised) == address
    assert parse_email(format_email(address.normalised)) == address


@pytest.mark.parametrize(
    ("typed", "stored", "shown"),
    [
        ("+372 552 2385", "+3725522385", "+372 552 2385"),
        ("552-2385", "+3725522385", "+372 552 2385"),
        ("(+372) 552 2385", "+3725522385", "+372 552 2385"),
        ("00372 5522385", "+3725522385", "+372 552 2385"),
        ("3725522385", "+3725522385", "+372 552 2385"),
        ("\u202a+372 552\u00a02385\u202c", "+3725522385", "+372 552 2385"),
        ("5690 7685", "+37256907685", "+372 5690 7685"),
        ("57 48 3466", "+37257483466", "+372 5748 3466"),
        ("+372 50 50 444", "+3725050444", "+372 505 0444"),
        ("472 4800", "+3724724800", "+372 472 4800"),
        ("+371 2922 1234", "+37129221234", "+371 29 221 234"),
        ("+358 40 1234567", "+358401234567", "+358 40 1234567"),
    ],
)
def test_phone_in_any_spelling(typed: str, stored: str, shown: str) -> None:
    assert parse_phone(typed) == stored
    assert format_phone(stored) == shown


def test_number_without_country_code_belongs_to_the_given_region() -> None:
    assert parse_phone("040 1234567", "FI") == "+358401234567"


@pytest.mark.parametrize(
    "typed",
    ["", "+", "112", "1234567", "55", "552 2385 x5", "1-800-FLOWERS", "+999 1234567", "9" * 300],
)
def test_what_is_no_phone_number_is_refused(typed: str) -> None:
    with pytest.raises(ContactError) as refusal:
        parse_phone(typed)
    assert refusal.value.code == "phone_wrong"


@given(st.text("+0123456789 ()-٣;=/\x00", max_size=30))
def test_any_text_is_a_number_or_a_refusal(typed: str) -> None:
    try:
        number = parse_phone(typed)
    except ContactError:
        return
    assert parse_phone(number) == number
    assert format_phone(number).startswith("+")


def test_text_that_is_no_number_is_shown_as_it_is() -> None:
    assert format_phone("puudub") == "puudub"
