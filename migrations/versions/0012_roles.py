"""Roles of organisers; whoever could do everything until now manages every project."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ABOUT = ("project", "organisation", "event")


def upgrade() -> None:
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        *(sa.Column(f"{name}_id", sa.Integer(), nullable=True) for name in ABOUT),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('manager', 'coordinator', 'helper', 'viewer')", name="ck_role_grant_role"
        ),
        sa.CheckConstraint(
            "(role = 'coordinator') = (organisation_id IS NOT NULL) AND "
            "(role = 'helper') = (event_id IS NOT NULL) AND "
            "(role IN ('manager', 'viewer') OR project_id IS NULL)",
            name="ck_role_grant_about",
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"],
            ["organiser.id"],
            name="fk_role_grant_organiser_id_organiser",
            ondelete="CASCADE",
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_id"],
                [f"{name}.id"],
                name=f"fk_role_grant_{name}_id_{name}",
                ondelete="CASCADE",
            )
            for name in ABOUT
        ),
        sa.PrimaryKeyConstraint("id", name="pk_role_grant"),
    )
    for name in ("organiser", *ABOUT):
        op.create_index(f"ix_role_grant_{name}_id", "role_grant", [f"{name}_id"])
    op.execute(
        "INSERT INTO role_grant (organiser_id, role, created_at) "
        "SELECT id, 'manager', created_at FROM organiser"
    )


def downgrade() -> None:
    op.drop_table("role_grant")
