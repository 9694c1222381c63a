"""Which registrations are one person's, and which organisations are one: pure decisions.

The rule in words stands on the page of doubtful matches and in docs/architecture.md. A group is
known by the smallest number of a registration in it, so the same rows give the same groups whatever
order they came in.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations
from typing import Literal, NamedTuple

from koostoo.base.text import bare_name_key, name_key

Subject = Literal["person", "organisation"]
Verdict = Literal["same", "apart"]
Doubt = Literal["name", "address", "company", "spelling", "joined"]
"""Why a pair is shown: one name with nothing else in common; one address, or one organisation, with
names that are nearly the same; organisations spelled nearly the same; and what the rule has joined
although the addresses, or the legal forms, differ."""

NEAR = 0.75
"""How much of two words must be the same (`difflib` ratio) for them to be nearly the same."""
MOST_OF_A_NAME = 12
"""Of one name at most so many groups are set against each other: it is a common one."""


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


class Pair(NamedTuple):
    """Two registrations, one of each group, and why they are shown."""

    doubt: Doubt
    first: int
    second: int


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


# --- What is doubtful -----------------------------------------------------------


def doubtful_people(
    sightings: Iterable[Sighting], groups: Mapping[int, int], decisions: Iterable[Decision]
) -> list[Pair]:
    """Return the pairs somebody should look at, each pair of groups once.

    Those kept apart are left out. Names are compared only within one address and, by a common
    first or last word, within one organisation: two strangers with names alike are no doubt.
    """
    found = _Pairs(groups, decisions)
    by_name: dict[str, list[Sighting]] = defaultdict(list)
    by_address: dict[str, list[Sighting]] = defaultdict(list)
    by_company: dict[tuple[str, str], list[Sighting]] = defaultdict(list)
    # Most registrations of a person tell the same.
    for one in {(groups[one.id], *one[1:4]): one for one in sightings if one.name}.values():
        by_name[one.name].append(one)
        if one.address:
            by_address[one.address].append(one)
        if one.company:
            for word in {one.name.split()[0], one.name.split()[-1]}:
                by_company[(one.company, word)].append(one)
    for same in by_name.values():
        found.add("name", same)
    for same in by_address.values():
        found.add("address", same, is_near)
    for same in by_company.values():
        found.add("company", same, is_near)
    return found.pairs


def doubtful_companies(
    sightings: Iterable[Sighting], groups: Mapping[int, int], decisions: Iterable[Decision]
) -> list[Pair]:
    """Return pairs of organisations that are spelled nearly the same."""
    found = _Pairs(groups, decisions)
    first_of: dict[str, Sighting] = {}
    for one in sightings:
        if one.company:
            first_of.setdefault(one.company, one)
    alike: dict[str, list[Sighting]] = defaultdict(list)
    for one in first_of.values():
        alike[_plain(one.company)[:1]].append(one)
    for same in alike.values():
        for one, other in combinations(same, 2):
            if is_near(one.company, other.company):
                found.note("spelling", one, other)
    return found.pairs


def joined(
    sightings: Iterable[Sighting], groups: Mapping[int, int], subject: Subject
) -> list[Pair]:
    """Return what the rule has joined although something differs, so that it can be kept apart."""
    differing: dict[int, dict[str, int]] = defaultdict(dict)
    for one in sightings:
        mark = one.address if subject == "person" else one.spelled
        if mark and one.id in groups:
            differing[groups[one.id]].setdefault(mark, one.id)
    return [
        Pair("joined", first, other)
        for marks in differing.values()
        for first, *others in [sorted(marks.values())]
        for other in others
    ]


class _Pairs:
    """Pairs of groups found so far, each once."""

    def __init__(self, groups: Mapping[int, int], decisions: Iterable[Decision]) -> None:
        self.groups, self.pairs = groups, list[Pair]()
        self._known = {
            frozenset((groups[one.first], groups[one.second]))
            for one in decisions
            if one.verdict == "apart" and one.first in groups and one.second in groups
        }

    def note(self, doubt: Doubt, one: Sighting, other: Sighting) -> None:
        pair = frozenset((self.groups[one.id], self.groups[other.id]))
        if len(pair) == 2 and pair not in self._known:
            self._known.add(pair)
            self.pairs.append(Pair(doubt, *sorted((one.id, other.id))))

    def add(self, doubt: Doubt, same: Sequence[Sighting], are_alike: object = None) -> None:
        """Note the pairs among these, of each group and name one."""
        if len(same) < 2:
            return
        ones = {(self.groups[one.id], one.name): one for one in reversed(same)}
        if len(ones) > 1:
            for one, other in combinations(list(ones.values())[:MOST_OF_A_NAME], 2):
                if are_alike is None or is_near(one.name, other.name):
                    self.note(doubt, one, other)


def is_near(one: str, other: str) -> bool:
    """Say whether two names are nearly the same: a slip, an accent, an initial, a second name."""
    words, others = _plain(one).split(), _plain(other).split()
    if sorted(words) == sorted(others):
        return True
    if len(words) == len(others):
        return all(map(_is_nearly, words, others))
    if {*words} < {*others} or {*others} < {*words}:
        return len({*words} & {*others}) >= 2
    return _is_nearly("".join(words), "".join(others))


def _is_nearly(one: str, other: str) -> bool:
    if one == other:
        return True
    if any(char.isdigit() for char in one + other):
        # "Selts 1" is not a slip of "Selts 2".
        return False
    if _is_initial_of(one, other):
        return True
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= NEAR and matcher.ratio() >= NEAR


def _is_initial_of(one: str, other: str) -> bool:
    short, long = sorted((one.rstrip("."), other.rstrip(".")), key=len)
    return short == long or (len(short) == 1 and long.startswith(short))


@lru_cache(maxsize=10_000)
def _plain(name: str) -> str:
    bare = unicodedata.normalize("NFD", name)
    return "".join(char for char in bare if not unicodedata.combining(char))
