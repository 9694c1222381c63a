"""The crowd among which a sign-up is measured is made of whole registrations."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from benchmarks.growth import add_crowd
from benchmarks.rush import postgresql_database
from benchmarks.server import server_settings
from benchmarks.stage import OPEN, set_stage


@pytest.mark.slow
def test_the_crowd_is_as_large_as_asked_and_each_was_written_to(tmp_path: Path) -> None:
    with postgresql_database() as database:
        env = server_settings(tmp_path) | ({"DATABASE_URL": database} if database else {})
        set_stage(env, people=1)
        add_crowd(env, 300)
        engine = create_engine(env["DATABASE_URL"])
        with engine.connect() as connection:
            counted = connection.execute(
                text(
                    "SELECT count(DISTINCT r.id), count(DISTINCT r.email_key), count(m.id) "
                    "FROM registration r JOIN event e ON e.id = r.event_id "
                    "LEFT JOIN outbox_message m ON m.registration_id = r.id "
                    "WHERE e.slug = :slug AND r.state = 'confirmed'"
                ),
                {"slug": OPEN},
            ).one()
        engine.dispose()
    assert tuple(counted) == (300, 300, 300)
