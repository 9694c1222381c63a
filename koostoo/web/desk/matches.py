"""Doubtful matches of people and organisations: looked at, decided by hand, undone."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import HiddenField

from koostoo.base.clock import now
from koostoo.events.queries import all_projects
from koostoo.matching import queries
from koostoo.matching.doubts import Pair
from koostoo.matching.rules import Subject, Verdict
from koostoo.matching.service import decide_match, undo_decision
from koostoo.registration.models import Registration
from koostoo.reporting.tallies import match_if_not_busy
from koostoo.web.desk import bp
from koostoo.web.desk.logos import get_project
from koostoo.web.desk.match_words import (
    COMPANY_VERDICTS,
    DOUBT_WORDS,
    JOINED_WORDS,
    PERSON_VERDICTS,
)
from koostoo.web.desk.numbers import small_number
from koostoo.web.desk.paging import PAGE_SIZE, paging
from koostoo.web.forms import ButtonForm, Form, Page
from koostoo.web.rights import access, organiser_id, project_id, right
from koostoo.web.view import local

MATCHES = "/projects/<slug>/matches"
SUBJECTS: tuple[Subject, ...] = ("person", "organisation")
HISTORY = 50


class DecisionForm(Form):
    """Two registrations and what was decided; all of it comes from our own page."""

    subject = HiddenField()
    first = HiddenField()
    second = HiddenField()
    verdict = HiddenField()

    def read(self) -> tuple[Subject, Verdict, tuple[int, int]] | None:
        """Return what was sent as values; None for what our page never sends."""
        first, second = (small_number(field.data or "") for field in (self.first, self.second))
        if self.subject.data not in SUBJECTS or self.verdict.data not in ("same", "apart"):
            return None
        if first is None or second is None or first == second:
            return None
        return self.subject.data, self.verdict.data, (first, second)


@bp.get("/people/matches")
@right("manager")
def all_matches() -> Response | str:
    """Lead to the project whose matches one may look at, or let choose among several."""
    projects = [one for one in all_projects() if access().manages(one.id)]
    if len(projects) == 1:
        return redirect(url_for("desk.matches", slug=projects[0].slug), 303)
    return render_template(
        "desk/matches_projects.html", projects=[(one.slug, local(one.title)) for one in projects]
    )


@bp.route(MATCHES, methods=["GET", "POST"])
@right("project_manage")
def matches(slug: str) -> Response | Page:
    """Show what is doubtful, the rule and what was decided; on POST decide about two."""
    form, number = DecisionForm(), project_id()
    subject: Subject = "organisation" if _asked() == "organisation" else "person"
    if form.validate_on_submit():
        given = form.read()
        if given is None:
            abort(400)
        subject, verdict, pair = given
        with form.kept_when_busy():
            try:
                decide_match(number, subject, verdict, pair, now(), organiser_id())
            except LookupError:
                abort(404)
            flash(_("Decided. It holds for registrations to come, too."), "success")
            return redirect(url_for("desk.matches", slug=slug, of=subject), 303)
    # Where the database is too busy to match anew, what was found last is shown.
    match_if_not_busy(number, now())
    total = queries.count_doubtful(number, subject)
    page = paging("desk.matches", total, slug=slug, of=subject)
    shown = queries.doubtful_pairs(number, subject, PAGE_SIZE, page.offset)
    also = queries.joined_pairs(number, subject, PAGE_SIZE)
    people = queries.shown(sorted({n for one in (*shown, *also) for n in (one.first, one.second)}))
    return form.answer(
        render_template(
            "desk/matches.html",
            project=get_project(slug),
            form=form,
            subject=subject,
            doubtful=_shown(shown, people, subject),
            joined=_shown(also, people, subject),
            total=total,
            history=queries.history(number, subject, HISTORY),
            verdicts=COMPANY_VERDICTS if subject == "organisation" else PERSON_VERDICTS,
            tabs=[
                {
                    "label": label,
                    "url": url_for("desk.matches", slug=slug, of=value),
                    "current": subject == value,
                }
                for value, label in (("person", _("People")), ("organisation", _("Organisations")))
            ],
            pages=page.pages,
        )
    )


@bp.post(f"{MATCHES}/<int(max=2147483647):number>/undo")
@right("project_manage")
def undo_match(slug: str, number: int) -> Response:
    """Undo a decision."""
    subject = request.args.get("of")
    if ButtonForm().validate_on_submit():
        try:
            undone = undo_decision(project_id(), number, now(), organiser_id())
        except LookupError:
            abort(404)
        if undone:
            flash(_("The decision is undone; the rule alone counts again."), "success")
    return redirect(url_for("desk.matches", slug=slug, of=subject), 303)


def _asked() -> str:
    return request.form.get("subject") or request.args.get("of", "")


def _shown(
    pairs: Sequence[Pair], people: dict[int, Registration], subject: Subject
) -> list[dict[str, Any]]:
    return [
        {
            "words": JOINED_WORDS[subject] if one.doubt == "joined" else DOUBT_WORDS[one.doubt],
            "ones": [people[number] for number in (one.first, one.second)],
        }
        for one in pairs
        if one.first in people and one.second in people
    ]
