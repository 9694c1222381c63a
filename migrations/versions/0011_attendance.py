"""Attendance by person and day, the marks it comes from, walk-ins, own contributions paid."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATUSES = "('present', 'absent', 'unmarked')"


def upgrade() -> None:
    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("operation", sa.String(length=36), nullable=False),
        sa.CheckConstraint(f"status IN {STATUSES}", name=op.f("ck_attendance_status")),
        *_foreign_keys("attendance"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint(
            "registration_id", "day", name=op.f("uq_attendance_registration_id_day")
        ),
    )
    op.create_index(op.f("ix_attendance_organiser_id"), "attendance", ["organiser_id"])
    op.create_table(
        "attendance_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(length=36), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(f"status IN {STATUSES}", name=op.f("ck_attendance_mark_status")),
        *_foreign_keys("attendance_mark"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_mark")),
        sa.UniqueConstraint("operation", name=op.f("uq_attendance_mark_operation")),
    )
    op.create_table(
        "walk_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(length=36), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        *_foreign_keys("walk_in"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk_in")),
        sa.UniqueConstraint("operation", name=op.f("uq_walk_in_operation")),
    )
    for table in ("attendance_mark", "walk_in"):
        for column in ("registration_id", "organiser_id"):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.create_table(
        "contribution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("method IN ('cash', 'transfer')", name=op.f("ck_contribution_method")),
        sa.CheckConstraint("cents > 0", name=op.f("ck_contribution_cents")),
        *_foreign_keys("contribution"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_contribution_registration_id")),
    )
    op.create_index(op.f("ix_contribution_organiser_id"), "contribution", ["organiser_id"])


def downgrade() -> None:
    for table in ("contribution", "walk_in", "attendance_mark", "attendance"):
        op.drop_table(table)


def _foreign_keys(table: str) -> list[sa.ForeignKeyConstraint]:
    """Return the references every one of these tables has: whose it is, and who did it."""
    return [
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f(f"fk_{table}_registration_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"],
            ["organiser.id"],
            name=op.f(f"fk_{table}_organiser_id"),
            ondelete="SET NULL",
        ),
    ]
