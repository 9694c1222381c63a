import re
import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_urlsafe

import pytest
from flask import Flask

SETTINGS = Path(__file__).parents[2] / "deploy" / "gunicorn.conf.py"


@pytest.fixture(scope="module")
def hide_secrets() -> Callable[[str], str]:
    hide: Callable[[str], str] = runpy.run_path(str(SETTINGS))["hide_secrets"]
    return hide


@pytest.mark.parametrize(
    "path",
    [
        "/my/AbCdEfGhIjKlMnOpQrStUvWxYz01234567",
        "/en/my/AbCdEfGhIjKlMnOpQrStUvWxYz01234567/edit",
        "/signin/AbCdEfGhIjKlMnOpQrStUvWxYz01234567",
        "/desk/calendar/AbCdEfGhIjKlMnOpQrStUvWxYz01234567.ics",
        "/somewhere/AbCdEfGhIjKlMnOpQrStUvWxYz01234567/else",
    ],
)
def test_a_secret_link_leaves_no_token_in_the_log(
    path: str, hide_secrets: Callable[[str], str]
) -> None:
    logged = hide_secrets(path)
    assert "AbCd" not in logged
    assert logged.startswith(path.split("AbCd", maxsplit=1)[0])


def test_an_ordinary_path_is_logged_as_it_is(hide_secrets: Callable[[str], str]) -> None:
    path = "/events/loovus-ja-kultuur-oppereis-2024/register"
    assert hide_secrets(path) == path


def test_a_line_break_in_a_path_cannot_forge_a_line(hide_secrets: Callable[[str], str]) -> None:
    assert hide_secrets("/a\r\nGET /desk/ 200") == "/a%0D%0AGET%20/desk/%20200"


def paths_with_tokens(app: Flask) -> Iterator[tuple[str, str]]:
    """Give out an address of every route that holds a token, and the token."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "token" in rule.arguments:
            token = token_urlsafe(64)[:34]
            given = {name: token if name == "token" else 1 for name in rule.arguments}
            path = adapter.build(rule.endpoint, given, method=max(rule.methods or {"GET"}))
            yield from ((path, token), (f"/en{path}", token))


def test_no_address_with_a_token_reaches_a_log(
    base_app: Flask, hide_secrets: Callable[[str], str]
) -> None:
    conf = (SETTINGS.parent / "nginx.conf.example").read_text()
    found = re.search(r"map \$uri \$koostoo_path \{\s*~(\S+) ", conf)
    assert found is not None
    at_proxy = re.compile(found[1].replace("?<", "?P<"))
    paths = [*paths_with_tokens(base_app)]
    assert len(paths) > 40
    for path, token in paths:
        assert token not in hide_secrets(path), path
        before = at_proxy.match(path)
        assert before is not None, path
        assert token not in before["koostoo_before"], path
