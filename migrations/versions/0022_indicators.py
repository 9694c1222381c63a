"""Who counts as whom, what was decided about it, and reports that do not change any more.

The index of registrations by their last revision lets figures see at once that nothing has changed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

FROZEN = (
    "id, project_id, title, first, last, activity_id, organisation_id, figures, digest, frozen_at"
)


def upgrade() -> None:
    op.create_table(
        "counted_registration",
        sa.Column("registration_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("sector", sa.String(length=8), nullable=False),
        sa.Column("revised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name="fk_counted_registration_registration_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name="fk_counted_registration_project_id"
        ),
        sa.PrimaryKeyConstraint("registration_id", name="pk_counted_registration"),
    )
    op.create_index("ix_counted_registration_matched_at", "counted_registration", ["matched_at"])
    op.create_table(
        "event_tally",
        sa.Column("event_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name="fk_event_tally_event_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", name="pk_event_tally"),
    )
    op.create_table(
        "tallied_project",
        sa.Column("project_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name="fk_tallied_project_project_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", name="pk_tallied_project"),
    )
    op.create_table(
        "matched_project",
        sa.Column("project_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("registers", sa.Integer(), nullable=False),
        sa.Column("doubtful_people", sa.Integer(), nullable=False),
        sa.Column("doubtful_companies", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name="fk_matched_project_project_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", name="pk_matched_project"),
    )
    op.create_table(
        "match_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=12), nullable=False),
        sa.Column("verdict", sa.String(length=5), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "subject IN ('person', 'organisation')", name="ck_match_decision_subject"
        ),
        sa.CheckConstraint("verdict IN ('same', 'apart')", name="ck_match_decision_verdict"),
        sa.CheckConstraint("first_id < second_id", name="ck_match_decision_order"),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name="fk_match_decision_project_id",
            ondelete="CASCADE",
        ),
        *(
            sa.ForeignKeyConstraint(
                [name],
                ["registration.id"],
                name=f"fk_match_decision_{name}",
                ondelete="CASCADE",
            )
            for name in ("first_id", "second_id")
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"],
            ["organiser.id"],
            name="fk_match_decision_organiser_id",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_match_decision"),
    )
    for name in ("first_id", "second_id", "organiser_id"):
        op.create_index(f"ix_match_decision_{name}", "match_decision", [name])
    op.create_index("ix_match_decision_project_id", "match_decision", ["project_id", "id"])
    op.create_index(
        "uq_match_decision_pair",
        "match_decision",
        ["subject", "first_id", "second_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_index("ix_registration_revised_at", "registration", ["revised_at"])
    op.create_index("ix_attendance_mark_received_at", "attendance_mark", ["received_at"])
    op.create_table(
        "frozen_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("first <= last", name="ck_frozen_report_period"),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason = '')", name="ck_frozen_report_withdrawn"
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_frozen_report_project_id"),
        *(
            sa.ForeignKeyConstraint(
                [name],
                ["organiser.id"],
                name=f"fk_frozen_report_{name}",
                ondelete="SET NULL",
            )
            for name in ("frozen_by", "withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_frozen_report"),
    )
    op.create_index("ix_frozen_report_project_id", "frozen_report", ["project_id", "id"])
    for name in ("frozen_by", "withdrawn_by"):
        op.create_index(f"ix_frozen_report_{name}", "frozen_report", [name])
    _keep_as_it_is()


def _keep_as_it_is() -> None:
    """Let the database itself refuse to change what was frozen."""
    words = "a frozen report does not change"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER frozen_report_stays BEFORE UPDATE OF {FROZEN} ON frozen_report "
            f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION frozen_report_stays() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{words}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER frozen_report_stays BEFORE UPDATE OF {FROZEN} ON frozen_report "
        "FOR EACH ROW EXECUTE FUNCTION frozen_report_stays()"
    )


def downgrade() -> None:
    op.drop_table("frozen_report")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION frozen_report_stays()")
    op.drop_index("ix_attendance_mark_received_at", "attendance_mark")
    op.drop_index("ix_registration_revised_at", "registration")
    op.drop_table("match_decision")
    op.drop_table("matched_project")
    op.drop_table("tallied_project")
    op.drop_table("event_tally")
    op.drop_table("counted_registration")
