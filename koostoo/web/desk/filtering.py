"""What the address of the list asks for: read it, write it, say it in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from koostoo.attendance.rules import days_of
from koostoo.base.clock import now
from koostoo.base.dates import short_day
from koostoo.base.text import clean_line
from koostoo.events.models import Event, Question
from koostoo.events.questions import AskedIf
from koostoo.programme.models import Organisation
from koostoo.registration.models import MEMBERSHIPS, STATES
from koostoo.registration.words import state_label
from koostoo.roster.filters import OTHER, PRESENCES, Filter, Presence
from koostoo.roster.models import Tag
from koostoo.roster.ordering import BY_NAME, SORTS, Sort
from koostoo.web.desk.conditions import choice_of, read_choice
from koostoo.web.desk.numbers import small_number
from koostoo.web.forms import options
from koostoo.web.language import current_lang
from koostoo.web.rights import access, event_facts
from koostoo.web.sharing import MEMBERSHIP_WORDS
from koostoo.web.view import local

ANSWERS = ("yes", "none")
"""To the question whether they still come: how the list can be filtered by it."""
ANSWER_WORDS: dict[str, Any] = {"yes": _l("said yes"), "none": _l("has not answered")}
PRESENCE_WORDS: Mapping[str, Any] = {
    "present": _l("present"),
    "absent": _l("absent"),
    "unmarked": _l("not marked"),
}
MISSED = "missed"
STANDARD = "standard"
"""In place of a number: the columns every project begins with."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of the list: whom, in which order, with which columns, which page.

    `columns` is the number of a preset as text, STANDARD, or empty.
    """

    wanted: Filter
    sort: Sort = BY_NAME
    columns: str = ""
    page: int = 1

    def query(self, **changed: Any) -> dict[str, Any]:
        """Return it as parts of an address, empty ones left out; the page only where given."""
        wanted = self.wanted
        values = {
            "q": wanted.text,
            "state": wanted.state,
            "organisation": wanted.organisation,
            "membership": wanted.membership,
            "tag": wanted.tag_id,
            "said": choice_of(wanted.said),
            "attendance": _presence_code(wanted),
            "letters": MISSED if wanted.has_missed_letters else "",
            "answer": wanted.answer,
            "sort": f"-{self.sort.by}" if self.sort.is_down else self.sort.by,
            "columns": self.columns,
        }
        return {name: value for name, value in (values | changed).items() if value}

    @property
    def filters(self) -> dict[str, Any]:
        """The parts that leave somebody out, alone; empty: everybody is shown."""
        return {n: v for n, v in self.query().items() if n not in ("sort", "columns")}


def read_asked(event: Event) -> Asked:
    """Return what the address of this event's list asks for; what makes no sense is left out."""
    sort = request.args.get("sort", "")
    by = next((one for one in SORTS if one and one == sort.removeprefix("-")), SORTS[0])
    columns = request.args.get("columns", "")
    return Asked(
        wanted=read_filter(event),
        sort=Sort(by, is_down=bool(by) and sort.startswith("-")),
        columns=columns if columns == STANDARD else str(small_number(columns) or ""),
        page=small_number(request.args.get("page", "")) or 1,
    )


def read_filter(event: Event) -> Filter:
    """Return whom the address asks for, as far as this organiser may ask.

    Who sees nobody's contacts cannot find people by what belongs to them.
    """
    given = request.args.get
    in_contacts = finds_by_contacts()
    organisation = given("organisation", "")
    if organisation != OTHER:
        organisation = str(small_number(organisation) or "")
    state, membership, answer = given("state", ""), given("membership", ""), given("answer", "")
    said = read_choice(given("said"))
    asked = {question.id for question in questions_seen(event)}
    return Filter(
        text=clean_line(given("q", ""))[:100],
        whose=access().whose_people(event_facts()),
        in_contacts=in_contacts,
        state=state if state in STATES else "",
        organisation=organisation,
        membership=membership if membership in MEMBERSHIPS else "",
        answer=answer if answer in ANSWERS else "",
        said=said if in_contacts and said is not None and said.on in asked else None,
        tag_id=small_number(given("tag", "")) if in_contacts else None,
        presence=_read_presence(event, given("attendance", "")),
        has_missed_letters=in_contacts and given("letters") == MISSED,
    )


