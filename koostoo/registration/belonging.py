"""To whom somebody who signs up belongs, and whether the event takes them: pure decisions."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

Membership = Literal["member", "stranger", "unchecked"]
"""What the register of the chosen organisation says; unchecked: it keeps none."""
Refusal = Literal["not_invited", "not_a_member"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Whom somebody comes from, read under the event's lock.

    `is_other`: none of the project's organisations. `is_listed`: the register has the organisation
    they represent, or themselves by name and address.
    """

    is_invited: bool
    is_other: bool = False
    has_register: bool = False
    is_listed: bool = False


class Admission(NamedTuple):
    """Whether somebody is taken (no refusal), and as what; None: the event does not ask."""

    refusal: Refusal | None
    membership: Membership | None


def admission(policy: str, origin: Origin, *, by_hand: bool = False) -> Admission:
    """Decide about a sign-up; `policy` is the event's: open, flag or members.

    An organiser who adds somebody by hand may take anybody; what they are is noted all the same.
    """
    membership = None if policy == "open" else _membership(origin)
    if by_hand:
        return Admission(None, membership)
    if not origin.is_invited:
        return Admission("not_invited", membership)
    if policy == "members" and membership == "stranger":
        return Admission("not_a_member", membership)
    return Admission(None, membership)


def admission_to_change(
    policy: str, origin: Origin, known: Membership | None, *, stays: bool
) -> Admission:
    """Decide about a change of answers by somebody taken before as `known`.

    `stays`: they represent the same as before, so nothing is decided anew. Whom an organiser let
    in as no member may mend whom they represent.
    """
    if stays:
        return Admission(None, known)
    decided = admission(policy, origin)
    if decided.refusal == "not_a_member" and known == "stranger":
        return Admission(None, "stranger")
    return decided


def _membership(origin: Origin) -> Membership:
    if origin.is_listed:
        return "member"
    return "unchecked" if not (origin.has_register or origin.is_other) else "stranger"
