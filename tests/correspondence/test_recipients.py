"""Whom a letter reaches."""

from collections.abc import Callable
from typing import Any

import pytest

from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.correspondence.news import refuse_news, want_news
from koostoo.correspondence.recipients import Recipients, Whom, find_recipients
from koostoo.events.models import Event
from koostoo.events.questions import AskedIf
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from tests.mail.world import change
from tests.registration.people import person

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


def come(event: Event, entry: SignUp) -> int:
    return sign_up(event.id, entry, now()).registration_id


def reached(event: Event, whom: Whom, *, is_news: bool = False) -> list[list[str]]:
    """The first names in each letter."""
    return [[one.first_name for one in people] for people in find(event, whom, is_news).letters]


def find(event: Event, whom: Whom, is_news: bool = False) -> Recipients:
    db.session.rollback()
    return find_recipients(db.session(), db.session.get_one(Event, event.id), whom, is_news=is_news)


def test_people_are_chosen_by_standing_in_estonian_order(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=2)
    for first, last in (("Õie", "Õun"), ("Ants", "Zoo"), ("Ülo", "Ahi")):
        come(event, entry(first_name=first, last_name=last))
    other = make_event()
    come(other, entry(first_name="Muu"))
    assert reached(event, Whom()) == [["Ants"], ["Õie"]]
    assert reached(event, Whom(states=("waiting",))) == [["Ülo"]]
    assert reached(event, Whom(states=("confirmed", "waiting"))) == [["Ülo"], ["Ants"], ["Õie"]]
    assert reached(event, Whom(states=("rejected",))) == []


def test_people_are_chosen_by_organisation(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event(allows_others=True)
    come(event, entry(first_name="Oma"))
    come(event, entry(first_name="Muu", organisation_id=None, other_organisation="Muu MTÜ"))
    whose = str(event.activity.project.partners[0].organisation_id)
    assert reached(event, Whom(organisation=whose)) == [["Oma"]]
    assert reached(event, Whom(organisation="other")) == [["Muu"]]
    assert reached(event, Whom(organisation="999")) == []


def test_people_are_chosen_by_what_they_answered(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event(
        questions=[
            ("choice", "Peatus", ["Haapsalu", "Risti"]),
            ("choices", "Päevad", ["Esimene", "Teine"]),
            ("yesno", "Kas ööbid?", []),
        ]
    )
    stop, days, night = event.questions
    number, both = stop.id, [option.id for option in days.options]
    haapsalu, risti = (option.id for option in stop.options)
    nights = night.id
    given: list[tuple[str, dict[int, Any]]] = [
        ("Ants", {number: [haapsalu], days.id: both, nights: True}),
        ("Mari", {number: [risti], days.id: both[:1], nights: False}),
        ("Vait", {}),
    ]
    for first, answers in given:
        come(event, entry(first_name=first, answers=answers))
    for answer, names in (
        (AskedIf(number, option=haapsalu), [["Ants"]]),
        (AskedIf(days.id, option=both[0]), [["Ants"], ["Mari"]]),
        (AskedIf(days.id, option=both[1]), [["Ants"]]),
        (AskedIf(nights, yes=True), [["Ants"]]),
        (AskedIf(nights, yes=False), [["Mari"]]),
        (AskedIf(999, yes=True), []),
    ):
        assert sorted(reached(event, Whom(answer=answer))) == names


def test_ticked_people_are_chosen_whatever_they_are_but_not_of_another_event(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    one, two = (come(event, entry(first_name=name)) for name in ("Ants", "Mari"))
    other = come(make_event(), entry(first_name="Muu"))
    cancel(two, now())
    assert sorted(reached(event, Whom(ticked=(one, two, other)))) == [["Ants"], ["Mari"]]


def test_who_was_forgotten_is_counted_and_left_out(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event()
    number = come(event, entry())
    come(event, entry(first_name="Ants"))
    change(type(person(number)), number, email="", email_key="forgotten-1")
    found = find(event, Whom())
    assert (len(found.letters), found.unreachable) == (1, 1)
    assert find(event, Whom(ticked=(number,))).letters == ()


def test_who_withdrew_and_signed_up_anew_gets_one_letter(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    mari = entry(first_name="Mari")
    cancel(come(event, mari), now())
    again = come(event, SignUp(**{**_values(mari), "nonce": "another"}))
    found = find(event, Whom(states=("confirmed", "cancelled")))
    assert [[one.id for one in people] for people in found.letters] == [[again]]


def test_a_shared_address_gets_a_letter_for_each_registration_but_news_once(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    for first in ("Ants", "Mari"):
        come(event, entry(first_name=first, last_name="Kask", **SHARED))
    come(event, entry(first_name="Ülo", last_name="Uus"))
    assert reached(event, Whom()) == [["Ants"], ["Mari"], ["Ülo"]]
    assert reached(event, Whom(), is_news=True) == [["Ants", "Mari"], ["Ülo"]]


SHARED = {"email": "kodu@example.org", "email_key": "kodu@example.org"}


def test_news_reaches_people_of_other_events_of_the_activity_each_address_once(
    make_event: MakeEvent, entry: Entry
) -> None:
    last_year, this_year = make_event(), make_event()
    draft = make_event(state="draft")
    come(last_year, entry(first_name="Mari", **SHARED))
    come(last_year, entry(first_name="Ants"))
    come(this_year, entry(first_name="Mari", **SHARED))
    whom = Whom(activity=True)
    assert reached(this_year, whom, is_news=True) == [["Ants"], ["Mari", "Mari"]] or reached(
        this_year, whom, is_news=True
    ) == [["Mari", "Mari"], ["Ants"]]
    assert len(find(draft, whom, is_news=True).letters) == 2


def test_who_wants_no_news_gets_none_of_the_project_but_letters_about_the_registration(
    make_event: MakeEvent, entry: Entry
) -> None:
    event, other = make_event(), make_event()
    number = come(event, entry(first_name="Mari", **SHARED))
    come(other, entry(first_name="Mari", **SHARED))
    refuse_news(number, now())
    refuse_news(number, now())
    for one in (event, other):
        found = find(one, Whom(), is_news=True)
        assert (found.letters, found.refusing) == ((), 1)
        assert reached(one, Whom()) == [["Mari"]]
    want_news(number)
    assert reached(event, Whom(), is_news=True) == [["Mari"]]


def test_a_forgotten_person_can_refuse_nothing(make_event: MakeEvent, entry: Entry) -> None:
    number = come(make_event(), entry())
    change(type(person(number)), number, email="")
    with pytest.raises(LookupError):
        refuse_news(number, now())


def _values(entry: SignUp) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in SignUp.__dataclass_fields__}
