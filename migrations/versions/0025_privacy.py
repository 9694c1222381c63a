"""What was forgotten and erased, in numbers; what people asked to have corrected."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forgetting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('answers', 'contacts', 'letters', 'people', 'files', 'security')",
            name=op.f("ck_forgetting_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_forgetting_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_forgetting_event_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forgetting")),
    )
    op.create_index("ix_forgetting_project_id", "forgetting", ["project_id", "id"])
    op.create_index(op.f("ix_forgetting_event_id"), "forgetting", ["event_id"])
    op.create_table(
        "erasure",
        sa.Column("registration_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("keeps_name", sa.Boolean(), nullable=False),
        sa.Column("swept_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "how IN ('page', 'phone', 'letter', 'talk')", name=op.f("ck_erasure_how")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_erasure_registration_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"],
            ["organiser.id"],
            name=op.f("fk_erasure_organiser_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_erasure")),
    )
    op.create_index(op.f("ix_erasure_organiser_id"), "erasure", ["organiser_id"])
    op.create_index(op.f("ix_erasure_swept_at"), "erasure", ["swept_at"])
    op.create_table(
        "correction",
        sa.Column("registration_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_correction_registration_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_correction")),
    )


def downgrade() -> None:
    for table in ("correction", "erasure", "forgetting"):
        op.drop_table(table)
