"""Retention classes: every column says how long what it holds is kept.

A column declares its class with `info=keep.CONTACT`; a test fails when one does not. What each
class means for people stands in the privacy notice, which is made from this same list.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

STRUCTURE: dict[str, Any] = {"keep": "structure"}
"""Keys, settings and published facts: no personal data, kept while the project is."""
SENSITIVE: dict[str, Any] = {"keep": "sensitive"}
"""Diet, travel and other answers: removed SENSITIVE_DAYS after the event."""
CONTACT: dict[str, Any] = {"keep": "contact"}
"""Address, phone, notes and letters: removed when the project has ended, but not before
CONTACT_DAYS after the event: thanks and the form for feedback come after it."""
EVIDENCE: dict[str, Any] = {"keep": "evidence"}
"""Name, organisation and standing: kept to the project's keep-until date, then anonymised; files
that prove an event: deleted then."""
REGISTER: dict[str, Any] = {"keep": "register"}
"""An action group's register of members: kept while the group keeps it, replaced by its next
import, removed when the group removes it; a file looked at but not applied, of members or of an
event's people, REGISTER_HOURS."""
SECURITY: dict[str, Any] = {"keep": "security"}
"""Sign-in links, sessions, counters: removed soon after they have lapsed."""
WORK: dict[str, Any] = {"keep": "work"}
"""What was made in the background: the result goes after a week, the row that tells of it after a
month, both at once when the evidence they are about is deleted."""
ACCOUNT: dict[str, Any] = {"keep": "account"}
"""An organiser's own name and address: kept while the person works here."""

CLASSES = frozenset(
    c["keep"] for c in (STRUCTURE, SENSITIVE, CONTACT, EVIDENCE, REGISTER, SECURITY, WORK, ACCOUNT)
)
SENSITIVE_DAYS = 30
CONTACT_DAYS = 30
"""As long as a form for feedback may stay open, and a little: its link is a contact too."""
SECURITY_DAYS = 30
REGISTER_HOURS = 1
WORK_DAYS = 7


class Period(NamedTuple):
    """How long a class is kept: so many `days` after what it is counted from; 0: until then."""

    after: Literal["nothing", "event", "project", "evidence", "group", "lapsed", "made", "leaving"]
    days: int = 0


PERIODS: Mapping[str, Period] = {
    SENSITIVE["keep"]: Period("event", SENSITIVE_DAYS),
    CONTACT["keep"]: Period("project", CONTACT_DAYS),
    EVIDENCE["keep"]: Period("evidence"),
    REGISTER["keep"]: Period("group"),
    SECURITY["keep"]: Period("lapsed", SECURITY_DAYS),
    WORK["keep"]: Period("made", WORK_DAYS),
    ACCOUNT["keep"]: Period("leaving"),
    STRUCTURE["keep"]: Period("nothing"),
}
"""What the privacy notice says of each class, in its order."""
