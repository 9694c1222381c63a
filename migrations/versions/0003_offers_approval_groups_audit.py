"""Offers with a deadline, approval, several people in one form, a queue that can be reordered.

And the audit trail. Columns are added one by one: rebuilding a table would, in SQLite, take the
rows that refer to it along.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

QUEUE = "ix_registration_event_state_queue"


def upgrade() -> None:
    _add(
        "event",
        "approval VARCHAR(8) NOT NULL DEFAULT 'none' "
        "CONSTRAINT ck_event_approval CHECK (approval IN ('none', 'holds', 'loose'))",
    )
    _add("event", "offer_hours INTEGER CONSTRAINT ck_event_offer_hours CHECK (offer_hours > 0)")
    _add(
        "event",
        "group_max INTEGER NOT NULL DEFAULT 10 CONSTRAINT ck_event_group_max CHECK (group_max > 0)",
    )
    op.create_table(
        "registration_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=201), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("link_id", sa.String(length=12), nullable=False),
        sa.Column("form_nonce", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "mode IN ('together', 'fitting')", name=op.f("ck_registration_group_mode")
        ),
        sa.CheckConstraint("language IN ('et', 'en')", name=op.f("ck_registration_group_language")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_registration_group_event_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_group")),
        sa.UniqueConstraint(
            "event_id", "form_nonce", name=op.f("uq_registration_group_event_id_form_nonce")
        ),
        sa.UniqueConstraint("link_id", name=op.f("uq_registration_group_link_id")),
    )
    _add(
        "registration",
        "group_id INTEGER CONSTRAINT fk_registration_group_id REFERENCES registration_group (id)",
    )
    op.create_index(op.f("ix_registration_group_id"), "registration", ["group_id"])
    _add("registration", "rank INTEGER NOT NULL DEFAULT 0")
    for name in ("approved_at", "offer_until"):
        op.add_column("registration", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    _add(
        "registration",
        "ended_by VARCHAR(12) CONSTRAINT ck_registration_ended_by "
        "CHECK (ended_by IN ('participant', 'organiser', 'lapse'))",
    )
    _add("registration", "decision_reason VARCHAR(500) NOT NULL DEFAULT ''")
    op.drop_index(QUEUE, "registration")
    op.create_index(QUEUE, "registration", ["event_id", "state", "rank", "queued_at", "id"])
    op.create_index("ix_registration_offer_until", "registration", ["offer_until"])
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organiser_id"],
            ["organiser.id"],
            name=op.f("fk_audit_entry_organiser_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name=op.f("fk_audit_entry_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_audit_entry_registration_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_event_id_id", "audit_entry", ["event_id", "id"])
    for name in ("organiser_id", "registration_id"):
        op.create_index(op.f(f"ix_audit_entry_{name}"), "audit_entry", [name])


def downgrade() -> None:
    op.drop_table("audit_entry")
    op.drop_index("ix_registration_offer_until", "registration")
    op.drop_index(QUEUE, "registration")
    op.create_index(QUEUE, "registration", ["event_id", "state", "queued_at", "id"])
    op.drop_index(op.f("ix_registration_group_id"), "registration")
    for name in ("decision_reason", "ended_by", "offer_until", "approved_at", "rank", "group_id"):
        op.drop_column("registration", name)
    op.drop_table("registration_group")
    for name in ("group_max", "offer_hours", "approval"):
        op.drop_column("event", name)


def _add(table: str, column: str) -> None:
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
