"""The rules of the house, so that nobody can forget them."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from koostoo.base import keep
from koostoo.base.database import db
from koostoo.web.rights import API_RIGHTS, right_of

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted((ROOT / "koostoo").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
KEYWORDS = dict.fromkeys(("_", "gettext", "lazy_gettext", "_l", "N_")) | {"ngettext": (1, 2)}
MAPPING = [
    ("koostoo/**.py", "python"),
    ("templates/**.*", "jinja2"),
]


def test_every_route_declares_who_may_open_it(app: Flask) -> None:
    forgetful = [
        rule.endpoint for rule in app.url_map.iter_rules() if not right_of(app, rule.endpoint)
    ]
    assert forgetful == []


def test_a_view_without_a_right_is_refused(base_app: Flask) -> None:
    base_app.view_functions["forgetful"] = lambda: "open"
    assert right_of(base_app, "forgetful") is None
    del base_app.view_functions["forgetful"]


def test_every_organisers_page_sends_a_stranger_to_sign_in(app: Flask, client: FlaskClient) -> None:
    tried = 0
    for rule in app.url_map.iter_rules():
        declared = right_of(app, rule.endpoint)
        if declared in ("public", "secret_link", "monitor") or declared in API_RIGHTS:
            continue
        values = {
            name: "1" if type(converter).__name__ == "IntegerConverter" else "x"
            for name, converter in rule._converters.items()
        }
        path = rule.build(values, append_unknown=False)
        assert path is not None
        for method in (rule.methods or set()) & {"GET", "POST"}:
            answer = client.open(path[1], method=method)
            assert answer.status_code == 303, rule
            assert answer.location.startswith("/desk/signin"), rule
            tried += 1
    assert tried > 30


def test_no_post_without_a_form_token_changes_anything(app: Flask, client: FlaskClient) -> None:
    def rows() -> list[int]:
        return [
            db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in db.metadata.sorted_tables
            if table.name != "attempt"
        ]

    before = rows()
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or set()):
            path = re.sub(r"<int:[^>]*>", "1", rule.rule)
            client.post(re.sub(r"<[^>]*>", "x", path), data={"email": "a@example.org"})
    db.session.rollback()
    assert rows() == before


@cache
def tree(path: Path) -> ast.Module:
    """What a file of the code says, read once."""
    return ast.parse(path.read_text())


def test_commit_stands_in_one_place() -> None:
    places = [
        path.relative_to(ROOT).as_posix()
        for path in CODE
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]
    assert places == ["koostoo/base/database.py"]


GIVING_OUT = {
    "koostoo/web/desk/sending.py",  # noted, for who may have them
    "koostoo/web/files.py",  # what was uploaded, under a policy of its own
    "koostoo/web/mine/own_data.py",  # what is kept of a person, for that person
    "koostoo/web/public/feeds.py",  # an event as a calendar file, for everybody
}


def test_files_leave_in_a_few_places_only() -> None:
    """One made elsewhere would leave without its note, or without asking who may have it."""
    words = re.compile(r"Content-Disposition|as_attachment|send_file|send_from_directory")
    places = {path.relative_to(ROOT).as_posix() for path in CODE if words.search(path.read_text())}
    assert places == GIVING_OUT


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function of the code with the place where it stands."""
    for path in CODE:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef):
                yield f"{path.relative_to(ROOT).as_posix()}:{node.name}", node


def calls(function: ast.FunctionDef) -> list[str]:
    """What a function calls, such as "session.add"."""
    return [ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)]


def is_retried(function: ast.FunctionDef) -> bool:
    return "retried" in {ast.unparse(decorator) for decorator in function.decorator_list}


def test_every_use_case_runs_again_when_the_database_asks_for_it() -> None:
    use_cases = {name: node for name, node in functions() if "transaction" in calls(node)}
    assert len(use_cases) > 20
    assert [name for name, node in use_cases.items() if not is_retried(node)] == []
    assert [name for name, node in functions() if is_retried(node) and name not in use_cases] == []


def test_a_use_case_that_may_run_again_does_nothing_but_its_one_transaction() -> None:
    use_cases = {node.name for _place, node in functions() if is_retried(node)}
    outside = {"now", "flash", "deliver", "sleep"}
    for place, node in functions():
        if is_retried(node):
            called = calls(node)
            assert called.count("transaction") == 1, place
            assert not use_cases & {*called}, place
            assert not outside & {name.rpartition(".")[2] for name in called}, place


def test_no_template_calls_a_text_safe_and_none_styles_inline() -> None:
    for path in TEMPLATES:
        source = path.read_text()
        assert not re.search(r"\|\s*safe\b", source), path
        if "mail" not in path.parts:
            assert not re.search(r"\sstyle=|\son\w+=\"|<script>", source), path


def test_every_column_has_a_retention_class() -> None:
    unclassified = [
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        for column in table.columns
        if column.info.get("keep") not in keep.CLASSES
    ]
    assert unclassified == []


def test_models_and_migrations_describe_the_same_tables(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


@cache
def texts() -> frozenset[str]:
    """Every sentence in the code and the templates."""
    found: set[str] = set()
    for _file, _line, message, _comments, _context in extract_from_dir(
        str(ROOT),
        method_map=MAPPING,
        keywords=KEYWORDS,
        directory_filter=lambda path: Path(path).name not in {".venv", ".git", "node_modules"},
    ):
        found.add(message if isinstance(message, str) else message[0])
    return frozenset(found)


@pytest.mark.parametrize("lang", ["et", "en"])
def test_every_text_is_translated(lang: str) -> None:
    path = ROOT / "koostoo" / "translations" / lang / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        catalogue: Catalog = read_po(file, locale=lang)
    empty = [
        text
        for text in texts()
        if (message := catalogue.get(text)) is None
        or message.fuzzy
        or not (all(message.string) if isinstance(message.string, tuple) else message.string)
    ]
    assert empty == []
    assert len(texts()) > 200
    broken = {message.id: errors for message, errors in catalogue.check() if errors}
    assert broken == {}


def test_estonian_texts_use_estonian_quotes() -> None:
    path = ROOT / "koostoo" / "translations" / "et" / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale="et")
    for message in catalogue:
        forms = [message.string] if isinstance(message.string, str) else message.string or ()
        for words in forms if message.id else ():
            assert not re.search('["”]', words), words
            assert words.count("„") == words.count("“"), words
