"""Tables of what organisers sign in with: passkeys, the app with codes, recovery codes."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koostoo.accounts.models import Organiser
from koostoo.base import keep
from koostoo.base.database import Base, UtcDateTime


class Passkey(Base):
    """The public half of a key that lies in an organiser's device (WebAuthn Level 2)."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    organiser_id: Mapped[int] = mapped_column(
        ForeignKey("organiser.id", ondelete="CASCADE"), index=True, info=keep.ACCOUNT
    )
    name: Mapped[str] = mapped_column(String(80), info=keep.ACCOUNT)
    """What the organiser calls it: in which device it lies."""
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True, info=keep.ACCOUNT)
    """Base64url without padding; at most 1023 bytes (section 4 of the specification)."""
    public_key: Mapped[str] = mapped_column(Text, info=keep.ACCOUNT)
    """COSE key, base64url without padding."""
    sign_count: Mapped[int] = mapped_column(BigInteger, info=keep.ACCOUNT)
    """How often the device says it was used; 0 where it does not count."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.ACCOUNT)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.ACCOUNT)

    organiser: Mapped[Organiser] = relationship()


class TotpKey(Base):
    """The key an organiser's app makes codes of (RFC 6238); here only once a code confirmed it."""

    __tablename__ = "totp_key"

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    organiser_id: Mapped[int] = mapped_column(
        ForeignKey("organiser.id", ondelete="CASCADE"), unique=True, info=keep.ACCOUNT
    )
    sealed: Mapped[str] = mapped_column(String(200), info=keep.ACCOUNT)
    """The key in base32, readable with SECRET_KEY only, see `base.sealing`."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.ACCOUNT)
    last_step: Mapped[int] = mapped_column(BigInteger, info=keep.ACCOUNT)
    """The last step of time whose code was used; no code counts twice."""


class RecoveryCode(Base):
    """A code on paper that stands in for a lost device, once; using it deletes the row."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("organiser_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    organiser_id: Mapped[int] = mapped_column(
        ForeignKey("organiser.id", ondelete="CASCADE"), info=keep.ACCOUNT
    )
    salt: Mapped[str] = mapped_column(String(32), info=keep.ACCOUNT)
    """The same for all codes made at once."""
    code_hash: Mapped[str] = mapped_column(String(64), info=keep.ACCOUNT)
    """Scrypt (RFC 7914) of the code, see `accounts.rules.slow_digest`."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.ACCOUNT)


class PasskeyChallenge(Base):
    """What a device is to sign: once, within minutes, for the browser that asked."""

    __tablename__ = "passkey_challenge"
    __table_args__ = (CheckConstraint("kind IN ('add', 'sign_in', 'confirm')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    kind: Mapped[str] = mapped_column(String(8), info=keep.SECURITY)
    challenge: Mapped[str] = mapped_column(String(43), unique=True, info=keep.SECURITY)
    """256 random bits, base64url without padding."""
    holder_hash: Mapped[str] = mapped_column(String(64), index=True, info=keep.SECURITY)
    """SHA-256 of the secret in the asking browser's cookie: of its session, or
    before there is one."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True, info=keep.SECURITY)


class KnownBrowser(Base):
    """A browser in which an organiser has signed in: its tries are counted apart from others'."""

    __tablename__ = "known_browser"
    __table_args__ = (UniqueConstraint("organiser_id", "secret_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    organiser_id: Mapped[int] = mapped_column(
        ForeignKey("organiser.id", ondelete="CASCADE"), info=keep.SECURITY
    )
    secret_hash: Mapped[str] = mapped_column(String(64), index=True, info=keep.SECURITY)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True, info=keep.SECURITY)
    """When somebody last signed in there."""
