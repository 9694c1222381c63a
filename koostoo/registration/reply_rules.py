"""Decisions about what a calendar answered: plain values in, a decision out; no clock, no database.

A calendar is no person: while somebody is out of office it may decline by itself. So a refusal
never frees a seat unless the event wants it so and everything about the answer is beyond doubt.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

UNDO = timedelta(hours=24)
"""How long a seat that was freed at once can be asked for again."""
PAUSE = timedelta(hours=1)
"""No two letters that ask, or hand on a proposal, within this: nobody may flood a mailbox."""

Refusal = Literal["forged", "other_attendee", "other_sender"]
"""Why an answer does not count: the server says that From is forged; somebody else was invited;
somebody else wrote it (RFC 6047, 2.2.1)."""
Effect = Literal["keep", "ask", "free"]
TakenBack = Literal["seat", "waiting", "full", "already", "late"]
"""What became of asking for the seat again: it is theirs; they wait at their old place; nothing is
free; they have signed up anew meanwhile; the time is over."""


class Word(NamedTuple):
    """When something was said, in the order that counts (RFC 5546, 2.1.5): later is larger."""

    sequence: int
    stamp: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What came: its place in time, and how much it may do.

    `is_proved`: the receiving server vouched for the sender. `is_current`: it answers the event as
    it is now. `is_automatic`: the program says that nobody pressed anything. `is_plain`: it just
    declines, and proposes nothing.
    """

    partstat: str
    word: Word
    is_proved: bool
    is_current: bool
    is_automatic: bool = False
    is_plain: bool = True


def refusal(invited: str, attendee: str, sender: str, *, is_forged: bool) -> Refusal | None:
    """Say why an answer of `attendee`, sent by `sender`, does not count; all are keys."""
    if is_forged:
        return "forged"
    if attendee != invited:
        return "other_attendee"
    return "other_sender" if sender != invited else None


def word_of(sequence: int | None, stamp: datetime | None, current: int, now: datetime) -> Word:
    """Return an answer's place in time; `current` is the SEQUENCE of the invitation now.

    What lies ahead of us is cut off: else one answer from the future would silence all real ones.
    What is left out counts as now.
    """
    number = current if sequence is None else min(sequence, current)
    return Word(number, now if stamp is None else min(stamp, now))


def is_news(word: Word, kept: Word | None) -> bool:
    """Say whether this was said after what was kept; the same once more is no news."""
    return kept is None or word > kept


def effect(said: Said, *, frees_at_once: bool) -> Effect:
    """Decide what an answer that counts does beyond being kept."""
    if said.partstat != "DECLINED":
        return "keep"
    beyond_doubt = said.is_proved and said.is_current and said.is_plain and not said.is_automatic
    return "free" if frees_at_once and beyond_doubt else "ask"


def tells_they_come(said: Said) -> bool:
    """Say whether an answer settles the question if somebody still comes after a change."""
    return said.partstat == "ACCEPTED" and said.is_current and not said.is_automatic


def may_write(last: datetime | None, now: datetime) -> bool:
    """Say whether another letter of the same kind may be written."""
    return last is None or now - last >= PAUSE


def may_take_back(freed_at: datetime | None, now: datetime) -> bool:
    """Say whether a seat freed at `freed_at` can still be asked for again."""
    return freed_at is not None and now < freed_at + UNDO
