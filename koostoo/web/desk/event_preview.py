"""Looking at an event before others do: as a participant sees it, and a text as it will read."""

from flask import Response as FlaskResponse
from flask import abort, request
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError

from koostoo.base.markdown import render_markdown
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.previewing import preview_page
from koostoo.web.rights import right

LONGEST = 20_000
"""Characters of a text, as many as the event form takes."""


@bp.get("/events/<slug>/preview")
@right("event_look")
def preview(slug: str) -> str:
    """Show the event as it is saved, as a participant will see it."""
    return preview_page(get_event(slug), slug)


@bp.post("/markdown")
@right("organiser")
def markdown_preview() -> FlaskResponse:
    """Give a text as it will read, for the script of the event form; nothing is kept."""
    try:
        validate_csrf(request.headers.get("X-CSRFToken"))
    except ValidationError:
        abort(400)
    text = request.form.get("text", "")
    if len(text) > LONGEST:
        abort(413)
    return FlaskResponse(render_markdown(text), mimetype="text/html")
