"""The rows behind one figure: events, registrations, people, organisations; and as files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from koostoo.accounts.downloads import Format
from koostoo.base.clock import now
from koostoo.base.dates import heading
from koostoo.documents.cells import Cell
from koostoo.documents.names import download_name
from koostoo.registration.words import state_label
from koostoo.reporting.figures import BYS, OF_EVENTS, Choice, Counted, Figure, Part, events_of
from koostoo.reporting.freezing import labels
from koostoo.reporting.indicator_rows import Named, grouped, named, rows_behind
from koostoo.reporting.indicators import Scene, read_scene
from koostoo.reporting.tallies import match_if_not_busy
from koostoo.web.desk import bp
from koostoo.web.desk.indicator_form import read_choice
from koostoo.web.desk.indicator_words import FIGURE_WORDS, key_words, period_words
from koostoo.web.desk.indicators import INDICATORS, indicator_note
from koostoo.web.desk.logos import get_project
from koostoo.web.desk.paging import PAGE_SIZE, paging
from koostoo.web.desk.sending import Download, Table, recorded
from koostoo.web.forms import Page
from koostoo.web.language import current_lang
from koostoo.web.rights import project_id, right
from koostoo.web.signup_form import role_label
from koostoo.web.view import local

ROWS = f"{INDICATORS}/rows"
MOST_IN_EXCEL = 50_000
_OF_EVENTS: tuple[Figure, ...] = ("events", "by_hand")


@dataclass(frozen=True, slots=True)
class Line:
    """One row; `event_id` where it is about one event."""

    cells: list[Cell]
    event_id: int | None = None


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind a figure: titles of columns, the groups of rows or the events."""

    figure: Figure
    scene: Scene
    groups: list[list[Counted]]
    event_ids: list[int]

    @property
    def count(self) -> int:
        """How many lines there are."""
        return len(self.event_ids) if self.figure in _OF_EVENTS else len(self.groups)

    def header(self) -> list[str]:
        """Return the titles of the columns."""
        if self.figure in _OF_EVENTS:
            return [_("Event"), _("First day"), _("Last day"), _("Counted by hand")]
        if self.figure == "organisations":
            return [_("Represents"), _("Different people"), _("Events")]
        if self.figure == "people":
            return [_("Name"), _("Organisation"), _("Represents"), _("Events"), _("Days present")]
        return [
            _("Event"), _("First day"), _("Name"), _("Organisation"), _("Represents"), _("Role"),
            _("Standing"), _("Days present"),
        ]  # fmt: skip

    def lines(self, offset: int = 0, limit: int | None = None) -> list[Line]:
        """Return rows in words, some or all."""
        end = None if limit is None else offset + limit
        if self.figure in _OF_EVENTS:
            return [self._event(number) for number in self.event_ids[offset:end]]
        some = self.groups[offset:end]
        words = named([group[0].id for group in some])
        return [self._line(group, words[group[0].id]) for group in some if group[0].id in words]

    def _event(self, number: int) -> Line:
        event = self.scene.events[number]
        hand = next(one for one in self.scene.held if one.id == number).by_hand
        days: list[date | None] = [event.starts_on, event.ends_on]
        return Line([local(event.title), *days, sum(hand.values()) or None], number)

    def _line(self, group: Sequence[Counted], one: Named) -> Line:
        events = len({row.event_id for row in group})
        name = one.name or _("forgotten")
        if self.figure == "organisations":
            people = len({row.person_id for row in group})
            return Line([one.represents or one.organisation or _("forgotten"), people, events])
        if self.figure == "people":
            days = sum(row.days for row in group)
            return Line([name, one.organisation, one.represents, events, days])
        event = self.scene.events[group[0].event_id]
        about: list[Cell] = [local(event.title), event.starts_on]
        return Line(
            [
                *about, name, one.organisation, one.represents, role_label(one.role),
                state_label(one.state), group[0].days,
            ],
            event.id,
        )  # fmt: skip


