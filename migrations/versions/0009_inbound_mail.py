"""What comes back by mail: calendars' answers, what was read already.

Columns are added one by one: rebuilding a table would, in SQLite, take the rows that refer to it
along.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE event ADD COLUMN on_decline VARCHAR(4) NOT NULL DEFAULT 'ask' "
        "CONSTRAINT ck_event_on_decline CHECK (on_decline IN ('ask', 'free'))"
    )
    op.create_table(
        "calendar_reply",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("partstat", sa.String(length=9), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("freed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "partstat IN ('ACCEPTED', 'TENTATIVE', 'DECLINED')",
            name=op.f("ck_calendar_reply_partstat"),
        ),
        sa.CheckConstraint("source IN ('calendar', 'page')", name=op.f("ck_calendar_reply_source")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_calendar_reply_registration_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_calendar_reply")),
    )
    op.create_table(
        "inbound_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_message")),
        sa.UniqueConstraint("digest", name=op.f("uq_inbound_message_digest")),
    )
    op.create_index(op.f("ix_inbound_message_received_at"), "inbound_message", ["received_at"])
    op.create_table(
        "inbound_folder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_folder")),
        sa.UniqueConstraint("name", name=op.f("uq_inbound_folder_name")),
    )


def downgrade() -> None:
    for table in ("inbound_folder", "inbound_message", "calendar_reply"):
        op.drop_table(table)
    op.drop_column("event", "on_decline")
