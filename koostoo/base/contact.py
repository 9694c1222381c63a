"""E-mail addresses and phone numbers: any usual spelling in, one stored form out."""

from dataclasses import dataclass
from functools import lru_cache

import idna
import phonenumbers
from email_validator import EmailSyntaxError, validate_email
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from koostoo.base.text import clean_line, email_key, has_forbidden

_ESTONIA = "+372"
EMAIL_LENGTH = 254
"""RFC 5321, section 4.5.3.1.3, less the angle brackets (erratum 1690)."""


class ContactError(ValueError):
    """What was typed cannot be used; `code` says why and is put into words by the form.

    Codes: `email_too_long`, `email_not_ascii`, `email_wrong`, `phone_wrong`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """A mailbox: `normalised` is ASCII and can be sent to as it is, `key` is for comparing."""

    normalised: str
    key: str


def parse_email(text: str) -> EmailAddress:
    """Read one address; the local part keeps its case, the domain becomes lower-case ASCII.

    No name is looked up. Raises ContactError. Letters outside ASCII before the @ are refused
    because few mail servers here take them and nearly all are typing mistakes: a confirmation
    that never arrives is worse than a question.
    """
    if has_forbidden(text):
        raise ContactError("email_wrong")
    text = clean_line(text)
    if len(text) > EMAIL_LENGTH:
        raise ContactError("email_too_long")
    if not text.rpartition("@")[0].isascii():
        raise ContactError("email_not_ascii")
    try:
        address = validate_email(
            text, check_deliverability=False, allow_smtputf8=False, strict=True
        )
    except EmailSyntaxError as error:
        raise ContactError("email_wrong") from error
    normalised = f"{address.local_part}@{address.ascii_domain}"
    if len(normalised) > EMAIL_LENGTH:
        raise ContactError("email_too_long")
    return EmailAddress(normalised, email_key(normalised))


def parse_phone(text: str, default_region: str = "EE") -> str:
    """Return the number in E.164 ("+3725522385"); without a country code it is `default_region`'s.

    A number of the default region must be one that is really given out, of another country only
    of a possible length: their plans change oftener than we update. Raises ContactError.
    """
    text = clean_line(text)
    # The library reads letters as keys ("1-800-FLOWERS"); here they are a slip or a second remark.
    if any(char.isalpha() for char in text):
        raise ContactError("phone_wrong")
    try:
        number = phonenumbers.parse(text, default_region)
    except NumberParseException as error:
        raise ContactError("phone_wrong") from error
    at_home = number.country_code == phonenumbers.country_code_for_region(default_region)
    check = phonenumbers.is_valid_number if at_home else phonenumbers.is_possible_number
    if not check(number):
        raise ContactError("phone_wrong")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


@lru_cache(256)
def format_email(address: str) -> str:
    """Return a stored address as people write it, the domain in its own letters; others unchanged.

    Only for reading: `parse_email` turns it back into what mail servers know.
    """
    local, at, domain = address.rpartition("@")
    if "xn--" not in domain:
        return address
    try:
        return f"{local}{at}{idna.decode(domain)}"
    except UnicodeError:
        return address


@lru_cache(256)
def format_phone(e164: str) -> str:
    """Return a stored number as people read it ("+372 552 2385"); other text unchanged."""
    try:
        number = _at_home(e164) or phonenumbers.parse(e164)
    except NumberParseException:
        return e164
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def _at_home(e164: str) -> PhoneNumber | None:
    """Return an Estonian number as it is stored: parsing all of a long list takes too long."""
    national = e164.removeprefix(_ESTONIA)
    is_plain = national != e164 and national.isascii() and national.isdecimal()
    if not is_plain or national.startswith("0"):
        return None
    return PhoneNumber(country_code=int(_ESTONIA), national_number=int(national))
