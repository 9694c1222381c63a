"""Named choices of columns: made on a page of their own, shared by all who look at the project."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField

from koostoo.events.models import Event
from koostoo.roster.presets import remove_preset, save_preset
from koostoo.roster.queries import presets_of
from koostoo.roster.rules import PRESET_LENGTH
from koostoo.web.desk import bp
from koostoo.web.desk.columns import chosen_columns, offered_columns
from koostoo.web.desk.events import get_event
from koostoo.web.desk.people import kept
from koostoo.web.forms import (
    AnyOf,
    AtMost,
    ButtonForm,
    Form,
    NoForbidden,
    Page,
    Sentence,
    line,
    options,
)
from koostoo.web.rights import right


class PresetForm(Form):
    """A choice of columns and its name."""

    columns = AnyOf(_l("Columns beside the name"))
    name = StringField(
        _l("Name of this choice"),
        [Sentence(), AtMost(PRESET_LENGTH), NoForbidden()],
        filters=[line],
        description=_l("For example: Catering. A choice of the same name is replaced."),
    )
    is_default = BooleanField(
        _l("Show lists like this to everybody who chooses nothing"),
        description=_l("In all events of the project."),
    )


@bp.route("/events/<slug>/columns", methods=["GET", "POST"])
@right("event_run")
def columns(slug: str) -> Response | Page:
    """Show which columns a list may have; on POST keep the choice under its name."""
    event = get_event(slug)
    project_id = event.activity.project_id
    presets = presets_of(project_id)
    offered = offered_columns(event)
    form = PresetForm(data=_first(event))
    labels = dict.fromkeys((one.key, one.label) for one in offered)
    form.columns.choices = options(labels)
    if form.validate_on_submit():
        keys = {one.key for one in offered}
        with form.kept_when_busy():
            number = save_preset(
                project_id,
                form.name.data,
                form.columns.data,
                keys,
                is_default=form.is_default.data,
            )
            flash(_("The columns are saved as “%(name)s”.", name=form.name.data), "success")
            asked = kept() | {"columns": str(number)}
            return redirect(url_for("desk.people", slug=slug, **asked), 303)
    page = render_template(
        "desk/columns.html",
        event=get_event(slug),
        form=form,
        presets=presets,
        back_url=url_for("desk.people", slug=slug, **kept()),
    )
    return form.answer(page)


@bp.post("/events/<slug>/columns/<int(max=2147483647):number>/remove")
@right("event_run")
def remove_columns(slug: str, number: int) -> Response:
    """Remove a choice of columns."""
    event = get_event(slug)
    if not ButtonForm().validate_on_submit():
        flash(_("Nothing was changed. Please press the button once more."), "warning")
    elif remove_preset(event.activity.project_id, number):
        flash(_("The choice of columns is removed."), "success")
    return redirect(url_for("desk.columns", slug=slug), 303)


def _first(event: Event) -> dict[str, Any]:
    """Return what the form shows first: the columns of the list the organiser comes from."""
    presets = presets_of(event.activity.project_id)
    shown, number = chosen_columns(event, presets, request.args.get("columns", ""))
    preset = next((one for one in presets if str(one.id) == number), None)
    return {
        "columns": [column.key for column in shown],
        "name": preset.name if preset else "",
        "is_default": preset.is_default if preset else False,
    }
