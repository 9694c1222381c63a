"""The desk in an organiser's own calendar: all events with their numbers of people."""

from dataclasses import replace

from flask import Response as FlaskResponse
from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from koostoo.accounts.calendar import DESK_FEED_PURPOSE, find_feed_owner, renew_feed, revoke_feed
from koostoo.base.clock import local_day, now
from koostoo.calendars.values import CalendarEntry
from koostoo.events.access import load_access
from koostoo.registration.desk_calendar import Counted, desk_calendar, desk_calendar_state
from koostoo.web.desk import bp
from koostoo.web.feeds import Feed, feed_response, public_entries, subscription
from koostoo.web.forms import ButtonForm, Page
from koostoo.web.links import absolute, link_id_of, token_path
from koostoo.web.rights import organiser_id, right


@bp.route("/calendar", methods=["GET", "POST"])
@right("organiser")
def calendar() -> Response | Page:
    """Show this organiser's calendar address; on POST make one, make it anew, or take it away."""
    form = ButtonForm()
    if form.validate_on_submit():
        with form.kept_when_busy():
            if request.form.get("do") == "stop":
                revoke_feed(organiser_id())
                flash(_("The address no longer works anywhere."), "success")
            else:
                renew_feed(organiser_id())
                flash(_("Here is your address. One you had before no longer works."), "success")
            return redirect(url_for("desk.calendar"), 303)
    link_id = g.organiser.feed_link_id
    path = token_path("desk.calendar_feed", DESK_FEED_PURPOSE, link_id) if link_id else None
    page = render_template(
        "desk/calendar.html", form=form, links=subscription(path) if path else None
    )
    return form.answer(page)


@bp.get("/calendar/<token>.ics")
@right("secret_link")
def calendar_feed(token: str) -> FlaskResponse:
    """Feed of the owner's dated events with counts; 410 once the address is nobody's."""
    owner = find_feed_owner(link_id_of(DESK_FEED_PURPOSE, token))
    if owner is None:
        abort(410)
    reach, today = load_access(owner), local_day(now())
    state, changed = desk_calendar_state(today, reach)
    return feed_response(
        Feed(
            name=_("Koostöö: desk"),
            state=state,
            changed=changed,
            entries=lambda: [
                entry for counted in desk_calendar(today, reach) for entry in _desk_entries(counted)
            ],
            page=absolute(url_for("desk.home")),
            private=True,
        )
    )


def _desk_entries(counted: Counted) -> list[CalendarEntry]:
    """Return an event's entries with its numbers in the title, marked when it is a draft."""
    event = counted.event
    draft = event.state == "draft"
    prefix = _("DRAFT") + ": " if draft else ""
    page = absolute(url_for("desk.people", slug=event.slug))
    return [
        replace(
            entry,
            uid=f"desk-{entry.uid}",
            summary=f"{prefix}{entry.summary} {_in_short(counted)}".strip(),
            description="\n".join([*_in_words(counted), "", page]),
            url=page,
            status="TENTATIVE" if draft else entry.status,
            transparent=entry.transparent or draft,
            revised_at=counted.revised,
        )
        for entry in public_entries([event])
    ]


def _in_short(counted: Counted) -> str:
    event, seated = counted.event, counted.seated
    if not event.takes_registrations and not seated:
        return ""
    seats = str(seated) if event.capacity is None else f"{seated}/{event.capacity}"
    return f"[{seats} +{counted.waiting}]" if counted.waiting else f"[{seats}]"


def _in_words(counted: Counted) -> list[str]:
    event, lines = counted.event, []
    if event.takes_registrations or counted.seated:
        if event.capacity is None:
            lines.append(
                ngettext("%(num)s person has a seat", "%(num)s people have a seat", counted.seated)
            )
        else:
            lines.append(
                _("%(taken)s of %(seats)s seats taken", taken=counted.seated, seats=event.capacity)
            )
    if counted.waiting:
        lines.append(
            ngettext(
                "%(num)s person on the waiting list",
                "%(num)s people on the waiting list",
                counted.waiting,
            )
        )
    if counted.pending:
        lines.append(
            ngettext("%(num)s to be confirmed", "%(num)s to be confirmed", counted.pending)
        )
    return lines
