"""Decisions about signing in: how long links and sessions live, and whose they are."""

from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from ipaddress import IPv6Address, ip_address

LINK_LIFE = timedelta(minutes=10)
IDLE_LIFE = timedelta(hours=12)
WHOLE_LIFE = timedelta(days=7)
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


def session_lives(created_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Say whether a session is neither left alone too long nor too old altogether."""
    return now < seen_at + IDLE_LIFE and now < created_at + WHOLE_LIFE


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
