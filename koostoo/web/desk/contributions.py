"""Own contributions: who has paid, in cash or by transfer, and how much it makes."""

from collections import Counter

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms import Field, ValidationError

from koostoo.attendance import queries
from koostoo.attendance.rules import METHODS
from koostoo.attendance.service import note_paid
from koostoo.base.clock import now
from koostoo.events.models import Event
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.fields import EurosField
from koostoo.web.desk.numbers import ticked
from koostoo.web.desk.paging import PAGE_SIZE, paging
from koostoo.web.desk.words import METHOD_WORDS
from koostoo.web.forms import Form, Page, Pick, Sentence, options
from koostoo.web.rights import organiser_id, right

NOT_PAID = "none"


class PaidForm(Form):
    """What to note about the people ticked."""

    how = Pick(
        _l("The people ticked"),
        choices=options(
            [
                ("", _l("Please choose")),
                ("cash", _l("have paid in cash")),
                ("transfer", _l("have paid by transfer")),
                (NOT_PAID, _l("have not paid")),
            ]
        ),
        validators=[Sentence(_l("Please choose one of these."))],
    )
    amount = EurosField(_l("Amount, if another"))

    def validate_how(self, _field: Field) -> None:
        """Refuse to do something with nobody."""
        if not ticked():
            raise ValidationError(_("Please tick somebody first."))

    def validate_amount(self, field: Field) -> None:
        """Refuse nothing as an amount that was paid."""
        if field.data == 0:
            raise ValidationError(_("Please write an amount like 20 or 12,50."))


@bp.route("/events/<slug>/contributions", methods=["GET", "POST"])
@right("event_run")
def contributions(slug: str) -> Response | Page:
    """Show who has paid; on POST note it for the people ticked."""
    event = get_event(slug)
    form = PaidForm()
    if form.validate_on_submit():
        with form.kept_when_busy():
            method = next((one for one in METHODS if one == form.how.data), None)
            changed = note_paid(event.id, ticked(), method, form.amount.data, now(), organiser_id())
            words = ngettext("Noted for %(num)s person.", "Noted for %(num)s people.", changed)
            flash(words, "success" if changed else "info")
            return redirect(url_for("desk.contributions", slug=slug), 303)
    return form.answer(_page(get_event(slug), form))


def _page(event: Event, form: PaidForm) -> str:
    paid = queries.payments(event.id)
    total = queries.count_guests(event.id)
    page = paging("desk.contributions", total, slug=event.slug)
    people = queries.guests(event.id, limit=PAGE_SIZE, offset=page.offset)
    sums: Counter[str] = Counter()
    for one in paid.values():
        sums[one.method] += one.cents
    return render_template(
        "desk/contributions.html",
        event=event,
        form=form,
        people=people,
        paid=paid,
        sums=sums,
        ticked=ticked(),
        method_words=METHOD_WORDS,
        unpaid=total - len(paid),
        pages=page.pages,
    )
