"""Days of an event with hours of their own; secret calendar addresses; an index for feeds.

Columns are added one by one: rebuilding a table would, in SQLite, take the rows that refer to it
along.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE event ADD COLUMN day_hours JSON "
        "CONSTRAINT ck_event_day_hours CHECK (date_kind = 'timed' OR day_hours IS NULL)"
    )
    op.create_index(
        "ix_event_feed",
        "event",
        [
            "revised_at",
            "version",
            "state",
            "date_kind",
            "ends_on",
            "activity_id",
            "organiser_id",
        ],
    )
    op.add_column("organiser", sa.Column("feed_link_id", sa.String(length=12), nullable=True))
    op.create_index("uq_organiser_feed_link_id", "organiser", ["feed_link_id"], unique=True)
    op.create_table(
        "mailbox_calendar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email_key", sa.String(length=600), nullable=False),
        sa.Column("link_id", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_calendar")),
        sa.UniqueConstraint("email_key", name=op.f("uq_mailbox_calendar_email_key")),
        sa.UniqueConstraint("link_id", name=op.f("uq_mailbox_calendar_link_id")),
    )


def downgrade() -> None:
    op.drop_table("mailbox_calendar")
    op.drop_index("uq_organiser_feed_link_id", "organiser")
    op.drop_column("organiser", "feed_link_id")
    op.drop_index("ix_event_feed", "event")
    op.drop_column("event", "day_hours")
