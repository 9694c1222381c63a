"""Projects at the desk: which there are, how far each is, its facts, the project file."""

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from koostoo.accounts.downloads import Note
from koostoo.base import dates
from koostoo.base.clock import now
from koostoo.events.export import export_project
from koostoo.events.queries import all_projects, find_project, find_project_with_links
from koostoo.programme.editing import (
    ProjectChanged,
    ProjectExists,
    ProjectNotFound,
    create_project,
    edit_facts,
    facts_of,
)
from koostoo.programme.models import Project
from koostoo.registration import desk_queries
from koostoo.reporting.progress import project_progress
from koostoo.web.desk import bp
from koostoo.web.desk.logos import get_project
from koostoo.web.desk.project_forms import FactsForm, NewProjectForm, ProjectForm, facts_data
from koostoo.web.desk.sending import Download, recorded
from koostoo.web.forms import Page, options
from koostoo.web.language import current_lang
from koostoo.web.progress_words import WHY_NOT_WORDS, progress_words
from koostoo.web.rights import access, organiser_id, right
from koostoo.web.view import local

ONE = "/projects/<slug>"


@bp.get("/projects/")
@right("manager")
def projects() -> str:
    """List the projects this person manages, the latest first, each with its progress."""
    moment = now()
    managed = [find_project(one.slug) for one in all_projects() if access().manages(one.id)]
    rows = [
        {
            "project": one,
            "period": _period(one),
            "progress": [*project_progress(one.activities, moment).values()],
        }
        for one in managed
        if one is not None
    ]
    return render_template("desk/projects.html", rows=rows)


@bp.route("/projects/new", methods=["GET", "POST"])
@right("manager_of_all")
def project_new() -> Response | Page:
    """Show an empty form; on POST add a project."""
    form = NewProjectForm()
    names = [(str(one.id), one.name) for one in desk_queries.organisation_choices()]
    form.host.choices = options([("", _("Please choose")), *names])
    if form.validate_on_submit():
        with form.kept_when_busy():
            host = form.new_organisation() or int(form.host.data)
            try:
                slug = create_project(form.facts(), host, now(), organiser_id())
            except ProjectExists:
                words = _("There is a project of this title and first day already.")
                form.title_et.errors = [words]
            else:
                flash(_("The project is created. Now add its partners and activities."), "success")
                return redirect(url_for("desk.project", slug=slug), 303)
    return form.answer(render_template("desk/project_new.html", form=form))


@bp.get(ONE)
@right("project_manage")
def project(slug: str) -> str:
    """Show a project with what was planned, what was done, and what does not count and why."""
    found = find_project_with_links(slug) or abort(404)
    return render_template(
        "desk/project.html",
        project=found,
        period=_period(found),
        progress=project_progress(found.activities, now(), with_people=True),
        progress_words=progress_words,
        why_not_words=WHY_NOT_WORDS,
        served=_served(found),
    )


@bp.route(f"{ONE}/edit", methods=["GET", "POST"])
@right("project_manage")
def project_edit(slug: str) -> Response | Page:
    """Show the facts of a project; on POST save them."""
    found = get_project(slug)
    project_id = found.id
    form = FactsForm(data=facts_data(facts_of(found), found.version))
    form.kept_so_far = found.keep_until
    if form.validate_on_submit():
        done = save(
            form,
            slug,
            lambda: edit_facts(project_id, form.facts(), form.seen, now(), organiser_id()),
        )
        if done is not None:
            return done
    return form.answer(
        render_template("desk/project_edit.html", project=get_project(slug), form=form)
    )


@bp.get(f"{ONE}/project.toml")
@right("project_manage")
@recorded
def project_file(slug: str) -> Download | Response:
    """Hand out the project as a file that loads back to the same state."""
    found = get_project(slug)
    if found.host is None:
        flash(_("Name the host first: without one the file could not be loaded."), "warning")
        return redirect(url_for("desk.project_partners", slug=slug), 303)
    note = Note("project", "file", rows=len(found.activities), project_id=found.id)
    return Download([note], f"{slug}.toml", lambda: export_project(slug).encode())


def save(form: ProjectForm, slug: str, write: Callable[[], None]) -> Response | None:
    """Save what was typed and go to the project; None after putting a refusal into the form."""
    with form.kept_when_busy():
        try:
            write()
        except ProjectNotFound:
            abort(404)
        except ProjectChanged as refusal:
            form.version.data = str(refusal.version)
            form.form_errors.append(
                _(
                    "Somebody else changed this project meanwhile. What you typed is kept. Look at "
                    "the present project in another tab; saving again replaces it with what stands "
                    "here."
                )
            )
        else:
            flash(_("The changes are saved."), "success")
            return redirect(url_for("desk.project", slug=slug), 303)
    return None


def _served(one: Project) -> dict[int, list[str]]:
    """Return the activities that serve each outcome, by its number."""
    return {
        outcome.id: [
            local(activity.title) for activity in one.activities if outcome in activity.outcomes
        ]
        for outcome in one.outcomes
    }


def _period(one: Project) -> str:
    return dates.period(one.starts_on, one.ends_on, current_lang())
