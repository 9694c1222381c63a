"""What organisers of the tests sign in with, put into the database as if it had been set up."""

from secrets import token_urlsafe

import pyotp
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from koostoo.accounts.authenticator import AT_REST, secret_keys
from koostoo.accounts.factor_models import Passkey, TotpKey
from koostoo.accounts.models import DeskSession, Organiser
from koostoo.base.clock import now
from koostoo.base.database import transaction
from koostoo.base.sealing import seal


def add_passkey(email: str, *, signs_out: bool = False) -> int:
    """Give somebody a passkey that no device has; return its number.

    Their sessions count as begun with it, unless `signs_out`.
    """
    with transaction() as session:
        owner = session.scalars(select(Organiser.id).where(Organiser.email == email)).one()
        row = Passkey(
            organiser_id=owner,
            name="Kontori sülearvuti",
            credential_id=token_urlsafe(16),
            public_key="",
            sign_count=0,
            created_at=now(),
        )
        session.add(row)
        if not signs_out:
            _given(session, owner)
        session.flush()
        return row.id


def add_app(email: str, *, signs_out: bool = False) -> pyotp.TOTP:
    """Let an app be set up for somebody; return what makes its codes."""
    key = pyotp.random_base32()
    with transaction() as session:
        owner = session.scalars(select(Organiser.id).where(Organiser.email == email)).one()
        session.add(
            TotpKey(
                organiser_id=owner,
                sealed=seal(secret_keys(), AT_REST, key),
                created_at=now(),
                last_step=0,
            )
        )
        if not signs_out:
            _given(session, owner)
    return pyotp.TOTP(key)


def give_second_factor(email: str) -> None:
    """Let the sessions somebody has count as begun with a passkey."""
    with transaction() as session:
        _given(session, session.scalars(select(Organiser.id).where(Organiser.email == email)).one())


def _given(session: Session, owner: int) -> None:
    session.execute(
        update(DeskSession)
        .where(DeskSession.organiser_id == owner)
        .values(second_factor_at=now(), method="passkey")
    )
