"""What activities count, outcomes they serve, regions of events, lead partners, figures by hand.

Columns are added one by one: rebuilding a table would, in SQLite, take the rows that refer to it
along.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add("project", "version INTEGER NOT NULL DEFAULT 1")
    _add("partner", "is_lead BOOLEAN NOT NULL DEFAULT FALSE")
    op.create_index(
        "uq_partner_lead",
        "partner",
        ["project_id"],
        unique=True,
        sqlite_where=sa.text("is_lead"),
        postgresql_where=sa.text("is_lead"),
    )
    _add(
        "activity",
        "counts VARCHAR(12) NOT NULL DEFAULT 'events' CONSTRAINT ck_activity_counts"
        " CHECK (counts IN ('events', 'regions', 'participants'))",
    )
    _add("activity", "only_physical BOOLEAN NOT NULL DEFAULT FALSE")
    _add("event", "region_id INTEGER CONSTRAINT fk_event_region_id REFERENCES organisation (id)")
    _add(
        "event",
        "region_other VARCHAR(100) NOT NULL DEFAULT '' CONSTRAINT ck_event_region"
        " CHECK (region_id IS NULL OR region_other = '')",
    )
    op.create_index(op.f("ix_event_region_id"), "event", ["region_id"])
    _create_pair("activity", "outcome")
    _create_pair("event", "activity")
    _create_figures()


def downgrade() -> None:
    for table in ("event_figures_part", "event_figures", "event_activity", "activity_outcome"):
        op.drop_table(table)
    op.drop_index("ix_event_region_id", "event")
    op.drop_index("uq_partner_lead", "partner")
    for table, column in (
        ("event", "region_other"),
        ("event", "region_id"),
        ("activity", "only_physical"),
        ("activity", "counts"),
        ("partner", "is_lead"),
        ("project", "version"),
    ):
        op.drop_column(table, column)


def _add(table: str, column: str) -> None:
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def _create_pair(one: str, other: str) -> None:
    """Create a table that says which rows of two tables belong together."""
    table = f"{one}_{other}"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(f"{name}_id", sa.Integer(), nullable=False) for name in (one, other)),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_id"],
                [f"{name}.id"],
                name=op.f(f"fk_{table}_{name}_id"),
                ondelete="CASCADE",
            )
            for name in (one, other)
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            f"{one}_id", f"{other}_id", name=op.f(f"uq_{table}_{one}_id_{other}_id")
        ),
    )
    op.create_index(op.f(f"ix_{table}_{other}_id"), table, [f"{other}_id"])


def _create_figures() -> None:
    op.create_table(
        "event_figures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("total >= 0", name=op.f("ck_event_figures_total")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_figures_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"],
            ["organiser.id"],
            name=op.f("fk_event_figures_organiser_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_figures")),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_figures_event_id")),
    )
    op.create_index(op.f("ix_event_figures_organiser_id"), "event_figures", ["organiser_id"])
    op.create_table(
        "event_figures_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("figures_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.CheckConstraint("people >= 0", name=op.f("ck_event_figures_part_people")),
        sa.ForeignKeyConstraint(
            ["figures_id"],
            ["event_figures.id"],
            name=op.f("fk_event_figures_part_figures_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_event_figures_part_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_figures_part")),
        sa.UniqueConstraint(
            "figures_id",
            "organisation_id",
            name=op.f("uq_event_figures_part_figures_id_organisation_id"),
        ),
    )
    op.create_index(
        op.f("ix_event_figures_part_organisation_id"), "event_figures_part", ["organisation_id"]
    )
