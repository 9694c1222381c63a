"""The authenticator app: a key is offered, counts once a code of it came back, is taken away."""

from flask import current_app
from sqlalchemy import delete, select

from koostoo.accounts import rules, totp
from koostoo.accounts.account_news import Occasion, tell
from koostoo.accounts.factor_models import TotpKey
from koostoo.accounts.factors import after_removal
from koostoo.accounts.models import Organiser
from koostoo.accounts.sessions import Device, strengthen
from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.base.sealing import seal, unseal

AT_REST = "totp"
"""What kept keys are sealed for, see `base.sealing`."""
_OFFERED = "totp-offer"


def offer_key(organiser_id: int) -> str:
    """Return a new key for an app, sealed, to come back with the first code; nothing is stored."""
    return seal(secret_keys(), _OFFERED, f"{organiser_id}:{totp.new_key()}")


def offered_key(organiser_id: int, offer: str) -> str | None:
    """Return the key in an offer made to this organiser within the half hour, else None."""
    owner, _, key = (unseal(secret_keys(), _OFFERED, offer, rules.HALF_LIFE) or "").partition(":")
    return key if owner == str(organiser_id) else None


@retried
def set_app(
    organiser_id: int, number: int, offer: str, code: str, device: Device, occasion: Occasion
) -> str | None:
    """Let an app with the offered key count from now on, in place of one there was.

    Returns the new token of the session `number`; None where the code is not that of the key.
    """
    key = offered_key(organiser_id, offer)
    step = totp.step_of(key, code, occasion.now, 0) if key else None
    if key is None or step is None:
        return None
    with transaction() as session:
        organiser = session.get_one(Organiser, organiser_id, with_for_update=True)
        session.execute(delete(TotpKey).where(TotpKey.organiser_id == organiser_id))
        session.add(
            TotpKey(
                organiser_id=organiser_id,
                sealed=seal(secret_keys(), AT_REST, key),
                created_at=occasion.now,
                last_step=step,
            )
        )
        session.flush()
        tell(session, organiser, "totp_set", occasion, organiser_id)
        return strengthen(session, number, device, "totp", occasion.now)


@retried
def remove_app(organiser_id: int, occasion: Occasion) -> bool:
    """Take the app away; False where there is none. Raises LastFactor."""
    with transaction() as session:
        organiser = session.get_one(Organiser, organiser_id, with_for_update=True)
        kept = session.scalar(select(TotpKey).where(TotpKey.organiser_id == organiser_id))
        if kept is None:
            return False
        session.delete(kept)
        after_removal(session, organiser_id)
        tell(session, organiser, "totp_removed", occasion, organiser_id)
    return True


def secret_keys() -> list[str]:
    """Return SECRET_KEY and the earlier ones with which something may still be sealed."""
    return [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