def finds_by_contacts() -> bool:
    """Say whether people may be found by what belongs to their contacts: it is seen of all listed.

    Whoever sees more people than those whose contacts they may see would find out by searching.
    """
    return access().may_run(event_facts()) or not access().sees_everybody(event_facts())


def names_people(wanted: Filter) -> bool:
    """Say whether a filter holds more than a letter's form can choose by: then it is by name."""
    parts = (wanted.text, wanted.membership, wanted.answer, wanted.presence)
    return any(parts) or wanted.has_missed_letters


def questions_seen(event: Event) -> list[Question]:
    """Return the questions whose answers this organiser may see, at least of their own people."""
    if not access().may_fill(event_facts()):
        return []
    runs = access().may_run(event_facts())
    return [question for question in event.questions if runs or not question.is_sensitive]


def answer_choices(questions: Iterable[Question]) -> list[SelectChoice]:
    """Return the answers people can be chosen by, question by question."""
    choices: list[SelectChoice] = []
    for question in questions:
        if question.kind == "yesno":
            offered = [
                (choice_of(AskedIf(question.id, yes=True)), _("Yes")),
                (choice_of(AskedIf(question.id, yes=False)), _("No")),
            ]
        elif question.kind in ("choice", "choices"):
            offered = [
                (choice_of(AskedIf(question.id, option=option.id)), local(option.label))
                for option in question.options
            ]
        else:
            continue
        choices += options(offered, local(question.label))
    return choices


def presence_choices(event: Event) -> list[SelectChoice]:
    """Return what may be marked for each day of an event that has begun, day by day."""
    if not event.when.has_begun(now()):
        return []
    return [
        choice
        for day in days_of(event.when)
        for choice in options(
            ((f"{code}:{day}", words) for code, words in PRESENCE_WORDS.items()),
            short_day(day, current_lang()),
        )
    ]


def chips(
    event: Event, asked: Asked, tags: Sequence[Tag], organisations: Sequence[Organisation]
) -> list[dict[str, str]]:
    """Return each filter in words, with the address of the list without it."""
    wanted = asked.wanted
    said = {choice.value: choice for choice in answer_choices(event.questions)}
    whose = {str(one.id): one.name for one in organisations} | {OTHER: _("another organisation")}
    names = {tag.id: tag.name for tag in tags}
    parts: list[tuple[str, Any]] = [
        ("q", _("search: %(words)s", words=wanted.text) if wanted.text else ""),
        ("state", state_label(wanted.state) if wanted.state else ""),
        ("organisation", whose.get(wanted.organisation, "–") if wanted.organisation else ""),
        ("membership", MEMBERSHIP_WORDS.get(wanted.membership, "")),
        ("tag", names.get(wanted.tag_id, "–") if wanted.tag_id is not None else ""),
        ("said", _said_words(said.get(choice_of(wanted.said)))),
        ("attendance", _presence_words(wanted)),
        ("letters", _("a letter was not delivered") if wanted.has_missed_letters else ""),
        ("answer", ANSWER_WORDS.get(wanted.answer, "")),
    ]
    return [
        {
            "label": str(words),
            "url": url_for("desk.people", slug=event.slug, **asked.query(**{name: ""})),
        }
        for name, words in parts
        if words
    ]


def _said_words(choice: SelectChoice | None) -> str:
    return "" if choice is None else f"{choice.optgroup}: {choice.label}"


def _presence_code(wanted: Filter) -> str:
    return "" if wanted.presence is None else f"{wanted.presence[1]}:{wanted.presence[0]}"


def _presence_words(wanted: Filter) -> str:
    if wanted.presence is None:
        return ""
    day, code = wanted.presence
    return f"{short_day(day, current_lang())}: {PRESENCE_WORDS[code]}"


def _read_presence(event: Event, typed: str) -> tuple[date, Presence] | None:
    code, _colon, day = typed.partition(":")
    found = next((one for one in PRESENCES if one == code), None)
    held = next((one for one in days_of(event.when) if one.isoformat() == day), None)
    return None if found is None or held is None else (held, found)
