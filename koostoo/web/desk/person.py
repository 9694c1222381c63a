"""One person of an event on one page: everything known about their registration."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField, TextAreaField

from koostoo.attendance import queries as attendance
from koostoo.attendance.rules import days_of
from koostoo.base.clock import now
from koostoo.base.dates import short_day
from koostoo.base.keep import SENSITIVE_DAYS
from koostoo.events.access import facts_of
from koostoo.events.models import Event
from koostoo.privacy.correcting import find_correction
from koostoo.privacy.erasing import find_erasure
from koostoo.registration.models import ACTIVE, Registration
from koostoo.registration.outbox_queries import letters_of
from koostoo.registration.queries import queue_place, why_waiting
from koostoo.registration.reply_queries import find_reply
from koostoo.registration.words import state_label
from koostoo.roster import person as reads
from koostoo.roster.models import Note
from koostoo.roster.queries import tags_of, tags_of_project
from koostoo.roster.rules import COLOURS, NOTE_LENGTH, TAG_LENGTH
from koostoo.roster.service import NoteChanged, set_note, tag_people, untag_people
from koostoo.web.answers import answer_text
from koostoo.web.desk import bp
from koostoo.web.desk.act_words import ERASED_WORDS, act_rows
from koostoo.web.desk.deciding import UNDECIDED
from koostoo.web.desk.events import get_event
from koostoo.web.desk.filtering import PRESENCE_WORDS, questions_seen
from koostoo.web.desk.history import names_of
from koostoo.web.desk.numbers import small_number
from koostoo.web.desk.outbox_pages import WORDS
from koostoo.web.desk.people import ONE, get_person
from koostoo.web.desk.report import tell
from koostoo.web.desk.words import METHOD_WORDS, reply_words
from koostoo.web.forms import (
    AtMost,
    ButtonForm,
    Form,
    NoForbidden,
    Page,
    Pick,
    Sentence,
    line,
    options,
    prose,
)
from koostoo.web.language import current_lang
from koostoo.web.rights import access, event_facts, organiser_id, right
from koostoo.web.sharing import MEMBERSHIP_WORDS, OBSTACLE_WORDS
from koostoo.web.signup_form import role_label
from koostoo.web.view import local

COLOUR_WORDS: dict[str, Any] = {
    "blue": _l("blue"),
    "rye": _l("yellow"),
    "moss": _l("green"),
    "rowan": _l("red"),
    "plain": _l("grey"),
}


class NoteForm(Form):
    """What organisers write down about a person."""

    text = TextAreaField(
        _l("Note"),
        [AtMost(NOTE_LENGTH), NoForbidden()],
        filters=[prose],
        description=_l(
            "Organisers who see the person's contacts read it, and the person in their own data."
        ),
    )
    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version of the note the organiser had before them; 0: none."""
        return small_number(self.version.data or "") or 0


class TagForm(Form):
    """A tag for a person, a new one or one there is."""

    name = StringField(_l("Tag"), [Sentence(), AtMost(TAG_LENGTH), NoForbidden()], filters=[line])
    colour = Pick(
        _l("Colour"),
        choices=options([("", _l("by itself")), *((one, COLOUR_WORDS[one]) for one in COLOURS)]),
    )


@bp.get(ONE)
@right("person_run")
def person(slug: str, number: int) -> Page:
    """Show one person of the event."""
    return _page(get_event(slug), number)


@bp.post(f"{ONE}/note")
@right("person_run")
def write_note(slug: str, number: int) -> Response | Page:
    """Keep what an organiser wrote about this person, unless somebody else did meanwhile."""
    event = get_event(slug)
    form = NoteForm()
    if form.validate_on_submit():
        get_person(event, number)
        try:
            with form.kept_when_busy():
                set_note(number, form.text.data or "", form.seen, now(), organiser_id())
                flash(_("The note is saved."), "success")
                return _back(slug, number)
        except NoteChanged:
            _show_change(form, reads.find_note(number))
    return _page(get_event(slug), number, note_form=form)


@bp.post(f"{ONE}/tags")
@right("person_run")
def add_tag(slug: str, number: int) -> Response | Page:
    """Put a tag on this person."""
    event = get_event(slug)
    form = TagForm()
    if form.validate_on_submit():
        get_person(event, number)
        with form.kept_when_busy():
            name, colour = form.name.data, form.colour.data or ""
            tell(tag_people(event.id, [number], name, colour, now(), organiser_id()), "")
            return _back(slug, number)
    return _page(get_event(slug), number, tag_form=form)


