"""What the service refuses to start on, and what it says; one refusal after the other."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from config import SettingsError, settings
from koostoo import create_app, worker
from koostoo.base import disk
from koostoo.base.disk import UnfitDisk, network_filesystem
from koostoo.upkeep import database_checks

ROOT = Path(__file__).resolve().parents[2]
LOADED = """
import gc
def looks(): return sum(one["collections"] for one in gc.get_stats())
before = looks()
import app
# Python may look once or twice before the first line of app.py is reached, else hundreds of times.
assert looks() - before < 10, "garbage was looked for while the service was loaded"
assert gc.isenabled(), "garbage is never looked for again"
assert gc.get_freeze_count() > 100_000, "it will be looked for in all that was loaded"
from koostoo.web.api import asked, shapes
def models(kind): return {kind}.union(*(models(one) for one in kind.__subclasses__()))
every = models(asked.Asked) | models(shapes.Shape)
assert len(every) > 20
built = {one.__name__ for one in every if one.__pydantic_complete__}
assert built <= {"Listed"}, built
import threading
gate, wrong = threading.Barrier(8), []
def ask():
    gate.wait()
    try:
        asked.EventsAsked.model_validate({"cursor": "7"})
        shapes.Words(et="Jah", en=None).model_dump_json()
    except Exception as error:
        wrong.append(error)
crowd = [threading.Thread(target=ask) for _ in range(8)]
for one in crowd: one.start()
for one in crowd: one.join()
assert not wrong, wrong
"""
KEY = "aB3-kqZ9_wXr7TmNf5LcHv2YgJd8SpQe"
GOOD = {"SECRET_KEY": KEY, "BASE_URL": "https://koostoo.example.ee"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": KEY[:31]}, "SECRET_KEY is too short"),
        ({"SECRET_KEY": "x" * 64}, "SECRET_KEY can be guessed"),
        ({"SECRET_KEY": "change-me-to-something-long-and-random"}, "SECRET_KEY can be guessed"),
        ({"BASE_URL": ""}, "BASE_URL is not set"),
        ({"BASE_URL": "https://"}, "BASE_URL is not set"),
        ({"BASE_URL": "http://koostoo.example.ee"}, "give the address with https"),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG is on"),
    ],
)
def test_unsafe_settings_are_refused_with_what_to_do(change: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        settings(GOOD | change)


def test_safe_settings_are_taken_and_only_the_public_host_is_answered(tmp_path: Path) -> None:
    app = create_app(settings(GOOD | {"INSTANCE_PATH": str(tmp_path)}))
    assert app.config["TRUSTED_HOSTS"] == ["koostoo.example.ee"]
    assert not app.debug
    client = app.test_client()
    for host, status in (("koostoo.example.ee", 200), ("evil.example", 400), ("127.0.0.1", 400)):
        assert client.get("/robots.txt", base_url=f"https://{host}").status_code == status


def test_a_bench_on_this_machine_needs_no_https() -> None:
    assert settings(GOOD | {"BASE_URL": "http://127.0.0.1:8000/"})["BASE_URL"].endswith(":8000")


@pytest.mark.parametrize(
    ("kind", "refused"),
    [("nfs4", True), ("cifs", True), ("fuse.sshfs", True), ("ext4", False), ("fuse.zfs", False)],
)
def test_sqlite_on_a_network_file_system_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, refused: bool
) -> None:
    place = tmp_path / "a share"
    place.mkdir()
    mounts = tmp_path / "mounts"
    escaped = str(place).replace(" ", r"\040")
    mounts.write_text(f"root / ext4 rw 0 0\nserver:/data {escaped} {kind} rw 0 0\n")
    monkeypatch.setattr(disk, "MOUNTS", mounts)
    config = settings(GOOD | {"INSTANCE_PATH": str(place)})
    if refused:
        with pytest.raises(UnfitDisk, match=f"network file system \\({kind}\\)"):
            create_app(config)
    else:
        create_app(config)
    # PostgreSQL keeps its files elsewhere; only mailbox and key would lie here.
    url = "postgresql+psycopg://koostoo@/koostoo"
    create_app(config | {"SQLALCHEMY_DATABASE_URI": url})


def test_of_two_mounts_the_nearest_counts_and_the_machine_of_the_tests_is_local(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert network_filesystem(tmp_path / "not-there-yet.db") == ""
    mounts = tmp_path / "mounts"
    mounts.write_text(f"a / nfs rw 0 0\nb {tmp_path} ext4 rw 0 0\nc {tmp_path}-other nfs rw 0 0\n")
    monkeypatch.setattr(disk, "MOUNTS", mounts)
    assert network_filesystem(tmp_path / "file") == ""
    assert network_filesystem(tmp_path.parent) == "nfs"
    monkeypatch.setattr(disk, "MOUNTS", tmp_path / "no-such-file")
    assert network_filesystem(tmp_path) == ""


@pytest.mark.parametrize(("safe", "warned"), [((99,), True), ((3, 0), False)])
def test_a_worker_warns_of_an_sqlite_that_several_processes_may_damage(
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    safe: tuple[int, ...],
    warned: bool,
) -> None:
    told = list[str]()
    monkeypatch.setattr(database_checks, "SAFE_SQLITE", safe)
    monkeypatch.setattr(worker, "run", lambda stop: stop.set())
    monkeypatch.setattr(app.logger, "warning", lambda words, *rest: told.append(words % rest))
    assert app.test_cli_runner().invoke(args=["worker"]).exit_code == 0
    is_file = app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
    assert ["PostgreSQL is free of it" in words for words in told] == [True] * (is_file and warned)


def test_loading_looks_for_no_garbage_and_leaves_the_models_of_the_api_to_who_asks_first(
    tmp_path: Path,
) -> None:
    env = {**os.environ, **GOOD, "INSTANCE_PATH": str(tmp_path)}
    subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, env=env, check=True)
