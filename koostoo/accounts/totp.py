"""Codes of an authenticator app (RFC 6238): six digits, thirty seconds, one step late or early.

Values in, decisions out; the key lies sealed in `TotpKey`.
"""

from datetime import datetime

import pyotp
from pyotp.exceptions import OTPVerificationError

ISSUER = "Koostöö"


def new_key() -> str:
    """Return a random key in base32 (160 bits, as RFC 4226 recommends)."""
    return pyotp.random_base32()


def address(key: str, account: str, host: str) -> str:
    """Return the `otpauth:` address that an app reads from a QR code."""
    return pyotp.TOTP(key).provisioning_uri(name=account, issuer_name=f"{ISSUER} {host}")


def in_fours(key: str) -> str:
    """Return the key in groups of four, to be typed by hand."""
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))


def step_of(key: str, code: str, now: datetime, last_step: int) -> int | None:
    """Return the step of time a code belongs to; None for a wrong one, or one of a used step."""
    try:
        step = pyotp.TOTP(key).verify_and_get_timecode(code, for_time=now, valid_window=1)
    except OTPVerificationError:
        return None
    return step if step > last_step else None
