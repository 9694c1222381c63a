"""All registrations of one mailbox as a calendar; only a letter to the mailbox leads here."""

from collections.abc import Sequence
from dataclasses import replace

from flask import Response as FlaskResponse
from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from koostoo.base.clock import local_day, now
from koostoo.calendars.values import CalendarEntry
from koostoo.events.models import Event
from koostoo.registration.mailbox_calendar import (
    FEED_PURPOSE,
    PAGE_PURPOSE,
    calendar_state,
    events_of,
    find_calendar,
    renew_calendar,
)
from koostoo.registration.models import Registration
from koostoo.registration.words import state_label, state_words
from koostoo.web.feeds import Feed, feed_response, public_entries, subscription
from koostoo.web.forms import ButtonForm, Page
from koostoo.web.links import absolute, link_id_of, token_path
from koostoo.web.mine import bp
from koostoo.web.rights import right


@bp.route("/calendar/<token>", methods=["GET", "POST"])
@right("secret_link")
def calendar(token: str) -> Response | Page:
    """Show how to subscribe; on POST give the calendar another address."""
    found = find_calendar(link_id_of(PAGE_PURPOSE, token)) or abort(410)
    form = ButtonForm()
    if form.validate_on_submit():
        with form.kept_when_busy():
            link_id = renew_calendar(found.link_id)
            if link_id is None:
                abort(410)
            flash(_("Here is the new address. The old one no longer works anywhere."), "success")
            return redirect(token_path("mine.calendar", PAGE_PURPOSE, link_id), 303)
    page = render_template(
        "mine/calendar.html",
        form=form,
        links=subscription(token_path("mine.calendar_feed", FEED_PURPOSE, found.link_id)),
    )
    return form.answer(page)


@bp.get("/calendar/<token>.ics")
@right("secret_link")
def calendar_feed(token: str) -> FlaskResponse:
    """Feed of all registrations of a mailbox; 410 once its address was replaced."""
    found = find_calendar(link_id_of(FEED_PURPOSE, token)) or abort(410)
    email_key, today = found.email_key, local_day(now())
    state, changed = calendar_state(email_key, today)
    return feed_response(
        Feed(
            name=_("Koostöö: my registrations"),
            state=state,
            changed=changed,
            entries=lambda: [
                entry
                for event, people in events_of(email_key, today)
                for entry in _own_entries(event, people)
            ],
            page=absolute(url_for("public.home")),
            private=True,
        )
    )


def _own_entries(event: Event, people: Sequence[Registration]) -> list[CalendarEntry]:
    """Return an event's entries as those who signed up see them.

    Where nobody has a seat yet, the title says so and the time counts as free. Several people are
    named, one is not: a calendar is often shown to others.
    """
    states = [person.state for person in people]
    certain = "confirmed" in states or event.state == "called_off"
    prefix = "" if certain else f"{state_label(states[0])}: "
    names = [f"{person.name}: {state_words(person.state)}" for person in people]
    revised = max([event.revised_at, *(person.revised_at for person in people)])
    return [
        replace(
            entry,
            summary=prefix + entry.summary,
            description="\n\n".join(
                ["\n".join(names), entry.description] if len(people) > 1 else [entry.description]
            ),
            status=entry.status if certain else "TENTATIVE",
            transparent=entry.transparent or not certain,
            revised_at=revised,
        )
        for entry in public_entries([event])
    ]
