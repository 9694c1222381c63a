"""The list of the people of an event, and the way to one of them and back."""

from collections.abc import Sequence
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from koostoo.attendance import queries as attendance
from koostoo.attendance.rules import days_of
from koostoo.base.clock import now
from koostoo.events.models import Event
from koostoo.privacy.own_data import kept_until
from koostoo.registration import desk_queries
from koostoo.registration.models import ACTIVE, ROLES, STATES, Registration
from koostoo.registration.outbox_queries import missed_letters
from koostoo.registration.queries import (
    project_organisations,
    queue_places,
    seats_of,
    why_waiting,
)
from koostoo.registration.reply_queries import replies_of
from koostoo.registration.words import STATE_WORDS, state_label
from koostoo.roster import queries
from koostoo.roster.ordering import SortedBy
from koostoo.roster.pages import Page as ListPage
from koostoo.roster.pages import registrations_page
from koostoo.web.answers import answer_text
from koostoo.web.desk import bp
from koostoo.web.desk.columns import Column, chosen_columns
from koostoo.web.desk.events import get_event
from koostoo.web.desk.filtering import (
    ANSWER_WORDS,
    PRESENCE_WORDS,
    Asked,
    answer_choices,
    chips,
    finds_by_contacts,
    presence_choices,
    questions_seen,
    read_asked,
)
from koostoo.web.desk.numbers import MOST_NUMBER, url_of
from koostoo.web.desk.opening import checklist
from koostoo.web.desk.outbox_words import outcome_words
from koostoo.web.desk.words import (
    EVENT_STATE_WORDS,
    METHOD_WORDS,
    reply_words,
)
from koostoo.web.language import current_lang
from koostoo.web.rights import access, event_facts, right, shows_contacts
from koostoo.web.sharing import MEMBERSHIP_WORDS, OBSTACLE_WORDS, sharing_lines
from koostoo.web.signup_form import role_label

ONE = f"/events/<slug>/registrations/<int(max={MOST_NUMBER}):number>"
"""Where one person of an event is; what can be done about them stands behind it."""
KEPT = (
    *("q", "state", "organisation", "membership", "tag", "said", "attendance", "letters"),
    *("answer", "sort", "columns", "page"),
)
"""The parts of the list's address that a page about its people carries along."""
ORDER_WORDS: dict[str, Any] = {
    "": _l("by name, or by the queue"),
    "name": _l("by name"),
    "organisation": _l("by organisation"),
    "-signed_up": _l("latest sign-ups first"),
    "signed_up": _l("earliest sign-ups first"),
    "standing": _l("by standing"),
}


@bp.get("/events/<slug>/registrations", endpoint="people")
@right("event_look")
def show(slug: str) -> str:
    """Show the event and one page of its people, searched, filtered and sorted."""
    event = get_event(slug)
    asked = read_asked(event)
    page = registrations_page(event.id, asked.wanted, asked.sort, asked.page)
    counts = desk_queries.state_counts(event.id, asked.wanted.whose)
    runs = access().may_run(event_facts())
    return render_template(
        "desk/people.html",
        event=event,
        page=page,
        pages=_pages(slug, page, asked),
        tabs=_tabs(slug, asked, counts),
        asked=asked,
        wanted=asked.wanted,
        seats=seats_of([event], now())[event.id],
        is_over=event.when.is_over(now()),
        sharing=sharing_lines(event, now()),
        obstacles=why_waiting(event, page.rows, now()),
        places=queue_places(event.id) if counts.get("waiting") else {},
        undelivered=missed_letters(page.rows),
        answers=desk_queries.move_answers(event.id),
        moment_now=now(),
        replies=replies_of(page.rows),
        runs=runs,
        sees_files=access().may_see_files(event_facts()),
        listed=checklist(event) if event.state == "draft" and runs else None,
        fills=access().may_fill(event_facts()),
        shows=shows_contacts,
        active=ACTIVE,
        kept=kept_until(event),
        sort_url=lambda by: _sort_url(slug, asked, by),
        url_of=url_of(slug),
        **_words(),
        **_filters(event, asked),
        **_columns(event, page, asked),
    )


def _words() -> dict[str, Any]:
    """Return the words for codes on the page."""
    return {
        "obstacle_words": OBSTACLE_WORDS,
        "membership_words": MEMBERSHIP_WORDS,
        "outcome_words": outcome_words,
        "reply_words": reply_words,
        "event_state_words": EVENT_STATE_WORDS,
        "answer_words": ANSWER_WORDS,
        "status_words": PRESENCE_WORDS,
        "method_words": METHOD_WORDS,
        "roles": {role: role_label(role) for role in ROLES},
        "states": {state: state_label(state) for state in STATES},
    }


