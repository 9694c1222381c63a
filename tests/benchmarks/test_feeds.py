"""The events of which long feeds are made are all in them."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from benchmarks.feeds import add_events
from benchmarks.rush import postgresql_database
from benchmarks.server import server_settings
from benchmarks.stage import OPEN, set_stage


@pytest.mark.slow
def test_the_feed_is_as_long_as_asked(tmp_path: Path) -> None:
    with postgresql_database() as database:
        env = server_settings(tmp_path) | ({"DATABASE_URL": database} if database else {})
        set_stage(env, people=1)
        add_events(env, 120)
        engine = create_engine(env["DATABASE_URL"])
        with engine.connect() as connection:
            counted = connection.execute(
                text(
                    "SELECT count(DISTINCT uid), count(DISTINCT starts_on) FROM event "
                    "WHERE slug LIKE :slug AND state = 'published' AND date_kind = 'timed'"
                ),
                {"slug": f"{OPEN}-%"},
            ).one()
        engine.dispose()
    assert tuple(counted) == (120, 120)
