"""Promised seats, limits per partner, member organisation and option, members first.

Columns are added one by one: rebuilding a table would, in SQLite, take the rows that refer to it
along.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("waiting_max", "partner_cap", "member_cap"):
        op.execute(
            f"ALTER TABLE event ADD COLUMN {name} INTEGER "
            f"CONSTRAINT ck_event_{name} CHECK ({name} > 0)"
        )
    op.add_column(
        "event", sa.Column("members_first_until", sa.DateTime(timezone=True), nullable=True)
    )
    op.execute(
        'ALTER TABLE "option" ADD COLUMN seats INTEGER CONSTRAINT ck_option_seats CHECK (seats > 0)'
    )
    op.create_table(
        "quota",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("release_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("seats > 0", name=op.f("ck_quota_seats")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_quota_event_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_quota_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota")),
        sa.UniqueConstraint(
            "event_id", "organisation_id", name=op.f("uq_quota_event_id_organisation_id")
        ),
    )
    op.create_index("ix_quota_due", "quota", ["released_at", "release_at"])
    op.create_index(op.f("ix_quota_organisation_id"), "quota", ["organisation_id"])


def downgrade() -> None:
    op.drop_table("quota")
    op.drop_column("option", "seats")
    for name in ("members_first_until", "member_cap", "partner_cap", "waiting_max"):
        op.drop_column("event", name)
