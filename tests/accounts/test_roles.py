"""Who may do what: the decisions alone, without a database."""

import pytest

from koostoo.accounts.roles import Access, EventFacts, Grant, is_complete

EVENT = EventFacts(id=1, project_id=10, organiser_id=100)
DRAFT = EVENT._replace(is_draft=True)
COORDINATOR = Access(frozenset({Grant("coordinator", organisation_id=200)}), frozenset({10}))


def access(*grants: Grant) -> Access:
    return Access(frozenset(grants))


def test_without_a_role_there_is_nothing_to_see() -> None:
    nobody = access()
    assert not nobody.may_look(EVENT)
    assert not nobody.may_check_in(EVENT)
    assert not nobody.may_create
    assert nobody.whose_people(EVENT) == frozenset()


@pytest.mark.parametrize("grant", [Grant("manager"), Grant("manager", project_id=10)])
def test_a_manager_does_everything_in_the_project(grant: Grant) -> None:
    manager = access(grant)
    assert manager.may_run(EVENT)
    assert manager.may_look(DRAFT)
    assert manager.may_run_person(EVENT, None)
    assert manager.whose_people(EVENT) is None


def test_a_manager_of_another_project_sees_nothing_of_it() -> None:
    assert not access(Grant("manager", project_id=11)).may_look(EVENT)


def test_a_coordinator_has_their_own_people_in_a_joint_event() -> None:
    assert COORDINATOR.may_look(EVENT)
    assert not COORDINATOR.may_run(EVENT)
    assert COORDINATOR.whose_people(EVENT) == frozenset({200})
    assert COORDINATOR.may_run_person(EVENT, 200)
    assert not COORDINATOR.may_run_person(EVENT, 100)
    assert not COORDINATOR.may_run_person(EVENT, None)
    assert not COORDINATOR.may_look(DRAFT)


def test_a_coordinator_runs_the_events_of_their_organisation() -> None:
    own = EVENT._replace(organiser_id=200, is_draft=True)
    assert COORDINATOR.may_run(own)
    assert COORDINATOR.may_run_person(own, None)


def test_a_helper_sees_names_at_the_door_and_nothing_else() -> None:
    helper = access(Grant("helper", event_id=1))
    assert helper.may_check_in(EVENT)
    assert not helper.may_look(EVENT)
    assert not helper.sees_contacts(EVENT, 100)
    assert not helper.may_check_in(EVENT._replace(id=2))


def test_a_viewer_sees_names_but_no_contacts() -> None:
    viewer = access(Grant("viewer", project_id=10))
    assert viewer.sees_everybody(EVENT)
    assert not viewer.sees_contacts(EVENT, 100)
    assert not viewer.may_fill(EVENT)
    assert not viewer.may_look(DRAFT)


def test_who_views_and_coordinates_sees_the_contacts_of_their_own_people() -> None:
    both = Access(
        frozenset({Grant("viewer"), Grant("coordinator", organisation_id=200)}), frozenset({10})
    )
    assert both.whose_people(EVENT) is None
    assert both.sees_contacts(EVENT, 200)
    assert not both.sees_contacts(EVENT, 100)


@pytest.mark.parametrize(
    ("grant", "complete"),
    [
        (Grant("manager"), True),
        (Grant("viewer", project_id=1), True),
        (Grant("viewer", organisation_id=1), False),
        (Grant("coordinator", organisation_id=1), True),
        (Grant("coordinator", project_id=1), False),
        (Grant("helper", event_id=1), True),
        (Grant("helper"), False),
    ],
)
def test_a_role_has_what_it_is_about_and_nothing_else(grant: Grant, complete: bool) -> None:
    assert is_complete(grant) is complete
