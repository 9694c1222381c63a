"""A network of three hosts, made once: A and B run web and worker, C PostgreSQL and nginx."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import KEY
from tests.hosts.network import Network, network, what_is_missing
from tests.hosts.servers import NAME, PORT, ROOT, Front, Machine, Postgres
from tests.hosts.stage import fill
from tests.mail.servers import BusyServer
from tests.registration.operations import Board

VISITORS = 12


@dataclass(frozen=True, slots=True)
class Hosts:
    """What stands on the network for all tests."""

    folder: Path
    lan: Network
    postgres: Postgres
    front: Front


@dataclass(frozen=True, slots=True)
class Scene:
    """What stands there for one test: a database, two hosts on it, a mail server, an event."""

    hosts: Hosts
    env: dict[str, str]
    board: Board
    a: Machine
    b: Machine
    mail: BusyServer

    @property
    def url(self) -> str:
        """The address of the database."""
        return self.env["DATABASE_URL"]

    @property
    def sources(self) -> list[str]:
        """The addresses visitors come from."""
        return [self.hosts.lan.visitor_address(number) for number in range(VISITORS)]


@pytest.fixture(scope="session")
def hosts() -> Iterator[Hosts]:
    """Build the network; say plainly what is missing where that cannot be done."""
    if missing := what_is_missing():
        pytest.fail(f"make hosts {missing}", pytrace=False)
    with TemporaryDirectory(prefix="koostoo-hosts-") as name, network("abc", VISITORS) as lan:
        folder = Path(name)
        # PostgreSQL's own user must find the way to its data.
        folder.chmod(0o755)
        postgres = Postgres(lan, "c", folder / "postgres")
        front = Front(lan, "c", folder / "nginx")
        try:
            postgres.make()
            postgres.start()
            front.start("ab")
            yield Hosts(folder, lan, postgres, front)
        finally:
            front.stop()
            postgres.stop()


@pytest.fixture
def release(request: pytest.FixtureRequest) -> Path:
    """The code the hosts begin with: this release, where a test asks for no other."""
    return ROOT


@pytest.fixture
def scene(hosts: Hosts, release: Path, tmp_path: Path) -> Iterator[Scene]:
    """Set the stage; whatever runs on the hosts is ended afterwards."""
    name = f"koostoo_{token_hex(4)}"
    hosts.postgres.run("postgres", f"CREATE DATABASE {name}")
    with BusyServer(address=hosts.lan.own_address) as mail:
        env = {
            "KOOSTOO_ENV": "production",
            "SECRET_KEY": KEY,
            "BASE_URL": f"https://{NAME}",
            "DATABASE_URL": hosts.postgres.url(name),
            "SECOND_FACTOR": "optional",
            "PROXIES": "1",
            "PORT": str(PORT),
            "WEB_CONCURRENCY": "2",
            "MAIL_SERVER": hosts.lan.own_address,
            "MAIL_PORT": str(mail.port),
            "MAIL_DEFAULT_SENDER": "koostoo@example.org",
            "INSTANCE_PATH": str(tmp_path / "instance"),
        }
        board = fill(release, env)
        a, b = (Machine(hosts.lan, letter, tmp_path / letter, env) for letter in "ab")
        a.code = b.code = release
        try:
            yield Scene(hosts, env, board, a, b, mail)
        finally:
            for machine in (a, b):
                machine.stop()
