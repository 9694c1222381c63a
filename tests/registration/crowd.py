"""People who sign up at a running server until they are told to stop, and what became of them."""

import threading
from http.client import HTTPException
from typing import Any

from benchmarks.load import Answer, Browser
from benchmarks.rush import FORM
from benchmarks.server import Server
from tests.registration.visitors import form_of

CLIENTS, MOST = 8, 2000
TRIES = 200


class Visitor:
    """Somebody who presses the button again until the service has answered."""

    def __init__(self, server: Server) -> None:
        self._server, self._cookies = server, dict[str, str]()
        self._browser = Browser(server, self._cookies)

    def ask(self, fields: dict[str, str] | None = None) -> Answer:
        """Open the form, or send it, until there is an answer that is no fault of the server."""
        for _ in range(TRIES):
            try:
                answer = self._browser.post(FORM, fields) if fields else self._browser.get(FORM)
            except (OSError, HTTPException):
                self._browser.close()
                self._browser = Browser(self._server, self._cookies)
            else:
                if answer.status < 500:
                    return answer
        raise AssertionError("the service never answered")

    def close(self) -> None:
        """Go home."""
        self._browser.close()


class Crowd:
    """People who sign up one after the other, several at once, until it is over."""

    def __init__(self, server: Server, clients: int = CLIENTS) -> None:
        self.acknowledged: list[int] = []
        self.failures: list[BaseException] = []
        self._server, self._numbers = server, iter(range(MOST))
        self._over, self._progress = threading.Event(), threading.Condition()
        self._threads = [threading.Thread(target=self._sign_up_people) for _ in range(clients)]
        for thread in self._threads:
            thread.start()

    def wait_for(self, more: int) -> None:
        """Return once so many more were acknowledged, so that sign-ups are under way."""
        with self._progress:
            wanted = len(self.acknowledged) + more
            while len(self.acknowledged) < wanted and not self.failures:
                assert self._progress.wait(120), "nobody gets through any more"

    def end(self) -> None:
        """Let everybody finish; raise what went wrong first."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        if self.failures:
            raise self.failures[0]

    def _sign_up_people(self) -> None:
        visitor = Visitor(self._server)
        try:
            page = visitor.ask().text
            while not self._over.is_set() and (number := next(self._numbers, None)) is not None:
                answer = visitor.ask(form_of(page, number))
                assert answer.status == 303, answer.text[:500]
                assert "/my/" in answer.location, answer.location
                self._note(self.acknowledged, number)
        except BaseException as error:  # noqa: BLE001 - raised again by the main thread
            self._note(self.failures, error)
        finally:
            visitor.close()

    def _note(self, book: list[Any], what: Any) -> None:
        with self._progress:
            book.append(what)
            self._progress.notify_all()