def _filters(event: Event, asked: Asked) -> dict[str, Any]:
    """Return what people can be chosen by, and what they are chosen by now."""
    whose = asked.wanted.whose
    tags = queries.tags_of_project(event.activity.project_id)
    organisations = [
        one for one in project_organisations(event) if whose is None or one.id in whose
    ]
    return {
        "tags": tags if access().may_fill(event_facts()) else [],
        "finds": finds_by_contacts(),
        "organisations": organisations,
        "orders": _orders(asked),
        "said_choices": by_group(answer_choices(questions_seen(event)))
        if finds_by_contacts()
        else [],
        "presence_choices": by_group(presence_choices(event)),
        "chips": chips(event, asked, tags, organisations),
        "days": days_of(event.when) if event.when.has_begun(now()) else (),
    }


def _columns(event: Event, page: ListPage, asked: Asked) -> dict[str, Any]:
    """Return the columns of the list and what stands in those that need a look of their own.

    One query for each such column that is shown, whatever the number of people.
    """
    presets = queries.presets_of(event.activity.project_id)
    columns, preset = chosen_columns(event, presets, asked.columns)
    keys = {column.key for column in columns}
    numbers = [person.id for person in page.rows]
    return {
        "columns": columns,
        "keys": keys,
        "presets": presets,
        "preset": preset,
        "tags_of": queries.tags_of(event.id, numbers) if "tags" in keys else {},
        "notes": queries.notes_of(event.id, numbers),
        "standings": attendance.standings(event.id, numbers) if "attendance" in keys else {},
        "paid": attendance.payments(event.id, numbers) if "contribution" in keys else {},
        "answer_of": _answers(columns, numbers),
    }


def _answers(columns: Sequence[Column], numbers: Sequence[int]) -> Any:
    """Return what tells in words how a person answered the question of a column."""
    questions = [column.question.id for column in columns if column.question is not None]
    given = queries.answers_of(numbers, questions) if questions else {}
    lang = current_lang()

    def answer(number: int, column: Column) -> str:
        question = column.question
        if question is None:
            return ""
        return answer_text(question, given.get(number, {}).get(question.id), lang)

    return answer


def _orders(asked: Asked) -> list[tuple[str, Any, bool]]:
    """Return the orders to choose from where the heads of columns are not seen: on a phone."""
    chosen = asked.query().get("sort", "")
    words = dict(ORDER_WORDS)
    if chosen not in words:
        words[chosen] = _("%(order)s, backwards", order=ORDER_WORDS[asked.sort.by])
    return [(value, said, value == chosen) for value, said in words.items()]


def by_group(choices: Sequence[Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return choices as (heading, [(value, words)]), in their order."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for choice in choices:
        groups.setdefault(str(choice.optgroup or ""), []).append(
            (str(choice.value), str(choice.label))
        )
    return list(groups.items())


def _sort_url(slug: str, asked: Asked, by: SortedBy) -> str:
    """Return the address that sorts by this column, the other way round when it does already."""
    is_up = asked.sort.by == by and not asked.sort.is_down
    return url_for("desk.people", slug=slug, **asked.query(sort=f"-{by}" if is_up else by))


def _pages(slug: str, page: ListPage, asked: Asked) -> dict[str, Any]:
    def url(number: int) -> str | None:
        if not 1 <= number <= page.count:
            return None
        return url_for("desk.people", slug=slug, **asked.query(page=number))

    return {
        "number": page.number,
        "count": page.count,
        "prev_url": url(page.number - 1),
        "next_url": url(page.number + 1),
    }


def _tabs(slug: str, asked: Asked, counts: dict[str, int]) -> list[dict[str, Any]]:
    chosen = asked.wanted.state
    states = [state for state in STATE_WORDS if counts.get(state) or state == chosen]
    choices = [("", _("Everybody"), sum(counts.values()))]
    choices += [(state, state_label(state), counts.get(state, 0)) for state in states]
    return [
        {
            "url": url_for("desk.people", slug=slug, **asked.query(state=state)),
            "label": label,
            "current": state == chosen,
            "count": count,
        }
        for state, label, count in choices
    ]


def get_person(event: Event, number: int) -> Registration:
    """Return a person of this event; 404 for one of another."""
    return desk_queries.find_registration(event, number) or abort(404)


def back_to_people(slug: str) -> Response:
    """Lead back to the list of the event's people, filtered as it was; or to the one person."""
    number = request.form.get("back", "")
    if number.isascii() and number.isdecimal() and len(number) < 10:
        return redirect(url_for("desk.person", slug=slug, number=number), 303)
    return redirect(url_for("desk.people", slug=slug, **kept()), 303)


def kept() -> dict[str, Any]:
    """Return the list as it was filtered, sorted and paged, to lead back to it."""
    return {name: value for name, value in request.args.items() if name in KEPT and value}
