"""Acts that are about an organisation or a project and not about one event."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ABOUT = ("project", "organisation")


def upgrade() -> None:
    with op.batch_alter_table("audit_entry") as table:
        for name in ABOUT:
            table.add_column(sa.Column(f"{name}_id", sa.Integer(), nullable=True))
            table.create_foreign_key(
                op.f(f"fk_audit_entry_{name}_id"),
                name,
                [f"{name}_id"],
                ["id"],
                ondelete="CASCADE",
            )
    for name in ABOUT:
        op.create_index(f"ix_audit_entry_{name}_id", "audit_entry", [f"{name}_id"])
    _fill()


def downgrade() -> None:
    for name in ABOUT:
        op.drop_index(f"ix_audit_entry_{name}_id", "audit_entry")
    with op.batch_alter_table("audit_entry") as table:
        for name in ABOUT:
            table.drop_constraint(op.f(f"fk_audit_entry_{name}_id"), type_="foreignkey")
            table.drop_column(f"{name}_id")


def _fill() -> None:
    """Take what roles were about out of the detail of acts written before."""
    entry = sa.table(
        "audit_entry",
        sa.column("id", sa.Integer),
        sa.column("action", sa.String),
        sa.column("detail", sa.JSON),
        *(sa.column(f"{name}_id", sa.Integer) for name in ABOUT),
    )
    connection = op.get_bind()
    there = {
        name: set(connection.scalars(sa.text(f"SELECT id FROM {name}")))  # noqa: S608 - from ABOUT
        for name in ABOUT
    }
    acts = connection.execute(
        sa.select(entry.c.id, entry.c.detail).where(
            entry.c.action.in_(("role_given", "role_taken"))
        )
    ).all()
    for number, detail in acts:
        about = {f"{name}_id": detail.get(f"{name}_id") for name in ABOUT}
        about = {key: value for key, value in about.items() if value in there[key[:-3]]}
        if about:
            connection.execute(sa.update(entry).where(entry.c.id == number).values(**about))
