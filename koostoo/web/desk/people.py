"""Pages of the people of an event: the list, adding by hand."""

from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from koostoo.base.clock import now
from koostoo.base.text import clean_line
from koostoo.events.models import Event
from koostoo.registration import desk_queries
from koostoo.registration.admission import SignUpRefused
from koostoo.registration.desk_queries import OTHER, Filter
from koostoo.registration.models import ACTIVE, MEMBERSHIPS, STATES, Registration
from koostoo.registration.outbox_queries import missed_letters
from koostoo.registration.queries import (
    project_organisations,
    queue_places,
    seats_of,
    why_waiting,
)
from koostoo.registration.reply_queries import replies_of
from koostoo.registration.rules import SignUp
from koostoo.registration.service import SignedUp, sign_up
from koostoo.registration.words import STATE_WORDS, state_label
from koostoo.web.desk import adding, bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.numbers import small_number
from koostoo.web.desk.opening import checklist
from koostoo.web.desk.outbox_words import outcome_words
from koostoo.web.desk.words import EVENT_STATE_WORDS, refusal_words, reply_words
from koostoo.web.forms import Page
from koostoo.web.rights import access, event_facts, organiser_id, right, shows_contacts
from koostoo.web.sharing import MEMBERSHIP_WORDS, OBSTACLE_WORDS, sharing_lines
from koostoo.web.signup_form import role_label, suggested

ONE = "/events/<slug>/registrations/<int(max=2147483647):number>"
"""Where one person of an event is; what can be done about them stands behind it."""
ANSWERS = ("yes", "none")
"""To the question whether they still come: how the list can be filtered by it."""


@bp.get("/events/<slug>/registrations", endpoint="people")
@right("event_look")
def show(slug: str) -> str:
    """Show the event and one page of its people, searched and filtered."""
    event = get_event(slug)
    wanted = read_filter()
    number = request.args.get("page", "")
    page = desk_queries.registrations_page(event.id, wanted, small_number(number) or 1)
    counts = desk_queries.state_counts(event.id, wanted.whose)
    runs = access().may_run(event_facts())
    return render_template(
        "desk/people.html",
        event=event,
        page=page,
        pages=_pages(slug, page, wanted),
        tabs=_tabs(slug, wanted, counts),
        wanted=wanted,
        asked=query_of(wanted),
        organisations=[
            one
            for one in project_organisations(event)
            if wanted.whose is None or one.id in wanted.whose
        ],
        seats=seats_of([event], now())[event.id],
        is_over=event.when.is_over(now()),
        sharing=sharing_lines(event, now()),
        obstacles=why_waiting(event, page.rows, now()),
        places=queue_places(event.id) if counts.get("waiting") else {},
        obstacle_words=OBSTACLE_WORDS,
        membership_words=MEMBERSHIP_WORDS,
        undelivered=missed_letters(page.rows),
        outcome_words=outcome_words,
        answers=desk_queries.move_answers(event.id),
        moment_now=now(),
        replies=replies_of(page.rows),
        reply_words=reply_words,
        state_label=state_label,
        event_state_words=EVENT_STATE_WORDS,
        role_label=role_label,
        runs=runs,
        fills=access().may_fill(event_facts()),
        sees_files=access().may_see_files(event_facts()),
        shows=shows_contacts,
        active=ACTIVE,
        listed=checklist(event) if event.state == "draft" and runs else None,
    )


@bp.route("/events/<slug>/registrations/add", methods=["GET", "POST"])
@right("event_fill")
def add(slug: str) -> Response | Page:
    """Show the sign-up form for a person who called or came by; on POST register them."""
    event = get_event(slug)
    runs = access().may_run(event_facts())
    form = adding.build(event, None if runs else access().organisations)
    above = adding.AboveForm(request.form if runs else None)
    if form.validate_on_submit() and above.validate():
        entry = replace(form.entry(event, source="desk"), over_capacity=above.above.data)
        with form.kept_when_busy():
            try:
                outcome = sign_up(event.id, entry, now(), organiser_id(), above.reason.data or "")
            except SignUpRefused as refusal:
                form.form_errors.append(refusal_words(refusal.reason))
            else:
                flash(*_outcome_words(entry, outcome))
                return redirect(url_for("desk.people", slug=slug), 303)
    page = render_template(
        "desk/add.html",
        event=get_event(slug),
        form=form,
        suggested=suggested(form),
        above=above,
        runs=runs,
        seats=seats_of([event], now())[event.id],
    )
    page, status, headers = form.answer(page)
    return page, 422 if above.errors else status, headers


def read_filter() -> Filter:
    """Return what the address asks for; what makes no sense is left out."""
    state = request.args.get("state", "")
    organisation = request.args.get("organisation", "")
    membership = request.args.get("membership", "")
    answer = request.args.get("answer", "")
    if organisation != OTHER:
        organisation = str(small_number(organisation) or "")
    return Filter(
        text=clean_line(request.args.get("q", ""))[:100],
        whose=access().whose_people(event_facts()),
        in_contacts=access().may_run(event_facts()) or not access().sees_everybody(event_facts()),
        state=state if state in STATES else "",
        organisation=organisation,
        membership=membership if membership in MEMBERSHIPS else "",
        answer=answer if answer in ANSWERS else "",
    )


def query_of(wanted: Filter, **changed: Any) -> dict[str, Any]:
    """Return the filter as parts of an address, empty ones left out."""
    values = {
        "q": wanted.text,
        "state": wanted.state,
        "organisation": wanted.organisation,
        "membership": wanted.membership,
        "answer": wanted.answer,
    }
    return {name: value for name, value in (values | changed).items() if value}


def _pages(slug: str, page: desk_queries.Page, wanted: Filter) -> dict[str, Any]:
    def url(number: int) -> str | None:
        if not 1 <= number <= page.count:
            return None
        return url_for("desk.people", slug=slug, **query_of(wanted, page=number))

    return {
        "number": page.number,
        "count": page.count,
        "prev_url": url(page.number - 1),
        "next_url": url(page.number + 1),
    }


def _tabs(slug: str, wanted: Filter, counts: dict[str, int]) -> list[dict[str, Any]]:
    states = [state for state in STATE_WORDS if counts.get(state) or state == wanted.state]
    choices = [("", _("Everybody"), sum(counts.values()))]
    choices += [(state, state_label(state), counts.get(state, 0)) for state in states]
    return [
        {
            "url": url_for("desk.people", slug=slug, **query_of(wanted, state=state)),
            "label": label,
            "current": state == wanted.state,
            "count": count,
        }
        for state, label, count in choices
    ]


def _outcome_words(entry: SignUp, outcome: SignedUp) -> tuple[str, str]:
    name = f"{entry.first_name} {entry.last_name}"
    if outcome.already:
        return _("%(name)s is already on the list with this address.", name=name), "warning"
    if outcome.state == "waiting":
        return _("%(name)s is on the waiting list; a letter is on its way.", name=name), "success"
    return _("%(name)s has a seat; a letter is on its way.", name=name), "success"


def get_person(event: Event, number: int) -> Registration:
    """Return a person of this event; 404 for one of another."""
    return desk_queries.find_registration(event, number) or abort(404)


def back_to_people(slug: str) -> Response:
    """Lead back to the list of the event's people."""
    return redirect(url_for("desk.people", slug=slug), 303)
