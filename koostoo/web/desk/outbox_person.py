"""The letters to one person of an event: what they got and missed, and another address."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms import StringField

from koostoo.base.clock import now
from koostoo.base.contact import format_email, parse_email
from koostoo.mail import health
from koostoo.mail.models import MISSED
from koostoo.registration import outbox_queries
from koostoo.registration.models import Registration
from koostoo.registration.undelivered import (
    PersonExists,
    PersonNotFound,
    correct_address,
    may_tell_standing,
    send_again,
    tell_standing,
)
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.outbox_pages import WORDS
from koostoo.web.desk.people import ONE, back_to_people, get_person
from koostoo.web.forms import (
    AtMost,
    ButtonForm,
    Form,
    NoForbidden,
    Page,
    Sentence,
    email_like,
    line,
)
from koostoo.web.rights import organiser_id, right


@bp.get(f"{ONE}/outbox", endpoint="outbox_person")
@right("person_run")
def show(slug: str, number: int) -> str:
    """Show all letters to this person and how they stand."""
    event = get_event(slug)
    person = get_person(event, number)
    letters = outbox_queries.letters_of(person.id)
    return render_template(
        "desk/outbox_person.html",
        event=event,
        person=person,
        letters=letters,
        missed=sum(1 for letter in letters if letter.state in MISSED),
        may_tell=may_tell_standing(person, now()),
        health=health.look(now()),
        words=WORDS,
    )


@bp.post(f"{ONE}/outbox")
@right("person_run")
def send_letters_again(slug: str, number: int) -> Response:
    """Put this person's letters that did not arrive back in the outbox."""
    event = get_event(slug)
    person = get_person(event, number)
    name = person.name
    if not ButtonForm().validate_on_submit():
        flash(_("Nothing was changed. Please press the button once more."), "warning")
    elif count := send_again(event.id, person.id, now(), organiser_id()):
        words = ngettext(
            "%(num)s letter to %(name)s is on its way again.",
            "%(num)s letters to %(name)s are on their way again.",
            count,
            name=name,
        )
        flash(words, "success")
    else:
        flash(_("No letter to %(name)s has to be sent again.", name=name), "info")
    if request.form.get("back") == "letters":
        return redirect(url_for("desk.outbox_person", slug=slug, number=number), 303)
    return back_to_people(slug)


@bp.post(f"{ONE}/outbox/standing")
@right("person_run")
def tell_person_standing(slug: str, number: int) -> Response:
    """Write to this person anew how they stand."""
    event = get_event(slug)
    person = get_person(event, number)
    name = person.name
    if not ButtonForm().validate_on_submit():
        flash(_("Nothing was changed. Please press the button once more."), "warning")
    elif tell_standing(event.id, person.id, now(), organiser_id()):
        flash(_("A new letter is on its way: %(name)s.", name=name), "success")
    else:
        flash(_("No new letter is needed: one is on its way, or there is nothing to tell."), "info")
    return redirect(url_for("desk.outbox_person", slug=slug, number=number), 303)


class AddressForm(Form):
    """The right address of somebody whose letters do not arrive."""

    email = StringField(
        _l("The right e-mail address"),
        [Sentence(), AtMost(254), NoForbidden(), email_like],
        filters=[line],
        render_kw={"type": "email"},
    )


@bp.route(f"{ONE}/address", methods=["GET", "POST"])
@right("person_run")
def outbox_address(slug: str, number: int) -> Response | Page:
    """Ask for the right address; on POST write it down and send there what the person missed."""
    event = get_event(slug)
    person = get_person(event, number)
    if not person.email:
        abort(404)
    form = AddressForm(data={"email": format_email(person.email)})
    if form.validate_on_submit():
        with form.kept_when_busy():
            if _correct(form, event.id, person):
                return redirect(url_for("desk.outbox_person", slug=slug, number=number), 303)
    person = get_person(get_event(slug), number)
    page = render_template(
        "desk/outbox_address.html", event=get_event(slug), person=person, form=form
    )
    return form.answer(page)


def _correct(form: AddressForm, event_id: int, person: Registration) -> bool:
    """Correct the address; False after putting the refusal into the form."""
    name = person.name
    try:
        count = correct_address(
            event_id, person.id, parse_email(form.email.data), now(), organiser_id()
        )
    except PersonExists:
        form.email.errors = [
            _("%(name)s is already registered for this event with this address.", name=name)
        ]
        return False
    except PersonNotFound:
        abort(404)
    words = ngettext(
        "The address is corrected; %(num)s letter is on its way to it.",
        "The address is corrected; %(num)s letters are on their way to it.",
        count,
    )
    flash(words if count else _("The address is corrected."), "success")
    return True
