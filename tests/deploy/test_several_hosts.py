"""What the shipped settings of front and web server say where there are several hosts."""

import re
import runpy
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
EXAMPLE = (DEPLOY / "nginx.conf.example").read_text()
PLACES = re.compile(r"^    location ([^\n]+) \{\n(.*?)^    \}", re.MULTILINE | re.DOTALL)
LOCATIONS = dict(PLACES.findall(EXAMPLE))


def test_only_what_members_send_is_sent_to_the_next_host_again() -> None:
    repeated = [place for place, body in LOCATIONS.items() if "non_idempotent" in body]
    assert repeated == ["/"]
    assert "~ ^(/en)?/desk/" in LOCATIONS
    # An answer, such as that the service is busy, is no reason to ask another host.
    assert not re.search(r"proxy_next_upstream [^;]*http_", EXAMPLE)


def test_no_place_takes_over_only_half_of_what_is_told_about_the_client() -> None:
    # nginx: headers set in a location replace all that are set around it.
    assert [place for place, body in LOCATIONS.items() if "proxy_set_header" in body] == []
    assert EXAMPLE.count("proxy_set_header X-Forwarded-For $remote_addr;") == 1


@pytest.mark.parametrize(
    ("env", "bind", "is_preloaded"),
    [
        ({}, "127.0.0.1:8000", False),
        ({"LISTEN": "10.0.0.11", "PORT": "8100"}, "10.0.0.11:8100", True),
    ],
)
def test_the_web_server_listens_where_it_is_told(
    env: dict[str, str], bind: str, is_preloaded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LISTEN", "PORT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    settings = runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))
    assert (settings["bind"], settings["preload_app"]) == (bind, is_preloaded)
