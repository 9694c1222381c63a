"""Secret links: made from a public number and the secret key, so nothing readable is stored.

A token is `link_id` (stored, not secret, 72 bits) followed by a 132-bit HMAC-SHA-256 of purpose
and link_id. One made for one purpose is worthless for another. Rotating SECRET_KEY keeps old
links alive as long as the old key stands in SECRET_KEY_FALLBACKS.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256

LINK_ID_LENGTH = 12
MAC_LENGTH = 22
CODE_LENGTH = 8
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and digits nobody takes for each other; no U, so that no word is made by chance."""
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, "–": None, " ": None})


def new_link_id() -> str:
    """Return a fresh public number for a link (72 random bits, URL-safe)."""
    return secrets.token_urlsafe(9)


def make_token(keys: Sequence[str], purpose: str, link_id: str) -> str:
    """Return the secret token for `link_id`; the first of `keys` signs."""
    return link_id + _mac(keys[0], purpose, link_id)


def read_token(keys: Sequence[str], purpose: str, token: str) -> str | None:
    """Return the link_id inside a genuine token, None for anything else."""
    if len(token) != LINK_ID_LENGTH + MAC_LENGTH or not token.isascii():
        return None
    link_id, mac = token[:LINK_ID_LENGTH], token[LINK_ID_LENGTH:]
    genuine = [hmac.compare_digest(mac, _mac(key, purpose, link_id)) for key in keys]
    return link_id if any(genuine) else None


def _mac(key: str, purpose: str, link_id: str) -> str:
    digest = hmac.digest(key.encode(), f"{purpose}:{link_id}".encode(), sha256)
    return urlsafe_b64encode(digest).decode()[:MAC_LENGTH]


def make_code(key: str, purpose: str, link_id: str) -> str:
    """Return a short code for `link_id` that people can type: CODE_LENGTH signs, 40 bits.

    Enough where only who is signed in may try, and only against the people of one event.
    """
    digest = hmac.digest(key.encode(), f"{purpose}:{link_id}".encode(), sha256)
    number = int.from_bytes(digest[:5])
    return "".join(_SIGNS[number >> 5 * place & 31] for place in range(CODE_LENGTH))


def random_code(length: int) -> str:
    """Return a code of so many random signs that people can type: five bits in each."""
    return "".join(secrets.choice(_SIGNS) for _sign in range(length))


def read_code(typed: str, length: int = CODE_LENGTH) -> str | None:
    """Return a code as it was made, however it was typed; None for what is none.

    Blanks, hyphens and what stands before a colon do not count; O is 0, I and L are 1.
    """
    code = typed.rpartition(":")[2].upper().translate(_ALIKE)
    fits = len(code) == length and all(sign in _SIGNS for sign in code)
    return code if fits else None
