"""Letters that fall due by time, organisers' notices, and what organisers write to people.

Columns are added one by one: rebuilding a table would, in SQLite, take the rows that refer to it
along.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _add("event", "reminders VARCHAR(60) NOT NULL DEFAULT ''")
    _add(
        "event",
        "thanks_after INTEGER CONSTRAINT ck_event_thanks_after CHECK (thanks_after > 0)",
    )
    _add("event", "feedback_url VARCHAR(500) NOT NULL DEFAULT ''")
    _create_timed_letter()
    _create_mailing()
    _create_news_refusal()
    _create_follow()


def downgrade() -> None:
    for table in ("follow", "news_refusal", "mailing_letter", "mailing", "timed_letter"):
        op.drop_table(table)
    for name in ("feedback_url", "thanks_after", "reminders"):
        op.drop_column("event", name)


def _add(table: str, column: str) -> None:
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), nullable=False)


def _refers(table: str, other: str, *, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    column = {"outbox_message": "outbox_id"}.get(other, f"{other}_id")
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete
    )


def _create_timed_letter() -> None:
    op.create_table(
        "timed_letter",
        _id(),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("begins_at", MOMENT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("letters", sa.Integer(), nullable=True),
        _refers("timed_letter", "event"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timed_letter")),
        sa.UniqueConstraint(
            "event_id", "code", "begins_at", name=op.f("uq_timed_letter_event_id_code_begins_at")
        ),
    )


def _create_mailing() -> None:
    op.create_table(
        "mailing",
        _id(),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("is_news", sa.Boolean(), nullable=False),
        sa.Column("event_state", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.JSON(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        _refers("mailing", "event"),
        _refers("mailing", "organiser", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
        sa.UniqueConstraint("key", name=op.f("uq_mailing_key")),
    )
    for name in ("event_id", "organiser_id"):
        op.create_index(op.f(f"ix_mailing_{name}"), "mailing", [name])
    op.create_table(
        "mailing_letter",
        _id(),
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        _refers("mailing_letter", "mailing"),
        _refers("mailing_letter", "outbox_message"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing_letter")),
        sa.UniqueConstraint("outbox_id", name=op.f("uq_mailing_letter_outbox_id")),
    )
    op.create_index(op.f("ix_mailing_letter_mailing_id"), "mailing_letter", ["mailing_id"])


def _create_news_refusal() -> None:
    op.create_table(
        "news_refusal",
        _id(),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("mailbox", sa.String(length=64), nullable=False),
        sa.Column("refused_at", MOMENT, nullable=False),
        _refers("news_refusal", "project"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_refusal")),
        sa.UniqueConstraint(
            "project_id", "mailbox", name=op.f("uq_news_refusal_project_id_mailbox")
        ),
    )


def _create_follow() -> None:
    op.create_table(
        "follow",
        _id(),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("link_id", sa.String(length=12), nullable=False),
        *(
            sa.Column(name, sa.Boolean(), nullable=False)
            for name in ("digest", "full", "moved", "failing")
        ),
        sa.Column("digest_until", MOMENT, nullable=False),
        sa.Column("moved_until", MOMENT, nullable=False),
        sa.Column("is_full_told", sa.Boolean(), nullable=False),
        sa.Column("failures_told", sa.Integer(), nullable=False),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.CheckConstraint("language IN ('et', 'en')", name=op.f("ck_follow_language")),
        _refers("follow", "organiser"),
        _refers("follow", "event"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow")),
        sa.UniqueConstraint("link_id", name=op.f("uq_follow_link_id")),
        sa.UniqueConstraint(
            "organiser_id", "event_id", name=op.f("uq_follow_organiser_id_event_id")
        ),
    )
    op.create_index(op.f("ix_follow_event_id"), "follow", ["event_id"])
