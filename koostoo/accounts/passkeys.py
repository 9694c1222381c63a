"""Use cases of passkeys: ask a device, add its key, sign in or prove oneself with one.

A challenge lies in the database for minutes, is good for one answer, and only for the browser that
asked; whatever comes of the answer, the challenge is used up.
"""

from datetime import timedelta
from secrets import token_urlsafe
from typing import Literal

from flask import current_app
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from koostoo.accounts import ceremonies
from koostoo.accounts.account_news import Occasion, tell
from koostoo.accounts.factor_models import Passkey, PasskeyChallenge
from koostoo.accounts.models import Organiser
from koostoo.accounts.rules import digest, is_copied
from koostoo.accounts.sessions import Device, begin, strengthen
from koostoo.base.database import transaction
from koostoo.base.retry import retried

Kind = Literal["add", "sign_in", "confirm"]
CHALLENGE_LIFE = timedelta(minutes=5)
MOST = 20
"""Passkeys of one organiser: more are more than anybody keeps an eye on."""


class TooManyPasskeys(Exception):
    """This organiser has as many passkeys as there may be."""


def site() -> ceremonies.Site | None:
    """Return for which site passkeys are, None where there can be none; BASE_URL alone decides."""
    return ceremonies.site_of(current_app.config["BASE_URL"])


@retried
def ask_to_add(organiser_id: int, secret: str, occasion: Occasion) -> str:
    """Return what the browser with this cookie's secret is to ask its device, as JSON.

    Raises LookupError where there can be no passkeys.
    """
    where = _require_site()
    with transaction() as session:
        organiser = session.get_one(Organiser, organiser_id, with_for_update=True)
        if organiser.passkey_handle is None:
            organiser.passkey_handle = token_urlsafe(16)
        challenge = _challenge(session, "add", secret, occasion)
        known = _keys_of(session, organiser_id)
        handle, account = organiser.passkey_handle, organiser.email
    return ceremonies.ask_for_new(where, challenge, handle, account, known)


@retried
def add_passkey(
    organiser_id: int, number: int, name: str, text: str, device: Device, occasion: Occasion
) -> str | None:
    """Keep the passkey a device made; None where its answer does not hold or is known already.

    `device.old_token` is the secret for which it was asked. Returns the new token of the session
    `number`. Raises TooManyPasskeys.
    """
    where, challenge = site(), ceremonies.challenge_of_new(text)
    if where is None or challenge is None:
        return None
    added = ceremonies.check_new(where, challenge, text)
    with transaction() as session:
        organiser = session.get_one(Organiser, organiser_id, with_for_update=True)
        is_ours = _spend(session, "add", challenge, device.old_token, occasion)
        if added is None or not is_ours or _find(session, added.credential_id) is not None:
            return None
        mine = select(func.count(Passkey.id)).where(Passkey.organiser_id == organiser_id)
        if (session.scalar(mine) or 0) >= MOST:
            raise TooManyPasskeys
        session.add(
            Passkey(
                organiser_id=organiser_id,
                name=name,
                credential_id=added.credential_id,
                public_key=added.public_key,
                sign_count=added.sign_count,
                created_at=occasion.now,
            )
        )
        session.flush()
        tell(session, organiser, "passkey_added", occasion, organiser_id, name=name)
        return strengthen(session, number, device, "passkey", occasion.now)


@retried
def ask_to_sign_in(secret: str, occasion: Occasion) -> str:
    """Return what a browser that is nobody's yet is to ask its device, as JSON.

    Raises LookupError where there can be no passkeys.
    """
    where = _require_site()
    with transaction() as session:
        challenge = _challenge(session, "sign_in", secret, occasion)
    return ceremonies.ask_to_sign(where, challenge)


@retried
def sign_in(text: str, device: Device, occasion: Occasion) -> str | None:
    """Sign in with a device's answer; return the new session's token, None where it fails."""
    with transaction() as session:
        passkey = _proved(session, "sign_in", text, device.secret, occasion)
        if passkey is None:
            return None
        return begin(session, passkey.organiser_id, device, "passkey", occasion.now)


@retried
def ask_to_confirm(organiser_id: int, secret: str, occasion: Occasion) -> str:
    """Return what the organiser's browser is to ask one of their devices, as JSON.

    Raises LookupError where there can be no passkeys.
    """
    where = _require_site()
    with transaction() as session:
        challenge = _challenge(session, "confirm", secret, occasion)
        known = _keys_of(session, organiser_id)
    return ceremonies.ask_to_sign(where, challenge, known)


@retried
def prove(
    organiser_id: int, number: int, text: str, device: Device, occasion: Occasion
) -> str | None:
    """Prove with one of the organiser's passkeys who it is; None where the answer fails.

    `device.old_token` is the secret for which it was asked. Returns the new token of the session
    `number`.
    """
    with transaction() as session:
        passkey = _proved(session, "confirm", text, device.old_token, occasion)
        if passkey is None or passkey.organiser_id != organiser_id:
            return None
        return strengthen(session, number, device, "passkey", occasion.now)


def _proved(
    session: Session, kind: Kind, text: str, secret: str, occasion: Occasion
) -> Passkey | None:
    """Return the passkey that gave this answer, None where none did; the challenge is used up."""
    where, answer = site(), ceremonies.read_answer(text)
    if where is None or answer is None:
        return None
    if not _spend(session, kind, answer.challenge, secret, occasion):
        return None
    passkey = _find(session, answer.credential_id)
    if passkey is None or answer.handle not in ("", passkey.organiser.passkey_handle):
        return None
    count = ceremonies.check_answer(where, answer.challenge, text, passkey.public_key)
    if count is None:
        return None
    if is_copied(passkey.sign_count, count):
        tell(session, passkey.organiser, "passkey_refused", occasion, None, name=passkey.name)
        return None
    passkey.sign_count, passkey.last_used_at = count, occasion.now
    return passkey


def _challenge(session: Session, kind: Kind, secret: str, occasion: Occasion) -> str:
    """Add a challenge for this browser in place of its earlier ones of the kind; return it."""
    holder = digest(secret)
    session.execute(
        delete(PasskeyChallenge).where(
            (PasskeyChallenge.expires_at <= occasion.now)
            | ((PasskeyChallenge.holder_hash == holder) & (PasskeyChallenge.kind == kind))
        )
    )
    challenge = token_urlsafe(32)
    session.add(
        PasskeyChallenge(
            kind=kind,
            challenge=challenge,
            holder_hash=holder,
            expires_at=occasion.now + CHALLENGE_LIFE,
        )
    )
    return challenge


def _spend(session: Session, kind: Kind, challenge: str, secret: str, occasion: Occasion) -> bool:
    """Use a challenge up; False where this browser has none like it, or no longer."""
    row = session.scalar(
        select(PasskeyChallenge)
        .where(
            PasskeyChallenge.challenge == challenge,
            PasskeyChallenge.kind == kind,
            PasskeyChallenge.holder_hash == digest(secret),
        )
        .with_for_update()
    )
    if row is None:
        return False
    in_time = row.expires_at > occasion.now
    session.delete(row)
    return in_time


def _find(session: Session, credential_id: str) -> Passkey | None:
    return session.scalar(
        select(Passkey).where(Passkey.credential_id == credential_id).with_for_update(of=Passkey)
    )


def _keys_of(session: Session, organiser_id: int) -> list[str]:
    mine = select(Passkey.credential_id).where(Passkey.organiser_id == organiser_id)
    return list(session.scalars(mine))


def _require_site() -> ceremonies.Site:
    where = site()
    if where is None:
        raise LookupError("passkeys need a host with a name, under https")
    return where
