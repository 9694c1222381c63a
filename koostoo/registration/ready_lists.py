"""Ready lists for hotel, caterer and bus: each with the least its reader needs.

Pure: people and what they answered, in words, come in; rows go out. No list holds an address, a
phone or an answer to another question; the caterer's holds nobody's name.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from koostoo.base.text import fold, initials_name, sort_key

Kind = Literal["hotel", "caterer", "bus"]
PURPOSES: Mapping[Kind, tuple[str, ...]] = {
    "hotel": ("room", "roommate", "nights"),
    "caterer": ("diet",),
    "bus": ("stop",),
}
"""Which questions each list is made of, by what they are for."""


class Asked(NamedTuple):
    """A question a list is made of; `options` are those of a choice, in their order."""

    id: int
    label: str
    options: tuple[str, ...] = ()
    is_free: bool = False
    """Whether it is answered in words of one's own."""


class Person(NamedTuple):
    """Somebody with a seat, and what they answered in words, by question."""

    first_name: str
    last_name: str
    answers: Mapping[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Rooms:
    """Who stays the night: last name, first name and an answer to each question."""

    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Diets:
    """How many want what, of one question."""

    title: str
    counts: tuple[tuple[str, int], ...]
    answered: int
    is_free: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop, how many get on there, and who: first names with the initial of the last."""

    words: str
    number: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stops:
    """The stops of one question; `answered` is how many people chose any."""

    title: str
    stops: tuple[Stop, ...]
    answered: int


Given = Sequence[tuple[tuple[str, ...], int]]
"""Answers in words, each option for itself, with how many people gave just this answer."""


def rooms(people: Sequence[Person], asked: Sequence[Asked]) -> Rooms:
    """Return who stays the night, in the order of `people`.

    Whoever answered none of the questions goes home: a hotel need not know of them.
    """
    rows = []
    for person in people:
        answers = tuple(", ".join(person.answers.get(one.id, ())) for one in asked)
        if any(answers):
            rows.append((person.last_name, person.first_name, *answers))
    return Rooms(tuple(one.label for one in asked), tuple(rows))


def diets(given: Given, asked: Asked) -> Diets:
    """Return how many gave each answer: what goes together on one plate counts as one.

    Options stand in their order, also those nobody chose; what combines several, and words of
    one's own, the most frequent first.
    """
    counts: Counter[str] = Counter()
    words: dict[str, str] = {}
    answered = 0
    for answer, number in given:
        if answer:
            text = ", ".join(answer)
            counts[words.setdefault(fold(text), text)] += number
            answered += number
    fixed = [(option, counts.pop(option, 0)) for option in asked.options]
    rest = sorted(counts.items(), key=lambda pair: (-pair[1], sort_key(pair[0])))
    return Diets(asked.label, (*fixed, *rest), answered, asked.is_free)


def stops(given: Given, people: Sequence[Person], asked: Asked) -> Stops:
    """Return how many get on where and who, stops in the order of the question.

    `people` may be the first of many: they are named, counted is what was `given`.
    """
    words = {fold(option): option for option in asked.options}
    counts: Counter[str] = Counter()
    names: dict[str, list[str]] = {}
    for answer, number in given:
        for one in answer:
            words.setdefault(fold(one), one)
            counts[fold(one)] += number
    for person in people:
        for one in person.answers.get(asked.id, ()):
            name = initials_name(person.first_name, person.last_name)
            names.setdefault(fold(one), []).append(name)
    found = [Stop(text, counts[key], tuple(names.get(key, ()))) for key, text in words.items()]
    return Stops(asked.label, tuple(found), sum(number for answer, number in given if answer))
