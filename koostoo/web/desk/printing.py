"""What the documents to print share: logos, the language asked for, the answer that carries one."""

from collections.abc import Mapping
from datetime import date

from flask import Response, request

from koostoo.documents.drawings import Logo
from koostoo.documents.names import download_name
from koostoo.programme.models import Project
from koostoo.web.language import Lang, current_lang

LANGS: Mapping[str, Lang] = {"et": "et", "en": "en"}


def logos_of(_project: Project) -> tuple[Logo, ...]:
    """Return the logos of a project's funding block; none until they can be uploaded."""
    return ()


def lang_asked() -> Lang:
    """Return the language of the document: `?lang=`, else that of the page."""
    return LANGS.get(request.args.get("lang", ""), current_lang())


def pdf(document: bytes, *name: str | date) -> Response:
    """Return a PDF to download under a name made of these parts."""
    response = Response(document, content_type="application/pdf")
    filename = download_name(*name, ext="pdf")
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response
