"""Both hosts behind PgBouncer, which lends few connections by the transaction."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.hosts.conftest import Hosts, Scene
from tests.hosts.crowd import crowd, kinds, longest_wait
from tests.hosts.servers import Pooler
from tests.hosts.stage import ask
from tests.hosts.test_faults import Several, check_letters, let_all_letters_leave
from tests.registration.checker import violations
from tests.registration.ending import look_at_the_end
from tests.registration.history import History, read

pytestmark = pytest.mark.hosts

CONNECTIONS = 4
"""Of the server, for four web processes with four threads each, and two workers."""
SECONDS = 25


@pytest.fixture
def pooler(hosts: Hosts) -> Iterator[Pooler]:
    """Start PgBouncer beside PostgreSQL."""
    if shutil.which("pgbouncer") is None:
        pytest.skip("needs pgbouncer (Debian: pgbouncer)")
    one = Pooler(hosts.lan, "c", hosts.folder / "pgbouncer")
    one.start(CONNECTIONS)
    yield one
    one.stop()


def test_a_pooler_that_lends_by_the_transaction_changes_nothing(
    scene: Scene, pooler: Pooler, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = make_url(scene.url).database or ""
    # What the service else asks of each session: the pooler does not pass it on.
    ask(scene.url, f"ALTER DATABASE {name} SET lock_timeout = '5s'")
    for machine in (scene.a, scene.b):
        machine.env |= {"DATABASE_URL": pooler.url(name), "DATABASE_POOLER": "on"}
        machine.start_web()
        machine.start_worker()
    assert ask(pooler.url(name), "SELECT current_setting('lock_timeout')") == [("5s",)]
    logs = tmp_path / "visitors"
    logs.mkdir()
    with crowd(scene.hosts.front, scene.sources, scene.board, logs, 0.5) as book:
        began = time.monotonic()
        time.sleep(SECONDS)
        ended = time.monotonic()
    let_all_letters_leave(scene)
    several = Several(scene)
    end = look_at_the_end(several, scene.env, scene.board)
    several.close()
    history = History(scene.board.plan, read(sorted(logs.iterdir())))
    seen = check_letters(scene, most_twice=0)
    with capsys.disabled():
        print(
            f"\nbehind {CONNECTIONS} connections: {book.requests} requests, met {kinds(book.met)}, "
            f"longest wait {longest_wait(book, began, ended):.1f} s, "
            f"{len(history.signed_up)} accepted, {len(seen)} letters"
        )
    assert violations(history, end) == []
    assert book.met == []
