"""Use cases of frozen reports: gathering the figures, freezing them, withdrawing a report."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from koostoo.accounts.audit import Scope, record
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.retry import retried
from koostoo.matching.queries import find_state
from koostoo.programme.models import Activity, Organisation, Project
from koostoo.reporting.figures import BYS, Choice, plain
from koostoo.reporting.frozen import SHAPE, canonical, digest_of
from koostoo.reporting.indicators import Scene, held_ids, read_scene, table_of
from koostoo.reporting.models import FrozenReport
from koostoo.reporting.tallies import fresh_cells


def gather(project_id: int, choice: Choice, now: datetime) -> dict[str, Any]:
    """Return the content of a report as it would be frozen at `now`."""
    cells, is_settled = fresh_cells(project_id, held_ids(project_id, now), now)
    scene = read_scene(project_id, choice, now)
    levels: dict[str, Any] = {}
    for by in BYS:
        found = plain(table_of(scene, cells, by, choice.organisation_id))
        levels["total"] = {"": found["total"]}
        levels[by] = found["parts"]
    state = find_state(project_id)
    project = db.session.get_one(Project, project_id)
    return {
        "shape": SHAPE,
        "project": project.title.as_dict(),
        "support": project.support_text.as_dict(),
        "first": choice.first.isoformat() if choice.first else None,
        "last": choice.last.isoformat() if choice.last else None,
        "activity": choice.activity_id,
        "organisation": choice.organisation_id,
        "levels": levels,
        **labels(project_id, scene),
        "doubtful": {
            "people": state.doubtful_people if state else 0,
            "organisations": state.doubtful_companies if state else 0,
        },
        "is_settled": is_settled,
    }


def labels(project_id: int, scene: Scene) -> dict[str, Any]:
    """Return what the keys of a project's figures stand for, in words that are public."""
    return {
        "activities": _activities(project_id),
        "organisations": _organisations(),
        "events": _events(scene),
    }


def _activities(project_id: int) -> dict[str, Any]:
    rows = db.session.scalars(
        select(Activity)
        .where(Activity.project_id == project_id)
        .options(joinedload(Activity.organisation))
    )
    return {
        str(one.id): {
            **one.title.as_dict(),
            "kind": one.kind,
            "owner": (one.organisation.short_name or one.organisation.name)
            if one.organisation
            else "",
            "position": one.position,
        }
        for one in rows
    }


def _organisations() -> dict[str, str]:
    return {str(one.id): one.name for one in db.session.scalars(select(Organisation))}


def _events(scene: Scene) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "title": scene.events[one.id].title.as_dict(),
            "starts_on": scene.events[one.id].starts_on.isoformat(),
            "ends_on": scene.events[one.id].ends_on.isoformat(),
            "activity": scene.events[one.id].activity_id,
        }
        for one in scene.chosen
    ]


@retried
def freeze(
    project_id: int,
    title: str,
    choice: Choice,
    content: dict[str, Any],
    now: datetime,
    by: int | None,
) -> int:
    """Keep the content for good; return the number of the report."""
    text = canonical(content)
    with transaction() as session:
        report = FrozenReport(
            project_id=project_id,
            title=title,
            **choice._asdict(),
            figures=text,
            digest=digest_of(text),
            frozen_at=now,
            frozen_by=by,
        )
        session.add(report)
        session.flush()
        detail = {"report": report.id, "digest": report.digest}
        record(session, by, "report_frozen", now, scope=Scope(project_id), detail=detail)
        return report.id


@retried
def withdraw_report(
    project_id: int, number: int, reason: str, now: datetime, by: int | None
) -> bool:
    """Mark a report as no longer meant, with the reason; its figures stay. False: it was already.

    Raises LookupError where the project has no such report, ValueError without a reason.
    """
    if not reason:
        raise ValueError("a withdrawal needs a reason")
    with transaction() as session:
        report = session.get(FrozenReport, number, with_for_update=True)
        if report is None or report.project_id != project_id:
            raise LookupError(number)
        if report.withdrawn_at is not None:
            return False
        report.withdrawn_at, report.withdrawn_by, report.withdrawn_reason = now, by, reason
        detail = {"report": number}
        record(session, by, "report_withdrawn", now, scope=Scope(project_id), detail=detail)
        return True


def reports_of(project_id: int) -> Sequence[FrozenReport]:
    """Return the reports of a project, the latest first."""
    return db.session.scalars(
        select(FrozenReport)
        .where(FrozenReport.project_id == project_id)
        .options(joinedload(FrozenReport.author))
        .order_by(FrozenReport.id.desc())
    ).all()


def find_report(project_id: int, number: int) -> FrozenReport | None:
    """Return a report of the project; None: there is none."""
    return db.session.scalar(
        select(FrozenReport)
        .where(FrozenReport.project_id == project_id, FrozenReport.id == number)
        .options(joinedload(FrozenReport.author), joinedload(FrozenReport.withdrawer))
    )


def title_of(words: dict[str, str]) -> LocalText:
    """Return a title of a report's content as a text in two languages."""
    return LocalText.from_dict({lang: words[lang] for lang in ("et", "en") if lang in words})
