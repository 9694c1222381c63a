"""How migrations run: on the application's engine, one transaction for all steps.

On SQLite foreign keys are off while tables are rebuilt: with them on, a rebuilt parent table
would delete its children by ON DELETE CASCADE.
"""

from alembic import context
from flask import current_app

from koostoo.base.database import db


def _run() -> None:
    engine = db.engine
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # Outside a transaction, where the setting is heeded; the driver emits no BEGIN.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        connection = connection.execution_options(write=True)
        arguments = current_app.extensions["migrate"].configure_args
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            transactional_ddl=True,
            compare_type=True,
            **arguments,
        )
        with context.begin_transaction():
            context.run_migrations()
        if engine.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")


_run()
