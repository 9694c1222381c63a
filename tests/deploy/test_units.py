"""The unit files are sound, and leave a service little it could do besides its work."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
MOST_EXPOSED = 15
"""Tenths of what systemd-analyze calls exposure, from 0 (closed) to 100 (open)."""
needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_is_shut_in(unit: Path) -> None:
    told = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", unit],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout[-200:] + told.stderr


@needs_systemd
def test_systemd_understands_every_line() -> None:
    units = sorted(path for path in UNITS.iterdir() if path.name != "README.md")
    told = subprocess.run(
        ["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False
    )
    # The program lies in /opt/koostoo only where it is installed.
    wrong = [line for line in told.stderr.splitlines() if "is not executable" not in line]
    assert wrong == []


def test_all_services_are_shut_in_alike() -> None:
    wall = re.compile(r"(?m)^(?:NoNew|Protect|Private|Restrict|System|Lock|Cap).*$")
    first, *others = [wall.findall(unit.read_text()) for unit in SERVICES]
    assert len(first) > 20
    assert all(other == first for other in others)
