"""Access tokens of programs; downloads that are noted once.

SQLite cannot change a CHECK, so there the record of downloads is built anew.
"""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

FORMAT = "ck_download_format"
ONCE = "uq_download_once"


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organiser_id"],
            ["organiser.id"],
            name=op.f("fk_api_token_organiser_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    for name in ("organiser_id", "expires_on"):
        op.create_index(op.f(f"ix_api_token_{name}"), "api_token", [name])
    with op.batch_alter_table("download") as batch:
        batch.add_column(sa.Column("once", sa.String(length=80), nullable=True))
        batch.create_unique_constraint(op.f(ONCE), ["once"])
        _allow(batch, ("csv", "xlsx", "pdf", "zip", "file", "json"))


def downgrade() -> None:
    op.execute("DELETE FROM download WHERE format = 'json'")
    with op.batch_alter_table("download") as batch:
        _allow(batch, ("csv", "xlsx", "pdf", "zip", "file"))
        batch.drop_constraint(op.f(ONCE), type_="unique")
        batch.drop_column("once")
    op.drop_table("api_token")


def _allow(batch: BatchOperations, formats: tuple[str, ...]) -> None:
    batch.drop_constraint(op.f(FORMAT), type_="check")
    batch.create_check_constraint(op.f(FORMAT), f"format IN {formats}")
