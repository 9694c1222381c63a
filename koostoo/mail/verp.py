"""Which letter a bounce is about, told by the address it comes back to; pure.

The envelope sender of each letter carries the letter's Message-ID, as letters and digits without
case, because servers on the way may not keep it. Used only where the mailbox takes addresses such
as `name+anything@domain`.
"""

import base64
import binascii
import re

MARK = "{}"
_MESSAGE_ID = re.compile(r"<([A-Za-z0-9_-]{22})@([^<>@\s]+)>")


def bounce_address(pattern: str, message_id: str) -> str | None:
    """Return the envelope sender for a letter of ours; None without a pattern or for another."""
    found = _MESSAGE_ID.fullmatch(message_id)
    if not pattern or found is None:
        return None
    number = base64.urlsafe_b64decode(found[1] + "==")
    return pattern.replace(MARK, base64.b32encode(number).decode().rstrip("=").lower())


def message_id_in(pattern: str, address: str, domain: str) -> str | None:
    """Return the Message-ID an address carries, `domain` being its right side."""
    before, _, after = pattern.lower().partition(MARK)
    mark = re.fullmatch(f"{re.escape(before)}([a-z2-7]{{26}}){re.escape(after)}", address.lower())
    if not pattern or mark is None:
        return None
    try:
        number = base64.b32decode(mark[1].upper() + "======")
    except binascii.Error:
        return None
    return f"<{base64.urlsafe_b64encode(number).decode().rstrip('=')}@{domain}>"
