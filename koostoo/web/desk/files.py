"""Files of an event at the desk: what is there, what is missing, upload, rename, remove, look."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from koostoo.accounts.downloads import Note, record_downloads
from koostoo.base.clock import local_day, now
from koostoo.base.localtext import LocalText
from koostoo.events.models import Event
from koostoo.files import queries
from koostoo.files.models import StoredFile
from koostoo.files.rules import (
    CONTACT_KINDS,
    EVENT_KINDS,
    MAX_REQUEST,
    PUBLIC_KINDS,
    EventKind,
    due_on,
    missing_evidence,
    needed_evidence,
)
from koostoo.files.service import change_file, keep_file, remove_file
from koostoo.files.words import EVIDENCE_TITLES
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.file_form import (
    CoverAltForm,
    CoverForm,
    NewsForm,
    TitleForm,
    UploadForm,
    keep_all,
    upload_form,
)
from koostoo.web.desk.file_words import KIND_WORDS
from koostoo.web.files import send_stored
from koostoo.web.forms import ButtonForm, Page
from koostoo.web.rights import access, event_facts, organiser_id, right

FILES = "/events/<slug>/files"
ONE = f"{FILES}/<int(max=2147483647):number>"


@bp.get(FILES)
@right("event_files")
def files(slug: str) -> str:
    """Show the files of an event by kind, and which evidence is missing."""
    return show_files(get_event(slug))


@bp.post(FILES)
@right("event_run")
def files_add(slug: str) -> Response | Page:
    """Keep the files that were sent, of the kind the address names."""
    request.max_content_length = MAX_REQUEST
    event = get_event(slug)
    kind = next((one for one in EVENT_KINDS if one == request.args.get("kind")), None) or abort(400)
    form = upload_form(kind)
    if not form.validate_on_submit():
        return form.answer(show_files(event, kind, form))
    alt = form.alt if isinstance(form, CoverForm) else LocalText()
    event_id, by, title = event.id, organiser_id(), str(KIND_WORDS[kind][0])
    done = keep_all(
        form.sent, kind, lambda file: keep_file(event_id, kind, file, now(), by, alt), title
    )
    for words in done.words():
        flash(words, "success")
    if not done.faults:
        return redirect(url_for("desk.files", slug=slug, _anchor=kind), 303)
    form.files.errors = done.faults
    return done.answer(show_files(get_event(slug), kind, form))


def show_files(
    event: Event,
    kind: EventKind | None = None,
    form: UploadForm | None = None,
    news_form: NewsForm | None = None,
) -> str:
    """Return the page; a form is given where it came back with a mistake."""
    found, news = queries.files_of(event.id), queries.news_of(event.id)
    runs = access().may_run(event_facts())
    cover = next((file for file in found if file.kind == "cover"), None)
    sections = [
        {
            "kind": one,
            "title": KIND_WORDS[one][0],
            "files": [file for file in found if file.kind == one],
            "form": form if one == kind else upload_form(one, cover.alt if cover else None),
            "is_open": one == kind,
            "opens": runs or one not in CONTACT_KINDS,
        }
        for one in _kinds(event, found)
    ]
    return render_template(
        "desk/files.html",
        event=event,
        runs=runs,
        form=form or news_form,
        news=news,
        news_form=news_form or NewsForm(prefix=NewsForm.PREFIX, formdata=None),
        news_is_open=news_form is not None,
        public=[section for section in sections if section["kind"] in PUBLIC_KINDS],
        evidence=[section for section in sections if section["kind"] not in PUBLIC_KINDS],
        checklist=_checklist(event, {file.kind for file in found} | ({"news"} if news else set())),
        keep_until=event.activity.project.keep_until,
    )


def _kinds(event: Event, found: Sequence[StoredFile]) -> list[EventKind]:
    """Return the kinds that are shown: nobody looks for the log of what was no web meeting."""
    there = {file.kind for file in found}
    return [
        one for one in EVENT_KINDS if one != "meeting_log" or one in there or event.mode != "onsite"
    ]


def _checklist(event: Event, kinds: set[str]) -> list[dict[str, Any]]:
    """Return what has to be there after the event and whether it is."""
    if event.state == "called_off":
        return []
    own = event.own_feedback
    missing = missing_evidence(
        event.mode,
        kinds,
        has_programme=bool(event.programme),
        feedback=own.answered if own else None,
    )
    today = local_day(now())
    lines = []
    for what in needed_evidence(event.mode, asks_feedback=own is not None):
        due = due_on(what, event.mode, event.ends_on) if event.when.is_fixed else None
        lines.append(
            {
                "what": what,
                "words": EVIDENCE_TITLES[what],
                "is_there": what not in missing,
                "on_page": what == "programme" and what not in kinds,
                "due_on": due,
                "is_late": due is not None and due < today,
                "is_over": event.ends_on < today,
            }
        )
    return lines


@bp.get(ONE)
@right("event_files")
def file(slug: str, number: int) -> Response:
    """Send a file; that it was opened is noted first."""
    event = get_event(slug)
    found = _visible(event, number)
    note = Note(
        "stored",
        "file",
        0,
        project_id=event.activity.project_id,
        event_id=event.id,
        columns=(str(KIND_WORDS[found.kind][0]),),  # type: ignore[index]  # an event's kind
    )
    if request.method != "HEAD":
        record_downloads([note], now(), organiser_id())
    return send_stored(_visible(get_event(slug), number))


@bp.get(f"{ONE}/small")
@right("event_files")
def file_small(slug: str, number: int) -> Response:
    """Send the small picture of a file."""
    found = _visible(get_event(slug), number)
    return send_stored(found, "small" if found.has_small else "full")


@bp.route(f"{ONE}/edit", methods=["GET", "POST"])
@right("event_run")
def file_edit(slug: str, number: int) -> Response | Page:
    """Ask what a file is called, or what a cover picture shows; on POST note it."""
    event = get_event(slug)
    found = _get(event, number)
    is_cover, kind, event_id = found.kind == "cover", found.kind, event.id
    form = (
        CoverAltForm(data={"alt_et": found.alt.et, "alt_en": found.alt.en})
        if is_cover
        else TitleForm(data={"title": found.title})
    )
    if form.validate_on_submit():
        with form.kept_when_busy():
            alt = LocalText(form.alt_et.data, form.alt_en.data) if is_cover else LocalText()
            title = "" if is_cover else form.title.data
            try:
                change_file(event_id, number, title, alt, now(), organiser_id())
            except LookupError:
                abort(404)
            flash(_("The change is saved."), "success")
            return redirect(url_for("desk.files", slug=slug, _anchor=kind), 303)
    event = get_event(slug)
    found = _get(event, number)
    return form.answer(render_template("desk/file_edit.html", event=event, file=found, form=form))


@bp.route(f"{ONE}/remove", methods=["GET", "POST"])
@right("event_run")
def file_remove(slug: str, number: int) -> Response | Page:
    """Ask once more; on POST delete the file."""
    event, form = get_event(slug), ButtonForm()
    found = _get(event, number)
    event_id, kind = event.id, found.kind
    if form.validate_on_submit():
        with form.kept_when_busy():
            remove_file(event_id, number, now(), organiser_id())
            flash(_("The file is removed."), "success")
            return redirect(url_for("desk.files", slug=slug, _anchor=kind), 303)
    event = get_event(slug)
    found = _get(event, number)
    shown = render_template(
        "desk/file_remove.html",
        event=event,
        file=found,
        form=form,
        kind_words=KIND_WORDS,
        is_public=found.kind in PUBLIC_KINDS,
    )
    return form.answer(shown)


def _get(event: Event, number: int) -> StoredFile:
    return queries.find_file(event.id, number) or abort(404)


def _visible(event: Event, number: int) -> StoredFile:
    """Return a file this person may open: what may hold addresses is for who runs the event."""
    found = _get(event, number)
    if found.kind in CONTACT_KINDS and not access().may_run(event_facts()):
        abort(403)
    return found
