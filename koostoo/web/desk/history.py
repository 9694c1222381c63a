"""The audit trail: what organisers did, old and new, and why; of an event, and of all."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for

from koostoo.accounts.models import AuditEntry
from koostoo.events import download_queries
from koostoo.registration import audit_queries
from koostoo.registration.audit_queries import ActFilter, ActPage, Named
from koostoo.roster.queries import tag_names
from koostoo.web.desk import bp
from koostoo.web.desk.act_words import ACTS, act_rows
from koostoo.web.desk.change_words import Names
from koostoo.web.desk.download_record import in_words
from koostoo.web.desk.events import get_event
from koostoo.web.desk.numbers import small_number
from koostoo.web.rights import access, right
from koostoo.web.view import local

SHOWN_DOWNLOADS = 100


@bp.get("/events/<slug>/history")
@right("event_run")
def history(slug: str) -> str:
    """Show who did what to the event and its people, the latest first."""
    event = get_event(slug)
    entries = audit_queries.history(event.id)
    # Who reads along concerns the project; who runs one event of it need not know.
    taken = (
        download_queries.downloads(access(), event.id, limit=SHOWN_DOWNLOADS)
        if access().manages(event.activity.project_id)
        else []
    )
    return render_template(
        "desk/history.html",
        event=event,
        acts=act_rows(entries, names_of(entries)),
        taken=in_words(taken),
    )


@bp.get("/history")
@right("manager")
def all_history() -> str:
    """Show who did what in the projects one manages: events, people, roles, registers."""
    wanted = _read_filter()
    page = audit_queries.acts_page(
        access(), wanted, small_number(request.args.get("page", "")) or 1
    )
    named = audit_queries.named_in(page.entries)
    return render_template(
        "desk/all_history.html",
        acts=act_rows(page.entries, names_of(page.entries, named)),
        events={event.id: event for event in named.events},
        page=page,
        pages=_pages(page, wanted),
        wanted=wanted,
        actors=audit_queries.actors(access()),
        actions=sorted(ACTS.items(), key=lambda item: str(item[1]).lower()),
    )


def _read_filter() -> ActFilter:
    action = request.args.get("action", "")
    return ActFilter(
        organiser_id=small_number(request.args.get("who", "")),
        action=action if action in ACTS else "",
    )


def _pages(page: ActPage, wanted: ActFilter) -> dict[str, Any]:
    def url(number: int) -> str | None:
        if not 1 <= number <= page.count:
            return None
        return url_for(
            "desk.all_history",
            who=wanted.organiser_id,
            action=wanted.action or None,
            page=number,
        )

    return {
        "number": page.number,
        "count": page.count,
        "prev_url": url(page.number - 1),
        "next_url": url(page.number + 1),
    }


def names_of(entries: Sequence[AuditEntry], named: Named | None = None) -> Names:
    """Return what the numbers in acts are called; `named` are their rows where they are at hand."""
    named = named or audit_queries.named_in(entries)
    return Names(
        people={one.id: one.name for one in named.people},
        organisations={one.id: one.name for one in named.organisations},
        activities={one.id: local(one.title) for one in named.activities},
        organisers={one.id: one.email for one in named.organisers},
        events={one.id: local(one.title) for one in named.events},
        projects={one.id: local(one.title) for one in named.projects},
        tags=tag_names(entry.detail["tag"] for entry in entries if "tag" in entry.detail),
    )
