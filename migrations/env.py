"""How migrations run: on the application's engine, one transaction for all steps.

On SQLite foreign keys are off while tables are rebuilt: with them on, a rebuilt parent table
would delete its children by ON DELETE CASCADE.
"""

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import DateTime
from sqlalchemy.types import TypeDecorator

from koostoo.base.database import db


def _render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write plain column types: a migration must not change when our classes do."""
    if kind == "type" and isinstance(item, TypeDecorator):
        plain = item.impl
        arguments = "timezone=True" if isinstance(plain, DateTime) else ""
        return f"sa.{type(plain).__name__}({arguments})"
    return False


def _run() -> None:
    engine = db.engine
    with engine.connect().execution_options(write=True) as connection:
        if engine.dialect.name == "sqlite":
            # Outside a transaction, where the setting is heeded; the driver emits no BEGIN.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        arguments = current_app.extensions["migrate"].configure_args
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            **(arguments | {"transactional_ddl": True, "render_item": _render_item}),
        )
        try:
            with context.begin_transaction():
                context.run_migrations()
        finally:
            if engine.dialect.name == "sqlite":
                connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")


_run()
