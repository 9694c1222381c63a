"""What is forgotten of a project's people, on which day and why; and what was."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from flask import render_template
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from koostoo.base import keep
from koostoo.base.clock import now
from koostoo.privacy.retention import coming, record_of
from koostoo.privacy.rules import Kind
from koostoo.web.desk import bp
from koostoo.web.desk.logos import get_project
from koostoo.web.desk.projects import ONE
from koostoo.web.rights import right

KIND_WORDS: Mapping[Kind, Any] = {
    "answers": _l("Answers, notes, and who has given feedback"),
    "contacts": _l("Addresses and phone numbers"),
    "letters": _l("Letters, tags, reasons, and what organisers wrote"),
    "people": _l("Names and whom they represent; words of feedback"),
    "files": _l("Signed lists, photos and other evidence"),
    "security": _l("What lapses by itself"),
}


def why_words(kind: Kind) -> str:
    """Return in words what ends the keeping of this."""
    if kind == "answers":
        return ngettext(
            "%(num)s day after the event", "%(num)s days after the event", keep.SENSITIVE_DAYS
        )
    if kind in ("contacts", "letters"):
        return ngettext(
            "%(num)s day after the event, but not before the project has ended",
            "%(num)s days after the event, but not before the project has ended",
            keep.CONTACT_DAYS,
        )
    words = {
        "people": _l("evidence is kept until then"),
        "files": _l("evidence is kept until then"),
        "security": "",
    }
    return str(words[kind])


@bp.get(f"{ONE}/retention", endpoint="retention")
@right("project_manage")
def show(slug: str) -> str:
    """Show what goes next, day by day, and the record of what went."""
    project = get_project(slug)
    lines = coming(project.id, now())
    return render_template(
        "desk/retention.html",
        project=project,
        days=[
            (day, list(rows))
            for day, rows in groupby(lines, lambda line: line.planned.day)
            if day is not None
        ],
        undated=[line for line in lines if line.planned.day is None],
        record=record_of(project.id),
        kind_words=KIND_WORDS,
        why_words=why_words,
    )
