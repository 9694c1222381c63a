"""What becomes of a letter: more states, why, every try; trouble with a server or a domain.

SQLite cannot change a CHECK, so there the outbox is built anew. Nothing refers to it before this
step, and foreign keys are off meanwhile (see env.py).
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OLD = ("queued", "sending", "sent", "failed", "dropped")
NEW = ("queued", "retry", "sending", "sent", "failed", "bounced", "skipped")
CHECK = "ck_outbox_message_state"
ADDED = {
    "recipient_domain VARCHAR(253)": "''",
    "reason VARCHAR(16)": "''",
    "put_offs INTEGER": "0",
    "server VARCHAR(253)": "''",
}
DUE = sa.text("state IN ('queued', 'retry', 'sending')")


def upgrade() -> None:
    _drop_check()
    op.drop_index("ix_outbox_message_state_next_try_at", "outbox_message")
    op.execute("ALTER TABLE outbox_message RENAME COLUMN last_error TO answer")
    for column, default in ADDED.items():
        op.execute(f"ALTER TABLE outbox_message ADD COLUMN {column} NOT NULL DEFAULT {default}")
    op.add_column(
        "outbox_message", sa.Column("put_off_since", sa.DateTime(timezone=True), nullable=True)
    )
    op.execute(
        "UPDATE outbox_message SET state = 'skipped', reason = 'untrue' WHERE state = 'dropped'"
    )
    op.execute("UPDATE outbox_message SET reason = 'refused' WHERE state = 'failed'")
    op.execute(
        "UPDATE outbox_message SET state = 'retry', reason = 'later' "
        "WHERE state = 'queued' AND attempts > 0"
    )
    _fill_domains()
    _add_check(NEW)
    op.create_index(
        "ix_outbox_message_due",
        "outbox_message",
        ["next_try_at", "id"],
        sqlite_where=DUE,
        postgresql_where=DUE,
    )
    op.create_index("ix_outbox_message_state_id", "outbox_message", ["state", "id"])
    op.create_table(
        "mail_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(
            ["outbox_id"],
            ["outbox_message.id"],
            name=op.f("fk_mail_attempt_outbox_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_attempt")),
    )
    op.create_index(op.f("ix_mail_attempt_outbox_id"), "mail_attempt", ["outbox_id"])
    op.create_table(
        "mail_trouble",
        sa.Column("scope", sa.String(length=253), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_mail_trouble")),
    )
    op.create_index(op.f("ix_mail_trouble_last_at"), "mail_trouble", ["last_at"])


def downgrade() -> None:
    op.drop_table("mail_trouble")
    op.drop_table("mail_attempt")
    op.drop_index("ix_outbox_message_state_id", "outbox_message")
    op.drop_index("ix_outbox_message_due", "outbox_message")
    _drop_check()
    letters = sa.table("outbox_message", sa.column("state"))
    for old, new in (("dropped", "skipped"), ("failed", "bounced"), ("queued", "retry")):
        op.execute(letters.update().where(letters.c.state == new).values(state=old))
    for name in ("put_off_since", *(column.split()[0] for column in ADDED)):
        op.drop_column("outbox_message", name)
    op.execute("ALTER TABLE outbox_message RENAME COLUMN answer TO last_error")
    _add_check(OLD)
    op.create_index(
        "ix_outbox_message_state_next_try_at", "outbox_message", ["state", "next_try_at", "id"]
    )


def _drop_check() -> None:
    with op.batch_alter_table("outbox_message") as batch:
        batch.drop_constraint(op.f(CHECK), type_="check")


def _add_check(states: tuple[str, ...]) -> None:
    with op.batch_alter_table("outbox_message") as batch:
        batch.create_check_constraint(op.f(CHECK), f"state IN {states}")


def _fill_domains() -> None:
    connection = op.get_bind()
    letters = sa.table("outbox_message", sa.column("recipient"), sa.column("recipient_domain"))
    for (recipient,) in connection.execute(sa.select(letters.c.recipient).distinct()).all():
        connection.execute(
            letters.update()
            .where(letters.c.recipient == recipient)
            .values(recipient_domain=recipient.rpartition("@")[2].lower()[:253])
        )
