"""What a mail server's answer means, and when to try again.

RFC 5321, 4.5.4.1: gaps grow, giving up takes days; a lost connection is a temporary failure,
even after the final dot, so a letter may arrive twice but never not at all.
"""

import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta

LEASE = timedelta(minutes=10)
"""A letter longer than this under way belongs to a worker that died."""
GIVE_UP_AFTER = timedelta(days=5)
FIRST_GAP = timedelta(minutes=1)
LONGEST_GAP = timedelta(hours=8)
GROWTH = 3
ERROR_LENGTH = 500
PERMANENT = 500
AUTHENTICATION_REQUIRED = 530


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a letter did not leave, in words for the organiser, and whether trying again helps."""

    reason: str
    permanent: bool


def failure(error: Exception) -> Failure:
    """Tell what an error of delivery means.

    Permanent is only what the server says about this recipient or this letter, or a letter that
    cannot be written at all (ValueError). A server that refuses us (connection, certificate,
    sign-in, sender) is a matter of settings: the letters wait until somebody mends them.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()), (0, b""))
        return Failure(_answer(code, answer), _is_permanent(code))
    if isinstance(error, smtplib.SMTPDataError):
        return Failure(_answer(error.smtp_code, error.smtp_error), _is_permanent(error.smtp_code))
    if isinstance(error, smtplib.SMTPResponseException):
        return Failure(_answer(error.smtp_code, error.smtp_error), permanent=False)
    reason = f"{type(error).__name__}: {error}"[:ERROR_LENGTH]
    # A certificate that cannot be verified is a ValueError too, and no fault of the letter.
    unwritable = isinstance(error, ValueError) and not isinstance(error, OSError)
    return Failure(reason, permanent=unwritable)


def next_try(created_at: datetime, attempts: int, now: datetime) -> datetime | None:
    """Return when to try again after the `attempts`-th try (from 1), None to give up."""
    if now - created_at >= GIVE_UP_AFTER:
        return None
    growth: int = GROWTH ** min(attempts - 1, 10)
    return now + min(FIRST_GAP * growth, LONGEST_GAP)


def _is_permanent(code: int) -> bool:
    return code >= PERMANENT and code != AUTHENTICATION_REQUIRED


def _answer(code: int, answer: bytes | str) -> str:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {' '.join(words.split())}"[:ERROR_LENGTH]
