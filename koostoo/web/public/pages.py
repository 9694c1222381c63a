"""The home page, a project's page, an event's page."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask import abort, render_template, url_for
from flask_babel import gettext as _

from koostoo.base import dates
from koostoo.base.clock import local_day, now
from koostoo.base.text import truncate
from koostoo.base.when import When
from koostoo.calendars import links
from koostoo.events import queries
from koostoo.events.entries import calendar_entry
from koostoo.events.models import Event
from koostoo.events.timeline import Stretch, timeline
from koostoo.programme.models import Activity
from koostoo.registration.queries import seats_of
from koostoo.registration.rules import standing
from koostoo.registration.seating import facts
from koostoo.reporting.progress import project_progress, so_far
from koostoo.web.feeds import subscription
from koostoo.web.files import shown_files
from koostoo.web.language import current_lang
from koostoo.web.links import absolute
from koostoo.web.progress_words import progress_words
from koostoo.web.public import bp
from koostoo.web.public.cards import cards
from koostoo.web.public.linked_data import event_data
from koostoo.web.public.page_head import PageHead, Picture, cover_picture, page_head
from koostoo.web.ready import kept_ready
from koostoo.web.rights import right
from koostoo.web.sharing import sharing_lines, status_text
from koostoo.web.view import local


@bp.get("/")
@right("public")
@kept_ready
def home() -> str:
    """Show what one can sign up for now."""
    moment = now()
    events = queries.coming_events(local_day(moment))
    return render_template(
        "public/home.html",
        cards=cards(events, moment),
        projects=queries.all_projects(),
        calendar=subscription(url_for("public.calendar")),
        head=page_head(
            _("Coming events"),
            _("Joint events of local action groups: see what is coming and sign up."),
            news=((url_for("public.news"), _("Coming events")),),
        ),
    )


@bp.get("/project/<slug>")
@right("public")
@kept_ready
def project(slug: str) -> str:
    """Show a project: what was promised and what has been held."""
    found = queries.find_project(slug) or abort(404)
    moment = now()
    events = queries.project_events(found.id)[::-1]
    period = dates.period(found.starts_on, found.ends_on, current_lang())
    title = local(found.title)
    progress = project_progress(found.activities, moment, with_people=True)
    return render_template(
        "public/project.html",
        project=found,
        activities=_grouped(found.activities),
        period=period,
        progress=progress,
        so_far=so_far(progress.values(), moment),
        progress_words=progress_words,
        stretches=_timeline(events, moment),
        is_half_way=len({event.when.is_over(moment) for event in events}) > 1,
        today=dates.heading(When.days(local_day(moment)), current_lang()),
        head=page_head(
            title,
            _("Cooperation project, %(period)s", period=period),
            news=((url_for("public.project_news", slug=slug), title),),
        ),
    )


def _timeline(events: Sequence[Event], moment: datetime) -> list[Stretch[dict[str, Any]]]:
    """Return a project's events in the order of time, those to come as cards."""
    coming = [event for event in events if not event.when.is_over(moment)]
    as_cards = dict(zip([event.id for event in coming], cards(coming, moment), strict=True))
    lines = [(one.when, {"event": one, "card": as_cards.get(one.id)}) for one in events]
    return timeline(lines, moment)


def _grouped(activities: Iterable[Activity]) -> list[dict[str, Any]]:
    """Put the joint activities first, then each organisation's own under its name."""
    groups: dict[int | None, list[Activity]] = {}
    for activity in activities:
        groups.setdefault(activity.organisation_id, []).append(activity)
    return [
        {"heading": _group_heading(listed[0]), "activities": listed}
        for _owner, listed in sorted(groups.items(), key=lambda item: item[0] or 0)
    ]


def _group_heading(activity: Activity) -> str:
    owner = activity.organisation
    if owner is None:
        return _("Joint activities")
    return _("Additional activities (%(name)s)", name=owner.short_name or owner.name)


@bp.get("/events/<slug>")
@right("public")
@kept_ready
def event(slug: str) -> str:
    """Show an event with everything one needs to decide."""
    found = queries.find_event(slug) or abort(404)
    moment = now()
    state = standing(facts(found, moment), moment)
    files = shown_files(found.id, slug)
    seats = seats_of([found], moment)[found.id]
    head = _event_head(found, cover_picture(files["cover"], files["cover_url"]))
    return render_template(
        "public/event.html",
        event=found,
        tile=dates.tile(found.when, current_lang()),
        seats=seats,
        sharing=sharing_lines(found, moment) if state in ("open", "not_yet") else [],
        state=state,
        status=status_text(found, state),
        description=truncate(local(found.summary), 150),
        calendar=event_calendar(found),
        head=head,
        linked=event_data(found, head, seats, state),
        **files,
    )


def _event_head(event: Event, picture: Picture | None) -> PageHead:
    """Return the head of an event's page; without a summary, day and place tell most."""
    told = (dates.heading(event.when, current_lang()), local(event.place))
    description = truncate(local(event.summary), 200) or ", ".join(filter(None, told))
    organiser = event.organiser
    news = (url_for("public.organisation_news", slug=organiser.slug), organiser.name)
    return page_head(local(event.title), description, picture, (news,))


def event_calendar(event: Event) -> dict[str, str] | None:
    """Return the add-to-calendar links of a dated event that is still on."""
    if not event.when.is_fixed or event.state != "published" or event.when.is_over(now()):
        return None
    entry = calendar_entry(
        event, current_lang(), absolute(url_for("public.event", slug=event.slug))
    )
    path = url_for("public.event_calendar_file", slug=event.slug)
    return {
        "ics": path,
        "google": links.google_event_url(entry),
        "outlook": links.outlook_event_url(entry),
        "outlook_at_work": links.outlook_event_url(entry, at_work=True),
    }
