"""What a question is for, who is asked it and when, and whether its answers are sensitive."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

PURPOSES = ("", "diet", "stop", "room", "roommate", "nights")
ASKED = ("signup", "organisers", "checkin")


def upgrade() -> None:
    with op.batch_alter_table("question") as table:
        table.add_column(sa.Column("purpose", sa.String(12), server_default="", nullable=False))
        table.add_column(sa.Column("asked", sa.String(12), server_default="signup", nullable=False))
        table.add_column(
            sa.Column("is_sensitive", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        table.create_check_constraint("purpose", f"purpose IN {PURPOSES}")
        table.create_check_constraint("asked", f"asked IN {ASKED}")


def downgrade() -> None:
    with op.batch_alter_table("question") as table:
        table.drop_constraint("asked", type_="check")
        table.drop_constraint("purpose", type_="check")
        table.drop_column("is_sensitive")
        table.drop_column("asked")
        table.drop_column("purpose")
