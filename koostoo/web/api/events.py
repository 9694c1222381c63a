"""Events with their dates and numbers of people."""

from flask import abort, url_for

from koostoo.registration.api_queries import events_after, find_event_row
from koostoo.registration.desk_queries import EventRow
from koostoo.web.api.asked import Asked, EventsAsked
from koostoo.web.api.resource import page_of, resource
from koostoo.web.api.shapes import Event, Hours, Listed, Numbers, When, words
from koostoo.web.links import absolute
from koostoo.web.rights import access


@resource("/events", "api", Listed[Event], EventsAsked)
def events(asked: EventsAsked) -> Listed[Event]:
    """List the events the token's owner finds at the desk."""
    rows = events_after(access(), asked.wanted(), asked.cursor, asked.limit + 1)
    return page_of(rows, asked, lambda row: row.event.id, _event)


@resource("/events/<slug>", "api_event", Event)
def event(_asked: Asked, slug: str) -> Event:
    """Give one event."""
    return _event(find_event_row(access(), slug) or abort(404))


def _event(row: EventRow) -> Event:
    one = row.event
    return Event(
        slug=one.slug,
        url=absolute(url_for("public.event", slug=one.slug)),
        uid=one.uid,
        state=one.state,  # type: ignore[arg-type]  # the CHECK keeps it
        is_sample=one.is_sample,
        project=one.activity.project.slug,
        activity=one.activity.slug,
        organiser=one.organiser.slug,
        title=words(one.title),
        summary=words(one.summary),
        place=words(one.place),
        mode=one.mode,  # type: ignore[arg-type]  # the CHECK keeps it
        when=_when(row),
        takes_registrations=one.takes_registrations,
        opens_at=one.opens_at,
        closes_at=one.closes_at,
        capacity=one.capacity,
        has_waiting_list=one.has_waiting_list,
        contribution_cents=one.contribution_cents,
        people=Numbers(seated=row.seated, waiting=row.waiting, pending=row.pending),
        created_at=one.created_at,
        updated_at=one.revised_at,
    )


def _when(row: EventRow) -> When:
    when = row.event.when
    return When(
        kind=when.kind,
        starts_on=when.first,
        ends_on=when.last,
        starts_at=when.starts_at,
        ends_at=when.ends_at,
        season=when.season,
        days=[Hours(starts_at=start, ends_at=end) for start, end in when.by_day],
    )
