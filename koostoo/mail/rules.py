"""When to try again, whom to spare meanwhile, when to give up. Pure.

RFC 5321, 4.5.4.1, asks for two tries in the first hour, then one every two or three hours, and
for giving up after four or five days. That is for servers that carry mail on; ours is handed our
letters and keeps trying so long by itself. Here two things are told apart. What a recipient's
side puts off is tried for three days: an event's news is old by then, and somebody at the desk
can still telephone. What is the fault of our own server or settings costs no letter at all: they
wait until it is mended, for what each says is checked once more when it leaves.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from koostoo.mail.answers import Kind, Reach

LEASE = timedelta(minutes=10)
"""A letter longer than this under way belongs to a worker that died.

Longer than the worst conversation: ten answers of `transport.TIMEOUT_SECONDS` each.
"""
MOST_LOST = 5
"""How many workers a letter may have been in the hands of when they died."""
GIVE_UP_AFTER = timedelta(days=3)
FIRST_GAP = timedelta(minutes=1)
POLITE_GAP = timedelta(minutes=5)
"""The first gap where a server asked to come back: greylists open after five minutes."""
LONGEST_GAP = timedelta(hours=4)
GROWTH = 3
POLITE: frozenset[Kind] = frozenset({"put_off", "mailbox_full", "later", "crowded"})

EVERYTHING = "*"
"""The scope of trouble with our own server; no domain has this name."""
LETTERS_IN_A_ROW = 3
"""So many letters one after the other show that the trouble is not theirs."""
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=15)
"""Short enough that mended settings soon show."""
PROBE = timedelta(minutes=2)
"""How long one letter may take to find out whether trouble is over, before another may."""
MOST_AT_ONCE = 3
"""Letters under way to one domain at the same time: a slow one leaves workers to the others."""
LONGEST_HOLD = timedelta(minutes=3)
"""How long one of them counts: more than the answers that are the domain's, of 30 seconds each.

What is under way for longer than that is with a worker that died, or waits for our own server.
"""

LATE_AFTER = timedelta(minutes=10)
"""When a letter has been due for so long, somebody must know."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is known of trouble with a domain or with everything, see `models.MailTrouble`."""

    since: datetime
    failures: int
    until: datetime | None
    last_id: int


def gap(kind: Kind, put_offs: int) -> timedelta:
    """Return how long to wait after the `put_offs`-th try that was put off, counted from 1."""
    first = POLITE_GAP if kind in POLITE else FIRST_GAP
    growth: int = GROWTH ** min(put_offs - 1, 10)
    return min(first * growth, LONGEST_GAP)


def gives_up(put_off_since: datetime, now: datetime) -> bool:
    """Tell whether a letter has been put off for long enough."""
    return now - put_off_since >= GIVE_UP_AFTER


def worsen(known: Trouble | None, letter_id: int, reach: Reach, now: datetime) -> Trouble:
    """Return what is known after one more letter had trouble.

    Letters that were under way when a pause began say nothing new; nor does the same letter
    twice, unless it was let through to see whether the trouble is over.
    """
    if known is None:
        until = now + FIRST_PAUSE if reach.at_once else None
        return Trouble(now, 1, until, letter_id)
    if known.until is not None and known.until > now and known.last_id != letter_id:
        return known
    counts = known.until is not None or reach.at_once or known.last_id != letter_id
    failures = known.failures + counts
    if known.until is None and not reach.at_once and failures < LETTERS_IN_A_ROW:
        return Trouble(known.since, failures, None, letter_id)
    pauses = failures if reach.at_once else max(failures - LETTERS_IN_A_ROW + 1, 1)
    pause: timedelta = FIRST_PAUSE * 2 ** min(pauses - 1, 10)
    return Trouble(known.since, failures, now + min(pause, LONGEST_PAUSE), letter_id)


def is_to_blame(trouble_since: datetime, tried_before: datetime | None) -> bool:
    """Tell whether a letter itself is the reason why our server did not take it.

    It is, when the server took others between its last try and this one: trouble that lasted all
    the time would have begun before.
    """
    return tried_before is not None and trouble_since > tried_before


def is_late(oldest_due: datetime | None, trouble_since: datetime | None, now: datetime) -> bool:
    """Tell whether letters have not been leaving for LATE_AFTER."""
    return any(
        since is not None and now - since >= LATE_AFTER for since in (oldest_due, trouble_since)
    )
