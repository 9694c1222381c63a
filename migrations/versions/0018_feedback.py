"""Feedback forms, their questions and answers, and who has answered: tied to nobody's answers."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feedback_form",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("closes_after", sa.Integer(), nullable=False),
        sa.Column("remind_after", sa.Integer(), nullable=True),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.CheckConstraint("closes_after BETWEEN 1 AND 28", name="ck_feedback_form_closes_after"),
        sa.CheckConstraint("remind_after > 0", name="ck_feedback_form_remind_after"),
        sa.CheckConstraint("answered >= 0", name="ck_feedback_form_answered"),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name="fk_feedback_form_event_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", name="pk_feedback_form"),
    )
    op.create_table(
        "feedback_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("label", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('scale', 'yesno', 'text')", name="ck_feedback_question_kind"),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["feedback_form.event_id"],
            name="fk_feedback_question_event_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_feedback_question"),
        sa.UniqueConstraint("event_id", "code", name="uq_feedback_question_event_id_code"),
    )
    op.create_table(
        "feedback_answer",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["feedback_question.id"],
            name="fk_feedback_answer_question_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_feedback_answer"),
        # The table lies in the order of its random key: no row number tells when a row came.
        sqlite_with_rowid=False,
    )
    op.create_index("ix_feedback_answer_question_id", "feedback_answer", ["question_id"])
    op.create_table(
        "feedback_given",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name="fk_feedback_given_registration_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", name="pk_feedback_given"),
    )


def downgrade() -> None:
    op.drop_table("feedback_given")
    op.drop_table("feedback_answer")
    op.drop_table("feedback_question")
    op.drop_table("feedback_form")
