"""Long work: how far it is, its result, stopping it. For who asked for it alone."""

from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from koostoo.accounts.downloads import Note
from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.programme.models import Project
from koostoo.web.desk import bp
from koostoo.web.desk.refreshing import is_auto, refreshed
from koostoo.web.desk.sending import Download, Stream, recorded
from koostoo.web.desk.work_words import STATE_WORDS, reason_words
from koostoo.web.forms import ButtonForm, Page
from koostoo.web.rights import organiser_id, right
from koostoo.web.view import local
from koostoo.work.models import Job
from koostoo.work.queries import find_job, read
from koostoo.work.rules import OPEN, may_fetch, waits_long
from koostoo.work.service import stop

ONE = "/work/<int(max=2147483647):number>"


@bp.get(ONE, endpoint="work")
@right("job")
def show(number: int) -> Page:
    """Show how far it is; with `auto` the page is loaded again by itself while it goes on."""
    job, moment = _get(number), now()
    page = render_template(
        "desk/work.html", job=job, form=ButtonForm(), is_auto=is_auto(), **_words(job, moment)
    )
    return page, 200, refreshed(is_open=job.state in OPEN)


@bp.post(f"{ONE}/stop", endpoint="work_stop")
@right("job")
def stop_it(number: int) -> Response:
    """Have it done no further."""
    if ButtonForm().validate_on_submit():
        stop(number, now())
    else:
        flash(_("Nothing was changed. Please press the button once more."), "warning")
    return redirect(url_for("desk.work", number=number), 303)


@bp.get(f"{ONE}/package.zip", endpoint="work_package")
@right("job")
@recorded
def package(number: int) -> Download | Response:
    """Send the result; where there is none any more, the page says so."""
    job = _get(number)
    if not may_fetch(job.state, job.expires_at, now()):
        return redirect(url_for("desk.work", number=number), 303)
    days = {"first": job.first_day, "last": job.last_day}
    note = Note(
        "evidence",
        "zip",
        job.rows,
        project_id=job.project_id,
        event_id=job.event_id,
        chosen={name: day.isoformat() for name, day in days.items() if day},
    )
    size = job.size
    return Download([note], job.name, lambda: Stream(size, read(number)))


def _get(number: int) -> Job:
    return find_job(number, organiser_id()) or abort(404)


def _words(job: Job, moment: datetime) -> dict[str, Any]:
    """Return what the page says of it, and where it leads back to."""
    if job.event_id is not None:
        event = db.session.get_one(Event, job.event_id)
        title, back = local(event.title), url_for("desk.evidence", slug=event.slug)
    else:
        project = db.session.get_one(Project, job.project_id)
        days = {"from": job.first_day, "to": job.last_day}
        asked: dict[str, Any] = {name: day.isoformat() for name, day in days.items() if day}
        title = local(project.title)
        back = url_for("desk.project_evidence", slug=project.slug, **asked)
    return {
        "title": title,
        "back": back,
        "state_words": STATE_WORDS[job.state],
        "reason": reason_words(job) if job.state == "failed" else "",
        "is_open": job.state in OPEN,
        "waits_long": waits_long(job.state, job.created_at, moment),
        "may_fetch": may_fetch(job.state, job.expires_at, moment),
    }
