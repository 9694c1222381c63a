"""The table of promises names every number, and tests that are there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = {"S": 9, "D": 7, "M": 9, "T": 8, "O": 8, "W": 11, "X": 8, "P": 6}
ROWS = [
    [cell.strip() for cell in line.split("|")[1:-1]]
    for line in (ROOT / "docs" / "promises.md").read_text().splitlines()
    if re.match(r"\| [A-Z]\d+ \|", line)
]


def test_every_promise_has_its_row_in_order() -> None:
    expected = [f"{letter}{one + 1}" for letter, count in NUMBERS.items() for one in range(count)]
    assert [row[0] for row in ROWS] == expected


def test_every_promise_names_a_test_or_says_what_is_missing() -> None:
    silent = [row[0] for row in ROWS if "`tests/" not in row[2] and not row[3]]
    assert silent == []


def test_every_test_that_is_named_is_there() -> None:
    named = {name for row in ROWS for name in re.findall(r"`(tests/[^`]+)`", row[2])}
    missing = []
    for name in sorted(named):
        path, _, function = name.partition("::")
        file = ROOT / path
        if not file.is_file() or (function and function not in _functions(file)):
            missing.append(name)
    assert missing == []
    assert len(named) > 80


def _functions(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text()))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
