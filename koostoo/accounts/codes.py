"""Codes people type to prove who they are: six digits of the app, or a code on paper."""

from collections.abc import Sequence
from secrets import token_urlsafe

from sqlalchemy import delete, select

from koostoo.accounts import rules, totp
from koostoo.accounts.account_news import Occasion, tell
from koostoo.accounts.authenticator import AT_REST, secret_keys
from koostoo.accounts.factor_models import RecoveryCode, TotpKey
from koostoo.accounts.factors import codes_left_of
from koostoo.accounts.models import Organiser
from koostoo.accounts.sessions import Device, strengthen
from koostoo.base.database import db, transaction
from koostoo.base.retry import retried
from koostoo.base.sealing import seal, unseal
from koostoo.base.tokens import random_code, read_code

CODES = 10
"""So many recovery codes are made at once."""
CODE_SIGNS = 12
"""Signs of a recovery code, five random bits in each."""


def make_codes(organiser_id: int, occasion: Occasion) -> list[str]:
    """Give an organiser ten recovery codes and return them: they can never be read again.

    Those they had are worthless.
    """
    codes = [random_code(CODE_SIGNS) for _one in range(CODES)]
    salt = token_urlsafe(16)
    _keep_codes(organiser_id, salt, [rules.slow_digest(code, salt) for code in codes], occasion)
    return codes


def give_code(
    organiser_id: int, number: int, typed: str, device: Device, occasion: Occasion
) -> str | None:
    """Prove with a code of the app, or one on paper, who it is; None where it is neither.

    Returns the new token of the session `number`. A code on paper is used up by it.
    """
    digits = "".join(typed.split())
    if len(digits) == 6 and digits.isascii() and digits.isdecimal():
        return _give_digits(organiser_id, number, digits, device, occasion)
    code = read_code(typed, CODE_SIGNS)
    salt = db.session.scalar(
        select(RecoveryCode.salt).where(RecoveryCode.organiser_id == organiser_id)
    )
    if code is None or salt is None:
        return None
    return _spend_code(organiser_id, number, rules.slow_digest(code, salt), device, occasion)


@retried
def _keep_codes(organiser_id: int, salt: str, hashes: Sequence[str], occasion: Occasion) -> None:
    with transaction() as session:
        organiser = session.get_one(Organiser, organiser_id, with_for_update=True)
        session.execute(delete(RecoveryCode).where(RecoveryCode.organiser_id == organiser_id))
        session.add_all(
            RecoveryCode(
                organiser_id=organiser_id, salt=salt, code_hash=one, created_at=occasion.now
            )
            for one in hashes
        )
        tell(session, organiser, "codes_made", occasion, organiser_id)


@retried
def _give_digits(
    organiser_id: int, number: int, digits: str, device: Device, occasion: Occasion
) -> str | None:
    with transaction() as session:
        kept = session.scalar(
            select(TotpKey).where(TotpKey.organiser_id == organiser_id).with_for_update()
        )
        key = unseal(secret_keys(), AT_REST, kept.sealed) if kept else None
        if kept is None or key is None:
            return None
        step = totp.step_of(key, digits, occasion.now, kept.last_step)
        if step is None:
            return None
        # Sealed anew, so that an earlier SECRET_KEY is needed no longer.
        kept.last_step, kept.sealed = step, seal(secret_keys(), AT_REST, key)
        return strengthen(session, number, device, "totp", occasion.now)


@retried
def _spend_code(
    organiser_id: int, number: int, code_hash: str, device: Device, occasion: Occasion
) -> str | None:
    with transaction() as session:
        organiser = session.get_one(Organiser, organiser_id, with_for_update=True)
        kept = session.scalar(
            select(RecoveryCode).where(
                RecoveryCode.organiser_id == organiser_id, RecoveryCode.code_hash == code_hash
            )
        )
        if kept is None:
            return None
        session.delete(kept)
        session.flush()
        left = codes_left_of(session, organiser_id)
        tell(session, organiser, "code_used", occasion, organiser_id, left=left)
        return strengthen(session, number, device, "recovery", occasion.now)
