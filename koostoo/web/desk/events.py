"""Pages of events at the desk: list, create, change, call off; see `opening` for copying."""

from datetime import date, datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from koostoo.base.clock import local_day, now
from koostoo.base.localtext import LocalText
from koostoo.events.access import facts_of
from koostoo.events.models import Event
from koostoo.events.queries import all_projects
from koostoo.events.rules import EventDraft
from koostoo.events.service import (
    NotReady,
    create_event,
    draft_of,
)
from koostoo.mail import health
from koostoo.mail.settings import proves_senders
from koostoo.registration import desk_queries
from koostoo.registration.desk_queries import EventRow
from koostoo.registration.event_changes import (
    AlreadyAnswered,
    CalledOff,
    ChangedMeanwhile,
    SeatsTaken,
    call_off,
    edit_event,
)
from koostoo.registration.moving import MoveNotice, PeopleToTell
from koostoo.web.desk import bp, moving, previewing, question_rows
from koostoo.web.desk.event_filling import build, question_parts
from koostoo.web.desk.event_form import EventForm
from koostoo.web.desk.outbox_words import outcome_words
from koostoo.web.desk.overview import overview_parts
from koostoo.web.desk.words import EVENT_STATE_WORDS
from koostoo.web.forms import AtMost, Form, NoForbidden, Page, Sentence, prose
from koostoo.web.rights import access, organiser_id, right


@bp.get("/")
@right("organiser")
def home() -> str:
    """List the events: coming, drafts, past."""
    moment = now()
    rows = desk_queries.list_events(access())
    today = local_day(moment)
    runs = {row.event.id for row in rows if access().may_run(facts_of(row.event))}
    groups = {
        "coming": [row for row in rows if _group(row, today) == "coming"],
        "drafts": [row for row in rows if _group(row, today) == "drafts"],
        "past": [row for row in rows if _group(row, today) == "past"][::-1],
    }
    shown = request.args.get("show", "coming")
    shown = shown if shown in groups else "coming"
    labels = {"coming": _("Coming"), "drafts": _("Drafts"), "past": _("Past")}
    tabs = [
        {
            "url": url_for("desk.home", show=name if name != "coming" else None),
            "label": labels[name],
            "current": name == shown,
            "count": len(group),
        }
        for name, group in groups.items()
    ]
    projects = all_projects()
    return render_template(
        "desk/home.html",
        rows=groups[shown],
        tabs=tabs,
        state_words=EVENT_STATE_WORDS,
        health=health.look(moment) if access().is_manager_of_all else None,
        outcome_words=outcome_words,
        overview=overview_parts(rows, runs, moment) if shown == "coming" else None,
        managed=[one for one in projects if access().manages(one.id)],
        viewed=[one for one in projects if access().views(one.id)],
        runs=runs,
        checks_in={row.event.id for row in rows if not access().may_look(facts_of(row.event))},
    )


def _group(row: EventRow, today: date) -> str:
    if row.event.state == "draft":
        return "drafts"
    return "coming" if row.event.ends_on >= today else "past"


@bp.route("/events/new", methods=["GET", "POST"])
@right("event_creator")
def new() -> Response | Page | str:
    """Show an empty event form; on POST keep it as a draft."""
    form = _form()
    if question_rows.is_pressed():
        return _form_page(form, None)
    if form.validate_on_submit():
        if previewing.is_asked():
            return previewing.preview_of_draft(form.draft(), None)
        with form.kept_when_busy():
            slug = create_event(form.draft(), now(), organiser_id())
            flash(_("The draft is saved. Nobody sees it until you publish it."), "success")
            return redirect(url_for("desk.people", slug=slug), 303)
    return _form_page(form, None)


@bp.route("/events/<slug>/edit", methods=["GET", "POST"])
@right("event_run")
def edit(slug: str) -> Response | Page | str:
    """Show the event form filled in; on POST save it."""
    event = get_event(slug)
    if event.state == "called_off":
        return _called_off(slug)
    form, told, moment = _form(event), moving.read_notice(), now()
    if question_rows.is_pressed() or not form.validate_on_submit() or moving.wants_back():
        return _form_page(form, event)
    draft = form.draft()
    if previewing.is_asked():
        return previewing.preview_of_draft(draft, slug)
    if moving.is_seen() and not told.validate_for(draft.when.begins_at, moment):
        return moving.page(event, draft, form, told, moment)
    saved = None
    with form.kept_when_busy():
        try:
            notice = told.notice() if moving.is_seen() else None
            saved = _save(event.id, form, draft, notice, moment)
        except PeopleToTell:
            return moving.page(get_event(slug), draft, form, told, moment)
    if saved is not None:
        flash(saved, "success")
        return redirect(url_for("desk.people", slug=slug), 303)
    if form.is_busy and moving.is_seen():
        return moving.page(get_event(slug), draft, form, told, moment)
    return _form_page(form, get_event(slug))


