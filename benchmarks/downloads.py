"""Downloads: how long a long list takes as a file, and how much memory."""

import time
from collections.abc import Callable, Iterator, Sequence
from statistics import median

from benchmarks import visits
from benchmarks.desk import invite, sign_in
from benchmarks.load import Browser
from benchmarks.running import Stage
from benchmarks.server import Server
from benchmarks.stage import FULL, PEOPLE
from benchmarks.table import Row, limit_row

DOWNLOADS = 3


def download_rows(stages: Sequence[Stage], say: Callable[[str], None]) -> Iterator[Row]:
    """Fetch the list of PEOPLE rows in both forms, each from a server just started."""
    for stage in stages:
        cookies: dict[str, str] = {}
        link = invite(stage.env)
        for kind, seconds, megabytes in (("csv", None, None), ("xlsx", 2.0, 60.0)):
            name = f"list of {PEOPLE} rows, {kind.upper()}, {stage.engine}"
            say(name)
            with stage.start() as server:
                browser = Browser(server, cookies)
                if not cookies:
                    sign_in(browser, link)
                took, cpu, above = _fetched(browser, server, kind)
                browser.close()
            yield limit_row(name, took, "s", seconds, cpu)
            yield limit_row(f"{name}: peak above idle", above, "MB", megabytes)


def _fetched(browser: Browser, server: Server, kind: str) -> tuple[float, float, float]:
    """Return seconds, processor seconds, and memory in MB above idle of fetching the list."""
    path = f"/desk/events/{FULL}/registrations"
    visits.expect(browser.get(path), 200)
    # The other worker may still be importing.
    time.sleep(1)
    idle, used, durations = server.memory(), server.cpu_seconds(), []
    for _ in range(DOWNLOADS):
        began = time.perf_counter()
        content = visits.expect(browser.get(f"{path}.{kind}"), 200).body
        durations.append(time.perf_counter() - began)
        assert len(content) > PEOPLE, "the list is too short to be whole"
    cpu = (server.cpu_seconds() - used) / DOWNLOADS
    above = max(peak - idle[pid].now for pid, (_, peak) in server.memory().items())
    return median(durations), cpu, above
