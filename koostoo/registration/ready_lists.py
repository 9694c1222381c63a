"""Ready lists for hotel, caterer and bus: each with the least its reader needs.

Pure: people and what they answered, in words, come in; rows go out. No list holds an address, a
phone or an answer to another question; the caterer's holds nobody's name.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
    silent: int
    """How many people answered none of the questions."""


@dataclass(frozen=True, slots=True)
class Diets:
    """How many want what, of one question."""

    title: str
    counts: tuple[tuple[str, int], ...]
    answered: int
    silent: int
    is_free: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop and who gets on there: first names with the initial of the last."""

    words: str
    names: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stops:
    """The stops of one question; `silent` is how many chose none."""

    title: str
    stops: tuple[Stop, ...]
    silent: int


def rooms(people: Sequence[Person], asked: Sequence[Asked]) -> Rooms:
    """Return who stays the night, in the order of `people`.

    Whoever answered none of the questions goes home: a hotel need not know of them.
    """
    rows = []
    for person in people:
        answers = tuple(", ".join(person.answers.get(one.id, ())) for one in asked)
        if any(answers):
            rows.append((person.last_name, person.first_name, *answers))
    return Rooms(tuple(one.label for one in asked), tuple(rows), len(people) - len(rows))


def diets(people: Sequence[Person], asked: Asked) -> Diets:
    """Return how many gave each answer: what goes together on one plate counts as one.

    Options stand in their order, also those nobody chose; what combines several, and words of
    one's own, the most frequent first.
    """
    given = [answer for person in people if (answer := person.answers.get(asked.id))]
    counts: Counter[str] = Counter()
    words: dict[str, str] = {}
    for answer in given:
        text = ", ".join(answer)
        counts[words.setdefault(fold(text), text)] += 1
    fixed = [(option, counts.pop(option, 0)) for option in asked.options]
    rest = sorted(counts.items(), key=lambda pair: (-pair[1], sort_key(pair[0])))
    return Diets(asked.label, (*fixed, *rest), len(given), len(people) - len(given), asked.is_free)


def stops(people: Sequence[Person], asked: Asked) -> Stops:
    """Return who gets on where, stops in the order of the question."""
    found = {fold(option): Stop(option) for option in asked.options}
    silent = 0
    for person in people:
        answer = person.answers.get(asked.id, ())
        silent += not answer
        for words in answer:
            stop = found.setdefault(fold(words), Stop(words))
            stop.names.append(initials_name(person.first_name, person.last_name))
    return Stops(asked.label, tuple(found.values()), silent)
