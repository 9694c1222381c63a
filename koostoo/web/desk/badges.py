"""Name badges: which sheet, who, in which order, what is on them; how many there will be."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms import BooleanField
from wtforms import Form as PlainForm
from wtforms.validators import Optional as MayBeEmpty

from koostoo.attendance.queries import links_of
from koostoo.base.clock import now
from koostoo.base.text import sort_key
from koostoo.documents.badges_pdf import Badge, Badges, render_badges
from koostoo.documents.labels import LABEL_SHEETS, LabelSheet, labels_left, sheets_needed
from koostoo.events.models import Event
from koostoo.files.queries import logos_of as stored_logos
from koostoo.registration.queries import project_organisations
from koostoo.roster.filters import OTHER, Filter
from koostoo.roster.queries import ListRow, count_rows, stream_rows
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.fields import ReadField
from koostoo.web.desk.numbers import small_number
from koostoo.web.desk.printing import logos_of, printed
from koostoo.web.desk.sending import Download, recorded
from koostoo.web.forms import Page, Pick, options
from koostoo.web.language import current_lang
from koostoo.web.links import check_in_codes
from koostoo.web.rights import right
from koostoo.web.view import local

ORDERS: Mapping[str, tuple[Any, Callable[[ListRow], str] | None]] = {
    "name": (_l("last name"), None),
    "first": (_l("first name"), lambda one: sort_key(one.first_name, one.last_name)),
    "organisation": (
        _l("organisation, then last name"),
        lambda one: sort_key(one.member_organisation or one.organisation or ""),
    ),
}
"""How badges follow each other: words, and the key to sort by; people come by last name."""


class LabelField(ReadField):
    """The number of a label on its sheet, counted from 1."""

    show = staticmethod(str)
    wrong = _l("Please write a whole number.")

    @staticmethod
    def read(text: str) -> int:
        """Return the number; raise ValueError where it is none, or zero."""
        number = small_number(text)
        if not number:
            raise ValueError("no number of a label")
        return number


class BadgesForm(PlainForm):  # type: ignore[misc]  # WTForms ships no types
    """What is asked about badges; it is sent by GET and changes nothing."""

    sheet = Pick(_l("Sheet of labels"), default=next(iter(LABEL_SHEETS)))
    start = LabelField(
        _l("First free label"),
        description=_l(
            "For a sheet that is partly used: labels are counted along the rows, from the top left."
        ),
        default=1,
    )
    organisation = Pick(_l("Whose people"), validators=[MayBeEmpty()])
    order = Pick(
        _l("Order"),
        choices=options((name, words) for name, (words, _key) in ORDERS.items()),
        default="name",
    )
    title = BooleanField(_l("Title of the event"), default=True)
    logos = BooleanField(_l("Logos of the project"), default=True)
    code = BooleanField(
        _l("Check-in code"),
        description=_l("The same as on their own page: at the door it is scanned from the badge."),
    )

    form_errors: list[str]
    is_busy = False

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, and that the sheet has the label."""
        super().validate(extra_validators)
        places = self.label_sheet.places
        if not self.start.errors and self.first_label > places:
            words = ngettext(
                "This sheet has %(num)s label.", "This sheet has %(num)s labels.", places
            )
            self.start.errors = [words]
        return not self.errors

    @property
    def label_sheet(self) -> LabelSheet:
        """The sheet chosen, or the first."""
        return LABEL_SHEETS.get(self.sheet.data, next(iter(LABEL_SHEETS.values())))

    @property
    def first_label(self) -> int:
        """The label the first badge goes on; the first where nothing was typed."""
        return self.start.data or 1

    def has(self, name: str) -> bool:
        """Say whether something is wanted on the badges; what is not offered is not."""
        return name in self and bool(self[name].data)


@bp.get("/events/<slug>/badges")
@right("event_run")
def badges(slug: str) -> Page:
    """Show the form, and how many badges and sheets there will be."""
    event = get_event(slug)
    form = _form(event)
    is_valid = form.validate()
    number = count_rows(event.id, _wanted(form)) if is_valid else 0
    page = render_template(
        "desk/badges.html",
        event=event,
        form=form,
        number=number,
        sheets=sheets_needed(number, form.first_label, form.label_sheet),
        left=labels_left(number, form.first_label, form.label_sheet),
    )
    return page, 200 if is_valid else 422, {}


@bp.get("/events/<slug>/badges.pdf")
@right("event_run")
@recorded
def badges_pdf(slug: str) -> Response | Download:
    """Send the badges; back to the form where it is wrong or leaves nobody."""
    event = get_event(slug)
    form = _form(event)
    people = _people(event, form) if form.validate() else []
    if not people:
        if not form.errors:
            flash(_("Nobody of these has a seat, so there is nothing to print."), "warning")
        asked = request.query_string.decode("latin-1")
        return redirect(f"{url_for('desk.badges', slug=slug)}?{asked}", 303)
    links = dict(links_of(event.id)) if form.has("code") else {}
    heading, title = _("Name badges"), local(event.title)
    document = Badges(
        title=f"{heading}: {title}",
        people=tuple(_badge(one, links.get(one.id)) for one in people),
        sheet=form.label_sheet,
        made_at=now().replace(microsecond=0),
        start=form.first_label,
        event=title if form.has("title") else "",
        logos=logos_of(event.activity.project) if form.has("logos") else (),
        language=current_lang(),
    )
    return printed("badges", event, heading, lambda: render_badges(document), len(people))


def _form(event: Event) -> BadgesForm:
    form = BadgesForm(request.args or None)
    form.sheet.choices = options((name, _words(one)) for name, one in LABEL_SHEETS.items())
    form.organisation.choices = options(
        [
            ("", _("everybody with a seat")),
            *((str(one.id), one.name) for one in project_organisations(event)),
            (OTHER, _("another organisation")),
        ]
    )
    if not stored_logos(event.activity.project_id):
        del form.logos
    if event.mode == "online" or not event.when.is_fixed:
        del form.code
    return form


def _words(sheet: LabelSheet) -> str:
    size = f"{sheet.width:g} × {sheet.height:g} mm"
    if current_lang() == "et":
        size = size.replace(".", ",")
    if sheet.is_cut:
        return _("plain paper to cut: %(size)s, %(number)s a page", size=size, number=sheet.places)
    number = _("%(number)s a sheet", number=sheet.places)
    return f"{sheet.name}: {size}, {number}"


def _wanted(form: BadgesForm) -> Filter:
    return Filter(state="confirmed", organisation=form.organisation.data or "")


def _people(event: Event, form: BadgesForm) -> Sequence[ListRow]:
    people = list(stream_rows(event.id, _wanted(form)))
    _label, key = ORDERS[form.order.data or "name"]
    return people if key is None else sorted(people, key=key)


def _badge(one: ListRow, link_id: str | None) -> Badge:
    group = one.organisation or ""
    return Badge(
        first=one.first_name,
        last=one.last_name,
        organisation=one.member_organisation or group,
        partner=group if one.member_organisation not in ("", group) else "",
        code=check_in_codes(link_id)[0] if link_id else "",
    )
