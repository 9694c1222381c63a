"""An event as participants see it, before they do: its page and its form, which sends nothing."""

from collections.abc import Collection
from dataclasses import replace

from flask import render_template, request

from koostoo.base.clock import now
from koostoo.base.dates import tile
from koostoo.base.text import truncate
from koostoo.events.models import Event
from koostoo.events.preview import event_as_drafted
from koostoo.events.rules import EventDraft
from koostoo.registration.queries import invited_organisations, seats_of
from koostoo.registration.rules import standing
from koostoo.registration.seating import facts
from koostoo.web.files import shown_files
from koostoo.web.language import current_lang
from koostoo.web.rights import event_facts
from koostoo.web.sharing import sharing_lines, status_text
from koostoo.web.signup_form import build, suggested
from koostoo.web.view import local

BUTTON = "preview"


def is_asked() -> bool:
    """Say whether the button of the event form was pressed that shows what was typed."""
    return BUTTON in request.form


def preview_of_draft(draft: EventDraft, slug: str | None) -> str:
    """Return the page of what was typed; `slug` is that of the event which is changed."""
    return preview_page(event_as_drafted(draft), slug, draft.invited)


def preview_page(event: Event, slug: str | None, invited: Collection[int] = ()) -> str:
    """Return the public page of an event with its form below, as if it were published.

    `invited` are the only organisations offered, where there are any. For an event that is not
    stored, promises of seats are left out.
    """
    moment = now()
    as_if = facts(event, moment)
    if event.state == "draft":
        as_if = replace(as_if, state="published")
    state = standing(as_if, moment)
    offered = [one for one in invited_organisations(event) if not invited or one.id in invited]
    form = build(event, offered, current_lang(), is_sent=False)
    number = event.id or (event_facts().id if slug else None)
    return render_template(
        "desk/preview.html",
        event=event,
        slug=slug,
        tile=tile(event.when, current_lang()),
        seats=seats_of([event], moment)[event.id],
        sharing=sharing_lines(event, moment),
        state=state,
        status=status_text(event, state),
        description=truncate(local(event.summary), 150),
        calendar=None,
        form=form,
        suggested=suggested(form),
        **shown_files(number, slug or "", is_out=event.state != "draft"),
    )
