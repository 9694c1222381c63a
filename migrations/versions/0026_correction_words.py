"""What somebody asks to have corrected, in their own words."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE correction ADD COLUMN words VARCHAR(500) NOT NULL DEFAULT ''")


def downgrade() -> None:
    op.drop_column("correction", "words")
