"""What the documents to print share: logos, the language asked for, the download of one."""

from collections.abc import Callable, Mapping

from flask import request

from koostoo.accounts.downloads import Note, What
from koostoo.documents.drawings import Logo
from koostoo.documents.names import download_name
from koostoo.events.models import Event
from koostoo.programme.models import Project
from koostoo.reporting import papers
from koostoo.web.desk.sending import Download
from koostoo.web.language import Lang, current_lang
from koostoo.web.view import local

LANGS: Mapping[str, Lang] = {"et": "et", "en": "en"}


def logos_of(project: Project) -> tuple[Logo, ...]:
    """Return the logos of a project's funding block, in the language of the page."""
    return papers.logos_of(project.id, current_lang())


def lang_asked() -> Lang:
    """Return the language of the document: `?lang=`, else that of the page."""
    return LANGS.get(request.args.get("lang", ""), current_lang())


def printed(
    what: What, event: Event, heading: str, make: Callable[[], bytes], rows: int = 0
) -> Download:
    """Return a PDF about the event, with `rows` people in it, as a download."""
    note = Note(what, "pdf", rows, project_id=event.activity.project_id, event_id=event.id)
    name = download_name(heading, local(event.title), event.starts_on, ext="pdf")
    return Download([note], name, make)
