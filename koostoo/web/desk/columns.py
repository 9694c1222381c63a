"""Which columns a list of people has: what an event offers to this organiser, what was chosen."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from koostoo.events.models import Event, Question
from koostoo.roster.models import ColumnPreset
from koostoo.roster.rules import COLUMNS, STANDARD, columns_shown, question_key
from koostoo.web.desk.filtering import STANDARD as BUILT_IN
from koostoo.web.desk.filtering import questions_seen
from koostoo.web.rights import access, event_facts
from koostoo.web.view import local

COLUMN_WORDS: dict[str, Any] = {
    "about": _l("Project, activity, event (downloads only)"),
    "organisation": _l("Organisation"),
    "contact": _l("Contact"),
    "standing": _l("Standing"),
    "signed_up": _l("Signed up"),
    "role": _l("Role"),
    "language": _l("Language"),
    "photos": _l("Consent to photos"),
    "tags": _l("Tags"),
    "note": _l("Note"),
    "attendance": _l("Attendance"),
    "contribution": _l("Own contribution"),
}


class Column(NamedTuple):
    """A column of the list: its key, its name, and the question it shows the answers to."""

    key: str
    label: str
    question: Question | None = None


def offered_columns(event: Event) -> list[Column]:
    """Return the columns this organiser may have in the list of the event, in their order."""
    there = {
        "attendance": event.when.is_fixed,
        "contribution": bool(event.contribution_cents),
    }
    fixed = [Column(key, str(COLUMN_WORDS[key])) for key in COLUMNS if there.get(key, True)]
    questions = [
        Column(question_key(question.label.et), local(question.label), question)
        for question in questions_seen(event)
    ]
    return _allowed([*fixed, *questions])


def chosen_columns(
    event: Event, presets: Sequence[ColumnPreset], asked: str
) -> tuple[list[Column], str]:
    """Return the columns of the list, and the preset they are (a number as text, or BUILT_IN).

    Without a preset asked for, or with one that is gone, the project's own; else the built-in.
    """
    preset = next((one for one in presets if str(one.id) == asked), None)
    if preset is None and asked != BUILT_IN:
        preset = next((one for one in presets if one.is_default), None)
    keys = STANDARD if preset is None else preset.columns
    columns = [column for column in offered_columns(event) if column.key in keys]
    return columns, BUILT_IN if preset is None else str(preset.id)


def _allowed(columns: Sequence[Column]) -> list[Column]:
    keys = [column.key for column in columns]
    sees_contacts = access().may_fill(event_facts())
    shown = columns_shown(keys, keys, sees_contacts=sees_contacts)
    return [column for column in columns if column.key in shown]
