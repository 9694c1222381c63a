"""Doubtful matches are kept when they are found, so that their page need not look for them.

What was matched before is matched anew by whoever looks first: no register has -1 versions.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "match_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=12), nullable=False),
        sa.Column("doubt", sa.String(length=8), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("subject IN ('person', 'organisation')", name="ck_match_pair_subject"),
        sa.CheckConstraint(
            "doubt IN ('name', 'address', 'company', 'spelling', 'joined')",
            name="ck_match_pair_doubt",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name="fk_match_pair_project_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["first_id"],
            ["registration.id"],
            name="fk_match_pair_first_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["second_id"],
            ["registration.id"],
            name="fk_match_pair_second_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_match_pair"),
    )
    op.create_index("ix_match_pair_project_id", "match_pair", ["project_id", "subject", "id"])
    op.create_index("ix_match_pair_first_id", "match_pair", ["first_id"])
    op.create_index("ix_match_pair_second_id", "match_pair", ["second_id"])
    op.execute("UPDATE matched_project SET registers = -1")


def downgrade() -> None:
    op.drop_table("match_pair")
