"""The lines of a calendar object from elsewhere, read without believing or building anything.

Not the library's reader, which builds the time zones that come along: a hostile rule in one could
keep it busy for ever.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from icalendar.parser import Contentline

LONGEST = 100_000
"""Characters; a real answer has about two thousand."""
DEEPEST = 10
_FOLD = re.compile(r"\r?\n[ \t]")
_LINE_END = re.compile(r"\r?\n")


class UnreadableObject(ValueError):
    """This is no calendar object, or one nobody would write."""


class Line(NamedTuple):
    """Parameters by their names in capitals, and the value with its escapes undone."""

    parameters: Mapping[str, str]
    value: str


Properties = Mapping[str, Sequence[Line]]
"""Lines of one component, by the name of the property in capitals."""


@dataclass(slots=True)
class CalendarObject:
    """The first VCALENDAR of a text: its METHOD as written and the properties of its events."""

    method: str = ""
    events: list[Properties] = field(default_factory=list)


def read_object(text: str, wanted: frozenset[str]) -> CalendarObject:
    """Return the wanted properties of each VEVENT; raise UnreadableObject."""
    if len(text) > LONGEST:
        raise UnreadableObject("too long")
    found = CalendarObject()
    properties: dict[str, list[Line]] = {}
    is_there = False
    for path, name, line in _lines(text):
        is_there = True
        if path == ("VCALENDAR", "VEVENT"):
            if name == "BEGIN":
                properties = {}
                found.events.append(properties)
            elif name in wanted:
                properties.setdefault(name, []).append(_parse(line))
        elif path == ("VCALENDAR",) and name == "METHOD":
            found.method = line.partition(":")[2].strip()
    if not is_there:
        raise UnreadableObject("no VCALENDAR")
    return found


def _lines(text: str) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Give out each line of the first VCALENDAR: the components around it, its name, itself."""
    path: tuple[str, ...] = ()
    for line in _LINE_END.split(_FOLD.sub("", text)):
        name = re.split("[:;]", line, maxsplit=1)[0].strip().upper()
        if name == "BEGIN":
            path = (*path, line.partition(":")[2].strip().upper())
            if len(path) > DEEPEST:
                raise UnreadableObject("too deep")
        elif name == "END":
            path = path[:-1]
            if not path:
                return
        if path[:1] == ("VCALENDAR",):
            yield path, name, line


def _parse(line: str) -> Line:
    try:
        _, parameters, value = Contentline(line).parts()
    except ValueError as error:
        raise UnreadableObject("a line is broken") from error
    return Line({str(key).upper(): str(given) for key, given in parameters.items()}, value)
