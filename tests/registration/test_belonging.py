"""Whom an event takes: invited organisations, members and others."""

import pytest

from koostoo.registration.belonging import (
    Admission,
    Membership,
    Origin,
    admission,
    admission_to_change,
)

LISTED = Origin(is_invited=True, has_register=True, is_listed=True)
UNLISTED = Origin(is_invited=True, has_register=True)
UNREGISTERED = Origin(is_invited=True)
OTHER = Origin(is_invited=True, is_other=True)
UNINVITED = Origin(is_invited=False, has_register=True, is_listed=True)


@pytest.mark.parametrize(
    ("origin", "membership"),
    [
        (LISTED, "member"),
        (UNLISTED, "stranger"),
        (UNREGISTERED, "unchecked"),
        (OTHER, "stranger"),
    ],
)
def test_an_event_that_marks_takes_everybody_and_notes_what_the_register_says(
    origin: Origin, membership: Membership
) -> None:
    assert admission("flag", origin) == Admission(None, membership)
    assert admission("open", origin) == Admission(None, None)


def test_an_event_for_members_refuses_who_is_none_and_takes_who_was_not_checked() -> None:
    assert admission("members", LISTED) == Admission(None, "member")
    assert admission("members", UNREGISTERED) == Admission(None, "unchecked")
    assert admission("members", UNLISTED).refusal == "not_a_member"
    assert admission("members", OTHER).refusal == "not_a_member"


@pytest.mark.parametrize("policy", ["open", "flag", "members"])
def test_an_organisation_that_is_not_invited_is_refused_whoever_comes(policy: str) -> None:
    assert admission(policy, UNINVITED).refusal == "not_invited"


def test_an_organiser_may_add_anybody_by_hand_and_what_they_are_is_noted() -> None:
    assert admission("members", UNLISTED, by_hand=True) == Admission(None, "stranger")
    assert admission("open", UNINVITED, by_hand=True) == Admission(None, None)


def test_who_stays_what_they_were_is_not_decided_anew() -> None:
    for known in ("member", "stranger", "unchecked", None):
        assert admission_to_change("members", UNLISTED, known, stays=True) == Admission(None, known)


def test_a_change_obeys_the_event_but_whom_an_organiser_let_in_may_mend_the_name() -> None:
    assert admission_to_change("members", UNLISTED, "member", stays=False).refusal == "not_a_member"
    assert admission_to_change("members", LISTED, "stranger", stays=False) == Admission(
        None, "member"
    )
    assert admission_to_change("members", UNLISTED, "stranger", stays=False) == Admission(
        None, "stranger"
    )
    assert admission_to_change("flag", UNINVITED, "member", stays=False).refusal == "not_invited"
