"""The check-in page, and what of it stays on a device without network."""

import json
from datetime import date
from hashlib import sha256
from typing import Any

from flask import render_template, request, url_for

from koostoo.attendance import queries
from koostoo.attendance.counting import Counts, counts
from koostoo.attendance.rules import days_of
from koostoo.base.clock import now
from koostoo.base.dates import numeric, weekday_name
from koostoo.base.text import clean_line
from koostoo.events.models import Event
from koostoo.registration.queries import seats_of
from koostoo.web.desk.checkin_asks import door_form
from koostoo.web.desk.checkin_forms import (
    CodeForm,
    PhotoForm,
    WalkInForm,
    read_day,
    read_operation,
    walk_in_form,
)
from koostoo.web.desk.checkin_words import script_words
from koostoo.web.forms import Page
from koostoo.web.language import current_lang
from koostoo.web.rights import access, event_facts
from koostoo.web.view import STATIC, static_url

CAMERA = {"Permissions-Policy": "camera=(self), geolocation=(), microphone=()"}
"""This page may open the camera, for scanning codes."""
SHOWN = 200
"""People on one plain page; who has more searches."""
FILES = (
    "koostoo.css",
    "desk.css",
    "koostoo.js",
    "checkin.css",
    "checkin-store.js",
    "checkin.js",
    "belt.svg",
    "favicon.svg",
)
"""What the page needs without network."""


def checkin_page(
    event: Event,
    *,
    form: WalkInForm | None = None,
    code_form: CodeForm | None = None,
    photo_form: PhotoForm | None = None,
) -> Page:
    """Return the page; one of the forms is given where it came back with a mistake."""
    sent = next((one for one in (form, code_form, photo_form) if one is not None), None)
    day = read_day(event)
    values: dict[str, Any] = {"people": [], "found": 0, "counts": counts(event.id)}
    text = clean_line(request.args.get("q", ""))[:100]
    missing = request.args.get("show") == "missing"
    if day is not None:
        wanted: dict[str, Any] = {"text": text, "missing_on": day if missing else None}
        people = queries.guests(event.id, **wanted, limit=SHOWN)
        here = queries.standings(event.id, [guest.id for guest in people])
        values["people"] = [
            (guest, here[guest.id].get(day) if guest.id in here else None) for guest in people
        ]
        values["found"] = queries.count_guests(event.id, **wanted)
    page = _render(
        event,
        day,
        form=form or walk_in_form(event, is_full=is_full(event)),
        code_form=code_form or CodeForm(),
        photo_form=photo_form or PhotoForm(),
        sent=sent,
        text=text,
        missing=missing,
        **values,
    )
    status = 200 if sent is None else sent.answer("")[1]
    return page, status, CAMERA


def checkin_shell_of(event: Event) -> str:
    """Return the page without anybody on it, nor who is signed in: what a device may keep."""
    form = walk_in_form(event, is_full=False)
    form.operation.data = ""
    return _render(
        event,
        None,
        form=form,
        code_form=CodeForm(),
        photo_form=PhotoForm(),
        sent=None,
        text="",
        missing=False,
        people=[],
        found=0,
        counts=Counts(0, {}),
        is_shell=True,
        organiser_name="",
        other_lang_url=None,
    )


def _render(event: Event, day: date | None, **values: Any) -> str:
    lang = current_lang()
    days = days_of(event.when)
    page = url_for("desk.checkin", slug=event.slug)
    return render_template(
        "desk/checkin.html",
        event=event,
        day=day,
        days=[
            {
                "day": one.isoformat(),
                "label": f"{weekday_name(one, lang)} {numeric(one)[:6]}",
                "url": f"{page}?day={one.isoformat()}",
                "current": one == day,
            }
            for one in days
        ],
        words=script_words(),
        looks=access().may_look(event_facts()),
        new_operation=read_operation,
        asks_form=door_form(event),
        **{"is_shell": False, **values},
    )


def is_full(event: Event) -> bool:
    """Tell whether all seats are taken, so that whoever comes now comes above the limit."""
    return seats_of([event], now())[event.id].free == 0


def worker_source(event: Event) -> str:
    """Return the script of the worker: what it keeps, and the part that is the same for all."""
    files = [static_url(name) for name in FILES]
    about = {
        "page": url_for("desk.checkin", slug=event.slug),
        "shell": url_for("desk.checkin_shell", slug=event.slug),
        "files": files,
        # Another page or file is another worker, so that devices fetch them anew.
        "version": sha256("".join([checkin_shell_of(event), *files]).encode()).hexdigest()[:16],
    }
    return (
        f"const ABOUT = {json.dumps(about)};\n{(STATIC / 'checkin-worker.js').read_text('utf-8')}"
    )
