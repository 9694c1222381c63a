"""Sealed texts: readable only with the secret key, so that a backup alone tells nothing.

Fernet of the library cryptography (AES-128-CBC with HMAC-SHA-256), under a key that HKDF (RFC 5869)
derives from SECRET_KEY for one purpose. What was sealed with an earlier key opens as long as that
key stands in SECRET_KEY_FALLBACKS.
"""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def seal(keys: Sequence[str], purpose: str, text: str) -> str:
    """Return `text` sealed with the first of `keys`; sealed twice it looks different."""
    return _box(keys, purpose).encrypt(text.encode()).decode()


def unseal(
    keys: Sequence[str], purpose: str, sealed: str, life: timedelta | None = None
) -> str | None:
    """Return what was sealed for this purpose, None for anything else, or sealed before `life`."""
    seconds = None if life is None else int(life.total_seconds())
    try:
        return _box(keys, purpose).decrypt(sealed.encode(), ttl=seconds).decode()
    except (InvalidToken, UnicodeEncodeError):
        return None


def _box(keys: Sequence[str], purpose: str) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key, purpose)) for key in keys])


def _derived(key: str, purpose: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"sealed:{purpose}".encode())
    return urlsafe_b64encode(derivation.derive(key.encode()))
