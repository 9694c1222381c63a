"""Passkeys, codes of an app, recovery codes; sessions that know how somebody signed in.

Open sessions were begun by a link; where a second factor is required they are asked for one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

METHODS = ("link", "totp", "recovery", "passkey")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("organiser", sa.Column("passkey_handle", sa.String(length=22), nullable=True))
    op.create_index("uq_organiser_passkey_handle", "organiser", ["passkey_handle"], unique=True)
    with op.batch_alter_table("desk_session") as table:
        for column in (
            sa.Column("method", sa.String(length=8), server_default="link", nullable=False),
            sa.Column("browser", sa.String(length=24), server_default="", nullable=False),
            sa.Column("proved_at", MOMENT, nullable=True),
            sa.Column("second_factor_at", MOMENT, nullable=True),
        ):
            table.add_column(column)
        table.create_check_constraint(op.f("ck_desk_session_method"), f"method IN {METHODS}")
    _create(
        "passkey",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
        indexed=("organiser_id",),
    )
    _create(
        "totp_key",
        sa.Column("sealed", sa.String(length=200), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("organiser_id", name=op.f("uq_totp_key_organiser_id")),
    )
    _create(
        "recovery_code",
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint(
            "organiser_id", "code_hash", name=op.f("uq_recovery_code_organiser_id_code_hash")
        ),
    )
    op.create_table(
        "passkey_challenge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("challenge", sa.String(length=43), nullable=False),
        sa.Column("holder_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('add', 'sign_in', 'confirm')", name=op.f("ck_passkey_challenge_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey_challenge")),
        sa.UniqueConstraint("challenge", name=op.f("uq_passkey_challenge_challenge")),
    )
    for name in ("holder_hash", "expires_at"):
        op.create_index(op.f(f"ix_passkey_challenge_{name}"), "passkey_challenge", [name])
    _create(
        "known_browser",
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.UniqueConstraint(
            "organiser_id", "secret_hash", name=op.f("uq_known_browser_organiser_id_secret_hash")
        ),
        indexed=("secret_hash", "seen_at"),
    )


def downgrade() -> None:
    for name in (
        "known_browser",
        "passkey_challenge",
        "recovery_code",
        "totp_key",
        "passkey",
    ):
        op.drop_table(name)
    with op.batch_alter_table("desk_session") as table:
        table.drop_constraint(op.f("ck_desk_session_method"), type_="check")
        for name in ("method", "browser", "proved_at", "second_factor_at"):
            table.drop_column(name)
    op.drop_index("uq_organiser_passkey_handle", "organiser")
    op.drop_column("organiser", "passkey_handle")


def _create(
    name: str, *parts: sa.Column[object] | sa.Constraint, indexed: tuple[str, ...] = ()
) -> None:
    """Create a table whose rows belong to an organiser and go with them."""
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        *parts,
        sa.ForeignKeyConstraint(
            ["organiser_id"],
            ["organiser.id"],
            name=op.f(f"fk_{name}_organiser_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    for column in indexed:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])
