"""What somebody typed at the desk while their session ended: given back, to send again.

Nothing is kept on the server: the page holds it until its owner has signed in in another tab.
Another site cannot bring anybody here: its POSTs were refused before (`headers`).
"""

from flask import current_app, render_template, request
from werkzeug.datastructures import MultiDict

from koostoo.web.forms import ButtonForm

_OF_THE_FORM = frozenset({"csrf_token"})


def unsaved_page() -> tuple[str, int] | None:
    """Return the page that holds what this request sent (403); None where nothing was typed.

    Files are too large to give back; the page says so. What a script sends, it keeps itself.
    """
    if not _may_be_typed():
        return None
    typed = MultiDict(
        (name, value) for name, value in request.form.items(multi=True) if name not in _OF_THE_FORM
    )
    if not any(value.strip() for value in typed.values()):
        return None
    page = render_template(
        "signin/unsaved.html",
        form=ButtonForm(),
        address=request.script_root + request.full_path.rstrip("?"),
        typed=list(typed.items(multi=True)),
        has_files=any(file.filename for file in request.files.values()),
    )
    return page, 403


def _may_be_typed() -> bool:
    """Say whether this is a form a person sent, of a size that is read whatever it says."""
    return (
        request.method == "POST"
        and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        and request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data")
        and (request.content_length or 0) <= current_app.config["MAX_CONTENT_LENGTH"]
    )
