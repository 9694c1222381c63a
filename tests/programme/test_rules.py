"""What counts against the target of an activity."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koostoo.programme.rules import COUNTS, Candidate, Counts, Goal, WhyNot, progress

HELD = Candidate(state="published", is_over=True, mode="onsite", region="a", people=20)
EVENTS, REGIONS, PEOPLE = (Goal(counts, 3, only_physical=True) for counts in COUNTS)


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (replace(HELD, is_sample=True), "sample"),
        (replace(HELD, state="draft"), "draft"),
        (replace(HELD, state="called_off"), "called_off"),
        (replace(HELD, is_over=False), "ahead"),
        (replace(HELD, mode="online"), "web"),
        (replace(HELD, mode="hybrid"), None),
        (HELD, None),
    ],
)
def test_an_event_counts_once_it_was_held(event: Candidate, why: WhyNot | None) -> None:
    for goal in (EVENTS, REGIONS, PEOPLE):
        assert progress(goal, [event]).why_not == (why,)


def test_a_web_meeting_counts_where_the_project_says_so() -> None:
    meeting = replace(HELD, mode="online")
    assert progress(replace(REGIONS, only_physical=False), [meeting]).done == 1


def test_different_regions_count_and_each_once() -> None:
    events = [replace(HELD, region=where) for where in ("a", None, "b", "a")]
    found = progress(REGIONS, events)
    assert (found.done, found.is_reached) == (2, False)
    assert found.why_not == (None, "no_region", None, "same_region")


def test_an_event_that_does_not_count_takes_no_region_from_one_that_does() -> None:
    found = progress(REGIONS, [replace(HELD, mode="online"), HELD])
    assert found.why_not == ("web", None)


def test_participants_are_added_up_where_their_number_is_known() -> None:
    found = progress(PEOPLE, [HELD, replace(HELD, people=None), replace(HELD, people=22)])
    assert (found.done, found.is_reached) == (42, True)
    assert found.why_not == (None, "no_people", None)


CANDIDATES = st.builds(
    Candidate,
    state=st.sampled_from(["draft", "published", "called_off"]),
    is_over=st.booleans(),
    mode=st.sampled_from(["onsite", "online", "hybrid"]),
    is_sample=st.booleans(),
    region=st.sampled_from([None, "a", "b", "c"]),
    people=st.none() | st.integers(0, 50),
)


@given(st.sampled_from(get_args(Counts)), st.booleans(), st.lists(CANDIDATES, max_size=12))
def test_what_is_done_equals_a_slow_recount(
    counts: Counts, only_physical: bool, events: list[Candidate]
) -> None:
    found = progress(Goal(counts, 3, only_physical), events)
    held = [
        event
        for event in events
        if event.state == "published" and event.is_over and not event.is_sample
        if event.mode != "online" or not only_physical
    ]
    recount = {
        "events": len(held),
        "regions": len({event.region for event in held} - {None}),
        "participants": sum(event.people or 0 for event in held),
    }
    assert found.done == recount[counts]
    assert len(found.why_not) == len(events)
    counted = [event for event, why in zip(events, found.why_not, strict=True) if why is None]
    assert all(event in held for event in counted)
