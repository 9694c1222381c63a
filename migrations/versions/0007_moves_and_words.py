"""Changes of an event that were told, whether people still come, organisers' words in letters.

Why an event is called off can be told in English too.

Columns are added one by one: rebuilding a table would, in SQLite, take the rows that refer to it
along.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("answer_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_move_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_move")),
    )
    op.create_index(op.f("ix_event_move_event_id"), "event_move", ["event_id"])
    op.create_table(
        "letter_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_letter_words_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_words")),
        sa.UniqueConstraint("event_id", "kind", name=op.f("uq_letter_words_event_id_kind")),
    )
    op.add_column(
        "event",
        sa.Column("called_off_reason_en", sa.String(length=500), nullable=False, server_default=""),
    )
    op.execute(
        "ALTER TABLE registration ADD COLUMN move_id INTEGER "
        "CONSTRAINT fk_registration_move_id REFERENCES event_move (id)"
    )
    op.create_index(op.f("ix_registration_move_id"), "registration", ["move_id"])
    op.add_column(
        "registration", sa.Column("still_comes_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("registration", "still_comes_at")
    op.drop_index(op.f("ix_registration_move_id"), "registration")
    op.drop_column("registration", "move_id")
    op.drop_column("event", "called_off_reason_en")
    op.drop_table("letter_words")
    op.drop_table("event_move")
