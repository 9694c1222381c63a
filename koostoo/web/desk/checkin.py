"""Check-in at the door, on a phone. All routes of it stand here, under one right.

The page works as a plain form; with the script it keeps the list on the device and goes on
without network (`checkin_sync` is what is exchanged then, `static/checkin-worker.js` the part of
the page that stays).
"""

from datetime import date
from typing import Any

from flask import Response as FlaskResponse
from flask import (
    abort,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_wtf.csrf import validate_csrf
from werkzeug.wrappers import Response
from wtforms import ValidationError

from koostoo.attendance import queries
from koostoo.attendance.rules import Mark
from koostoo.attendance.service import sync
from koostoo.base.clock import now
from koostoo.base.tokens import read_code
from koostoo.events.models import Event
from koostoo.registration import desk_queries
from koostoo.registration.words import state_words
from koostoo.web.desk import bp
from koostoo.web.desk.checkin_asks import door_form, unanswered
from koostoo.web.desk.checkin_forms import (
    PHOTO_BYTES,
    CodeForm,
    PhotoForm,
    errors_of,
    read_day,
    read_mark,
    read_operation,
    walk_in_form,
)
from koostoo.web.desk.checkin_page import (
    CAMERA,
    checkin_page,
    checkin_shell_of,
    is_full,
    worker_source,
)
from koostoo.web.desk.checkin_sync import BrokenAct, answer_to, list_for_device, read_acts
from koostoo.web.desk.checkin_words import refusal_words
from koostoo.web.desk.events import get_event
from koostoo.web.forms import ButtonForm, Page
from koostoo.web.links import check_in_codes
from koostoo.web.rights import Right, organiser_id, right

AT_DOOR: Right = "event_check_in"
"""Who may check people in: the right of every route here."""
DOOR = "/events/<slug>/checkin"


@bp.get(DOOR)
@right(AT_DOOR)
def checkin(slug: str) -> Page:
    """Show who is expected on a day, and who is here."""
    return checkin_page(get_event(slug))


@bp.post(f"{DOOR}/mark")
@right(AT_DOOR)
def checkin_mark(slug: str) -> Response:
    """Mark one person, or take the mark back."""
    event = get_event(slug)
    day = read_day(event) or abort(404)
    mark = read_mark(day)
    if not ButtonForm().validate_on_submit():
        flash(_("Nothing was changed. Please press the button once more."), "warning")
    elif mark is None:
        abort(400)
    else:
        return _take(event, mark)
    return _back(slug, day)


@bp.post(f"{DOOR}/code")
@right(AT_DOOR)
def checkin_code(slug: str) -> Response | Page:
    """Mark whoever has this code as present."""
    event = get_event(slug)
    form = CodeForm()
    if form.validate_on_submit():
        return _take_code(event, form.code.data)
    return checkin_page(event, code_form=form)


@bp.post(f"{DOOR}/photo")
@right(AT_DOOR)
def checkin_photo(slug: str) -> Response | Page:
    """Mark whoever has the code on a photo as present."""
    request.max_content_length = PHOTO_BYTES
    event = get_event(slug)
    form = PhotoForm()
    if form.validate_on_submit():
        return _take_code(event, form.code)
    return checkin_page(event, photo_form=form)


@bp.post(f"{DOOR}/read")
@right(AT_DOOR)
def checkin_read(slug: str) -> tuple[FlaskResponse, int]:
    """Read the code on a photo for the script, which does the rest; nothing is kept."""
    request.max_content_length = PHOTO_BYTES
    get_event(slug)
    form = PhotoForm()
    if form.validate_on_submit():
        return jsonify(code=form.code), 200
    return jsonify(problem=errors_of(form)), 422


@bp.post(f"{DOOR}/walk-in")
@right(AT_DOOR)
def checkin_walk_in(slug: str) -> Response | Page:
    """Add somebody who came without a seat; they are present by it."""
    event = get_event(slug)
    day = read_day(event) or abort(404)
    form = walk_in_form(event, is_full=is_full(event))
    if form.validate_on_submit():
        with form.kept_when_busy():
            moment, walk_in = now(), form.walk_in(day)
            [outcome] = sync(event.id, [walk_in], moment, moment, organiser_id())
            name = f"{walk_in.first_name} {walk_in.last_name}"
            person = outcome.person if outcome.is_taken else None
            if outcome.result == "merged":
                flash(_("%(name)s was on the list already and is here now.", name=name), "info")
            elif outcome.is_taken:
                flash(_("%(name)s is on the list and here.", name=name), "success")
            else:
                flash(refusal_words(outcome.result), "warning")
            return _ask(event, person, day)
    return checkin_page(get_event(slug), form=form)


@bp.route(f"{DOOR}/ask/<int(max=2147483647):number>", methods=["GET", "POST"])
@right(AT_DOOR)
def checkin_ask(slug: str, number: int) -> Response | Page:
    """Ask somebody who has arrived what is still to be asked; on POST keep the answers."""
    event = get_event(slug)
    person = desk_queries.find_registration(event, number) or abort(404)
    day = read_day(event) or abort(404)
    asks = unanswered(event, [number]).get(number)
    if not asks:
        return _back(slug, day)
    button, form = ButtonForm(), door_form(event, request.form or None)
    if button.validate_on_submit() and (answers := form.given()) is not None:
        with button.kept_when_busy():
            moment = now()
            mark = Mark(read_operation(None), number, day, "present", moment, answers)
            sync(event.id, [mark], moment, moment, organiser_id())
            flash(_("The answers of %(name)s are saved.", name=person.name), "success")
            return _back(slug, day)
    page = render_template(
        "desk/checkin_ask.html", event=event, person=person, button=button, form=form, asks=asks
    )
    page, status, headers = button.answer(page)
    return page, 422 if form.errors else status, headers


@bp.get(f"{DOOR}/list.json")
@right(AT_DOOR)
def checkin_list(slug: str) -> FlaskResponse:
    """Give the device its list, with the token for sending."""
    return jsonify(list=list_for_device(get_event(slug), now()))


@bp.post(f"{DOOR}/sync")
@right(AT_DOOR)
def checkin_sync(slug: str) -> tuple[FlaskResponse, int]:
    """Take what a device noted meanwhile; answer with what became of it and the list as it is."""
    event = get_event(slug)
    try:
        validate_csrf(request.headers.get("X-CSRFToken"))
    except ValidationError:
        return jsonify(problem="token"), 403
    try:
        sent_at, acts, broken = read_acts(event, request.get_json(silent=True))
    except BrokenAct:
        return jsonify(problem="broken"), 400
    outcomes = sync(event.id, acts, sent_at, now(), organiser_id())
    fresh = list_for_device(get_event(slug), now())
    return jsonify(results=answer_to(outcomes, broken), list=fresh), 200


@bp.get(f"{DOOR}/shell")
@right(AT_DOOR)
def checkin_shell(slug: str) -> Page:
    """Give the page without anybody on it, nor who is signed in: what a device may keep."""
    return checkin_shell_of(get_event(slug)), 200, CAMERA


@bp.get(f"{DOOR}/worker.js")
@right(AT_DOOR)
def checkin_worker(slug: str) -> FlaskResponse:
    """Give the worker that answers for this one page when there is no network."""
    response = make_response(worker_source(get_event(slug)))
    response.mimetype = "text/javascript"
    response.headers["Service-Worker-Allowed"] = url_for("desk.checkin", slug=slug)
    return response


def _take(event: Event, mark: Mark) -> Response:
    """Write a mark and tell what became of it; lead on to what is asked of who arrived."""
    moment = now()
    [outcome] = sync(event.id, [mark], moment, moment, organiser_id())
    if not outcome.is_taken:
        flash(refusal_words(outcome.result), "warning")
        return _back(event.slug, mark.day)
    person = desk_queries.find_registration(event, outcome.person or 0)
    if person is None:
        return _back(event.slug, mark.day)
    if mark.status == "present":
        flash(_("%(name)s is here.", name=person.name), "success")
        return _ask(event, person.id, mark.day)
    flash(_("%(name)s is not marked as here any more.", name=person.name), "info")
    return _back(event.slug, mark.day)


def _take_code(event: Event, code: str) -> Response:
    day = read_day(event) or abort(404)
    wanted = read_code(code)
    number = next(
        (one for one, link_id in queries.links_of(event.id) if wanted in check_in_codes(link_id)),
        None,
    )
    person = None if number is None else desk_queries.find_registration(event, number)
    if person is None:
        flash(_("Nobody of this event has this code."), "warning")
    elif person.state != "confirmed":
        words = state_words(person.state)
        flash(
            _(
                "%(name)s has no seat (%(standing)s). To let them in, add them as somebody who "
                "came without a seat.",
                name=person.name,
                standing=words,
            ),
            "warning",
        )
    else:
        return _take(event, Mark(read_operation(None), person.id, day, "present", now()))
    return _back(event.slug, day)


def _ask(event: Event, number: int | None, day: date) -> Response:
    """Lead to what is still to be asked of somebody, or back to the list."""
    if number is None or not unanswered(event, [number]):
        return _back(event.slug, day)
    kept: dict[str, Any] = {name: request.args.get(name) for name in ("q", "show")}
    page = url_for("desk.checkin_ask", slug=event.slug, number=number, day=day.isoformat(), **kept)
    return redirect(page, 303)


def _back(slug: str, day: date) -> Response:
    """Lead back to the list as it was searched."""
    kept: dict[str, Any] = {name: request.args.get(name) for name in ("q", "show")}
    return redirect(url_for("desk.checkin", slug=slug, day=day.isoformat(), **kept), 303)
