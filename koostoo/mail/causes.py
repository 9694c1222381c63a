"""Why a letter came back: its address, what may pass, or what was held against us; pure.

The status of RFC 3463 (class.subject.detail) tells best; where it says nothing, words help.
"""

import re
from typing import Literal

Cause = Literal["address", "later", "refused"]
"""The address takes no letters; it may later (a full mailbox, a server away); the letter or its
sender is refused, and the address may be right."""

STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
CODE = re.compile(r"(?<![\d.])([45][0-5]\d)(?=[ -]\S)")
_FULL = re.compile(
    r"quota|mailbox (?:is )?full|(?:out of|over|exceed\w*|insufficient) (?:the |their |its )?"
    r"(?:mailbox |disk |system )?(?:size|storage|space)|postkast on täis",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"expired|time(?:d )?[- ]?out|connection (?:refused|reset)|in the queue too long"
    r"|retry time|could not connect|unreachable",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"unknown|no such|not (?:found|listed|exist)|n't (?:have|exist)|invalid (?:recipient|mailbox)",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"\b(?:spam|unsolicited|spf|dkim|dmarc|dnsbl|rbl|virus|malware|banned)\b"
    r"|(?:black|block|deny)[- ]?list|spamhaus|blocked|reputation|complaints|policy|unauthenticated",
    re.IGNORECASE,
)
_ABOUT_SENDER = frozenset({(1, 7), (1, 8)})
_TOO_LARGE = frozenset({(2, 3), (3, 4)})
_FULL_STATUS = (2, 2)
_NETWORK, _CONTENT, _POLICY = 4, 6, 7


def status_of(*texts: str) -> re.Match[str] | None:
    """Return the status in these texts that says most: x.0.0 says only that it failed."""
    found = [match for text in texts if (match := STATUS.search(text))]
    return min(found, key=lambda match: match[2] == match[3] == "0", default=None)


def cause_of(found: re.Match[str] | None, reason: str, text: str) -> Cause:
    """Say why a letter came back.

    `found` is a match of STATUS or CODE, or None; `reason` the line that tells it, `text` all that
    the server wrote.
    """
    is_status = found is not None and found.re is STATUS
    status = (int(found[2]), int(found[3])) if found is not None and is_status else (0, 0)
    if status == _FULL_STATUS or _FULL.search(text):
        return "later"
    is_temporary = found is not None and found[1].startswith("4")
    if _is_refused(status, reason, is_temporary=is_temporary):
        return "refused"
    is_vague = status[0] in (0, _NETWORK)
    has_passed = _AWAY.search(reason if found is not None else text)
    return "later" if is_temporary or (is_vague and has_passed) else "address"


def _is_refused(status: tuple[int, int], reason: str, *, is_temporary: bool) -> bool:
    subject, _detail = status
    if status in _ABOUT_SENDER | _TOO_LARGE or subject == _CONTENT:
        return True
    if subject not in (0, _POLICY) or _NOBODY.search(reason):
        return False
    is_said = bool(_REFUSED.search(reason))
    return is_said or (subject == _POLICY and not is_temporary)
