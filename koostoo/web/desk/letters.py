"""An event's letters on one page: what goes out by itself, what was written, what one is told."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms import BooleanField

from koostoo.accounts.following import NOTICES
from koostoo.base.clock import now
from koostoo.base.localtext import LocalText
from koostoo.correspondence.following import follow_event, wanted_by
from koostoo.correspondence.mailing import stop_mailing
from koostoo.correspondence.models import Mailing
from koostoo.correspondence.queries import (
    TimedRow,
    find_mailing,
    mailings_of,
    outcomes,
    timed_rows,
)
from koostoo.correspondence.rules import FEEDBACK, THANKS, Before
from koostoo.events.models import Event
from koostoo.events.questions import AskedIf
from koostoo.registration.words import state_label
from koostoo.roster.filters import OTHER
from koostoo.roster.queries import tags_of_project
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.refreshing import is_auto, refreshed
from koostoo.web.forms import ButtonForm, Form, Page
from koostoo.web.language import current_lang
from koostoo.web.rights import organiser_id, right
from koostoo.web.view import local, markdown

_AFTER_WORDS = {THANKS: _l("Thanks"), FEEDBACK: _l("Reminder of feedback")}


class FollowForm(Form):
    """What an organiser is told about an event; the names are those of `NOTICES`."""

    digest = BooleanField(_l("Once a day who signed up, when anybody did"))
    full = BooleanField(_l("When no seat is left"))
    moved = BooleanField(_l("When somebody who waited gets a seat"))
    failing = BooleanField(_l("When letters to people do not arrive"))
    evidence = BooleanField(_l("When evidence is due soon, or still missing after two weeks"))


@bp.get("/events/<slug>/letters")
@right("event_run")
def letters(slug: str) -> str:
    """Show everything about the event's letters."""
    event = get_event(slug)
    written = mailings_of(event.id)
    wanted = wanted_by(organiser_id(), event.id)
    return render_template(
        "desk/letters.html",
        event=event,
        timed=[_timed_words(row, event) for row in timed_rows(event, now())],
        written=written,
        outcomes=outcomes(written),
        whom=_whom,
        form=FollowForm(data={name: name in wanted for name in NOTICES}),
    )


@bp.get("/events/<slug>/letters/<int(max=2147483647):number>")
@right("event_run")
def letter(slug: str, number: int) -> Page:
    """Show one letter that was written: to whom, what became of it, its words.

    With `auto` the page is loaded again by itself while copies are on the way.
    """
    event = get_event(slug)
    found = find_mailing(event, number) or abort(404)
    texts = [
        (found.subject.as_dict().get(lang, ""), lang, markdown(LocalText(text)))
        for lang, text in found.text.as_dict().items()
    ]
    outcome = outcomes([found])[found.id]
    page = render_template(
        "desk/letter.html",
        event=event,
        mailing=found,
        outcome=outcome,
        whom=_whom(found, event),
        texts=texts,
        is_auto=is_auto(),
    )
    return page, 200, refreshed(is_open=bool(outcome.unsent))


@bp.post("/events/<slug>/letters/<int(max=2147483647):number>/stop")
@right("event_run")
def letter_stop(slug: str, number: int) -> Response:
    """Keep the copies of a letter that have not left from leaving."""
    event = get_event(slug)
    if not ButtonForm().validate_on_submit():
        flash(_("Nothing was changed. Please press the button once more."), "warning")
    elif count := stop_mailing(event.id, number, now(), organiser_id()):
        flash(
            ngettext(
                "%(num)s letter will not be sent.", "%(num)s letters will not be sent.", count
            ),
            "success",
        )
    else:
        flash(_("It is too late: no letter waits any more."), "warning")
    return redirect(url_for("desk.letter", slug=slug, number=number), 303)


@bp.post("/events/<slug>/follow")
@right("event_run")
def follow(slug: str) -> Response:
    """Set what this organiser is told about the event."""
    event, form = get_event(slug), FollowForm()
    if form.validate_on_submit():
        wanted = [name for name in NOTICES if form[name].data]
        follow_event(event.id, organiser_id(), wanted, current_lang(), now())
        flash(_("Your wishes about letters are saved."), "success")
    else:
        flash(_("Nothing was changed. Please press the button once more."), "warning")
    return redirect(url_for("desk.letters", slug=slug), 303)


def before_words(code: str) -> str:
    """Return how long before the start a reminder goes out, in words; of the thanks, their name."""
    before = Before.read(code)
    if before is None:
        return _("Thanks")
    if before.unit == "d":
        return ngettext("%(num)s day before", "%(num)s days before", before.count)
    return ngettext("%(num)s hour before", "%(num)s hours before", before.count)


def _timed_words(row: TimedRow, event: Event) -> dict[str, Any]:
    if row.state == "written":
        state = ngettext("Written to %(num)s person.", "Written to %(num)s people.", row.letters)
    elif row.state == "passed":
        state = _("Not sent: its moment had passed.")
    elif row.state == "off":
        state = _off_words(event, row.code)
    elif event.state == "draft":
        state = _("Goes out once the event is published.")
    else:
        state = _("Goes out by itself.")
    return {
        "what": _AFTER_WORDS.get(row.code) or _("Reminder"),
        "before": "" if row.code in _AFTER_WORDS else before_words(row.code),
        "at": row.at,
        "state": state,
    }


def _off_words(event: Event, code: str) -> str:
    if event.state == "called_off":
        return _("Not sent: the event was called off.")
    if code == FEEDBACK and event.when.is_fixed:
        return _("Not sent: the form closes before.")
    if event.when.kind == "days":
        return _("Not sent: hours count only where the event has an hour to begin at.")
    return _("Waits until the day is known.")


def _whom(mailing: Mailing, event: Event) -> str:
    """Return whom a letter was meant for, as far as it is still known."""
    chosen: Mapping[str, Any] = mailing.chosen
    if not chosen:
        return ""
    if chosen["ticked"]:
        return _("people ticked one by one")
    parts = [", ".join(state_label(state) for state in chosen["states"])]
    if chosen["activity"]:
        return "; ".join([*parts, _("all events of the activity")])
    if chosen["organisation"]:
        parts.append(_organisation(chosen["organisation"], event))
    if chosen["answer"]:
        parts.append(_answer(AskedIf(**chosen["answer"]), event))
    # Letters written before there were tags name none.
    if chosen.get("tag"):
        parts.append(_tag(chosen["tag"], event))
    return "; ".join(part for part in parts if part)


def _organisation(which: str, event: Event) -> str:
    if which == OTHER:
        return _("another organisation")
    partners = event.activity.project.partners
    return next((p.organisation.name for p in partners if str(p.organisation_id) == which), "")


def _tag(number: int, event: Event) -> str:
    tags = tags_of_project(event.activity.project_id)
    return next((_("tag %(name)s", name=tag.name) for tag in tags if tag.id == number), "")


def _answer(wanted: AskedIf, event: Event) -> str:
    question = next((q for q in event.questions if q.id == wanted.on), None)
    if question is None:
        return ""
    if wanted.option is None:
        said = _("Yes") if wanted.yes else _("No")
    else:
        said = next((local(o.label) for o in question.options if o.id == wanted.option), "")
    return f"{local(question.label)}: {said}"
