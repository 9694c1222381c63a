"""What runs on the hosts: PostgreSQL and nginx on one, web and worker on the others."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from tests.hosts.network import POSTGRES, Network
from tests.mail.servers import make_certificate

ROOT = Path(__file__).resolve().parents[2]
NAME = "koostoo.example.ee"
PORT = 8000
PATIENCE = 60.0
AS_POSTGRES = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")
ONE_HOST = "    server 127.0.0.1:8000;\n"


def wait_until(done: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Return once it is so; raise AssertionError after so many seconds."""
    latest = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < latest, what
        time.sleep(0.1)


def end(process: subprocess.Popen[bytes], number: int = signal.SIGKILL) -> None:
    """Send a signal to a program and all it started, and wait for its end."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
    process.wait(PATIENCE)


class Postgres:
    """PostgreSQL as Debian ships it, but for where it listens and whom it lets in."""

    def __init__(self, lan: Network, letter: str, folder: Path) -> None:
        self._lan, self._letter, self._folder = lan, letter, folder
        self._data = folder / "data"
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: str) -> str:
        """The address of a database, as seen from every host."""
        return f"postgresql+psycopg://koostoo@{self._lan.address(self._letter)}/{database}"

    def make(self) -> None:
        """Make a cluster."""
        self._folder.mkdir(mode=0o755)
        subprocess.run(["chown", "postgres:", self._folder], check=True)
        program = POSTGRES[-1].with_name("initdb")
        subprocess.run(
            [*AS_POSTGRES, program, "-D", self._data, "-U", "koostoo", "-A", "trust",
             "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
            check=True, capture_output=True, cwd="/",
        )  # fmt: skip
        with (self._data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {self._lan.addresses} trust\n")

    def start(self) -> None:
        """Start it and wait until it lets somebody in."""
        socket = f"unix_socket_directories={self._folder}"
        command = [*AS_POSTGRES, str(POSTGRES[-1]), "-D", str(self._data)]
        command += ["-c", "listen_addresses=*", "-c", socket]
        latest = time.monotonic() + PATIENCE
        while True:
            log = self._folder.parent / "postgres.log"
            self._process = self._lan.start(self._letter, command, log, folder=self._folder)
            while self._process.poll() is None:
                if self._answers():
                    return
                time.sleep(0.1)
            # What the killed one left behind may still be there for a moment.
            assert time.monotonic() < latest, log.read_text()[-3000:]
            time.sleep(0.3)

    def kill(self) -> None:
        """Kill the postmaster alone: its children notice."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it at once."""
        if self._process is not None and self._process.poll() is None:
            end(self._process, signal.SIGQUIT)

    def run(self, database: str, statement: str) -> None:
        """Run a statement outside a transaction."""
        engine = create_engine(self.url(database), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def _answers(self) -> bool:
        try:
            self.run("postgres", "SELECT 1")
        except OperationalError:
            return False
        return True


class Front:
    """nginx with the shipped example: several hosts, its own folders, a certificate of its own."""

    def __init__(self, lan: Network, letter: str, folder: Path) -> None:
        self._lan, self._letter, self._folder = lan, letter, folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it listens, on port 443."""
        return self._lan.address(self._letter)

    @property
    def certificate(self) -> Path:
        """Whom its visitors are to trust."""
        return self._folder / "cert.pem"

    def start(self, hosts: str) -> None:
        """Start it in front of these hosts."""
        self._folder.mkdir()
        make_certificate(self._folder, f"DNS:{NAME}")
        (self._folder / "site.conf").write_text(self._site(hosts))
        (self._folder / "nginx.conf").write_text(
            f"daemon off; user root; pid {self._folder}/pid; error_log {self._folder}/error.log;\n"
            "events {}\nhttp { include /etc/nginx/mime.types; "
            f"client_body_temp_path {self._folder}/body; proxy_temp_path {self._folder}/proxy;\n"
            f"include {self._folder}/site.conf; }}\n"
        )
        log = self._folder / "nginx.log"
        command = ["nginx", "-p", str(self._folder), "-c", str(self._folder / "nginx.conf")]
        self._process = self._lan.start(self._letter, command, log)
        wait_until(self._listens, "nginx does not start")

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            end(self._process)

    def _site(self, hosts: str) -> str:
        """Return the example with its several hosts put in force, and with our own places."""
        example = (ROOT / "deploy" / "nginx.conf.example").read_text()
        assert ONE_HOST in example
        site = example.replace(ONE_HOST, "")
        for number, letter in enumerate(hosts, start=11):
            before, after = f"    #server 10.0.0.{number}:8000 ", self._lan.address(letter)
            assert before in site
            site = site.replace(before, f"    server {after}:{PORT} ")
        for theirs, ours in (
            (f"/etc/letsencrypt/live/{NAME}/fullchain.pem", str(self.certificate)),
            (f"/etc/letsencrypt/live/{NAME}/privkey.pem", str(self._folder / "key.pem")),
            ("/var/log/nginx/", f"{self._folder}/"),
            ("/opt/koostoo/koostoo/static/", f"{ROOT}/koostoo/static/"),
        ):
            assert theirs in site
            site = site.replace(theirs, ours)
        return site

    def _listens(self) -> bool:
        connection = HTTPConnection(self.address, 80, timeout=2)
        try:
            connection.request("GET", "/", headers={"Host": NAME})
            return connection.getresponse().status == 308
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


class Machine:
    """A host with a web server and a worker, each with its own folder for what it keeps."""

    def __init__(self, lan: Network, letter: str, folder: Path, env: Mapping[str, str]) -> None:
        self.address = lan.address(letter)
        self.code, self.ahead = ROOT, 0
        self._lan, self._letter, self._folder = lan, letter, folder
        self.env = {**env, "LISTEN": self.address, "INSTANCE_PATH": str(folder / "instance")}
        self._web: subprocess.Popen[bytes] | None = None
        self._worker: subprocess.Popen[bytes] | None = None
        folder.mkdir()

    def start_web(self) -> None:
        """Start gunicorn with the shipped settings and wait until it reaches its database."""
        bind = {"GUNICORN_CMD_ARGS": f"--bind {self.address}:{PORT}"}
        self._web = self._start(
            ["gunicorn", "--config", "deploy/gunicorn.conf.py", f"{self._application}:app"],
            "web.log",
            # Earlier releases knew no LISTEN.
            {} if self.code == ROOT else bind,
        )
        wait_until(self.is_healthy, f"the web of {self._letter} does not start: {self.log('web')}")

    def start_worker(self) -> None:
        """Start a worker."""
        command = ["flask", "--app", self._application, "worker"]
        self._worker = self._start(command, "worker.log", {})

    def kill_web(self) -> None:
        """Kill gunicorn and all its processes at once."""
        assert self._web is not None
        end(self._web)

    def kill_worker(self) -> None:
        """Kill the worker."""
        assert self._worker is not None
        end(self._worker)

    def stop(self) -> None:
        """Ask both to end, as systemd does, and wait for it."""
        for process in (self._web, self._worker):
            if process is not None and process.poll() is None:
                # Gunicorn's own processes are told by the first one.
                process.terminate()
        for process in (self._web, self._worker):
            if process is not None:
                end(process, 0)

    def flask(self, *arguments: str) -> tuple[int, str]:
        """Run a command of the service on this host; return how it ended and what it said."""
        log = self._folder / "command.log"
        log.unlink(missing_ok=True)
        process = self._start(["flask", *arguments], log.name, {})
        return process.wait(PATIENCE), log.read_text()

    def lines(self, name: str) -> int:
        """Return how many lines a log has; that of the web has one for each request."""
        return (self._folder / f"{name}.log").read_bytes().count(b"\n")

    def python(self, *module: str) -> list[str]:
        """Return the command that runs a module, with its arguments."""
        return [sys.executable, "-m", *module]

    def is_healthy(self) -> bool:
        """Say whether its own /healthz is fine."""
        connection = HTTPConnection(self.address, PORT, timeout=5)
        try:
            connection.request("GET", "/healthz", headers={"Host": NAME})
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def log(self, name: str) -> str:
        """Return the end of a log."""
        path = self._folder / f"{name}.log"
        return path.read_text("utf-8", "replace")[-3000:] if path.exists() else ""

    @property
    def _application(self) -> str:
        return "tests.hosts.ahead" if self.ahead else "app"

    def _start(
        self, command: list[str], log: str, more: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        return self._lan.start(
            self._letter,
            self.python(*command),
            self._folder / log,
            folder=self.code,
            env={**self.env, "CLOCK_AHEAD": str(self.ahead), **more},
        )


class Pooler:
    """PgBouncer that lends connections by the transaction, a few of them."""

    def __init__(self, lan: Network, letter: str, folder: Path) -> None:
        self._lan, self._letter, self._folder = lan, letter, folder
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: str) -> str:
        """The address of a database behind it."""
        return f"postgresql+psycopg://koostoo@{self._lan.address(self._letter)}:6432/{database}"

    def start(self, size: int) -> None:
        """Start it with so many connections to the server."""
        self._folder.mkdir(mode=0o755)
        config = self._folder / "pgbouncer.ini"
        config.write_text(
            "[databases]\n"
            f"* = host={self._lan.address(self._letter)} port=5432 user=koostoo\n"
            "[pgbouncer]\nlisten_addr = *\nlisten_port = 6432\nunix_socket_dir =\n"
            "auth_type = any\npool_mode = transaction\nignore_startup_parameters = options\n"
            f"default_pool_size = {size}\nmax_client_conn = 200\n"
        )
        log = self._folder.parent / "pgbouncer.log"
        self._process = self._lan.start(
            self._letter, [*AS_POSTGRES, "pgbouncer", str(config)], log, folder=self._folder
        )

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            end(self._process)
