"""The development mailbox: what would have been mailed, readable in the browser."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, render_template

from koostoo.web.frames import letter_frame, with_frame
from koostoo.web.rights import right

bp = Blueprint("devmail", __name__, url_prefix="/dev/mailbox")


def _folder() -> Path:
    return Path(current_app.config["INSTANCE_PATH"]) / "mailbox"


def _read(name: str) -> EmailMessage:
    path = _folder() / name
    if path not in _folder().glob("*.eml"):
        abort(404)
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def _part(letter: EmailMessage, kind: str) -> str:
    for part in letter.walk():
        if part.get_content_type() == kind:
            content = part.get_content()
            return content if isinstance(content, str) else content.decode()
    return ""


@bp.get("/")
@right("public")
def box() -> str:
    """List the letters, the newest first."""
    paths = sorted(_folder().glob("*.eml"), reverse=True)[:200]
    return render_template(
        "dev/mailbox.html", letters=[(path.name, _read(path.name)) for path in paths]
    )


@bp.get("/<name>")
@right("public")
def letter(name: str) -> Response:
    """Show one letter: as sent, as text, its calendar part."""
    found = _read(name)
    page = render_template(
        "dev/letter.html",
        name=name,
        letter=found,
        text=_part(found, "text/plain"),
        calendar=_part(found, "text/calendar"),
    )
    return with_frame(page)


@bp.get("/<name>/html")
@right("public")
def body(name: str) -> Response:
    """Give the HTML body for the frame; nothing in it can run."""
    return letter_frame(_part(_read(name), "text/html"), "_top")
