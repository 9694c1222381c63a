"""Tags, notes and choices of columns; the key that orders people by what they come from."""

import sqlalchemy as sa
from alembic import op

from koostoo.base.text import sort_key

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

SORT_KEY = sa.String(length=800).with_variant(sa.String(800, collation="C"), "postgresql")
INDEXES = {
    "ix_registration_event_created": ["event_id", "created_at", "id"],
    "ix_registration_event_state_sort": ["event_id", "state", "sort_key", "id"],
    "ix_registration_event_state_organisation": ["event_id", "state", "organisation_id"],
}
COLOURS = ("blue", "rye", "moss", "rowan", "plain")


def upgrade() -> None:
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("name_key", sa.String(length=400), nullable=False),
        sa.Column("sort_key", SORT_KEY, nullable=False),
        sa.Column("colour", sa.String(length=8), nullable=False),
        sa.CheckConstraint(f"colour IN {COLOURS}", name=op.f("ck_tag_colour")),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_tag_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("project_id", "name_key", name=op.f("uq_tag_project_id_name_key")),
    )
    op.create_table(
        "registration_tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_registration_tag_registration_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tag.id"], name=op.f("fk_registration_tag_tag_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_tag")),
        sa.UniqueConstraint(
            "registration_id", "tag_id", name=op.f("uq_registration_tag_registration_id_tag_id")
        ),
    )
    op.create_index("ix_registration_tag_tag_id", "registration_tag", ["tag_id", "registration_id"])
    op.create_table(
        "registration_note",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_registration_note_registration_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"],
            ["organiser.id"],
            name=op.f("fk_registration_note_organiser_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_registration_note")),
    )
    op.create_index("ix_registration_note_organiser_id", "registration_note", ["organiser_id"])
    op.create_table(
        "column_preset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_key", sa.String(length=400), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_column_preset_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_preset")),
        sa.UniqueConstraint(
            "project_id", "name_key", name=op.f("uq_column_preset_project_id_name_key")
        ),
    )
    op.add_column(
        "registration", sa.Column("origin_key", SORT_KEY, server_default="", nullable=False)
    )
    _fill_origin_keys()
    # What a page of a long list, and the number of seats taken, are read off without the rows.
    for name, columns in INDEXES.items():
        op.create_index(name, "registration", columns)


def _fill_origin_keys() -> None:
    """Write the key of rows there are; the database cannot make it, for it knows no Estonian."""
    connection = op.get_bind()
    typed = connection.execute(
        sa.text("SELECT DISTINCT other_organisation, member_organisation FROM registration")
    ).all()
    for other, member in typed:
        connection.execute(
            sa.text(
                "UPDATE registration SET origin_key = :key "
                "WHERE other_organisation = :other AND member_organisation = :member"
            ),
            {"key": sort_key(other, member), "other": other, "member": member},
        )


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "registration")
    op.drop_column("registration", "origin_key")
    for table in ("column_preset", "registration_note", "registration_tag", "tag"):
        op.drop_table(table)
