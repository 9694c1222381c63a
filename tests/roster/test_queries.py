"""Lists of an event's people: every order is read off an index, and no page loses anybody."""

from collections.abc import Callable
from itertools import product

import pytest

from koostoo.base.clock import now
from koostoo.events.models import Event
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from koostoo.roster import queries
from koostoo.roster.filters import Filter
from koostoo.roster.ordering import SORTS, Sort
from koostoo.roster.ready_queries import contacts
from tests.statements import plans_of, statements

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]
EVERYBODY = Filter()
NAMES = ("Õun", "Ader", "Zobel", "Tamm", "Ülo")
SORTED_BY_HAND = "USE TEMP B-TREE FOR ORDER BY"


@pytest.fixture
def crowd(make_event: MakeEvent, entry: Entry) -> Event:
    """Fifteen people of two partners and of others, from two places each."""
    event = make_event(allows_others=True)
    partners = [one.organisation_id for one in event.activity.project.partners[:2]]
    for number, (origin, name) in enumerate(product((*partners, None), NAMES)):
        place = ("Õunaaed", "Zooselts")[number % 2]
        where = (
            {"organisation_id": None, "other_organisation": place}
            if origin is None
            else {"organisation_id": origin, "member_organisation": place}
        )
        sign_up(event.id, entry(last_name=name, **where), now())
    return event


@pytest.mark.parametrize("sort", [Sort(by, is_down) for by in SORTS for is_down in (False, True)])
def test_the_pages_of_a_list_are_the_list_that_is_downloaded(
    crowd: Event, sort: Sort, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [row.id for row in queries.stream_rows(crowd.id, EVERYBODY, sort)]
    monkeypatch.setattr(queries, "PAGE_SIZE", 4)
    pages = [queries.registrations_page(crowd.id, EVERYBODY, sort, n) for n in range(1, 5)]
    assert [person.id for page in pages for person in page.rows] == whole
    assert {(page.total, page.count) for page in pages} == {(15, 4)}
    assert queries.registrations_page(crowd.id, EVERYBODY, sort, 9).number == 4


@pytest.mark.parametrize("by", ["name", "organisation", "signed_up"])
@pytest.mark.parametrize("is_down", [False, True])
def test_a_page_is_read_off_an_index_and_nothing_is_sorted(
    crowd: Event, by: str, is_down: bool
) -> None:
    sort = Sort(next(one for one in SORTS if one == by), is_down)
    plans = plans_of(lambda: queries.registrations_page(crowd.id, EVERYBODY, sort, 1))
    assert any("registration" in plan for plan in plans)
    assert [plan for plan in plans if SORTED_BY_HAND in plan] == []


def test_a_page_by_organisation_asks_only_for_the_organisations_on_it(
    crowd: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 5)
    event_id, asked = crowd.id, []
    for number in (1, 2, 3):
        with statements() as seen:
            queries.registrations_page(event_id, EVERYBODY, Sort("organisation"), number)
        asked.append(len(seen))
    # How many there are of each, what each is called, who of one is on the page, who they are.
    assert asked == [4, 4, 4]


def test_of_each_partner_the_first_by_name_are_read_and_no_others(crowd: Event) -> None:
    partners = [one.organisation_id for one in crowd.activity.project.partners[:2]]
    with statements() as seen:
        found = contacts(crowd.id, partners, 3)
    assert len(seen) == 1
    for rows in found.values():
        assert [one.last_name for one in rows] == ["Ader", "Zobel", "Tamm"]
    assert contacts(crowd.id, [], 3) == {}
    (plan,) = plans_of(lambda: contacts(crowd.id, partners, 3))
    assert SORTED_BY_HAND not in plan
