"""Hosts of a network of their own: namespaces, each with a cable to one switch.

The switch is a bridge of this machine, so the tests themselves stand on it as one more host. Names
and addresses hold the number of the process: several runs do not meet.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

NEEDED = ("ip", "nginx", "setpriv", "openssl")
POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))


def what_is_missing() -> str:
    """Say what these tests need and do not find; empty when all is there."""
    missing = [f"the program {name}" for name in NEEDED if shutil.which(name) is None]
    if not POSTGRES:
        missing.append("a PostgreSQL server (Debian: postgresql)")
    if os.geteuid() != 0:
        missing.append("to run as root")
    elif shutil.which("ip") and not _may_make_namespaces():
        missing.append("the right to make network namespaces")
    return "needs " + ", ".join(missing) if missing else ""


def _may_make_namespaces() -> bool:
    name = f"koostoo-try-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False)
    subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
    return made.returncode == 0


class Network:
    """The switch; hosts are known by one letter and have the addresses 11, 12, 13, …"""

    def __init__(self) -> None:
        self._switch = f"koo{os.getpid() % 100_000}"
        self._prefix = f"10.219.{os.getpid() % 250}"
        self._letters: list[str] = []

    @property
    def own_address(self) -> str:
        """The address of the tests themselves."""
        return f"{self._prefix}.1"

    @property
    def addresses(self) -> str:
        """All addresses of the network, as PostgreSQL writes that."""
        return f"{self._prefix}.0/24"

    def visitor_address(self, number: int) -> str:
        """The address a visitor comes from."""
        return f"{self._prefix}.{100 + number}"

    def address(self, letter: str) -> str:
        """The address of a host."""
        return f"{self._prefix}.{11 + self._letters.index(letter)}"

    def build(self, letters: str, visitors: int) -> None:
        """Lay the cables."""
        _ip(f"link add {self._switch} type bridge")
        _ip(f"link set {self._switch} up")
        for address in (
            self.own_address,
            *(self.visitor_address(number) for number in range(visitors)),
        ):
            _ip(f"addr add {address}/24 dev {self._switch}")
        for letter in letters:
            self._letters.append(letter)
            host = self.host(letter)
            _ip(f"netns add {host}")
            _ip(f"link add {self._cable(letter)} type veth peer name eth0 netns {host}")
            _ip(f"link set {self._cable(letter)} master {self._switch} up")
            _ip(f"-n {host} addr add {self.address(letter)}/24 dev eth0")
            _ip(f"-n {host} link set eth0 up")
            _ip(f"-n {host} link set lo up")

    def tear_down(self) -> None:
        """Take everything away, as far as it was built."""
        for letter in self._letters:
            _ip(f"link del {self._cable(letter)}", check=False)
            _ip(f"netns del {self.host(letter)}", check=False)
        _ip(f"link del {self._switch}", check=False)

    def host(self, letter: str) -> str:
        """The name of a host's namespace."""
        return f"{self._switch}-{letter}"

    def pull_cable(self, letter: str) -> None:
        """Cut a host off: nothing reaches it or comes from it, and nobody is told."""
        _ip(f"link set {self._cable(letter)} down")

    def plug_in(self, letter: str) -> None:
        """Heal it."""
        _ip(f"link set {self._cable(letter)} up")

    def start(
        self,
        letter: str,
        command: Sequence[str],
        log: Path,
        *,
        folder: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a program on a host, in a process group of its own; its output goes to the log."""
        with log.open("ab") as output:
            return subprocess.Popen(
                ["ip", "netns", "exec", self.host(letter), *command],
                cwd=folder,
                env={**os.environ, **(env or {})},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def _cable(self, letter: str) -> str:
        return f"{self._switch}{letter}"


@contextmanager
def network(letters: str, visitors: int) -> Iterator[Network]:
    """Lend a network with these hosts; taken away in any case."""
    lan = Network()
    try:
        lan.build(letters, visitors)
        yield lan
    finally:
        lan.tear_down()


def _ip(words: str, *, check: bool = True) -> None:
    subprocess.run(["ip", *words.split()], check=check, capture_output=True)
