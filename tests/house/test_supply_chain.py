"""What the project stands on: pinned by hash, declared, used, and free to be used."""

import ast
import re
import sys
from email.message import Message
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from checks import audit, licences

ROOT = Path(__file__).resolve().parents[2]
OWN = {"app", "benchmarks", "checks", "config", "docs", "koostoo", "tests"}
SERVICE = ("app.py", "config.py", "koostoo", "deploy", "migrations")
AROUND = ("tests", "benchmarks", "docs", "checks")
NOT_IMPORTED = {
    "honcho": "starts web and worker (Procfile)",
    "psycopg": "the database driver that SQLAlchemy loads by name",
}
TOOLS = {
    "axe-core-python", "djlint", "import-linter", "mypy", "pip-audit", "pytest-xdist", "ruff",
    "types-openpyxl",
}  # fmt: skip
"""Programs of `make lint` and `make test`, types for one, and a script for the browser."""
ONLY_TYPES = {"_typeshed"}


def declared(name: str) -> set[str]:
    """Return the libraries that a requirements file asks for itself."""
    lines = (ROOT / name).read_text().splitlines()
    return {normal(re.split(r"[><=\[;]", line)[0]) for line in lines if re.match(r"[a-z]", line)}


def normal(name: str) -> str:
    """Return a name as package indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(*places: str) -> set[str]:
    """Return the libraries that the code in these files and folders imports."""
    files = [one for place in places for one in [ROOT / place, *(ROOT / place).rglob("*.py")]]
    modules: set[str] = set()
    for file in files:
        if file.suffix == ".py":
            modules |= {name.split(".")[0] for name in _imports(ast.parse(file.read_text()))}
    foreign = modules - OWN - ONLY_TYPES - sys.stdlib_module_names
    known = packages_distributions()
    return {normal(known[module][0]) for module in foreign}


def _imports(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def test_the_service_declares_what_it_imports_and_nothing_else() -> None:
    assert imported(*SERVICE) | set(NOT_IMPORTED) == declared("requirements.in")


def test_tests_and_tools_declare_what_they_use_and_nothing_else() -> None:
    service, more = declared("requirements.in"), declared("requirements-dev.in")
    assert imported(*AROUND) - service | TOOLS == more
    assert service & more == set()


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_every_library_is_pinned_to_files_known_by_their_hash(name: str) -> None:
    text = (ROOT / f"{name}.txt").read_text()
    with_hashes = r"^([a-z0-9][^\n]*?) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)"
    entries = re.findall(with_hashes, text, re.MULTILINE)
    lines = [line for line in text.splitlines() if re.match(r"[a-z0-9]", line)]
    assert len(entries) == len(lines) > 20
    assert all("==" in line for line, _hashes in entries)
    pinned = {normal(one) for one in licences.pinned(text)}
    assert declared(f"{name}.in") <= pinned
    assert "--require-hashes" in (ROOT / "Makefile").read_text()


def test_the_list_of_licences_is_up_to_date_and_holds_none_that_is_new() -> None:
    written = licences.TARGET.read_text()
    rows = [line for line in licences.table().splitlines() if line.startswith("| ")]
    assert [row for row in rows if row not in written] == []
    listed = {row.split(" | ")[0].strip("| ") for row in written.splitlines() if " | " in row}
    gone = listed - {"library"} - set(licences.pinned((ROOT / "requirements.txt").read_text()))
    assert gone == set()


@pytest.mark.parametrize("stated", ["AGPL-3.0-only", "", "Proprietary"])
def test_a_licence_nobody_has_looked_at_is_refused(stated: str) -> None:
    about = Message()
    about["Name"], about["License-Expression"] = "something", stated
    with pytest.raises(licences.UnknownLicence):
        licences.licence_of(about)  # type: ignore[arg-type]  # what metadata is read into


def test_a_known_vulnerability_is_found_in_a_report_and_what_was_not_asked_about_is_none() -> None:
    flaw = '{"id": "PYSEC-1", "fix_versions": ["2.0"], "aliases": [], "description": ""}'
    bad = f'{{"name": "a", "version": "1.0", "vulns": [{flaw}]}}'
    good, skipped = (
        '{"name": "b", "version": "1", "vulns": []}',
        '{"name": "c", "skip_reason": "x"}',
    )
    report = f'{{"dependencies": [{bad}, {good}, {skipped}], "fixes": []}}'
    assert audit.read(report) == (2, ["a 1.0: PYSEC-1, mended in 2.0"])
