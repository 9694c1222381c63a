"""The record of downloads; lists of people that are looked at, and registrations made from them.

SQLite cannot change a CHECK, so there the registrations are built anew (foreign keys are off
meanwhile, see env.py).
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

CHECK = "ck_registration_source"


def upgrade() -> None:
    op.create_table(
        "download",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("format", sa.String(length=4), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "format IN ('csv', 'xlsx', 'pdf', 'zip', 'file')", name=op.f("ck_download_format")
        ),
        sa.CheckConstraint("rows >= 0", name=op.f("ck_download_rows")),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"],
                [f"{table}.id"],
                name=op.f(f"fk_download_{table}_id"),
                ondelete=action,
            )
            for table, action in (
                ("organiser", "SET NULL"),
                ("project", "CASCADE"),
                ("activity", "SET NULL"),
                ("event", "CASCADE"),
                ("organisation", "CASCADE"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_download")),
    )
    for name in ("organiser_id", "activity_id", "organisation_id"):
        op.create_index(op.f(f"ix_download_{name}"), "download", [name])
    for name in ("event_id", "project_id"):
        op.create_index(f"ix_download_{name}_id", "download", [name, "id"])
    op.create_table(
        "attendee_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("source", sa.JSON(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name=op.f("fk_attendee_import_event_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendee_import")),
        sa.UniqueConstraint("event_id", name=op.f("uq_attendee_import_event_id")),
        sa.UniqueConstraint("key", name=op.f("uq_attendee_import_key")),
    )
    op.create_index(op.f("ix_attendee_import_expires_at"), "attendee_import", ["expires_at"])
    _allow(("form", "desk", "import"), length=6, before=4)


def downgrade() -> None:
    op.execute("UPDATE registration SET source = 'desk' WHERE source = 'import'")
    _allow(("form", "desk"), length=4, before=6)
    op.drop_table("attendee_import")
    op.drop_table("download")


def _allow(sources: tuple[str, ...], *, length: int, before: int) -> None:
    with op.batch_alter_table("registration") as batch:
        batch.drop_constraint(op.f(CHECK), type_="check")
        batch.alter_column(
            "source",
            existing_type=sa.String(before),
            type_=sa.String(length),
            existing_nullable=False,
        )
        batch.create_check_constraint(op.f(CHECK), f"source IN {sources}")
