"""vdirsyncer, a program that keeps a copy of a feed on disk, against the service as it runs.

Of each event it keeps a file and compares what came with what it has: whatever is written
otherwise than last time without a reason would show as a change.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from icalendar import Calendar
from werkzeug.serving import make_server

from koostoo.base.clock import now
from koostoo.base.database import transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.events.service import draft_of
from koostoo.registration.event_changes import call_off, edit_event
from tests.calendars.readers import need

MakeEvent = Callable[..., Event]
CONTACT = {"contact_email": "info@example.org", "summary": LocalText("Läheme külla.")}


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The service on a port of its own; where its feed is."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/calendar.ics"
    server.shutdown()
    thread.join()
    server.server_close()


class Copy:
    """A copy of a feed that vdirsyncer keeps in a folder."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.settings = folder, folder / "config"
        self.files = folder / "events"
        self.files.mkdir()
        self.settings.write_text(
            f'[general]\nstatus_path = "{folder}/status"\n'
            '[pair feed]\na = "web"\nb = "disk"\ncollections = null\n'
            '[storage web]\ntype = "http"\n'
            f'url = "{address}"\n'
            '[storage disk]\ntype = "filesystem"\nfileext = ".ics"\n'
            f'path = "{self.files}"\n'
        )
        self._run("discover")

    def sync(self) -> dict[str, bytes]:
        """Fetch what is new; return the files by their names."""
        self._run("sync")
        return {path.name: path.read_bytes() for path in self.files.iterdir()}

    def _run(self, command: str) -> None:
        done = subprocess.run(
            ["vdirsyncer", "-c", self.settings, command],
            env={**os.environ, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_what_has_changed_is_fetched_and_nothing_else(
    tmp_path: Path, address: str, make_event: MakeEvent
) -> None:
    need("vdirsyncer")
    mended, moved, gone, off, _same = (
        make_event(title=LocalText(f"nr {number}"), **CONTACT) for number in range(5)
    )
    copy = Copy(tmp_path, address)
    before = copy.sync()
    assert len(before) == 5
    assert copy.sync() == before
    edit_event(mended.id, replace(draft_of(mended), title=LocalText("nr zero")), 1, now())
    edit_event(moved.id, replace(draft_of(moved), when=two_days()), 1, now())
    call_off(off.id, LocalText("Torm."), now())
    with transaction() as session:
        row = session.get_one(Event, gone.id)
        row.state, row.version, row.revised_at = "draft", 2, now()

    after = copy.sync()

    # It names the files of a feed by their content: what has changed goes and comes.
    assert titles(before, after) == ["nr 0", "nr 1", "nr 2", "nr 3"]
    assert titles(after, before) == [
        "nr 1 (1/2)",
        "nr 1 (2/2)",
        "nr zero",
        "ÄRA JÄETUD: nr 3",
    ]
    assert copy.sync() == after


def titles(these: dict[str, bytes], others: dict[str, bytes]) -> list[str]:
    """Return the titles of those files that the others lack, in order."""
    own = [Calendar.from_ical(these[name]) for name in these.keys() - others.keys()]
    return sorted(str(calendar.walk("VEVENT")[0]["SUMMARY"]) for calendar in own)


def two_days() -> When:
    start = (now() + timedelta(days=40)).replace(hour=9)
    hours = [start + timedelta(days=day) for day in (0, 1)]
    return When.day_by_day((begin, begin + timedelta(hours=3)) for begin in hours)
