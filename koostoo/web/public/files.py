"""Files for everybody: an event's cover picture and documents, a project's logos."""

from flask import abort, redirect
from werkzeug.wrappers import Response

from koostoo.events.queries import find_public_event_id
from koostoo.files import queries
from koostoo.programme.queries import find_project_id
from koostoo.web.files import document_url, name_of, send_stored
from koostoo.web.public import bp
from koostoo.web.rights import right

NUMBER = "<int(max=2147483647):number>"


@bp.get("/events/<slug>/cover.webp")
@right("public")
def cover(slug: str) -> Response:
    """Send the cover picture of a public event."""
    files = queries.public_files_of(find_public_event_id(slug) or abort(404))
    found = next((file for file in files if file.kind == "cover"), None)
    return send_stored(found or abort(404), is_public=True)


@bp.get(f"/events/<slug>/documents/{NUMBER}/<name>")
@right("public")
def document(slug: str, number: int, name: str) -> Response:
    """Send a document of a public event; one that was renamed is sent from its present address."""
    found = queries.find_file(find_public_event_id(slug) or abort(404), number)
    if found is None or found.kind != "document":
        abort(404)
    if name != name_of(found):
        return redirect(document_url(slug, found))
    return send_stored(found, is_public=True)


@bp.get(f"/project/<slug>/logos/{NUMBER}")
@right("public")
def logo(slug: str, number: int) -> Response:
    """Send a logo of a project as its pages show it."""
    found = queries.find_logo(find_project_id(slug) or abort(404), number)
    return send_stored(found or abort(404), "small", is_public=True)
