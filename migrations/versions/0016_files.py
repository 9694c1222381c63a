"""Files of events and logos of projects, their bytes in a table of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KINDS = ("cover", "document", "sheet", "photo", "programme", "meeting_log", "other", "logo")


def upgrade() -> None:
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("alt", sa.JSON(), nullable=False),
        sa.Column("type", sa.String(length=8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("source_digest", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("has_small", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(f"kind IN {KINDS}", name=op.f("ck_stored_file_kind")),
        sa.CheckConstraint(
            "(kind = 'logo') = (project_id IS NOT NULL)",
            name=op.f("ck_stored_file_logo_of_project"),
        ),
        sa.CheckConstraint(
            "(kind = 'logo') = (event_id IS NULL)", name=op.f("ck_stored_file_file_of_event")
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_stored_file_size")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name="fk_stored_file_event_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name="fk_stored_file_project_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["organiser.id"],
            name="fk_stored_file_created_by",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_stored_file"),
        sa.UniqueConstraint(
            "event_id", "kind", "source_digest", name="uq_stored_file_event_id_kind_source_digest"
        ),
        sa.UniqueConstraint(
            "project_id", "source_digest", name="uq_stored_file_project_id_source_digest"
        ),
    )
    op.create_index("ix_stored_file_created_by", "stored_file", ["created_by"])
    op.create_index(
        "uq_stored_file_cover",
        "stored_file",
        ["event_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'cover'"),
        postgresql_where=sa.text("kind = 'cover'"),
    )
    op.create_table(
        "file_chunk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("variant", sa.String(length=5), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("variant IN ('full', 'small')", name=op.f("ck_file_chunk_variant")),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["stored_file.id"],
            name="fk_file_chunk_file_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_file_chunk"),
        sa.UniqueConstraint(
            "file_id", "variant", "position", name="uq_file_chunk_file_id_variant_position"
        ),
    )


def downgrade() -> None:
    op.drop_table("file_chunk")
    op.drop_table("stored_file")
