"""The lists of a project at the desk: partners, expected outcomes, what media said."""

from typing import Any

from flask import render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from koostoo.base.clock import now
from koostoo.programme.editing import edit_media, edit_outcomes
from koostoo.programme.models import Project
from koostoo.registration import desk_queries
from koostoo.registration.programme_changes import PartnersInUse, edit_partners
from koostoo.web.desk import bp
from koostoo.web.desk.logos import get_project
from koostoo.web.desk.project_forms import PartnersForm
from koostoo.web.desk.project_rows import SPARE_ROWS, MediaForm, OutcomesForm, outcomes_data
from koostoo.web.desk.projects import ONE, save
from koostoo.web.forms import Page
from koostoo.web.rights import organiser_id, right


@bp.route(f"{ONE}/partners", methods=["GET", "POST"])
@right("project_manage")
def project_partners(slug: str) -> Response | Page:
    """Show who takes part; on POST save it."""
    found = get_project(slug)
    project_id = found.id
    form = PartnersForm(data=_partners_data(found))
    form.offer(desk_queries.organisation_choices())
    if form.validate_on_submit():
        try:
            done = save(
                form,
                slug,
                lambda: edit_partners(project_id, form.draft(), form.seen, now(), organiser_id()),
            )
        except PartnersInUse as refusal:
            done = None
            words = _(
                "Cannot leave the project, because it has events, registrations, invitations, "
                "promised seats or activities of theirs: %(names)s.",
                names=", ".join(refusal.names),
            )
            form.partners.errors = [words]
        if done is not None:
            return done
    page = render_template("desk/project_partners.html", project=get_project(slug), form=form)
    return form.answer(page)


@bp.route(f"{ONE}/outcomes", methods=["GET", "POST"])
@right("project_manage")
def project_outcomes(slug: str) -> Response | Page:
    """Show the expected outcomes; on POST save them."""
    found = get_project(slug)
    project_id = found.id
    form = OutcomesForm(data=outcomes_data(found.outcomes, found.version))
    if form.validate_on_submit():
        done = save(
            form,
            slug,
            lambda: edit_outcomes(project_id, form.drafts(), form.seen, now(), organiser_id()),
        )
        if done is not None:
            return done
    page = render_template("desk/project_outcomes.html", project=get_project(slug), form=form)
    return form.answer(page)


@bp.route(f"{ONE}/media", methods=["GET", "POST"])
@right("project_manage")
def project_media(slug: str) -> Response | Page:
    """Show what media said; on POST save it."""
    found = get_project(slug)
    project_id = found.id
    form = MediaForm(data=_media_data(found))
    if form.validate_on_submit():
        done = save(
            form,
            slug,
            lambda: edit_media(project_id, form.drafts(), form.seen, now(), organiser_id()),
        )
        if done is not None:
            return done
    page = render_template("desk/project_media.html", project=get_project(slug), form=form)
    return form.answer(page)


def _partners_data(project: Project) -> dict[str, Any]:
    host, lead = project.host, project.lead
    return {
        "host": str(host.id) if host else "",
        "lead": str(lead.id) if lead else "",
        "partners": [str(one.organisation_id) for one in project.partners if one.role == "partner"],
        "version": str(project.version),
    }


def _media_data(project: Project) -> dict[str, Any]:
    rows: list[dict[str, Any]] = [
        {"day": one.day, "title_et": one.title.et, "title_en": one.title.en, "url": one.url}
        for one in project.media
    ]
    return {"rows": [*rows, *({} for _row in range(SPARE_ROWS))], "version": str(project.version)}
