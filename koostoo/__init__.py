"""Koostöö: event registration for cooperation projects of LEADER local action groups."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask_migrate import Migrate
from sqlalchemy import make_url
from werkzeug.middleware.proxy_fix import ProxyFix

from koostoo.base import log
from koostoo.base.connecting import engine_options
from koostoo.base.database import db, let_go
from koostoo.base.disk import refuse_network
from koostoo.cli import set_up as set_up_commands
from koostoo.mail.transport import mail
from koostoo.web import set_up as set_up_web

ROOT = Path(__file__).resolve().parent.parent


def create_app(config: Mapping[str, Any]) -> Flask:
    """Build the application from settings; does no work beyond wiring."""
    app = Flask(
        "koostoo",
        root_path=str(ROOT / "koostoo"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "koostoo" / "static"),
        instance_path=str(Path(config["INSTANCE_PATH"]).absolute()),
    )
    app.config.from_mapping(config)
    _set_address(app)
    _set_database(app)
    log.set_up(app)
    mail.init_app(app)
    set_up_web(app)
    set_up_commands(app)
    return app


def _set_address(app: Flask) -> None:
    address = urlsplit(app.config["BASE_URL"])
    app.config["BASE_HOST"] = address.hostname or "localhost"
    secure = address.scheme == "https"
    app.config.update(
        TRUSTED_HOSTS=_trusted_hosts(app),
        PREFERRED_URL_SCHEME=address.scheme,
        SESSION_COOKIE_NAME="__Host-koostoo" if secure else "koostoo",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=8 * 3600,
    )
    if app.config["PROXIES"]:
        hops = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]


def _trusted_hosts(app: Flask) -> list[str]:
    hosts = [app.config["BASE_HOST"]]
    return [*hosts, "localhost", "127.0.0.1"] if app.config["DEVELOPMENT"] else hosts


def _set_database(app: Flask) -> None:
    Path(app.instance_path).mkdir(parents=True, exist_ok=True)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(
        app.config["SQLALCHEMY_DATABASE_URI"], pooled=app.config["DATABASE_POOLER"]
    )
    address = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if address.get_backend_name() == "sqlite" and address.database:
        refuse_network(Path(address.database))
    db.init_app(app)
    # Before the extension does the same, which fails where the connection has broken.
    app.teardown_appcontext(lambda _error: let_go())
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
