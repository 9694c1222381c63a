"""A real server's settings for the tests that start one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.rush import postgresql_database
from benchmarks.server import server_settings


@pytest.fixture
def env(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Settings of a server on a database of its own, on the engine the tests run on."""
    with postgresql_database() as database:
        settings = server_settings(tmp_path)
        yield settings | ({"DATABASE_URL": database} if database else {})
