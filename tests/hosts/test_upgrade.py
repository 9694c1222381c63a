"""One host after the other gets the new release, under load: nobody meets an error."""

import io
import subprocess
import sys
import tarfile
import time
from collections import Counter
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from tests.hosts.conftest import Scene
from tests.hosts.crowd import crowd, kinds, longest_wait
from tests.hosts.servers import ROOT, Machine
from tests.hosts.stage import ask
from tests.hosts.test_faults import Several, check_letters, let_all_letters_leave
from tests.registration.checker import violations
from tests.registration.ending import look_at_the_end
from tests.registration.history import History, read

pytestmark = pytest.mark.hosts

PAUSE = 1.0


def git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True).stdout


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """The code as it was before the newest migration came, in a folder of its own."""
    head = ScriptDirectory(str(ROOT / "migrations")).get_revision("head")
    try:
        added = git("log", "-1", "--diff-filter=A", "--format=%H", "--", head.path).decode().strip()
        packed = git("archive", f"{added}^")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs the history of the code (git)")
    folder = tmp_path / "release-before"
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    subprocess.run(
        [sys.executable, "-m", "babel.messages.frontend", "-q", "compile", "-d",
         "koostoo/translations"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    return folder


def revision(scene: Scene) -> str:
    return str(ask(scene.url, "SELECT version_num FROM alembic_version")[0][0])


def upgrade_host(machine: Machine) -> None:
    machine.stop()
    machine.code = ROOT
    code, words = machine.flask("db", "upgrade")
    assert code == 0, words
    machine.start_web()
    machine.start_worker()


def test_hosts_are_upgraded_one_after_the_other_and_nobody_notices(
    scene: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for machine in (scene.a, scene.b):
        machine.start_web()
        machine.start_worker()
    before = revision(scene)
    logs = tmp_path / "visitors"
    logs.mkdir()
    with crowd(scene.hosts.front, scene.sources, scene.board, logs, PAUSE) as book:
        began = time.monotonic()
        time.sleep(10)
        upgrade_host(scene.b)
        after = revision(scene)
        # The new release on B and the one before on A, on one schema.
        served = [machine.lines("web") for machine in (scene.a, scene.b)]
        time.sleep(15)
        both = [
            machine.lines("web") - lines
            for machine, lines in zip((scene.a, scene.b), served, strict=True)
        ]
        assert scene.a.is_healthy()
        # What the release before does not know it leaves alone.
        code, words = scene.a.flask("db", "upgrade")
        assert (code != 0, after in words, revision(scene)) == (True, True, after)
        upgrade_host(scene.a)
        time.sleep(8)
        ended = time.monotonic()
    let_all_letters_leave(scene)
    several = Several(scene)
    end = look_at_the_end(several, scene.env, scene.board)
    several.close()
    history = History(scene.board.plan, read(sorted(logs.iterdir())))
    seen = check_letters(scene, most_twice=0)
    with capsys.disabled():
        states = dict(Counter(row.state for row in end.rows))
        print(
            f"\nfrom {before} to {after} in {ended - began:.0f} s: {book.requests} requests, met "
            f"{kinds(book.met)}, longest wait {longest_wait(book, began, ended):.1f} s; on one "
            f"schema the old code answered {both[0]}, the new {both[1]} requests"
        )
        print(
            f"accepted {len(history.signed_up)}, in the database {len(end.rows)}: {states}; "
            f"{len(scene.mail.contents)} letters of {len(seen)} Message-IDs"
        )
    assert violations(history, end) == []
    assert before != after
    assert min(both) > 20
    assert book.met == []
