"""Starts the service as `make run` does, on a free port with an instance folder of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from config import settings
from koostoo import create_app
from koostoo.base.database import db

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PROJECT = "koostoo/programme/data/kogemusvahetus.toml"
START_SECONDS = 120


@dataclass(frozen=True)
class Service:
    """A running service: where it answers and the environment of its commands."""

    url: str
    env: dict[str, str]

    def flask(self, *words: str) -> str:
        """Run a `flask` command beside the running service; return what it printed.

        In this process, which has loaded the service already.
        """
        app = create_app(settings(self.env))
        done = app.test_cli_runner().invoke(args=words, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        with app.app_context():
            db.engine.dispose()
        return done.stdout


@contextmanager
def running(folder: Path, port: int = 0) -> Iterator[Service]:
    """Run web and worker with the shipped project and the sample events until the block ends."""
    port = port or _free_port()
    url = f"http://127.0.0.1:{port}"
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MAIL_", "FLASK_")) and name not in {"DATABASE_URL", "SECRET_KEY"}
    }
    env = inherited | {
        "KOOSTOO_ENV": "development",
        "INSTANCE_PATH": str(folder),
        "BASE_URL": url,
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
    }
    service = Service(url, env)
    service.flask("db", "upgrade")
    service.flask("project", "load", PROJECT)
    service.flask("samples", "add")
    log = folder / "service.log"
    with log.open("wb") as output:
        commands: tuple[list[str | Path], ...] = (
            [BIN / "gunicorn", "--config", "deploy/gunicorn.conf.py", "app:app"],
            [BIN / "flask", "worker"],
        )
        processes = [
            subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)
            for command in commands
        ]
        try:
            _wait_until_it_answers(f"{url}/healthz", processes[0], log)
            yield service
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(url, timeout=2):  # noqa: S310 - our own address
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the service did not start:\n{log.read_text()}")
