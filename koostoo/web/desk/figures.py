"""How many people were at an event of which there is no list, written by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import Field, HiddenField, TextAreaField
from wtforms.validators import StopValidation

from koostoo.attendance.figures import (
    Figures,
    FiguresChanged,
    FiguresRefused,
    find_figures,
    has_list,
    note_figures,
)
from koostoo.attendance.models import EventFigures
from koostoo.base.clock import now
from koostoo.events.models import Event
from koostoo.programme.models import Organisation
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.fields import SeatsField
from koostoo.web.desk.numbers import small_number
from koostoo.web.forms import MISSING, AtMost, Form, NoForbidden, Page, Sentence, prose
from koostoo.web.rights import organiser_id, right


class PeopleField(SeatsField):
    """A number of people, or nothing."""

    wrong = _l("Please write a whole number up to 99999.")


class NumberNeeded:
    """Require a number to be there; none at all, 0, is one too."""

    field_flags: Mapping[str, bool] = {"required": True}

    def __call__(self, form: Any, field: Field) -> None:
        """Raise StopValidation where nothing was typed."""
        if field.data is None and not field.errors:
            raise StopValidation(str(MISSING))


class RemoveForm(Form):
    """Which figures somebody looked at: those noted since are not touched."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version that was looked at; 0 for none."""
        return small_number(str(self.version.data or "")) or 0


class FiguresForm(RemoveForm):
    """How many were there in all and from which organisation, and where that is known from."""

    total = PeopleField(_l("Participants"), validators=[NumberNeeded()])
    source = TextAreaField(
        _l("Where is the number from?"),
        [Sentence(), AtMost(500), NoForbidden()],
        filters=[prose],
        description=_l("For example: signed list on paper, in the folder of the project."),
    )

    organisations: Sequence[Organisation] = ()

    def of(self, organisation: Organisation) -> Field:
        """Return the field of one organisation's people."""
        return self[f"of_{organisation.id}"]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, then that no more came from organisations than in all."""
        valid = bool(super().validate(extra_validators))
        if valid and sum(self.figures().by_organisation.values()) > self.total.data:
            words = _("More people are named below than there were in all.")
            self.total.errors = [words]
        return not self.errors

    def figures(self) -> Figures:
        """Return the checked values."""
        parts = {
            one.id: self.of(one).data for one in self.organisations if self.of(one).data is not None
        }
        return Figures(self.total.data, parts, self.source.data)


@bp.route("/events/<slug>/figures", methods=["GET", "POST"])
@right("event_run")
def figures(slug: str) -> Response | Page:
    """Show how many were there by hand; on POST note it."""
    event = get_event(slug)
    event_id = event.id
    form = _form(event, find_figures(event_id))
    if _takes_figures(event) and form.validate_on_submit():
        with form.kept_when_busy():
            try:
                note_figures(event_id, form.figures(), form.seen, now(), organiser_id())
            except FiguresChanged as refusal:
                form.version.data = str(refusal.version)
                form.form_errors.append(
                    _(
                        "Somebody else wrote a number meanwhile; it stands at the end of the page. "
                        "What you typed is kept; saving again replaces theirs."
                    )
                )
            except FiguresRefused:
                return redirect(url_for("desk.figures", slug=slug), 303)
            else:
                flash(_("The number is saved."), "success")
                return redirect(url_for("desk.figures", slug=slug), 303)
    return form.answer(_page(get_event(slug), form))


@bp.post("/events/<slug>/figures/remove")
@right("event_run")
def figures_remove(slug: str) -> Response:
    """Take back what was noted by hand."""
    form = RemoveForm()
    if form.validate_on_submit():
        try:
            note_figures(get_event(slug).id, None, form.seen, now(), organiser_id())
        except (FiguresChanged, FiguresRefused):
            flash(_("This can no longer be done with this event."), "warning")
        else:
            flash(_("The number is removed."), "success")
    return redirect(url_for("desk.figures", slug=slug), 303)


def _takes_figures(event: Event) -> bool:
    is_over = event.state == "published" and event.when.is_over(now())
    return is_over and not has_list(event.id)


def _form(event: Event, noted: EventFigures | None) -> FiguresForm:
    kept = [one.organisation for one in noted.parts] if noted else []
    partners = [one.organisation for one in event.activity.project.partners]
    organisations = list(dict.fromkeys([*partners, *kept]))
    data: dict[str, Any] = {"version": str(noted.version if noted else 0)}
    if noted:
        data |= {"total": noted.total, "source": noted.source}
        data |= {f"of_{one.organisation_id}": one.people for one in noted.parts}
    fields = {f"of_{one.id}": PeopleField(one.name) for one in organisations}
    # A class of its own: each project has other organisations.
    form: FiguresForm = type("FiguresOfProject", (FiguresForm,), fields)(data=data)
    form.organisations = organisations
    return form


def _page(event: Event, form: FiguresForm) -> str:
    noted = find_figures(event.id)
    return render_template(
        "desk/figures.html",
        event=event,
        noted=noted,
        form=form,
        remove=RemoveForm(formdata=None, data={"version": str(noted.version if noted else 0)}),
        counts_list=has_list(event.id),
        takes=_takes_figures(event),
    )
