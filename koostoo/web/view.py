"""What every template may use: texts in the reader's language, dates, addresses of files."""

from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import jinja2
from flask import Flask, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from koostoo.base import dates
from koostoo.base.clock import local_day
from koostoo.base.contact import format_email, format_phone
from koostoo.base.localtext import LocalText
from koostoo.base.markdown import render_markdown
from koostoo.base.when import When
from koostoo.files.queries import logos_of
from koostoo.programme.models import Project
from koostoo.programme.words import kind_words
from koostoo.web.files import logo_url, size_words, type_words
from koostoo.web.language import current_lang

kind_label = kind_words
"""The words that stand before an activity everywhere."""
STATIC = Path(__file__).resolve().parent.parent / "static"


@lru_cache(maxsize=64)
def static_url(name: str) -> str:
    """Return the address of a static file, changing with its content so it can be cached long."""
    digest = sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def local(text: LocalText) -> str:
    """Return a text in the reader's language."""
    return text.to(current_lang())


def markdown(text: LocalText) -> Markup:
    """Return an organiser's text as safe HTML, cleaned by `render_markdown`."""
    return Markup(render_markdown(local(text)))  # noqa: S704 - cleaned by nh3 with a tight list


def funding(project: Project) -> dict[str, Any]:
    """Return the project's funding block for `funding_block`."""
    return {
        "project_title": local(project.title),
        "support_text": local(project.support_text),
        "logos": [
            {
                "src": logo_url(project.slug, logo),
                "alt": local(logo.alt),
                "width": logo.width,
                "height": logo.height,
            }
            for logo in logos_of(project.id)
        ],
    }


def _heading(when: When) -> str:
    return dates.heading(when, current_lang())


def _hours_beside(when: When) -> str:
    return dates.hours_beside(when, current_lang())


def moment_words(moment: datetime) -> str:
    """Return an instant as the reader's clock shows it in Tallinn."""
    return dates.moment(moment, current_lang())


def _moment_by(moment: datetime) -> str:
    return dates.moment_by(moment, current_lang())


def _moment_until(moment: datetime) -> str:
    return dates.moment_until(moment, current_lang())


def _numeric(moment: date | datetime) -> str:
    return dates.numeric(local_day(moment) if isinstance(moment, datetime) else moment)


def set_up(app: Flask) -> None:
    """Give the helpers to the templates; an unknown name in a template is an error."""
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 31536000
    app.jinja_env.filters.update(
        local=local,
        markdown=markdown,
        heading=_heading,
        hours_beside=_hours_beside,
        moment=moment_words,
        moment_by=_moment_by,
        moment_until=_moment_until,
        numeric=_numeric,
        phone=format_phone,
        email=format_email,
        kind_label=kind_label,
        file_type=type_words,
        file_size=size_words,
        money=lambda cents: dates.money(cents, current_lang()),
    )
    app.jinja_env.globals.update(static_url=static_url, funding=funding)

    @app.context_processor
    def navigation() -> dict[str, Any]:
        return {"nav_links": [(_("Events"), url_for("public.home"))]}
