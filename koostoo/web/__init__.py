"""What people see: pages, forms, feeds; one folder per audience."""

from flask import Flask

from koostoo.web import (
    api,
    desk,
    devmail,
    errors,
    headers,
    language,
    metrics,
    mine,
    public,
    ready,
    rights,
    signin,
    view,
)


def set_up(app: Flask) -> None:
    """Wire language, rights, headers, error pages and every page into the application."""
    metrics.set_up(app)
    language.set_up(app)
    # Before rights, which ask the database: it cannot be asked about every address.
    headers.set_up(app)
    rights.set_up(app)
    errors.set_up(app)
    view.set_up(app)
    ready.set_up(app)
    for room in (public, mine, signin, desk, api):
        app.register_blueprint(room.bp)
    if app.config["DEVELOPMENT"]:
        app.register_blueprint(devmail.bp)
