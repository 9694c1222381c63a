from typing import Protocol

import pytest
from flask import Flask


class UseServer(Protocol):
    def __call__(self, port: int, *, tls: bool = False) -> None: ...


@pytest.fixture
def use_server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> UseServer:
    """Let letters really leave, to the server at a port of this machine."""

    def use(port: int, *, tls: bool = False) -> None:
        settings = app.extensions["mail"]
        for name, value in {
            "server": "127.0.0.1",
            "port": port,
            "use_tls": tls,
            "suppress": False,
        }.items():
            monkeypatch.setattr(settings, name, value)
        monkeypatch.setitem(app.config, "MAIL_TRANSPORT", "smtp")

    return use
