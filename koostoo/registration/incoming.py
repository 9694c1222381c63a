"""A letter that came in: read, acted on, and noted, all in one transaction."""

import logging
from datetime import datetime
from typing import NamedTuple

from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.mail import inbox, settings
from koostoo.mail.bounces import mark_bounced
from koostoo.mail.reports import Report
from koostoo.mail.sorting import Answer, Sorted, sort_out
from koostoo.registration.calendar_replies import take_answer

DONE = frozenset(
    "kept asked freed counter stale no_seat bounced bounce_idle delayed delivered auto_reply "
    "receipt".split()
)
"""Outcomes after which nobody needs to look at the letter; with any other a person may want to."""

logger = logging.getLogger(__name__)


class Outcome(NamedTuple):
    """What became of a letter: a word for the log, and whether it was read before."""

    word: str
    is_repeated: bool = False

    @property
    def is_done(self) -> bool:
        """Whether the letter may be put away."""
        return self.word in DONE


def receive(raw: bytes, now: datetime, recipient: str = "") -> Outcome:
    """Read one letter and do what it asks for, once however often it comes.

    `recipient` is the address it was sent to, where the mail server tells it. Raises only what the
    database does; then nothing is written.
    """
    found = sort_out(raw, settings.receiver(), recipient)
    outcome = _take(found, inbox.digest_of(raw), now)
    why = getattr(found, "why", "")
    logger.info(
        "letter came in: %s%s%s",
        outcome.word,
        f" ({why})" if why else "",
        ", read before" if outcome.is_repeated else "",
    )
    return outcome


@retried
def _take(found: Sorted, digest: str, now: datetime) -> Outcome:
    with transaction() as session:
        known = inbox.find_outcome(session, digest)
        if known is not None:
            return Outcome(known, is_repeated=True)
        if isinstance(found, Answer):
            word: str = take_answer(session, found, now)
        elif isinstance(found, Report):
            failed = found.fate == "failed"
            word = mark_bounced(session, found, now) if failed else found.fate
        else:
            word = found.kind
        inbox.note(session, digest, word, now)
        return Outcome(word)
