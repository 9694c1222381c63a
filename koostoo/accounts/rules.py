"""Decisions about signing in: how long links and sessions live, what they need, whose they are."""

from datetime import datetime, timedelta
from hashlib import scrypt, sha256
from hmac import compare_digest
from ipaddress import IPv6Address, ip_address
from typing import Literal

Standing = Literal["full", "ask", "set_up"]
"""What a session is good for: the desk; only to give the second factor; only to set one up."""
Method = Literal["link", "totp", "recovery", "passkey"]
"""By what somebody signed in: the link alone; link and app; link and recovery code; passkey."""

LINK_LIFE = timedelta(minutes=10)
IDLE_LIFE = timedelta(hours=12)
WHOLE_LIFE = timedelta(days=7)
HALF_LIFE = timedelta(minutes=30)
"""How long a session lives that still lacks its second factor."""
FRESH = timedelta(minutes=10)
"""How long after proving who one is one may change how one signs in."""
SEEN_STEP = timedelta(minutes=5)
"""How often a session in use is written down; more often would make every page a write."""


def digest(secret: str) -> str:
    """Return the SHA-256 of a secret in hex: what may be stored of it."""
    return sha256(secret.encode()).hexdigest()


def link_works(
    *,
    expires_at: datetime,
    used_at: datetime | None,
    browser_hash: str | None,
    browser_secret: str,
    now: datetime,
) -> bool:
    """Say whether a sign-in link signs this browser in: in time, once, where it was asked for.

    A link without a browser was made on the server itself and may be opened anywhere.
    """
    if used_at is not None or now >= expires_at:
        return False
    return browser_hash is None or compare_digest(browser_hash, digest(browser_secret))


def standing(*, second_factor_given: bool, has_factor: bool, is_required: bool) -> Standing:
    """Say what a session is good for: whoever has a second factor is always asked for it."""
    if second_factor_given:
        return "full"
    if has_factor:
        return "ask"
    return "set_up" if is_required else "full"


def session_lives(
    created_at: datetime, seen_at: datetime, standing: Standing, now: datetime
) -> bool:
    """Say whether a session is neither left alone too long nor too old altogether."""
    if standing != "full":
        return now < created_at + HALF_LIFE
    return now < seen_at + IDLE_LIFE and now < created_at + WHOLE_LIFE


def is_fresh(proved_at: datetime, now: datetime, *, has_factor: bool) -> bool:
    """Say whether it was proved just now who it is.

    Who has nothing to prove it with but a letter may take as long as setting something up takes.
    """
    return now < proved_at + (FRESH if has_factor else HALF_LIFE)


def slow_digest(code: str, salt: str) -> str:
    """Return the scrypt of a recovery code in hex: what may be stored of it.

    Codes have 60 random bits, less than the 112 for which a plain hash is enough (ASVS 5.0, 6.5.2),
    and far more than a password: 4 MiB and some ten milliseconds put trying them all out of reach.
    """
    digest = scrypt(code.encode(), salt=salt.encode(), n=2**12, r=8, p=1, dklen=32)
    return digest.hex()


def is_copied(stored: int, shown: int) -> bool:
    """Say whether a device's counter did not grow, so that there may be a copy of its key.

    0 both times: the device does not count (WebAuthn Level 2, section 6.1.1).
    """
    return (stored, shown) != (0, 0) and shown <= stored


def network_of(address: str) -> str:
    """Return what counts as one source: an IPv4 address, or the /64 of an IPv6 address.

    One household holds a whole /64, so its single addresses say nothing. Other text as it is.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> 64 << 64)) + "/64"
