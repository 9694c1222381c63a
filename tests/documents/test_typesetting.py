import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

import koostoo
from koostoo.documents.typesetting import TypesettingError, typeset


def test_nothing_loads_typst_but_the_process_that_ends_with_its_document() -> None:
    loading = [
        path.name
        for path in Path(koostoo.__path__[0]).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Import) and any(name.name == "typst" for name in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module == "typst")
    ]

    assert loading == ["typst_process.py"]


def test_a_layout_that_does_not_get_what_it_shows_says_so() -> None:
    with pytest.raises(TypesettingError, match="logos"):
        typeset("poster", {}, datetime(2026, 5, 20, tzinfo=UTC))
