"""How often somebody may try to sign in: counted in the database, for all processes together.

Tries of strangers count for the account and for the source they come from. A browser in which the
owner has signed in before is counted by itself, so that nobody who tries elsewhere, or from the
same office, keeps the owner out. Windows stand fixed on the clock: nothing is locked for good.
"""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from sqlalchemy import select

from koostoo.accounts.factor_models import KnownBrowser
from koostoo.accounts.limits import count_attempt
from koostoo.accounts.models import Organiser
from koostoo.accounts.rules import digest
from koostoo.base.database import db

QUARTER, DAY = timedelta(minutes=15), timedelta(days=1)
LINKS, LINKS_OF_SOURCE = 5, 20
CODES, CODES_OF_DAY, CODES_OF_SOURCE = 5, 20, 20
"""Wrong and right codes alike: of 20 a day at three codes that fit, one in 45 years is right."""
PASSKEYS_OF_SOURCE = 60
KNOWN_LIFE = timedelta(days=90)
"""How long after its last sign-in a browser is known."""
Answer = Literal["yes", "silence", "no"]


class Source(NamedTuple):
    """Where a try comes from: a network (`rules.network_of`), the secret of a browser's cookie."""

    network: str
    secret: str


def may_ask_link(address_key: str, source: Source, now: datetime) -> Answer:
    """Count one wish for a link; "silence": the page answers as ever, but no letter is written."""
    owner = db.session.scalar(select(Organiser.id).where(Organiser.email_key == address_key))
    if owner is not None and _is_known(owner, source, now):
        mine = f"{owner}:{digest(source.secret)}"
        return "yes" if count_attempt("link-known", mine, LINKS, QUARTER, now) else "silence"
    if not count_attempt("signin-source", source.network, LINKS_OF_SOURCE, QUARTER, now):
        return "no"
    return "yes" if count_attempt("signin-account", address_key, LINKS, QUARTER, now) else "silence"


def may_try_code(organiser_id: int, source: Source, now: datetime) -> bool:
    """Count one code typed for an account and say whether it is looked at."""
    if _is_known(organiser_id, source, now):
        mine = f"{organiser_id}:{digest(source.secret)}"
        return count_attempt("code-known-day", mine, CODES_OF_DAY, DAY, now) and count_attempt(
            "code-known", mine, CODES, QUARTER, now
        )
    return (
        count_attempt("code-source", source.network, CODES_OF_SOURCE, QUARTER, now)
        and count_attempt("code-account", str(organiser_id), CODES, QUARTER, now)
        and count_attempt("code-day", str(organiser_id), CODES_OF_DAY, DAY, now)
    )


def may_try_passkey(source: Source, now: datetime) -> bool:
    """Count one wish to sign in with a passkey: not to be guessed, but each writes a row."""
    known = select(KnownBrowser.id).where(
        KnownBrowser.secret_hash == digest(source.secret), KnownBrowser.seen_at > now - KNOWN_LIFE
    )
    who = digest(source.secret) if db.session.scalar(known) else source.network
    return count_attempt("passkey", who, PASSKEYS_OF_SOURCE, QUARTER, now)


def is_first_of_day(organiser_id: int, now: datetime) -> bool:
    """Say whether this is the first time today that too many codes were typed for an account."""
    return count_attempt("code-told", str(organiser_id), 1, DAY, now)


def _is_known(organiser_id: int, source: Source, now: datetime) -> bool:
    found = db.session.scalar(
        select(KnownBrowser.id).where(
            KnownBrowser.organiser_id == organiser_id,
            KnownBrowser.secret_hash == digest(source.secret),
            KnownBrowser.seen_at > now - KNOWN_LIFE,
        )
    )
    return found is not None
