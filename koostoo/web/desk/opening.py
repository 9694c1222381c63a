"""Opening an event: a copy of an earlier one, what is missing before others see it, publishing."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField

from koostoo.base.clock import local_day, now
from koostoo.base.localtext import LocalText
from koostoo.events import rules
from koostoo.events.checklist import Advice, advised
from koostoo.events.models import Event
from koostoo.events.questions import condition_faults
from koostoo.events.service import NotADraft, NotReady, copy_event, draft_of, publish_event
from koostoo.files.queries import kinds_of
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.fields import DayField
from koostoo.web.desk.words import MISSING_FIELDS, missing_words
from koostoo.web.forms import AtMost, ButtonForm, Form, NoForbidden, Page, Sentence, line
from koostoo.web.rights import organiser_id, right

TRUE = "y"
ADVICE_FIELDS: dict[Advice, str] = {
    "programme": "programme_et",
    "english": "title_en",
    "day": "date_kind",
    "join_link": "join_link",
    "capacity": "capacity",
    "deadline": "closes_on",
    "deadline_late": "closes_on",
    "contact_name": "contact_name",
    "sensitive": "questions",
}
"""The field of the event form that follows each advice."""


def advice_words(code: Advice) -> str:
    """Return an advice as a sentence."""
    return {
        "programme": _("Write the programme, at least in outline."),
        "english": _("Some texts are missing in English; readers see the Estonian there."),
        "day": _("The day is not known yet: calendars get the event once it is."),
        "join_link": _("Add the link for those who join online."),
        "capacity": _("Set the number of seats, else there is no limit."),
        "deadline": _("Set until when people sign up, else they do until the event begins."),
        "deadline_late": _("Registration closes only after the event has begun."),
        "contact_name": _("Name the person who answers questions."),
        "sensitive": _("What people eat tells of their health: mark that question as sensitive."),
        "reminders": _("No reminder is set."),
        "cover": _("Add a cover picture."),
    }[code]


def checklist(event: Event) -> dict[str, list[tuple[str, str]]]:
    """Return what must and what should be done before publishing: address and sentence of each."""
    draft, form = draft_of(event), url_for("desk.edit", slug=event.slug)
    missing = rules.missing_for_record if event.when.is_over(now()) else rules.missing
    elsewhere: dict[str, str] = {
        "reminders": url_for("desk.letter_times", slug=event.slug),
        "cover": url_for("desk.files", slug=event.slug, _anchor="cover"),
    }
    has_cover = "cover" in kinds_of([event.id])[event.id]
    return {
        "required": _required(event, missing(draft, now())),
        "advised": [
            (
                elsewhere.get(code) or f"{form}#{ADVICE_FIELDS[code]}",
                advice_words(code),
            )
            for code in advised(draft, event.reminders, has_cover=has_cover)
        ],
    }


def _required(event: Event, codes: list[rules.Missing]) -> list[tuple[str, str]]:
    form = url_for("desk.edit", slug=event.slug)
    return [(f"{form}#{MISSING_FIELDS[code]}", missing_words(code)) for code in codes]


class CopyForm(Form):
    """What differs in a copy."""

    title_et = StringField(
        _l("Title in Estonian"), [Sentence(), AtMost(200), NoForbidden()], filters=[line]
    )
    title_en = StringField(_l("Title in English"), [AtMost(200), NoForbidden()], filters=[line])
    first_day = DayField(_l("First day"), [Sentence()])


@bp.route("/events/<slug>/copy", methods=["GET", "POST"])
@right("event_run")
def copy(slug: str) -> Response | Page:
    """Ask for title and first day; on POST make a draft with everything else taken over."""
    event = get_event(slug)
    form = CopyForm(
        data={
            "title_et": event.title.et,
            "title_en": event.title.en,
            "first_day": rules.first_day_of_copy(event.when, local_day(now())),
        }
    )
    if form.validate_on_submit():
        title = LocalText(form.title_et.data, form.title_en.data or "")
        with form.kept_when_busy():
            lost = len(condition_faults(draft_of(event).questions))
            copied = copy_event(event.id, title, form.first_day.data, now(), organiser_id())
            flash(_("Here is the copy, still a draft. Look it over and publish it."), "success")
            if lost:
                words = ngettext(
                    "%(num)s question waited for an answer that is gone; now everybody is asked.",
                    "%(num)s questions waited for an answer that is gone; now everybody is asked.",
                    lost,
                )
                flash(words, "warning")
            return redirect(url_for("desk.edit", slug=copied), 303)
    documents = "document" in kinds_of([event.id])[event.id]
    page = render_template("desk/copy.html", form=form, event=event, documents=documents)
    return form.answer(page)


class PublishForm(ButtonForm):
    """The button; `took_place` tells that the page said the event is over."""

    took_place = HiddenField()


@bp.route("/events/<slug>/publish", methods=["GET", "POST"])
@right("event_run")
def publish(slug: str) -> Response | Page:
    """Show what is still missing, or the button that publishes; what is over becomes a record."""
    event = get_event(slug)
    if event.state != "draft":
        return redirect(url_for("desk.people", slug=slug), 303)
    form = PublishForm(data={"took_place": TRUE if event.when.is_over(now()) else ""})
    listed = checklist(event)
    if form.validate_on_submit():
        took_place = form.took_place.data == TRUE
        with form.kept_when_busy():
            try:
                publish_event(event.id, now(), organiser_id(), took_place=took_place)
            except NotReady as refusal:
                listed["required"] = _required(event, refusal.codes)
            except NotADraft:
                return redirect(url_for("desk.people", slug=slug), 303)
            else:
                flash(
                    _("The event is kept. Now bring in who was there, and the files that prove it.")
                    if took_place
                    else _("The event is published. Now send its link to people."),
                    "success",
                )
                return redirect(url_for("desk.people", slug=slug), 303)
    event = get_event(slug)
    page = render_template(
        "desk/publish.html",
        form=form,
        event=event,
        listed=listed,
        is_over=event.when.is_over(now()),
    )
    page, status, headers = form.answer(page)
    refused = bool(listed["required"]) and form.is_submitted()
    return page, 422 if status == 200 and refused else status, headers
