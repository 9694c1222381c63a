"""Questions that are asked only if another was answered in a certain way."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "condition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("on_id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=True),
        sa.Column("yes", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "(option_id IS NULL) <> (yes IS NULL)", name=op.f("ck_condition_answer")
        ),
        sa.CheckConstraint("on_id <> question_id", name=op.f("ck_condition_other")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_condition_question_id")
        ),
        sa.ForeignKeyConstraint(["on_id"], ["question.id"], name=op.f("fk_condition_on_id")),
        sa.ForeignKeyConstraint(["option_id"], ["option.id"], name=op.f("fk_condition_option_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition")),
        sa.UniqueConstraint("question_id", name=op.f("uq_condition_question_id")),
    )
    op.create_index(op.f("ix_condition_on_id"), "condition", ["on_id"])
    op.create_index(op.f("ix_condition_option_id"), "condition", ["option_id"])


def downgrade() -> None:
    op.drop_table("condition")
