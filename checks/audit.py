"""Look the pinned libraries up among the known vulnerabilities; a found one fails.

The source is the Python Package Index, asked by pip-audit. Where it cannot be reached, as on a
computer without the network, one line says so and the check passes: it says nothing about the code.
"""

import json
import subprocess
import sys
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
FILES = ("requirements.txt", "requirements-dev.txt")
SOURCE = "https://pypi.org/pypi/flask/{}/json"
SECONDS = 5
UNREACHABLE = "The source of known vulnerabilities cannot be reached: libraries not looked up."


def is_reachable() -> bool:
    """Ask the source about one library that is surely there."""
    try:
        with urlopen(SOURCE.format(version("flask")), timeout=SECONDS) as answer:  # noqa: S310 - https
            return bool(answer.status == HTTPStatus.OK)
    except (URLError, OSError):
        return False


def read(report: str) -> tuple[int, list[str]]:
    """Return how many libraries a report of pip-audit is about, and what it found."""
    found, asked = [], 0
    for library in json.loads(report)["dependencies"]:
        asked += "vulns" in library
        for one in library.get("vulns", ()):
            mended = ", ".join(one["fix_versions"]) or "no version yet"
            found.append(f"{library['name']} {library['version']}: {one['id']}, mended in {mended}")
    return asked, found


def main() -> int:
    """Print what is known; return 1 when that is anything."""
    if not is_reachable():
        print(UNREACHABLE)  # noqa: T201 - a command speaks
        return 0
    files = [part for name in FILES for part in ("-r", str(ROOT / name))]
    asking = ["-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner", "off"]
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, *asking, "--format", "json", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        asked, found = read(done.stdout)
    except ValueError:
        print(UNREACHABLE)  # noqa: T201 - a command speaks
        return 0
    if not asked:
        print(UNREACHABLE)  # noqa: T201 - a command speaks
        return 0
    print("\n".join(found) or f"No vulnerability is known of {asked} libraries.")  # noqa: T201 - a command speaks
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
