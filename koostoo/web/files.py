"""Giving out stored files: with headers under which nothing in them can run."""

from io import BytesIO
from tempfile import TemporaryFile
from typing import IO, Any

from babel.numbers import format_decimal
from flask import request, send_file, url_for
from werkzeug.wrappers import Response

from koostoo.documents.file_types import ABOUT
from koostoo.documents.names import download_name
from koostoo.files.models import StoredFile
from koostoo.files.queries import Variant, public_files_of, read
from koostoo.web.language import current_lang

POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""A file is looked at or saved; whatever it is, nothing in it runs as a page of ours."""
SHOWN = frozenset({"jpeg", "png", "webp"})
"""Shown in the browser, being drawn anew by ourselves; everything else is saved."""
FOR_GOOD = "public, max-age=31536000, immutable"
IN_MEMORY = 1_000_000
"""Bytes of a file held in memory; what is longer lies in a temporary file meanwhile."""


def send_stored(
    file: StoredFile, variant: Variant = "full", *, is_public: bool = False
) -> Response:
    """Send a file or its small picture.

    A public one whose address names its content (`?v=`) may be kept by everybody for good; others
    of the public are asked about each time; those of the desk are not stored anywhere.
    """
    kind = "webp" if variant == "small" else file.type
    body, size = _body(file, variant)
    response = send_file(
        body,
        mimetype=ABOUT[kind].mimetype,
        as_attachment=kind not in SHOWN,
        download_name=name_of(file, kind),
        etag=f"{file.digest[:32]}-{variant}",
        conditional=False,
    )
    # Here, not there: of a temporary file it would not know the length, which parts are cut by.
    response.make_conditional(request.environ, accept_ranges=True, complete_length=size)
    response.call_on_close(body.close)
    response.headers["Content-Security-Policy"] = POLICY
    if not is_public:
        response.headers["Cache-Control"] = "no-store"
    elif request.args.get("v") == version_of(file):
        response.headers["Cache-Control"] = FOR_GOOD
    else:
        response.headers["Cache-Control"] = "no-cache"
    return response


def _body(file: StoredFile, variant: Variant) -> tuple[IO[bytes], int]:
    is_large = variant == "full" and file.size > IN_MEMORY
    # The response closes it.
    body: IO[bytes] = TemporaryFile() if is_large else BytesIO()  # noqa: SIM115
    for piece in read(file.id, variant):
        body.write(piece)
    size = body.tell()
    body.seek(0)
    return body, size


def name_of(file: StoredFile, kind: str | None = None) -> str:
    """Return the name under which a file is saved."""
    return download_name(file.title or file.kind, ext=ABOUT[kind or file.type].ext)


def version_of(file: StoredFile) -> str:
    """Return what an address changes by when the content does."""
    return file.digest[:12]


def type_words(file: StoredFile) -> str:
    """Return the type and size of a file, such as "PDF, 240 kB"."""
    return f"{ABOUT[file.type].ext.upper()}, {size_words(file.size)}"


def size_words(size: int) -> str:
    """Return a number of bytes as people read it, with the reader's decimal sign."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    return f"{format_decimal(round(size / 1_000_000, 1), locale=current_lang())} MB"


def cover_url(slug: str, file: StoredFile) -> str:
    """Return the address of an event's cover picture, good for as long as it is this one."""
    return url_for("public.cover", slug=slug, v=version_of(file))


def document_url(slug: str, file: StoredFile) -> str:
    """Return the address of a document of an event, with the name it is saved under."""
    return url_for("public.document", slug=slug, number=file.id, name=name_of(file))


def logo_url(slug: str, file: StoredFile) -> str:
    """Return the address of a project's logo, good for as long as it is this one."""
    return url_for("public.logo", slug=slug, number=file.id, v=version_of(file))


def shown_files(event_id: int | None, slug: str, *, is_out: bool = True) -> dict[str, Any]:
    """Return the cover picture and the documents of an event as its page shows them.

    While the event is not out (`is_out`), their addresses are those of the desk; without a number
    there is no event yet, and no file of it.
    """
    files = [] if event_id is None else public_files_of(event_id)
    cover = next((file for file in files if file.kind == "cover"), None)
    documents = [file for file in files if file.kind == "document"]
    if is_out:
        cover_address = cover_url(slug, cover) if cover else ""
        listed = [(file, document_url(slug, file)) for file in documents]
    else:
        cover_address = url_for("desk.file_small", slug=slug, number=cover.id) if cover else ""
        listed = [(file, url_for("desk.file", slug=slug, number=file.id)) for file in documents]
    return {"cover": cover, "cover_url": cover_address, "documents": listed}
