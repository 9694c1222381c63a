import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

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
