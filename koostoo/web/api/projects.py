"""Projects and what was planned in them."""

from flask import abort, url_for

from koostoo.base.clock import now
from koostoo.programme import models
from koostoo.programme.queries import find_project_id
from koostoo.registration.api_queries import activities_after, projects_after, slugs_of
from koostoo.reporting.figures import Choice
from koostoo.reporting.indicators import held_ids, read_scene, table_of
from koostoo.reporting.tallies import fresh_cells
from koostoo.web.api.asked import FiguresAsked, Page
from koostoo.web.api.resource import page_of, resource
from koostoo.web.api.shapes import (
    Activity,
    Figures,
    FiguresOf,
    Indicators,
    Listed,
    Partner,
    Project,
    words,
)
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


@resource("/projects/<slug>/indicators", "api_figures", Indicators, FiguresAsked)
def indicators(asked: FiguresAsked, slug: str) -> Indicators:
    """Give the figures of a project's events that are over, broken down as asked."""
    project_id = find_project_id(slug) or abort(404)
    choice = Choice(asked.first, asked.last)
    cells, _is_settled = fresh_cells(project_id, held_ids(project_id, now()), now())
    table = table_of(read_scene(project_id, choice, now()), cells, asked.by)
    slugs = slugs_of(asked.by)
    return Indicators(
        project=slug,
        by=asked.by,
        first=asked.first,
        last=asked.last,
        total=Figures(**table.total.as_dict()),
        parts=[
            FiguresOf(key=slugs.get(key, key), figures=Figures(**found.as_dict()))
            for key, found in sorted(table.parts.items())
        ],
    )


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
