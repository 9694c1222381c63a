"""A real gunicorn with the settings of production, and what /proc tells about its processes."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = "deploy/gunicorn.conf.py"
PATIENCE = 120.0
"""Seconds a server has for its first page."""
_TICKS = os.sysconf("SC_CLK_TCK")


class Memory(NamedTuple):
    """Resident memory of a process, now and at its highest, in MB of 10⁶ bytes."""

    now: float
    peak: float


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its port, its parent process, seconds from start to the first page."""

    port: int
    pid: int
    first_page: float

    def workers(self) -> list[int]:
        """Return the process numbers of the workers."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text("ascii")
        return [int(pid) for pid in children.split()]

    def cpu_seconds(self) -> float:
        """Return the processor time all workers have used so far."""
        return sum(_cpu_seconds(pid) for pid in self.workers())

    def memory(self) -> dict[int, Memory]:
        """Return the memory of each worker."""
        return {pid: Memory(_status(pid, "VmRSS"), _status(pid, "VmHWM")) for pid in self.workers()}


def free_port() -> int:
    """Return a port of the loopback address on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def server_settings(folder: Path) -> dict[str, str]:
    """Return the settings of a server in production, on the loopback address, without mail."""
    return {
        "KOOSTOO_ENV": "production",
        "INSTANCE_PATH": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/koostoo.db",
        "SECRET_KEY": "only for measuring, and long enough for that",
        "BASE_URL": f"http://127.0.0.1:{free_port()}",
        "MAIL_TRANSPORT": "file",
        # The organiser of the measurements has only a link; what is measured is the same.
        "SECOND_FACTOR": "optional",
        "WEB_CONCURRENCY": "2",
    }


@contextmanager
def serve(
    application: str, env: Mapping[str, str], log: Path, port: int, first: str
) -> Iterator[Server]:
    """Start gunicorn, wait until the page `first` is answered, and end it in any case.

    `env` is added to this process's environment. Raises RuntimeError with the end of the log
    when the server does not answer in time.
    """
    started = time.perf_counter()
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", SETTINGS, application],
            cwd=ROOT,
            env={**os.environ, **env, "PORT": str(port)},
            stdout=output,
            stderr=output,
        )
    try:
        _wait_for_page(process, port, first, log)
        yield Server(port, process.pid, time.perf_counter() - started)
    finally:
        process.terminate()
        try:
            process.wait(25)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for_page(process: subprocess.Popen[bytes], port: int, path: str, log: Path) -> None:
    latest = time.monotonic() + PATIENCE
    while time.monotonic() < latest and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            if response.status == 200:
                return
            raise RuntimeError(f"{path} answered {response.status}:\n{_tail(log)}")
        except (OSError, HTTPException):
            time.sleep(0.01)
        finally:
            connection.close()
    raise RuntimeError(f"the server did not start:\n{_tail(log)}")


def _tail(log: Path) -> str:
    return log.read_text("utf-8", "replace")[-3000:]


def _cpu_seconds(pid: int) -> float:
    # proc(5): after the command's closing bracket, fields 14 and 15 are utime and stime.
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _status(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024 / 1_000_000
    raise LookupError(name)
