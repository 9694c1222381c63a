"""What an organiser signs in with: what there is, taking a passkey or everything away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from koostoo.accounts.account_news import Occasion, tell
from koostoo.accounts.factor_models import KnownBrowser, Passkey, RecoveryCode, TotpKey
from koostoo.accounts.models import DeskSession, Organiser, SignInLink
from koostoo.accounts.sessions import has_factor
from koostoo.base.database import db, transaction
from koostoo.base.retry import retried
from koostoo.base.text import email_key


class LastFactor(Exception):
    """Without it nothing would be left to sign in with, and a second factor is required."""


@dataclass(frozen=True, slots=True)
class Factors:
    """What somebody has; `app_since` is None where no app is set up."""

    passkeys: Sequence[Passkey]
    app_since: datetime | None
    codes_left: int

    @property
    def has_any(self) -> bool:
        """Whether there is a second factor; codes on paper alone are none."""
        return bool(self.passkeys) or self.app_since is not None


def factors_of(organiser_id: int) -> Factors:
    """Return what an organiser signs in with."""
    return Factors(
        passkeys=db.session.scalars(
            select(Passkey).where(Passkey.organiser_id == organiser_id).order_by(Passkey.id)
        ).all(),
        app_since=db.session.scalar(
            select(TotpKey.created_at).where(TotpKey.organiser_id == organiser_id)
        ),
        codes_left=codes_left_of(db.session(), organiser_id),
    )


def find_passkey(organiser_id: int, number: int) -> Passkey | None:
    """Return one of the organiser's passkeys, None for a number that is none of theirs."""
    return db.session.scalar(
        select(Passkey).where(Passkey.id == number, Passkey.organiser_id == organiser_id)
    )


@retried
def remove_passkey(organiser_id: int, number: int, occasion: Occasion) -> bool:
    """Take a passkey of the organiser's away; False where none is theirs. Raises LastFactor."""
    with transaction() as session:
        organiser = session.get_one(Organiser, organiser_id, with_for_update=True)
        kept = session.get(Passkey, number)
        if kept is None or kept.organiser_id != organiser_id:
            return False
        name = kept.name
        session.delete(kept)
        after_removal(session, organiser_id)
        tell(session, organiser, "passkey_removed", occasion, organiser_id, name=name)
    return True


@retried
def reset_factors(email: str, occasion: Occasion) -> bool:
    """Take everything away that somebody signs in with and end their sessions; False: unknown.

    For the command line, for who lost it all: at the next sign-in they begin anew.
    """
    with transaction() as session:
        organiser = session.scalar(
            select(Organiser).where(Organiser.email_key == email_key(email)).with_for_update()
        )
        if organiser is None:
            return False
        for table in (Passkey, TotpKey, RecoveryCode, DeskSession, KnownBrowser, SignInLink):
            session.execute(delete(table).where(table.organiser_id == organiser.id))
        tell(session, organiser, "factors_reset", occasion, None)
    return True


@retried
def tell_of_guessing(organiser_id: int, occasion: Occasion) -> None:
    """Write to an organiser that many wrong codes were typed after a link in their letters."""
    with transaction() as session:
        organiser = session.get_one(Organiser, organiser_id)
        tell(session, organiser, "codes_guessed", occasion, None)


def after_removal(session: Session, organiser_id: int) -> None:
    """See in the caller's transaction that something is left; codes alone have no use and go.

    Raises LastFactor where a second factor is required and there is none any more.
    """
    session.flush()
    if has_factor(session, organiser_id):
        return
    if current_app.config["SECOND_FACTOR"] == "required":
        raise LastFactor
    session.execute(delete(RecoveryCode).where(RecoveryCode.organiser_id == organiser_id))


def codes_left_of(session: Session, organiser_id: int) -> int:
    """Return how many recovery codes somebody still has."""
    mine = select(func.count(RecoveryCode.id)).where(RecoveryCode.organiser_id == organiser_id)
    return session.scalar(mine) or 0
