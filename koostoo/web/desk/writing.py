"""Writing to people of an event: the form, the letter as it will read, a test, sending."""

from collections.abc import Sequence
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.correspondence.mailing import OtherNumber, send_mailing, send_test
from koostoo.correspondence.recipients import Recipients, find_recipients
from koostoo.events.models import Event
from koostoo.notices.mailing import preview
from koostoo.registration.desk_queries import people_of
from koostoo.registration.models import Registration
from koostoo.roster.filters import Filter
from koostoo.roster.queries import numbers_of
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.filtering import names_people, read_filter
from koostoo.web.desk.numbers import MOST_AT_ONCE, too_many_words
from koostoo.web.desk.people import back_to_people
from koostoo.web.desk.test_limit import may_test
from koostoo.web.desk.words import placeholders
from koostoo.web.desk.write_form import WriteForm, build
from koostoo.web.forms import Page
from koostoo.web.rights import organiser_id, right


@bp.route("/events/<slug>/write", methods=["GET", "POST"])
@right("event_run")
def write(slug: str) -> Response | Page:
    """Show the form; on POST the letter as it will read; and on its button send it."""
    event = get_event(slug)
    wanted = read_filter(event)
    if request.method == "GET" and names_people(wanted):
        return _begin_filtered(event, wanted)
    form = build(event, wanted=wanted)
    if not form.is_submitted():
        return _form_page(event, form)
    do = request.form.get("do", "preview")
    if not form.validate() or do == "edit":
        return _form_page(event, form)
    if do == "send":
        with form.kept_when_busy():
            if (sent := _send(event, form)) is not None:
                return sent
    elif do == "test":
        _send_test(event, form)
    return _preview_page(get_event(slug), form)


def begin(event: Event, numbers: list[int]) -> Page:
    """Return the empty form of a letter to the people ticked."""
    return _form_page(event, build(event, ticked=numbers))


def _begin_filtered(event: Event, wanted: Filter) -> Response | Page:
    """Begin a letter to those a list shows by what the form itself cannot choose by."""
    numbers = numbers_of(event.id, wanted, MOST_AT_ONCE + 1)
    if 0 < len(numbers) <= MOST_AT_ONCE:
        return begin(event, numbers)
    flash(
        too_many_words() if numbers else _("The list shows nobody to write to."),
        "warning",
    )
    return back_to_people(event.slug)


def _form_page(event: Event, form: WriteForm) -> Page:
    page = render_template(
        "desk/write.html",
        event=event,
        form=form,
        ticked=people_of(event.id, form.ticked) if form.ticked else [],
        placeholders=placeholders(),
    )
    return form.answer(page)


def _preview_page(event: Event, form: WriteForm) -> Page:
    draft = form.draft()
    found = find_recipients(db.session(), event, draft.whom, is_news=draft.is_news)
    page = render_template(
        "desk/write_preview.html",
        event=event,
        form=form,
        carried=form.carried(),
        count=len(found.letters),
        people=[person for people in found.letters for person in people],
        found=found,
        samples=_samples(event, form, found),
        own_address=g.organiser.email,
    )
    return form.answer(page)


def _samples(event: Event, form: WriteForm, found: Recipients) -> list[dict[str, Any]]:
    """Return the letter as the first reader of each language will read it."""
    draft = form.draft()
    firsts: dict[str, Sequence[Registration]] = {}
    for people in found.letters:
        firsts.setdefault(people[0].language, people)
    return [
        preview(draft.words, event, people, is_news=draft.is_news)
        for _lang, people in sorted(firsts.items(), reverse=True)
    ]


def _send(event: Event, form: WriteForm) -> Response | None:
    """Send the letter to as many as was shown; None where the number is another now."""
    slug = event.slug
    try:
        sent = send_mailing(event.id, form.draft(), form.shown, now(), organiser_id())
    except OtherNumber:
        flash(
            _("The number of letters is another one now. Nothing was sent: please look once more."),
            "warning",
        )
        return None
    if sent.again:
        flash(_("This letter is on its way already; it was not sent twice."), "info")
    else:
        words = ngettext(
            "%(num)s letter is on its way.", "%(num)s letters are on their way.", sent.letters
        )
        flash(words, "success")
    return redirect(url_for("desk.letters", slug=slug), 303)


def _send_test(event: Event, form: WriteForm) -> None:
    draft, moment = form.draft(), now()
    if not may_test(moment):
        return
    with form.kept_when_busy():
        address = send_test(
            event.id, draft.words, is_news=draft.is_news, now=moment, by=organiser_id()
        )
        flash(_("A test is on its way to %(address)s.", address=address), "success")
