"""Visitors who do not give in, and a book of what they met."""

import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPSConnection
from pathlib import Path

from benchmarks.load import Answer, Browser
from tests.hosts.servers import NAME, Front
from tests.registration.operations import (
    NEED_SOMEBODY,
    Board,
    Client,
    cancel,
    change,
    look,
    sign_up,
    sign_up_two,
)

WAY = {sign_up: 12, sign_up_two: 1, look: 3, cancel: 3, change: 3}
"""What a visitor does how often."""
GIVE_IN = 90.0
"""Seconds after which even they go home, and the test fails."""
AWAY = (502, 503, 504)
"""Answers after which the same is asked again."""


@dataclass(frozen=True, slots=True)
class Met:
    """A request that got no answer worth having: what came instead, and from when to when."""

    kind: str
    began: float
    ended: float


@dataclass
class Book:
    """What all visitors met together; times are those of `time.monotonic`."""

    requests: int = 0
    met: list[Met] = field(default_factory=list)
    waits: list[tuple[float, float]] = field(default_factory=list)
    """From when to when somebody waited for each answer, asking again included."""
    lock: threading.Lock = field(default_factory=threading.Lock)


class Connection(HTTPSConnection):
    """A connection to the front under the name of the service, from an address of its own."""

    def __init__(self, front: Front, source: str) -> None:
        self._front, self._source = front.address, source
        trust = ssl.create_default_context(cafile=str(front.certificate))
        super().__init__(NAME, timeout=45, context=trust)
        self._trust = trust

    def connect(self) -> None:
        """Lead to the front without asking for the name."""
        plain = socket.create_connection((self._front, 443), 10, (self._source, 0))
        plain.settimeout(45)
        self.sock = self._trust.wrap_socket(plain, server_hostname=NAME)


class Patient:
    """A browser whose user presses the button again until the service has answered."""

    def __init__(self, front: Front, source: str, book: Book) -> None:
        self._front, self._source, self._book = front, source, book
        self._cookies = dict[str, str]()
        self._browser = self._open()

    def get(self, path: str) -> Answer:
        """Fetch a page."""
        return self._ask(path, None)

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form; the very same one again where there is no answer."""
        return self._ask(path, fields)

    def close(self) -> None:
        """Go home."""
        self._browser.close()

    def _open(self) -> Browser:
        return Browser(Connection(self._front, self._source), self._cookies)

    def _ask(self, path: str, fields: Mapping[str, str] | None) -> Answer:
        began = time.monotonic()
        while True:
            sent, kind = time.monotonic(), ""
            try:
                browser = self._browser
                answer = browser.get(path) if fields is None else browser.post(path, fields)
            except (OSError, HTTPException) as error:
                answer, kind = None, type(error).__name__
            if answer is not None and answer.status >= 500:
                by = "front" if b"<center>nginx</center>" in answer.body else "service"
                kind = f"{answer.status} of the {by}"
            ended = time.monotonic()
            with self._book.lock:
                self._book.requests += 1
                if kind:
                    self._book.met.append(Met(kind, sent, ended))
            if answer is not None and answer.status not in AWAY:
                self._book.waits.append((began, ended))
                return answer
            assert ended - began < GIVE_IN, f"{path}: no answer but {kind}"
            self._browser.close()
            self._browser = self._open()
            time.sleep(0.5)


def wander(client: Client, over: threading.Event, pause: float) -> None:
    """Do this and that until it is over, with pauses of about so many seconds."""
    while not over.wait(pause * client.chance.uniform(0.5, 1.5)):
        (operation,) = client.chance.choices([*WAY], [*WAY.values()])
        if operation in NEED_SOMEBODY and not client.own:
            operation = sign_up
        operation(client)


@contextmanager
def crowd(
    front: Front, sources: list[str], board: Board, folder: Path, pause: float
) -> Iterator[Book]:
    """Let a visitor come from each of these addresses while the block runs.

    Raises what went wrong first, after all have gone home. Their logs lie in the folder.
    """
    book, over, failures = Book(), threading.Event(), list[BaseException]()

    def visit(number: int, source: str) -> None:
        patient = Patient(front, source, book)
        client = Client(patient, board, number, folder / f"visitor-{number}.jsonl")
        try:
            wander(client, over, pause)
        except BaseException as error:  # noqa: BLE001 - raised again by the main thread
            failures.append(error)
        finally:
            patient.close()

    threads = [
        threading.Thread(target=visit, args=(number, source))
        for number, source in enumerate(sources)
    ]
    for thread in threads:
        thread.start()
    try:
        yield book
    finally:
        over.set()
        for thread in threads:
            thread.join()
    if failures:
        raise failures[0]


def kinds(met: list[Met]) -> dict[str, int]:
    """Count what was met by its kind."""
    return dict(Counter(one.kind for one in met))


def longest_wait(book: Book, began: float, ended: float) -> float:
    """Return how long the most unlucky visitor waited who was answered in this time."""
    return max((e - b for b, e in book.waits if began <= e <= ended), default=0.0)
