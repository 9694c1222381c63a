"""Lists of an event's people: every order is read off an index, and no page loses anybody."""

from collections.abc import Callable
from itertools import product

import pytest

from koostoo.base.clock import now
from koostoo.events.models import Event
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from koostoo.roster import pages
from koostoo.roster.filters import Filter
from koostoo.roster.ordering import SORTS, Sort
from koostoo.roster.pages import registrations_page
from koostoo.roster.queries import stream_rows
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
    whole = [row.id for row in stream_rows(crowd.id, EVERYBODY, sort)]
    monkeypatch.setattr(pages, "PAGE_SIZE", 4)
    found = [registrations_page(crowd.id, EVERYBODY, sort, n) for n in range(1, 5)]
    assert [person.id for page in found for person in page.rows] == whole
    assert {(page.total, page.count) for page in found} == {(15, 4)}
    assert registrations_page(crowd.id, EVERYBODY, sort, 9).number == 4


@pytest.mark.parametrize("by", ["name", "organisation", "signed_up"])
@pytest.mark.parametrize("is_down", [False, True])
def test_a_page_is_read_off_an_index_and_nothing_is_sorted(
    crowd: Event, by: str, is_down: bool
) -> None:
    sort = Sort(next(one for one in SORTS if one == by), is_down)
    plans = plans_of(lambda: registrations_page(crowd.id, EVERYBODY, sort, 1))
    assert any("registration" in plan for plan in plans)
    assert [plan for plan in plans if SORTED_BY_HAND in plan] == []


def test_a_page_takes_as_many_queries_however_many_organisations_are_on_it(
    crowd: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    event_id, asked = crowd.id, []
    for size in (5, 15):
        monkeypatch.setattr(pages, "PAGE_SIZE", size)
        with statements() as seen:
            page = registrations_page(event_id, EVERYBODY, Sort("organisation"), 1)
        assert len(page.rows) == size
        asked.append(len(seen))
    # How many there are of each, what each is called, who is on the page, who they are.
    assert asked == [4, 4]


@pytest.mark.parametrize("by", ["", "organisation"])
def test_what_is_searched_for_is_found_and_counted_in_one_pass(
    crowd: Event, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    event_id, wanted = crowd.id, Filter(text="o")
    sort = Sort(next(one for one in SORTS if one == by))
    # Who is called so, or comes from the one place or the other.
    whole = [row.id for row in stream_rows(event_id, wanted, sort)]
    monkeypatch.setattr(pages, "PAGE_SIZE", 6)
    with statements() as seen:
        first = registrations_page(event_id, wanted, sort, 1)
    assert sum("LIKE" in one for one in seen) == 1
    rest = [registrations_page(event_id, wanted, sort, n) for n in (2, 3)]
    assert [person.id for page in (first, *rest) for person in page.rows] == whole
    assert {(page.total, page.count) for page in (first, *rest)} == {(15, 3)}
    nobody = registrations_page(event_id, Filter(text="xyz"), sort, 1)
    assert (nobody.rows, nobody.total, nobody.number, nobody.count) == ([], 0, 1, 1)


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