@bp.get(ROWS)
@right("project_look")
def indicator_rows(slug: str) -> Page | Response:
    """Show what stands behind one figure."""
    # What is matched is written first: that ends what was read so far.
    match_if_not_busy(project_id(), now())
    project = get_project(slug)
    form = read_choice(project)
    if not form.validate():
        return redirect(url_for("desk.indicators", slug=slug), 303)
    found, part = _behind(form.choice())
    asked = form.asked() | {"by": part.by, "key": part.key, "figure": found.figure}
    page = paging("desk.indicator_rows", found.count, slug=slug, **asked)
    content = labels(project.id, found.scene)
    shown = render_template(
        "desk/indicator_rows.html",
        project=project,
        what=FIGURE_WORDS[found.figure],
        part=key_words(part.by or "total", part.key, content),
        period=period_words(asked.get("first"), asked.get("last")),
        number=ngettext("%(num)s row", "%(num)s rows", found.count),
        header=found.header(),
        lines=found.lines(page.offset, PAGE_SIZE),
        events=found.scene.events,
        asked=asked,
        back=url_for("desk.indicators", slug=slug, **form.asked()),
        pages=page.pages,
        may_excel=found.count <= MOST_IN_EXCEL,
        heading=lambda event: heading(event.when, current_lang()),
    )
    return shown, 200, {}


@bp.get(f"{ROWS}.csv")
@right("project_look")
@recorded
def indicator_rows_csv(slug: str) -> Download | Response:
    """Send the rows behind a figure as CSV."""
    return _download(slug, "csv")


@bp.get(f"{ROWS}.xlsx")
@right("project_look")
@recorded
def indicator_rows_xlsx(slug: str) -> Download | Response:
    """Send the rows behind a figure as a workbook."""
    return _download(slug, "xlsx")


def _download(slug: str, kind: Format) -> Download | Response:
    match_if_not_busy(project_id(), now())
    project = get_project(slug)
    form = read_choice(project)
    if not form.validate():
        return redirect(url_for("desk.indicators", slug=slug), 303)
    title, choice = local(project.title), form.choice()
    found, part = _behind(choice)
    if kind == "xlsx" and found.count > MOST_IN_EXCEL:
        typed: dict[str, Any] = request.args.to_dict()
        return redirect(url_for("desk.indicator_rows", slug=slug, **typed), 303)
    asked = form.asked() | {"figure": found.figure, "by": part.by or "", "key": part.key}
    header = found.header()
    note = indicator_note(project_id(), kind, found.count, header, choice, asked)
    what = str(FIGURE_WORDS[found.figure])
    name = download_name(title, what, *filter(None, choice[:2]), ext=kind)

    def make() -> Table:
        # Noting ended what was read.
        again, _part = _behind(choice)
        lines = (line.cells for line in again.lines())
        return Table(what, header, lines, [20] * len(header))

    return Download([note], name, make)


def _behind(choice: Choice) -> tuple[Behind, Part]:
    figure = _figure()
    by = next((one for one in BYS if one == request.args.get("by")), None)
    part = Part(by, request.args.get("key", "")) if by else Part()
    scene = read_scene(project_id(), choice, now())
    rows = rows_behind(scene, part, figure, choice.organisation_id)
    return Behind(figure, scene, grouped(rows, figure), _events(scene, part, rows, choice)), part


def _figure() -> Figure:
    asked = request.args.get("figure")
    return next((one for one in FIGURE_WORDS if one == asked), "registered")


def _events(scene: Scene, part: Part, rows: Sequence[Counted], choice: Choice) -> list[int]:
    """Return the events of a part: all it is about, or those with people of the kind asked."""
    about = events_of(scene.held, scene.wanted, part)
    if choice.organisation_id is None and (part.by is None or part.by in OF_EVENTS):
        return [one.id for one in about]
    there = {row.event_id for row in rows}
    return [one.id for one in about if one.id in there]
