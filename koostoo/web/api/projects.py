"""Projects and what was planned in them."""

from flask import url_for

from koostoo.programme import models
from koostoo.registration.api_queries import activities_after, projects_after
from koostoo.web.api.asked import Page
from koostoo.web.api.resource import page_of, resource
from koostoo.web.api.shapes import Activity, Listed, Partner, Project, words
from koostoo.web.links import absolute
from koostoo.web.rights import access


@resource("/projects", "api", Listed[Project], Page)
def projects(page: Page) -> Listed[Project]:
    """List the projects the token's owner has to do with."""
    rows = projects_after(access(), page.cursor, page.limit + 1)
    return page_of(rows, page, lambda row: row.id, _project)


@resource("/projects/<slug>/activities", "api_project", Listed[Activity], Page)
def activities(page: Page, slug: str) -> Listed[Activity]:
    """List the planned activities of a project."""
    rows = activities_after(slug, page.cursor, page.limit + 1)
    return page_of(rows, page, lambda row: row.id, lambda row: _activity(row, slug))


def _project(row: models.Project) -> Project:
    return Project(
        slug=row.slug,
        url=absolute(url_for("public.project", slug=row.slug)),
        title=words(row.title),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        organisations=[
            Partner(slug=one.organisation.slug, name=one.organisation.name, role=one.role)  # type: ignore[arg-type]  # the CHECK keeps it
            for one in row.partners
        ],
        outcomes=[words(one.text) for one in row.outcomes],
    )


def _activity(row: models.Activity, project: str) -> Activity:
    return Activity(
        slug=row.slug,
        project=project,
        kind=row.kind,  # type: ignore[arg-type]  # the CHECK keeps it
        organisation=row.organisation.slug if row.organisation else None,
        position=row.position,
        title=words(row.title),
        description=words(row.description),
        target=row.target,
    )
