"""Activities of a project at the desk: add, change, order, remove."""

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.programme.editing import (
    ProjectNotFound,
    activity_of,
    draft_of,
    move_activity,
    save_activity,
)
from koostoo.programme.models import Activity, Project
from koostoo.registration.programme_changes import ActivityHasEvents, events_of, remove_activity
from koostoo.web.desk import bp
from koostoo.web.desk.activity_form import ActivityForm, activity_data
from koostoo.web.desk.logos import get_project
from koostoo.web.desk.project_forms import ProjectForm
from koostoo.web.desk.projects import ONE, save
from koostoo.web.forms import ButtonForm, Page
from koostoo.web.rights import organiser_id, right

ALL = f"{ONE}/activities"
NUMBERED = f"{ALL}/<int(max=2147483647):number>"


@bp.route(f"{ALL}/new", methods=["GET", "POST"])
@right("project_manage")
def activity_new(slug: str) -> Response | Page:
    """Show an empty form; on POST add an activity at the end."""
    found = get_project(slug)
    form = ActivityForm(data={"version": str(found.version), "target": 1, "counts": "events"})
    return _answer(found, form, None)


@bp.route(f"{NUMBERED}/edit", methods=["GET", "POST"])
@right("project_manage")
def activity_edit(slug: str, number: int) -> Response | Page:
    """Show an activity; on POST save it."""
    found = get_project(slug)
    form = ActivityForm(data=activity_data(draft_of(_get(found, number)), found.version))
    return _answer(found, form, number)


def _answer(project: Project, form: ActivityForm, number: int | None) -> Response | Page:
    slug, project_id = project.slug, project.id
    form.offer([one.organisation for one in project.partners], project.outcomes)
    if form.validate_on_submit():
        done = save(
            form,
            slug,
            lambda: save_activity(
                project_id, number, form.draft(), form.seen, now(), organiser_id()
            ),
        )
        if done is not None:
            return done
    found = get_project(slug)
    page = render_template(
        "desk/activity.html",
        project=found,
        activity=None if number is None else _get(found, number),
        form=form,
    )
    return form.answer(page)


@bp.post(f"{NUMBERED}/up")
@right("project_manage")
def activity_up(slug: str, number: int) -> Response:
    """Let an activity stand one place further ahead."""
    if ButtonForm().validate_on_submit():
        try:
            move_activity(get_project(slug).id, number, now(), organiser_id())
        except ProjectNotFound:
            abort(404)
    return redirect(url_for("desk.project", slug=slug), 303)


@bp.route(f"{NUMBERED}/remove", methods=["GET", "POST"])
@right("project_manage")
def activity_remove(slug: str, number: int) -> Response | Page:
    """Ask once more; on POST remove an activity that has no events."""
    found = get_project(slug)
    project_id, events = found.id, events_of(db.session(), _get(found, number).id)
    form = ProjectForm(data={"version": str(found.version)})
    if not events and form.validate_on_submit():
        try:
            done = save(
                form,
                slug,
                lambda: remove_activity(project_id, number, form.seen, now(), organiser_id()),
            )
        except ActivityHasEvents as refusal:
            events, done = refusal.number, None
        if done is not None:
            return done
    found = get_project(slug)
    if events:
        words = ngettext(
            "This activity cannot be removed: %(num)s event counts for it.",
            "This activity cannot be removed: %(num)s events count for it.",
            events,
        )
        flash(words, "warning")
        return redirect(url_for("desk.project", slug=slug), 303)
    page = render_template(
        "desk/activity_remove.html", project=found, activity=_get(found, number), form=form
    )
    return form.answer(page)


def _get(project: Project, number: int) -> Activity:
    try:
        return activity_of(project, number)
    except ProjectNotFound:
        abort(404)
