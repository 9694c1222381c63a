"""Bounded load over loopback: a few browsers that keep their connection, for a few seconds."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from benchmarks.server import Server

CLIENTS = 8
"""As many as the server has threads: two processes with four each."""

IDLE = 2.0
"""Seconds after which a connection is not used again: the server keeps one for five."""

Step = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    location: str
    etag: str
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Browser:
    """One keep-alive connection; `cookies` are kept in the given dictionary.

    It leads to a server of this machine, or is one that is handed in.
    """

    def __init__(
        self, server: Server | HTTPConnection, cookies: dict[str, str] | None = None
    ) -> None:
        self._connection = (
            server
            if isinstance(server, HTTPConnection)
            else HTTPConnection("127.0.0.1", server.port, timeout=60)
        )
        self._last = time.monotonic()
        self._cookies = {} if cookies is None else cookies

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Fetch a page."""
        return self._ask("GET", path, None, headers or {})

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(fields), kind)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> Answer:
        if self._cookies:
            crumbs = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
            headers = {**headers, "Cookie": crumbs}
        if time.monotonic() - self._last > IDLE:
            self._connection.close()  # The server may be hanging up just now; it opens anew.
        self._connection.request(method, path, body, dict(headers))
        response = self._connection.getresponse()
        self._last = time.monotonic()
        content = response.read()
        self._keep_cookies(response)
        return Answer(
            response.status,
            response.headers.get("Location", ""),
            response.headers.get("ETag", ""),
            content,
        )

    def _keep_cookies(self, response: HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie", []):
            for name, crumb in SimpleCookie(line).items():
                self._cookies[name] = crumb.value


@dataclass(frozen=True, slots=True)
class Rate:
    """How many steps a second, and what each cost the server in milliseconds of processor time."""

    per_second: float
    cpu_ms: float


def hammer(
    server: Server, make_step: Callable[[Browser], Step], seconds: float, clients: int = CLIENTS
) -> Rate:
    """Let so many browsers repeat their step for so long; raise what the first failure raised.

    Each browser prepares (and takes its first step, not counted) before the clock starts.
    """
    counts, failures = [0] * clients, list[BaseException]()
    ready, halt = threading.Barrier(clients + 1), threading.Event()

    def run(number: int) -> None:
        browser = Browser(server)
        try:
            step = make_step(browser)
            step()
            ready.wait()
            while not halt.is_set():
                step()
                counts[number] += 1
        except BaseException as error:  # noqa: BLE001 - raised again by the main thread
            failures.append(error)
            ready.abort()
        finally:
            browser.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    try:
        ready.wait()
        started, used = time.perf_counter(), server.cpu_seconds()
        halt.wait(seconds)
    except threading.BrokenBarrierError:
        started, used = time.perf_counter(), 0.0
    finally:
        halt.set()
        for thread in threads:
            thread.join()
    if failures:
        real = [error for error in failures if not isinstance(error, threading.BrokenBarrierError)]
        raise (real or failures)[0]
    done = sum(counts)
    passed, spent = time.perf_counter() - started, server.cpu_seconds() - used
    return Rate(done / passed, spent * 1000 / done)
