"""The logos of a project's funding block: upload, describe, order, remove."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from koostoo.base.clock import now
from koostoo.base.localtext import LocalText
from koostoo.events.queries import find_project
from koostoo.files import queries
from koostoo.files.models import StoredFile
from koostoo.files.rules import MAX_REQUEST
from koostoo.files.service import change_logo, keep_logo, move_logo, remove_logo
from koostoo.programme.models import Project
from koostoo.web.desk import bp
from koostoo.web.desk.file_form import LogoAltForm, LogoForm, keep_all
from koostoo.web.desk.file_words import accept_of
from koostoo.web.files import logo_url
from koostoo.web.forms import ButtonForm, Page
from koostoo.web.rights import organiser_id, right

LOGOS = "/projects/<slug>/logos"
ONE = f"{LOGOS}/<int(max=2147483647):number>"


@bp.route(LOGOS, methods=["GET", "POST"])
@right("project_manage")
def logos(slug: str) -> Response | Page:
    """Show the logos of a project in their order; on POST keep another one."""
    request.max_content_length = MAX_REQUEST
    project = get_project(slug)
    form = LogoForm()
    form.files.description = _l("JPEG, PNG or WebP, at most 3 MB; best a PNG without a background.")
    form.files.render_kw = {"accept": accept_of("logo")}
    if not form.validate_on_submit():
        return form.answer(_page(project, form))
    project_id, by, alt = project.id, organiser_id(), form.alt
    done = keep_all(
        form.sent, "logo", lambda file: keep_logo(project_id, file, alt, now(), by), "logo"
    )
    for words in done.words():
        flash(words, "success")
    if not done.faults:
        return redirect(url_for("desk.logos", slug=slug), 303)
    form.files.errors = done.faults
    return done.answer(_page(get_project(slug), form))


def _page(project: Project, form: LogoForm) -> str:
    return render_template(
        "desk/logos.html",
        project=project,
        form=form,
        logos=[(logo, logo_url(project.slug, logo)) for logo in queries.logos_of(project.id)],
    )


@bp.route(f"{ONE}/edit", methods=["GET", "POST"])
@right("project_manage")
def logo_edit(slug: str, number: int) -> Response | Page:
    """Ask what stands on a logo; on POST note it."""
    project = get_project(slug)
    found = _get(project, number)
    project_id = project.id
    form = LogoAltForm(data={"alt_et": found.alt.et, "alt_en": found.alt.en})
    if form.validate_on_submit():
        with form.kept_when_busy():
            alt = LocalText(form.alt_et.data, form.alt_en.data)
            try:
                change_logo(project_id, number, alt, now(), organiser_id())
            except LookupError:
                abort(404)
            flash(_("The change is saved."), "success")
            return redirect(url_for("desk.logos", slug=slug), 303)
    project = get_project(slug)
    found = _get(project, number)
    shown = render_template(
        "desk/logo_edit.html",
        project=project,
        logo=found,
        src=logo_url(slug, found),
        form=form,
    )
    return form.answer(shown)


@bp.post(f"{ONE}/up")
@right("project_manage")
def logo_up(slug: str, number: int) -> Response:
    """Let a logo stand one place further ahead."""
    project = get_project(slug)
    if ButtonForm().validate_on_submit():
        try:
            move_logo(project.id, number, now(), organiser_id())
        except LookupError:
            abort(404)
    return redirect(url_for("desk.logos", slug=slug), 303)


@bp.route(f"{ONE}/remove", methods=["GET", "POST"])
@right("project_manage")
def logo_remove(slug: str, number: int) -> Response | Page:
    """Ask once more; on POST delete the logo."""
    project, form = get_project(slug), ButtonForm()
    found = _get(project, number)
    project_id = project.id
    if form.validate_on_submit():
        with form.kept_when_busy():
            remove_logo(project_id, number, now(), organiser_id())
            flash(_("The logo is removed."), "success")
            return redirect(url_for("desk.logos", slug=slug), 303)
    project = get_project(slug)
    found = _get(project, number)
    shown = render_template(
        "desk/logo_remove.html",
        project=project,
        logo=found,
        src=logo_url(slug, found),
        form=form,
    )
    return form.answer(shown)


def get_project(slug: str) -> Project:
    """Return the project of this address; 404 when there is none."""
    return find_project(slug) or abort(404)


def _get(project: Project, number: int) -> StoredFile:
    return queries.find_logo(project.id, number) or abort(404)
