"""Which registrations are one person's, and which organisations are one: pure decisions.

The rule in words stands on the page of doubtful matches and in docs/architecture.md. A group is
known by the smallest number of a registration in it, so the same rows give the same groups whatever
order they came in.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from koostoo.base.text import bare_name_key, name_key

Subject = Literal["person", "organisation"]
Verdict = Literal["same", "apart"]


class Sighting(NamedTuple):
    """What tells who somebody is, of one registration; empty where it is not known.

    `name` and `address` are keys, `company` the key of the organisation they represent, `spelled`
    the same with its legal form. `kept_person` and `kept_company` are the groups they were in when
    address or name were forgotten.
    """

    id: int
    name: str
    address: str
    company: str
    spelled: str = ""
    kept_person: int | None = None
    kept_company: int | None = None


class Decision(NamedTuple):
    """What somebody decided by hand about two registrations; the later decision counts more."""

    id: int
    first: int
    second: int
    verdict: Verdict


def person_name(person_key: str) -> str:
    """Return the name by which people are compared: "Mari-Liis" is "Mari Liis"."""
    return " ".join(person_key.replace("-", " ").replace("'", "").split())


def company_keys(represents: str) -> tuple[str, str]:
    """Return the key of an organisation without its legal form, and with it; empty for none."""
    return (bare_name_key(represents), name_key(represents)) if represents.strip() else ("", "")


def people(sightings: Sequence[Sighting], decisions: Sequence[Decision]) -> dict[int, int]:
    """Return the group of each registration by who came.

    One person: the same name with the same address, or the same name for the same organisation.
    What was decided by hand counts before that.
    """
    return _groups({one.id: _person_keys(one) for one in sightings}, decisions)


def companies(sightings: Sequence[Sighting], decisions: Sequence[Decision]) -> dict[int, int]:
    """Return the group of each registration by whom it represents; none for nobody.

    One organisation: the same name, legal form and quotation marks apart.
    """
    named = [one for one in sightings if one.company or one.kept_company is not None]
    return _groups({one.id: _company_keys(one) for one in named}, decisions)


def _person_keys(one: Sighting) -> tuple[tuple[object, ...] | None, ...]:
    return (
        None if one.kept_person is None else ("kept", one.kept_person),
        (one.name, "@", one.address) if one.name and one.address else None,
        (one.name, "of", one.company) if one.name and one.company else None,
    )


def _company_keys(one: Sighting) -> tuple[tuple[object, ...] | None, ...]:
    return (
        None if one.kept_company is None else ("kept", one.kept_company),
        ("spelled", one.spelled) if one.spelled else None,
        ("bare", one.company) if one.company else None,
    )


@dataclass(slots=True)
class _Forest:
    """Groups that grow together, but never two that are kept apart."""

    parent: dict[int, int]
    foes: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    def root(self, number: int) -> int:
        """Return the smallest number of the group."""
        while (above := self.parent[number]) != number:
            self.parent[number] = self.parent[above]
            number = above
        return number

    def join(self, one: int, other: int) -> bool:
        """Make one group of two; False where they are kept apart."""
        a, b = sorted((self.root(one), self.root(other)))
        if a == b:
            return True
        if b in self.foes.get(a, ()):
            return False
        self.parent[b] = a
        for foe in self.foes.pop(b, ()):
            self.foes[foe].discard(b)
            self.foes[foe].add(a)
            self.foes[a].add(foe)
        return True

    def part(self, one: int, other: int) -> None:
        """Keep two groups apart from now on; nothing where they are one already."""
        a, b = self.root(one), self.root(other)
        if a != b:
            self.foes[a].add(b)
            self.foes[b].add(a)


def _groups(
    keys: Mapping[int, tuple[tuple[object, ...] | None, ...]], decisions: Sequence[Decision]
) -> dict[int, int]:
    forest = _Forest({number: number for number in keys})
    for one in sorted(decisions, reverse=True):
        if one.first in keys and one.second in keys:
            settle = forest.join if one.verdict == "same" else forest.part
            settle(one.first, one.second)
    numbers = sorted(keys)
    for strength in range(3):
        # Of one key there are several groups only where some are kept apart.
        seen: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for number in numbers:
            key = keys[number][strength]
            if key is not None and not any(forest.join(known, number) for known in seen[key]):
                seen[key].append(number)
    return {number: forest.root(number) for number in numbers}