def _save(
    event_id: int, form: EventForm, draft: EventDraft, notice: MoveNotice | None, moment: datetime
) -> str | None:
    """Save the form; return what to tell, or None after putting the refusal into the form.

    Raises PeopleToTell where the organiser has to see first who will be told what.
    """
    reason = form.overfull.data or ""
    try:
        told = edit_event(
            event_id, draft, form.version_number, moment, organiser_id(), reason, notice
        )
    except ChangedMeanwhile as refusal:
        form.version.data = str(refusal.version)
        form.form_errors.append(
            _(
                "Somebody else changed this event meanwhile. What you typed is kept. Look at the "
                "present event in another tab; saving again replaces it with what stands here."
            )
        )
    except SeatsTaken as refusal:
        form.capacity.errors = [
            ngettext(
                "%(num)s person has a seat already. To go lower, write why below.",
                "%(num)s people have a seat already. To go lower, write why below.",
                refusal.taken,
            )
        ]
        form.overfull.errors = [_("Please write the reason, or leave the number as it was.")]
    except AlreadyAnswered as refusal:
        form.form_errors.append(
            _(
                "People have already answered with “%(label)s”, so it can be reworded but not "
                "removed or made another kind.",
                label=refusal.label,
            )
        )
    except NotReady as refusal:
        form.refuse_missing(refusal.codes)
    except CalledOff:
        form.form_errors.append(_("The event was called off; it can no longer be changed."))
    else:
        if not told:
            return _("The changes are saved.")
        return ngettext(
            "The changes are saved; a letter is on its way to %(num)s person.",
            "The changes are saved; letters are on their way to %(num)s people.",
            told,
        )
    return None


class CallOffForm(Form):
    """Why the event does not take place; everybody reads it."""

    reason = TextAreaField(
        _l("Reason, in words people may read"),
        [Sentence(), AtMost(500), NoForbidden()],
        filters=[prose],
    )
    reason_en = TextAreaField(
        _l("The same in English"),
        [AtMost(500), NoForbidden()],
        filters=[prose],
        description=_l("Where English is missing, readers see the Estonian."),
    )

    @property
    def words(self) -> LocalText:
        """The reason as typed."""
        return LocalText(self.reason.data, self.reason_en.data or "")


@bp.route("/events/<slug>/call-off", methods=["GET", "POST"])
@right("event_run")
def call_event_off(slug: str) -> Response | Page:
    """Ask for the reason; on POST call the event off and write to everybody."""
    event = get_event(slug)
    if event.state != "published" or event.when.is_over(now()):
        return _called_off(slug)
    form = CallOffForm()
    if form.validate_on_submit():
        with form.kept_when_busy():
            try:
                told = call_off(event.id, form.words, now(), organiser_id())
            except CalledOff:
                return _called_off(slug)
            words = ngettext(
                "The event is called off; a letter is on its way to %(num)s person.",
                "The event is called off; letters are on their way to %(num)s people.",
                told,
            )
            flash(words, "success")
            return redirect(url_for("desk.people", slug=slug), 303)
    people = moving.people_told(desk_queries.state_counts(event.id))
    total = sum(number for _label, number in people)
    return form.answer(
        render_template("desk/call_off.html", form=form, event=event, told=people, total=total)
    )


def get_event(slug: str) -> Event:
    """Return the event of this address, of whatever state; 404 when there is none."""
    return desk_queries.find_event(slug) or abort(404)


def _form(event: Event | None = None) -> EventForm:
    rearranged = question_rows.rearrange() if question_rows.is_pressed() else None
    return build(
        desk_queries.activity_choices(access()),
        desk_queries.organisation_choices(),
        draft_of(event) if event else None,
        event.version if event else 0,
        access().organisers,
        rearranged,
    )


def _form_page(form: EventForm, event: Event | None) -> Response | Page:
    page = render_template(
        "desk/event_form.html",
        form=form,
        event=event,
        carried=moving.typed_notice(),
        **question_parts(form),
        proves_senders=proves_senders(),
    )
    return form.answer(page)


def _called_off(slug: str) -> Response:
    flash(_("This can no longer be done with this event."), "warning")
    return redirect(url_for("desk.people", slug=slug), 303)
