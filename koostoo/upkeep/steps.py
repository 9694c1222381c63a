"""The migrations this program brings, and the one the tables are at."""

from functools import lru_cache

from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import text

from koostoo.base.database import db


@lru_cache(maxsize=1)
def known_steps() -> tuple[str, ...]:
    """Return the numbers of all migrations, oldest first."""
    scripts = ScriptDirectory(current_app.extensions["migrate"].directory)
    return tuple(script.revision for script in scripts.walk_revisions())[::-1]


def step_of_tables() -> str | None:
    """Return the migration the tables are at; None: none has run."""
    found = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)
