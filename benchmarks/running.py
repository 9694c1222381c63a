"""A stage the service is started on."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks import visits
from benchmarks.server import Server, serve


@dataclass(frozen=True, slots=True)
class Stage:
    """A filled database on one engine, and how to start the service on it."""

    engine: str
    env: Mapping[str, str]
    log: Path

    def start(self) -> AbstractContextManager[Server]:
        """Start the service as in production; it ends with the context."""
        port = urlsplit(self.env["BASE_URL"]).port or 0
        return serve("app:app", self.env, self.log, port, visits.EVENT_PAGE)
