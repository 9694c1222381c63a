import smtplib
import ssl
from datetime import timedelta

import pytest

from koostoo.mail.rules import GIVE_UP_AFTER, failure, next_try
from tests.mail.world import NOW


def test_gaps_grow_from_one_minute_to_eight_hours() -> None:
    tries = [next_try(NOW, attempt, NOW) for attempt in range(1, 12)]
    gaps = [(at - NOW).total_seconds() / 60 for at in tries if at is not None]
    assert gaps == [1, 3, 9, 27, 81, 243, 480, 480, 480, 480, 480]


def test_trying_goes_on_for_five_days_and_then_ends() -> None:
    assert next_try(NOW, 20, NOW + GIVE_UP_AFTER - timedelta(seconds=1)) is not None
    assert next_try(NOW, 20, NOW + GIVE_UP_AFTER) is None


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({"a@example.com": (550, b"no such user")}),
        smtplib.SMTPDataError(554, b"spam"),
        ValueError("a header with a line end"),
    ],
)
def test_a_refused_person_or_letter_is_permanent(error: Exception) -> None:
    assert failure(error).permanent


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({"a@example.com": (450, b"greylisted")}),
        smtplib.SMTPRecipientsRefused({"a@example.com": (530, b"sign in first")}),
        smtplib.SMTPDataError(451, b"later"),
        smtplib.SMTPConnectError(554, b"not you"),
        smtplib.SMTPAuthenticationError(535, b"wrong password"),
        smtplib.SMTPSenderRefused(550, b"unknown sender", "koostoo@example.org"),
        smtplib.SMTPServerDisconnected("gone"),
        smtplib.SMTPNotSupportedError("no STARTTLS"),
        ConnectionRefusedError(),
        TimeoutError(),
        ssl.SSLCertVerificationError("self-signed"),
    ],
)
def test_what_concerns_the_server_or_us_is_tried_again(error: Exception) -> None:
    assert not failure(error).permanent


def test_reason_is_the_servers_answer_in_one_line() -> None:
    error = smtplib.SMTPDataError(451, b"4.7.1 come back\r\nlater")
    assert failure(error).reason == "451 4.7.1 come back later"
