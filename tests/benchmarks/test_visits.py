"""What the benchmark does works against the real server, and leaves nothing running."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from benchmarks import desk_pages, floor, visits
from benchmarks.desk import invite, sign_in
from benchmarks.load import Browser, Step, hammer
from benchmarks.server import Server, free_port, serve, server_settings
from benchmarks.stage import set_stage

OURS: tuple[Callable[[Browser], Step], ...] = (
    visits.event_page,
    visits.new_event_page,
    visits.form,
    visits.sign_up,
    visits.post,
    visits.feed,
    visits.unchanged_feed,
)
AT_THE_FLOOR = (visits.floor_page, visits.floor_insert, visits.floor_sign_up)


def take(server: Server, prepare: Callable[[Browser], Step]) -> None:
    browser = Browser(server)
    prepare(browser)()
    browser.close()


@pytest.mark.slow
def test_every_visit_succeeds_on_the_real_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first visit shows whether a page opens; the others only steady its figure. All are named:
    # which are the slowest of so few people changes from run to run.
    monkeypatch.setattr(desk_pages, "VISITS", 1)
    monkeypatch.setattr(desk_pages, "SLOWEST", 1000)
    env = server_settings(tmp_path) | {"GUNICORN_CMD_ARGS": "--preload"}
    set_stage(env, people=10)
    port = int(env["BASE_URL"].rpartition(":")[2])
    with serve("app:app", env, tmp_path / "log", port, visits.EVENT_PAGE) as server:
        for prepare in OURS:
            take(server, prepare)
        assert hammer(server, visits.form, 0.2).per_second > 0
        desk = Browser(server, {})
        sign_in(desk, invite(env))
        pages = [row.name for row in desk_pages.desk_rows(desk, "SQLite", env)]
        desk.close()
        opened = {name.rpartition(" ")[2] for name in pages}
        assert opened >= {desk_pages.LIST, "/desk/", *desk_pages.VARIANTS}, opened
        assert len(opened) > 70, opened
        workers = server.workers()
    assert workers
    assert not any(Path(f"/proc/{pid}").exists() for pid in (server.pid, *workers))
    engine = create_engine(env["DATABASE_URL"])
    with engine.connect() as connection:
        people = connection.execute(text("SELECT count(*) FROM registration")).scalar_one()
    engine.dispose()
    assert people == 10 + 2


@pytest.mark.slow
def test_every_visit_succeeds_at_the_floor(tmp_path: Path) -> None:
    database = str(tmp_path / "floor.db")
    floor.create_table(database)
    env = {"FLOOR_DATABASE": database, "FLOOR_PAGE_BYTES": "1234", "WEB_CONCURRENCY": "1"}
    with serve("benchmarks.floor:app", env, tmp_path / "log", free_port(), "/page") as server:
        for prepare in AT_THE_FLOOR:
            take(server, prepare)
        page = Browser(server)
        assert len(page.get("/page").body) == 1234
        page.close()
