"""The register of members of each organisation; which organisations an event invites.

Columns are added one by one: rebuilding a table would, in SQLite, take the rows that refer to it
along.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SORT_KEY = sa.String(length=800).with_variant(sa.String(800, collation="C"), "postgresql")


def upgrade() -> None:
    op.execute("ALTER TABLE organisation ADD COLUMN register_version INTEGER NOT NULL DEFAULT 0")
    op.add_column(
        "organisation", sa.Column("register_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_table(
        "member_organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=400), nullable=False),
        sa.Column("bare_name_key", sa.String(length=400), nullable=False),
        sa.Column("sort_key", SORT_KEY, nullable=False),
        sa.Column("registry_code", sa.String(length=20), nullable=False),
        sa.Column("sector", sa.String(length=8), nullable=False),
        sa.CheckConstraint(
            "sector IN ('', 'public', 'business', 'ngo')",
            name=op.f("ck_member_organisation_sector"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_member_organisation_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_organisation")),
        sa.UniqueConstraint(
            "organisation_id",
            "name_key",
            name=op.f("uq_member_organisation_organisation_id_name_key"),
        ),
    )
    op.create_index(
        "ix_member_organisation_bare", "member_organisation", ["organisation_id", "bare_name_key"]
    )
    op.create_index(
        "ix_member_organisation_sort", "member_organisation", ["organisation_id", "sort_key", "id"]
    )
    op.create_table(
        "member_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_organisation_id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column("person_key", sa.String(length=400), nullable=False),
        sa.Column("sort_key", SORT_KEY, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=600), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_organisation_id"],
            ["member_organisation.id"],
            name=op.f("fk_member_person_member_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_person")),
        sa.UniqueConstraint(
            "member_organisation_id",
            "person_key",
            name=op.f("uq_member_person_member_organisation_id_person_key"),
        ),
    )
    op.create_index("ix_member_person_email_key", "member_person", ["email_key", "person_key"])
    op.create_table(
        "register_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("replaces", sa.Boolean(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("source", sa.JSON(), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_register_import_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_import")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_register_import_organisation_id")),
        sa.UniqueConstraint("key", name=op.f("uq_register_import_key")),
    )
    op.create_index(op.f("ix_register_import_expires_at"), "register_import", ["expires_at"])
    op.execute(
        "ALTER TABLE event ADD COLUMN membership VARCHAR(8) NOT NULL DEFAULT 'open' "
        "CONSTRAINT ck_event_membership CHECK (membership IN ('open', 'flag', 'members'))"
    )
    op.create_table(
        "event_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_invitation_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_event_invitation_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_invitation")),
        sa.UniqueConstraint(
            "event_id", "organisation_id", name=op.f("uq_event_invitation_event_id_organisation_id")
        ),
    )
    op.create_index(
        op.f("ix_event_invitation_organisation_id"), "event_invitation", ["organisation_id"]
    )
    op.execute(
        "ALTER TABLE registration ADD COLUMN membership VARCHAR(10) "
        "CONSTRAINT ck_registration_membership "
        "CHECK (membership IN ('member', 'stranger', 'unchecked'))"
    )


def downgrade() -> None:
    op.drop_column("registration", "membership")
    op.drop_table("event_invitation")
    op.drop_column("event", "membership")
    op.drop_table("register_import")
    op.drop_table("member_person")
    op.drop_table("member_organisation")
    for name in ("register_at", "register_version"):
        op.drop_column("organisation", name)
