"""What is doubtful about who is whom, for somebody to decide; pure."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations
from typing import Literal, NamedTuple

from koostoo.matching.rules import Decision, Sighting, Subject

Doubt = Literal["name", "address", "company", "spelling", "joined"]
"""Why a pair is shown: one name with nothing else in common; one address, or one organisation, with
names that are nearly the same; organisations spelled nearly the same; and what the rule has joined
although the addresses, or the legal forms, differ."""

NEAR = 0.75
"""How much of two words must be the same (`difflib` ratio) for them to be nearly the same."""
MOST_OF_A_NAME = 12
"""Of one name at most so many groups are set against each other: it is a common one."""


class Pair(NamedTuple):
    """Two registrations, one of each group, and why they are shown."""

    doubt: Doubt
    first: int
    second: int


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


def to_look_at(
    sightings: Sequence[Sighting],
    groups: Mapping[int, int],
    decisions: Sequence[Decision],
    subject: Subject,
) -> list[Pair]:
    """Return the doubtful pairs, then those joined by the rule although something differs."""
    find = doubtful_people if subject == "person" else doubtful_companies
    decided = {(one.first, one.second) for one in decisions}
    return find(sightings, groups, decisions) + [
        pair
        for pair in joined(sightings, groups, subject)
        if (pair.first, pair.second) not in decided
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
