"""Access tokens of programs: made and taken back by the organiser whose eyes they lend.

A token is 256 random bits; only its SHA-256 is stored. It carries no rights of its own: what it
opens is what its organiser's roles allow at the moment it is shown.
"""

from collections.abc import Sequence
from datetime import date, datetime
from secrets import token_urlsafe

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from koostoo.accounts.audit import record
from koostoo.accounts.models import ApiToken, Organiser
from koostoo.accounts.rules import digest
from koostoo.base.database import db, transaction
from koostoo.base.retry import retried

PREFIX = "koostoo_"
"""By which people, and programs that look for secrets in what is published, know a token."""
MOST = 20
"""Tokens of one organiser: more are more than anybody keeps an eye on."""


class TooManyTokens(Exception):
    """This organiser has as many tokens as there may be."""


@retried
def make_token(organiser_id: int, name: str, expires_on: date | None, now: datetime) -> str:
    """Give an organiser a token and return it: it can never be read again.

    `expires_on` is its last day in Tallinn. Raises TooManyTokens.
    """
    token = PREFIX + token_urlsafe(32)
    with transaction() as session:
        session.get_one(Organiser, organiser_id, with_for_update=True)
        mine = select(func.count(ApiToken.id)).where(ApiToken.organiser_id == organiser_id)
        if (session.scalar(mine) or 0) >= MOST:
            raise TooManyTokens
        session.add(
            ApiToken(
                organiser_id=organiser_id,
                name=name,
                token_hash=digest(token),
                created_at=now,
                expires_on=expires_on,
            )
        )
        record(session, organiser_id, "token_made", now)
    return token


@retried
def revoke_token(organiser_id: int, number: int, now: datetime) -> bool:
    """Take one of the organiser's tokens back; False where they have none of this number."""
    with transaction() as session:
        token = session.get(ApiToken, number, with_for_update=True)
        if token is None or token.organiser_id != organiser_id:
            return False
        session.delete(token)
        record(session, organiser_id, "token_revoked", now)
    return True


def tokens_of(organiser_id: int) -> Sequence[ApiToken]:
    """Return an organiser's tokens, the newest first."""
    return db.session.scalars(
        select(ApiToken).where(ApiToken.organiser_id == organiser_id).order_by(ApiToken.id.desc())
    ).all()


def find_own_token(organiser_id: int, number: int) -> ApiToken | None:
    """Return one of the organiser's tokens, None for a number that is none of theirs."""
    return db.session.scalar(
        select(ApiToken).where(ApiToken.id == number, ApiToken.organiser_id == organiser_id)
    )


def find_token(shown: str, today: date) -> ApiToken | None:
    """Return the token somebody shows, with its organiser; None for one that does not work."""
    return db.session.scalar(
        select(ApiToken)
        .where(
            ApiToken.token_hash == digest(shown),
            or_(ApiToken.expires_on.is_(None), ApiToken.expires_on >= today),
        )
        .options(joinedload(ApiToken.organiser))
    )


@retried
def note_used(number: int, today: date) -> None:
    """Write down the day on which a token was last shown."""
    with transaction() as session:
        token = session.get(ApiToken, number)
        if token is not None:
            token.last_used_on = today
