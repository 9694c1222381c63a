"""The letters at the desk: all of them, one, those to a person; trying again, stopping."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from koostoo.base.clock import now
from koostoo.base.text import clean_line
from koostoo.events.models import Event
from koostoo.mail import health
from koostoo.mail.models import MAIL_STATES
from koostoo.mail.outbox import may_stop, may_try_again
from koostoo.registration import outbox_queries
from koostoo.registration.outbox_queries import LetterFilter, LetterPage
from koostoo.registration.undelivered import stop_letter, try_letter_again, try_server_again
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.numbers import small_number
from koostoo.web.desk.outbox_words import (
    LETTER_STATE_WORDS,
    letter_label,
    outcome_words,
    standing_words,
)
from koostoo.web.forms import ButtonForm
from koostoo.web.rights import organiser_id, right

LETTER = "/outbox/<int(max=2147483647):number>"
WORDS = {
    "label": letter_label,
    "states": LETTER_STATE_WORDS,
    "outcome": outcome_words,
    "standing": standing_words,
}


@bp.get("/outbox", endpoint="outbox")
@right("manager_of_all")
def show_all() -> str:
    """Show one page of all letters, searched and filtered."""
    return _show(_read_filter(), outbox_queries.events_to_choose())


@bp.get("/events/<slug>/outbox")
@right("event_run")
def outbox_of_event(slug: str) -> str:
    """Show the letters of one event, to who runs it."""
    event = get_event(slug)
    return _show(replace(_read_filter(), event_id=event.id), [], event)


def _show(wanted: LetterFilter, events: Sequence[Event], event: Event | None = None) -> str:
    """Show one page of letters; of one event without a choice of others."""
    page = outbox_queries.letters_page(wanted, small_number(request.args.get("page", "")) or 1)
    return render_template(
        "desk/outbox.html",
        page=page,
        pages=_pages(page, wanted, event),
        tabs=_tabs(wanted, event),
        wanted=wanted,
        asked=wanted.text or wanted.state or (wanted.event_id and not event),
        events=events,
        of_event=event,
        list_url=_url(LetterFilter(), event),
        health=health.look(now()),
        words=WORDS,
    )


@bp.get(LETTER, endpoint="outbox_letter")
@right("letter_run")
def show_one(number: int) -> str:
    """Show what became of one letter, try by try."""
    row = outbox_queries.find_letter(number) or abort(404)
    return render_template(
        "desk/outbox_letter.html",
        row=row,
        earlier=outbox_queries.waits_for(row.letter),
        health=health.look(now()),
        may_stop=may_stop(row.letter),
        may_try_again=may_try_again(row.letter),
        words=WORDS,
    )


@bp.post(f"{LETTER}/again")
@right("letter_run")
def outbox_again(number: int) -> Response:
    """Put a letter back in line."""
    if not ButtonForm().validate_on_submit():
        flash(_("Nothing was changed. Please press the button once more."), "warning")
    elif try_letter_again(number, now(), organiser_id()):
        flash(_("The letter is on its way again."), "success")
    else:
        flash(_("There is nothing to try again about this letter."), "info")
    return redirect(url_for("desk.outbox_letter", number=number), 303)


@bp.post(f"{LETTER}/stop")
@right("letter_run")
def outbox_stop(number: int) -> Response:
    """Keep a letter from leaving."""
    if not ButtonForm().validate_on_submit():
        flash(_("Nothing was changed. Please press the button once more."), "warning")
    elif stop_letter(number, now(), organiser_id()):
        flash(_("The letter will not be sent."), "success")
    else:
        flash(_("It is too late to stop this letter."), "warning")
    return redirect(url_for("desk.outbox_letter", number=number), 303)


@bp.post("/outbox/server")
@right("manager_of_all")
def outbox_server() -> Response:
    """Let the worker try our mail server at once."""
    if not ButtonForm().validate_on_submit():
        flash(_("Nothing was changed. Please press the button once more."), "warning")
    elif try_server_again():
        flash(_("The mail server is tried at once. Look again in a minute."), "success")
    else:
        flash(_("Nothing was in the way of the letters."), "info")
    return redirect(url_for("desk.outbox"), 303)


def _read_filter() -> LetterFilter:
    """Return what the address asks for; what makes no sense is left out."""
    state = request.args.get("state", "")
    return LetterFilter(
        text=clean_line(request.args.get("q", ""))[:100],
        state=state if state in MAIL_STATES else "",
        event_id=small_number(request.args.get("event", "")),
    )


def _url(wanted: LetterFilter, event: Event | None, **changed: Any) -> str:
    """Return the address of a list of letters: of one event's page, or of that of all."""
    values = {"q": wanted.text, "state": wanted.state, "event": wanted.event_id} | changed
    asked = {name: value for name, value in values.items() if value}
    if event is None:
        return url_for("desk.outbox", **asked)
    asked.pop("event", None)
    return url_for("desk.outbox_of_event", slug=event.slug, **asked)


def _pages(page: LetterPage, wanted: LetterFilter, event: Event | None) -> dict[str, Any]:
    def url(number: int) -> str | None:
        if not 1 <= number <= page.count:
            return None
        return _url(wanted, event, page=number)

    return {
        "number": page.number,
        "count": page.count,
        "prev_url": url(page.number - 1),
        "next_url": url(page.number + 1),
    }


def _tabs(wanted: LetterFilter, event: Event | None) -> list[dict[str, Any]]:
    counts = outbox_queries.letter_counts(wanted)
    choices = [("", _("All letters"), sum(counts.values()))]
    choices += [
        (state, words, counts[state])
        for state, words in LETTER_STATE_WORDS.items()
        if counts[state] or state == wanted.state
    ]
    return [
        {
            "url": _url(wanted, event, state=state),
            "label": label,
            "current": state == wanted.state,
            "count": count,
        }
        for state, label, count in choices
    ]
