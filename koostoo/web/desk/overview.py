"""The head of the desk in words: what waits for an organiser, what falls due, how it goes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from koostoo.base.dates import numeric
from koostoo.events.models import Event
from koostoo.registration.desk_queries import EventRow
from koostoo.reporting.overview import Overview, Queue, overview
from koostoo.reporting.rules import Deadline, Task, count_weeks
from koostoo.web.charts import bar_chart
from koostoo.web.rights import access


def overview_parts(
    rows: Sequence[EventRow], runs: Collection[int], now: datetime
) -> dict[str, Any]:
    """Return what `desk/overview.html` shows of these events."""
    found = overview(rows, runs, now)
    events = {row.event.id: row.event for row in rows}
    return {
        "tasks": [_task(events[one.event_id], one) for one in found.tasks],
        "deadlines": [
            {"at": one.at, "event": events[one.event_id], "words": _deadline_words(one)}
            for one in found.deadlines
        ],
        "queues": [
            {"event": events[one.event_id], "words": _queue_words(one)} for one in found.queues
        ],
        "chart": _chart(found),
    }


def _task(event: Event, task: Task) -> dict[str, Any]:
    number = task.number
    if task.kind == "undecided":
        return {
            "event": event,
            "words": ngettext(
                "%(num)s registration waits for a decision",
                "%(num)s registrations wait for a decision",
                number,
            ),
            "url": url_for("desk.people", slug=event.slug, state="pending"),
        }
    if task.kind == "letters":
        outbox = access().is_manager_of_all
        return {
            "event": event,
            "words": ngettext(
                "%(num)s letter has not arrived", "%(num)s letters have not arrived", number
            ),
            "url": url_for("desk.outbox", event=event.id)
            if outbox
            else url_for("desk.people", slug=event.slug),
        }
    if task.kind == "evidence":
        return {
            "event": event,
            "words": ngettext(
                "%(num)s piece of evidence is missing",
                "%(num)s pieces of evidence are missing",
                number,
            ),
            "url": url_for("desk.files", slug=event.slug),
        }
    if task.kind == "corrections":
        return {
            "event": event,
            "words": ngettext(
                "%(num)s person asks for a correction",
                "%(num)s people ask for a correction",
                number,
            ),
            "url": url_for("desk.corrections", slug=event.slug),
        }
    return {
        "event": event,
        "words": _("The draft is not published, and the event is near"),
        "url": url_for("desk.publish", slug=event.slug),
    }


def _deadline_words(deadline: Deadline) -> str:
    if deadline.kind == "release":
        return ngettext(
            "%(num)s promised seat becomes free for everybody, if unused",
            "%(num)s promised seats become free for everybody, if unused",
            deadline.number,
        )
    if deadline.kind == "answers":
        return ngettext(
            "%(num)s person has yet to say whether they are still coming",
            "%(num)s people have yet to say whether they are still coming",
            deadline.number,
        )
    return {
        "opens": _("Registration opens"),
        "closes": _("Registration closes"),
        "begins": _("The event begins"),
    }[deadline.kind]


def _queue_words(queue: Queue) -> str:
    parts = [ngettext("%(num)s person waits", "%(num)s people wait", queue.waiting)]
    if queue.offered:
        parts.append(
            ngettext(
                "%(num)s seat is offered and not answered",
                "%(num)s seats are offered and not answered",
                queue.offered,
            )
        )
    if queue.moved_up:
        parts.append(
            ngettext(
                "%(num)s person moved up within a week",
                "%(num)s people moved up within a week",
                queue.moved_up,
            )
        )
    return ", ".join(parts)


def _chart(found: Overview) -> Any:
    totals = count_weeks(found.weeks.values())
    if not any(totals):
        return None
    labels = [numeric(day).rpartition(".")[0] + "." for day in found.week_starts]
    return bar_chart(labels, totals)
