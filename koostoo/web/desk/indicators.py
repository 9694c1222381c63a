"""Figures of a project by activity, period and action group, and the rows behind each of them."""

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from koostoo.accounts.downloads import Format, Note
from koostoo.base.clock import now
from koostoo.documents.cells import Cell
from koostoo.documents.names import download_name
from koostoo.matching.queries import find_state
from koostoo.reporting.figures import By, Choice, Figures, Table
from koostoo.reporting.freezing import labels
from koostoo.reporting.indicators import held_ids, read_scene, table_of
from koostoo.reporting.tallies import fresh_cells
from koostoo.web.desk import bp
from koostoo.web.desk.indicator_form import asked_by, by_tabs, read_choice
from koostoo.web.desk.indicator_words import BY_WORDS, FIGURE_WORDS, SHOWN, key_words, sorted_keys
from koostoo.web.desk.logos import get_project
from koostoo.web.desk.sending import Download, recorded
from koostoo.web.desk.sending import Table as File
from koostoo.web.forms import Page
from koostoo.web.rights import access, project_id, right
from koostoo.web.view import local

INDICATORS = "/projects/<slug>/indicators"
WIDE, NARROW = 40, 14


@bp.get(INDICATORS)
@right("project_look")
def indicators(slug: str) -> Page:
    """Show the figures, broken down as asked; every figure leads to its rows."""
    number, by, moment = project_id(), asked_by(), now()
    # What is kept for the next look is written first: that ends what was read so far.
    cells, is_settled = fresh_cells(number, held_ids(number, moment), moment)
    project = get_project(slug)
    form = read_choice(project)
    is_right = form.validate()
    choice = form.choice() if is_right else Choice()
    scene = read_scene(number, choice, moment)
    table = table_of(scene, cells, by, choice.organisation_id)
    asked = form.asked() if is_right else {}
    content = labels(number, scene)
    keys = sorted_keys(by, table.parts, content)
    state = find_state(number)

    def url(by: By) -> str:
        return url_for("desk.indicators", slug=slug, by=by, **asked)

    page = render_template(
        "desk/indicators.html",
        project=project,
        form=form,
        by=by,
        asked=asked,
        tabs=by_tabs(by, url),
        by_words=BY_WORDS,
        figure_words=FIGURE_WORDS,
        shown=SHOWN,
        total=table.total,
        modes=_lines("mode", table.modes, content),
        parts=[(key, key_words(by, key, content), table.parts[key]) for key in keys],
        most=max((one.people for one in table.parts.values()), default=0) if by != "event" else 0,
        doubtful=(state.doubtful_people, state.doubtful_companies) if state else (0, 0),
        is_settled=is_settled,
        manages=access().manages(number),
    )
    return page, 200 if is_right else 422, {}


def _lines(
    by: By, figures: Mapping[str, Figures], content: Mapping[str, Any]
) -> list[tuple[str, str, Figures]]:
    return [
        (key, key_words(by, key, content), figures[key])
        for key in sorted_keys(by, figures, content)
    ]


@bp.get(f"{INDICATORS}.csv")
@right("project_look")
@recorded
def indicators_csv(slug: str) -> Download | Response:
    """Send the figures as CSV."""
    return _download(slug, "csv")


@bp.get(f"{INDICATORS}.xlsx")
@right("project_look")
@recorded
def indicators_xlsx(slug: str) -> Download | Response:
    """Send the figures as a workbook."""
    return _download(slug, "xlsx")


def _download(slug: str, kind: Format) -> Download | Response:
    number, by, moment = project_id(), asked_by(), now()
    cells, _settled = fresh_cells(number, held_ids(number, moment), moment)
    project = get_project(slug)
    form = read_choice(project)
    if not form.validate():
        typed: dict[str, Any] = request.args.to_dict()
        return redirect(url_for("desk.indicators", slug=slug, **typed), 303)
    choice, title = form.choice(), local(project.title)
    scene = read_scene(number, choice, moment)
    table = table_of(scene, cells, by, choice.organisation_id)
    content = labels(number, scene)
    lines = file_lines(by, table, content)
    header = [str(BY_WORDS[by]), *(str(FIGURE_WORDS[name]) for name in FIGURE_WORDS)]
    note = indicator_note(number, kind, len(lines), header, choice, form.asked())
    name = download_name(title, _("Indicators"), *filter(None, choice[:2]), ext=kind)
    widths = [WIDE, *(NARROW for _name in FIGURE_WORDS)]
    return Download([note], name, lambda: File(_("Indicators"), header, lines, widths))


def file_lines(by: By, table: Table, content: Mapping[str, Any]) -> list[list[Cell]]:
    """Return a table as rows of a file: the whole, each way of taking part, each key."""
    total = [("", key_words("total", "", content), table.total)]
    parts = [] if by == "mode" else _lines(by, table.parts, content)
    return [
        [words, *(getattr(figures, name) for name in FIGURE_WORDS)]
        for _key, words, figures in [*total, *_lines("mode", table.modes, content), *parts]
    ]


def indicator_note(
    project_id: int,
    kind: Format,
    rows: int,
    header: list[str],
    choice: Choice,
    asked: Mapping[str, Any],
) -> Note:
    """Return what is noted of a file of figures, or of the rows behind one."""
    return Note(
        "indicators",
        kind,
        rows,
        project_id=project_id,
        activity_id=choice.activity_id,
        organisation_id=choice.organisation_id or None,
        columns=header,
        chosen=asked,
    )
