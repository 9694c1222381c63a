"""Sessions of signed-in browsers: begun, made stronger, found, listed, ended.

The cookie holds 256 random bits, the row their SHA-256. Each time somebody proves who they are the
session gets another token, so that one known from before is worthless.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe

from flask import current_app
from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from koostoo.accounts import rules
from koostoo.accounts.factor_models import KnownBrowser, Passkey, TotpKey
from koostoo.accounts.models import DeskSession, Organiser
from koostoo.base.database import db, transaction
from koostoo.base.retry import Busy, retried


class SessionEnded(Exception):
    """The session was ended elsewhere while something was done in it."""


@dataclass(frozen=True, slots=True)
class Device:
    """The browser somebody signs in with: the secret of its cookie, its kind, an older session."""

    secret: str = ""
    kind: str = ""
    old_token: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that lives: whose it is and what it is good for."""

    id: int
    organiser: Organiser
    standing: rules.Standing
    has_factor: bool
    proved_at: datetime

    def is_fresh(self, now: datetime) -> bool:
        """Say whether it was proved just now who it is, so that sign-in may be changed."""
        return rules.is_fresh(self.proved_at, now, has_factor=self.has_factor)


def begin(
    session: Session, organiser_id: int, device: Device, method: rules.Method, now: datetime
) -> str:
    """Add a session to the caller's transaction and return its token; an older one ends.

    With any other method than the link alone, the second factor is given with it.
    """
    ended = DeskSession.token_hash == rules.digest(device.old_token)
    lapsed = DeskSession.seen_at <= now - rules.IDLE_LIFE
    session.execute(delete(DeskSession).where(or_(ended, lapsed)))
    token = token_urlsafe(32)
    row = DeskSession(
        organiser_id=organiser_id,
        token_hash=rules.digest(token),
        method=method,
        browser=device.kind,
        created_at=now,
        seen_at=now,
        second_factor_at=None if method == "link" else now,
    )
    session.add(row)
    if _standing(row, has_factor=has_factor(session, organiser_id)) == "full":
        _remember(session, organiser_id, device, now)
    return token


def strengthen(
    session: Session, number: int, device: Device, method: rules.Method, now: datetime
) -> str:
    """Note in the caller's transaction that it was proved again who it is; return the new token.

    Raises SessionEnded.
    """
    row = session.get(DeskSession, number, with_for_update=True)
    if row is None:
        raise SessionEnded
    token = token_urlsafe(32)
    row.token_hash, row.proved_at, row.seen_at = rules.digest(token), now, now
    if row.second_factor_at is None:
        row.second_factor_at, row.method = now, method
    _remember(session, row.organiser_id, device, now)
    return token


def find_session(token: str, now: datetime) -> SignedIn | None:
    """Return the session of this token; None when it never was, was ended, or has lapsed.

    That it is in use is written down at most every five minutes. Where the database is too busy
    for that, the next page does it.
    """
    found = db.session.execute(
        select(DeskSession, _any_factor(DeskSession.organiser_id))
        .where(DeskSession.token_hash == rules.digest(token))
        .options(joinedload(DeskSession.organiser))
    ).first()
    if found is None:
        return None
    kept, has_one = found
    standing = _standing(kept, has_factor=has_one)
    if not rules.session_lives(kept.created_at, kept.seen_at, standing, now):
        return None
    proved_at = kept.proved_at or kept.created_at
    signed_in = SignedIn(kept.id, kept.organiser, standing, has_one, proved_at)
    if now - kept.seen_at >= rules.SEEN_STEP:
        try:
            if not _note_seen(kept.id, now):
                return None
        except Busy:
            return signed_in
    return signed_in


def sessions_of(organiser_id: int, now: datetime) -> Sequence[DeskSession]:
    """Return an organiser's sessions that live, the one used last first."""
    has_one = has_factor(db.session(), organiser_id)
    rows = db.session.scalars(
        select(DeskSession)
        .where(DeskSession.organiser_id == organiser_id)
        .order_by(DeskSession.seen_at.desc(), DeskSession.id.desc())
    )
    return [
        row
        for row in rows
        if rules.session_lives(row.created_at, row.seen_at, _standing(row, has_factor=has_one), now)
    ]


@retried
def end_session(organiser_id: int, number: int) -> bool:
    """End one of the organiser's sessions; False where none of theirs has this number."""
    with transaction() as session:
        row = session.get(DeskSession, number, with_for_update=True)
        if row is None or row.organiser_id != organiser_id:
            return False
        session.delete(row)
    return True


@retried
def end_others(organiser_id: int, own: int) -> None:
    """End all sessions of an organiser but this one."""
    with transaction() as session:
        session.execute(
            delete(DeskSession).where(
                DeskSession.organiser_id == organiser_id, DeskSession.id != own
            )
        )


@retried
def sign_out(token: str) -> None:
    """End the session; its cookie is worthless from now on."""
    with transaction() as session:
        session.execute(delete(DeskSession).where(DeskSession.token_hash == rules.digest(token)))


def has_factor(session: Session, organiser_id: int) -> bool:
    """Tell whether somebody has a passkey or an app; recovery codes alone are no second factor."""
    return bool(session.scalar(select(_any_factor(organiser_id))))


def _any_factor(organiser_id: InstrumentedAttribute[int] | int) -> ColumnElement[bool]:
    return or_(
        select(Passkey.id).where(Passkey.organiser_id == organiser_id).exists(),
        select(TotpKey.id).where(TotpKey.organiser_id == organiser_id).exists(),
    )


def _standing(row: DeskSession, *, has_factor: bool) -> rules.Standing:
    return rules.standing(
        second_factor_given=row.second_factor_at is not None,
        has_factor=has_factor,
        is_required=current_app.config["SECOND_FACTOR"] == "required",
    )


def _remember(session: Session, organiser_id: int, device: Device, now: datetime) -> None:
    """Note that somebody signed in with this browser, whose tries are counted apart from now on."""
    if not device.secret:
        return
    secret_hash = rules.digest(device.secret)
    known = session.scalar(
        select(KnownBrowser).where(
            KnownBrowser.organiser_id == organiser_id, KnownBrowser.secret_hash == secret_hash
        )
    )
    if known is None:
        known = KnownBrowser(organiser_id=organiser_id, secret_hash=secret_hash)
        session.add(known)
    known.seen_at = now


@retried
def _note_seen(number: int, now: datetime) -> bool:
    """Write down that a session is in use; False when it was ended meanwhile."""
    with transaction() as session:
        kept = session.get(DeskSession, number)
        if kept is not None:
            kept.seen_at = now
        return kept is not None
