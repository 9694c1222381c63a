"""Long work with its results, links to news stories, and reminders of evidence."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STATES = ("queued", "running", "done", "failed", "cancelled")
OPEN = "state IN ('queued', 'running')"
KINDS = ("cover", "document", "sheet", "photo", "programme", "meeting_log", "other", "logo")
CHECK = "ck_stored_file_kind"
KINDS_NOW = (*KINDS[:6], "news", *KINDS[6:])


def upgrade() -> None:
    _create_work()
    op.create_table(
        "news_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_news_link_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["organiser.id"],
            name=op.f("fk_news_link_created_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_link")),
        sa.UniqueConstraint("event_id", "url", name=op.f("uq_news_link_event_id_url")),
    )
    op.create_index("ix_news_link_created_by", "news_link", ["created_by"])
    _take_kinds(KINDS_NOW)
    with op.batch_alter_table("follow") as table:
        table.add_column(
            sa.Column("evidence", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        table.add_column(sa.Column("list_told_of", sa.Date(), nullable=True))
        table.add_column(sa.Column("evidence_told_of", sa.Date(), nullable=True))
    # Who created an event and left what they are told of it as it was is told of this too.
    follow = sa.table("follow", *(sa.column(name) for name in ("digest", "failing", "evidence")))
    op.execute(
        sa.update(follow)
        .where(follow.c.digest == sa.true(), follow.c.failing == sa.true())
        .values(evidence=sa.true())
    )


def downgrade() -> None:
    with op.batch_alter_table("follow") as table:
        for name in ("evidence_told_of", "list_told_of", "evidence"):
            table.drop_column(name)
    op.execute("DELETE FROM file_chunk WHERE file_id IN "
               "(SELECT id FROM stored_file WHERE kind = 'news')")  # fmt: skip
    op.execute("DELETE FROM stored_file WHERE kind = 'news'")
    _take_kinds(KINDS)
    op.drop_table("news_link")
    op.drop_table("job_chunk")
    op.drop_table("job")


def _take_kinds(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("stored_file") as table:
        table.drop_constraint(op.f(CHECK), type_="check")
    with op.batch_alter_table("stored_file") as table:
        table.create_check_constraint(op.f(CHECK), f"kind IN {kinds}")


def _create_work() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=120), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_job_state")),
        sa.CheckConstraint("done >= 0 AND total >= 0", name=op.f("ck_job_progress")),
        sa.CheckConstraint(
            "(state = 'running') = (lease_until IS NOT NULL)", name=op.f("ck_job_lease")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["organiser.id"], name=op.f("fk_job_asked_by"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_job_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_job_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    where = {"sqlite_where": sa.text(OPEN), "postgresql_where": sa.text(OPEN)}
    op.create_index("uq_job_open", "job", ["asked_by", "about"], unique=True, **where)
    op.create_index("ix_job_due", "job", ["id"], **where)
    op.create_index("ix_job_asked_by_id", "job", ["asked_by", "id"])
    for name in ("event_id", "project_id", "created_at"):
        op.create_index(f"ix_job_{name}", "job", [name])
    op.create_table(
        "job_chunk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["job.id"], name=op.f("fk_job_chunk_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_chunk")),
        sa.UniqueConstraint("job_id", "position", name=op.f("uq_job_chunk_job_id_position")),
    )