@bp.post(f"{ONE}/tags/remove")
@right("person_run")
def remove_tag(slug: str, number: int) -> Response:
    """Take a tag off this person."""
    event = get_event(slug)
    get_person(event, number)
    tag = small_number(request.form.get("tag", "")) or 0
    if ButtonForm().validate_on_submit():
        tell(untag_people(event.id, [number], tag, now(), organiser_id()), "")
    else:
        flash(_("Nothing was changed. Please press the button once more."), "warning")
    return _back(slug, number)


def _page(
    event: Event, number: int, note_form: NoteForm | None = None, tag_form: TagForm | None = None
) -> Page:
    """Return the page, with a form that came back where there is one; about 20 queries."""
    found = reads.find_person(event, number) or abort(404)
    moment, note = now(), reads.find_note(number)
    runs = access().may_run(event_facts())
    acts = reads.acts_about(found.id)
    all_tags = tags_of_project(event.activity.project_id)
    first = {"text": note.text if note else "", "version": note.version if note else 0}
    page = render_template(
        "desk/person.html",
        event=event,
        person=found,
        runs=runs,
        may_decide=runs and event.state == "published" and not event.when.is_over(moment),
        is_active=found.state in ACTIVE,
        is_undecided=found.state in UNDECIDED,
        place=queue_place(found) if found.state == "waiting" else None,
        obstacle=OBSTACLE_WORDS.get(why_waiting(event, [found], moment).get(found.id, "")),
        facts=_facts(found),
        answers=_answers(event, found),
        days=_days(event, found),
        paid=attendance.payments(event.id, [found.id]).get(found.id),
        method_words=METHOD_WORDS,
        tags=tags_of(event.id, [found.id]).get(found.id, []),
        all_tags=all_tags,
        tag_form=tag_form or TagForm(formdata=None),
        note=note,
        note_form=note_form or NoteForm(formdata=None, data=first),
        forgotten_after=SENSITIVE_DAYS,
        reply=find_reply(found.id),
        reply_words=reply_words,
        letters=letters_of(found.id),
        words=WORDS,
        others=_others(found),
        correction=find_correction(found.id),
        erasure=find_erasure(found.id),
        erased_words=ERASED_WORDS,
        acts=act_rows(acts, names_of(acts)),
        state_label=state_label,
    )
    form = note_form or tag_form
    return (page, 200, {}) if form is None else form.answer(page)


def _facts(found: Registration) -> list[tuple[str, str]]:
    """Return what was written in the form beside name and contact."""
    photos = {True: _("Yes"), False: _("No"), None: ""}
    languages = {"et": _("Estonian"), "en": _("English")}
    return [
        (
            _("Organisation"),
            found.organisation.name if found.organisation else found.other_organisation,
        ),
        (_("Represents"), found.member_organisation),
        (_("Membership"), str(MEMBERSHIP_WORDS.get(found.membership or "", ""))),
        (_("Role"), role_label(found.role)),
        (_("Language of the letters"), languages[found.language]),
        (_("Consent to photos"), photos[found.photo_consent]),
    ]


def _answers(event: Event, found: Registration) -> list[tuple[str, str]]:
    given = {answer.question_id: answer.value for answer in found.answers}
    lang = current_lang()
    return [
        (local(question.label), answer_text(question, given.get(question.id), lang))
        for question in questions_seen(event)
    ]


def _days(event: Event, found: Registration) -> list[tuple[str, str, Any, str]]:
    """Return for each day of an event that has begun how the person is marked, and by whom.

    Last comes the action that marks them present; empty where there is none.
    """
    if not event.when.has_begun(now()):
        return []
    known = attendance.standings(event.id, [found.id]).get(found.id, {})
    rows = []
    for day in days_of(event.when):
        status = known[day].status if day in known else "unmarked"
        may_mark = event.state == "published" and found.state == "confirmed"
        action = f"present:{day}" if may_mark and status != "present" else ""
        rows.append(
            (short_day(day, current_lang()), PRESENCE_WORDS[status], known.get(day), action)
        )
    return rows


def _others(found: Registration) -> list[dict[str, Any]]:
    """Return the person's other registrations, with a link where this organiser may open it."""
    return [
        {
            "event": one.event,
            "state": one.state,
            "url": url_for("desk.person", slug=one.event.slug, number=one.id)
            if access().may_run_person(facts_of(one.event), one.organisation_id)
            else None,
        }
        for one in reads.other_registrations(found, access())
    ]


def _show_change(form: NoteForm, note: Note | None) -> None:
    """Put what stands there now beside what was typed; sending it again replaces that."""
    form.text.errors = [
        _("Somebody else changed the note meanwhile. It says now: “%(text)s”", text=note.text)
        if note
        else _("Somebody else removed the note meanwhile.")
    ]
    form.version.data = form.version.raw_data = None
    form.version.process_data(note.version if note else 0)


def _back(slug: str, number: int) -> Response:
    return redirect(url_for("desk.person", slug=slug, number=number), 303)
