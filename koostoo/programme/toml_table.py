"""Ask a TOML table for values of a known shape and collect everything that is wrong with it.

A reader asks for what it needs and always gets a value of the right type; where the file gave
none, a problem naming the key path is noted and a stand-in returned. So one pass finds all
mistakes, and the caller must not use the values when there are problems.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from koostoo.base.localtext import LocalText

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SLUG_LIMIT = 80
YEARS = range(2000, 2101)
STAND_IN_DAY = date(2000, 1, 1)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


class Table:
    """One table of the file at a key path such as `events[3]`, counted from 1."""

    def __init__(self, values: Mapping[str, Any], path: str, problems: list[str]) -> None:
        self.values = values
        self.path = path
        self.problems = problems
        self._asked: set[str] = set()

    def has(self, key: str) -> bool:
        """Whether the file gives this key."""
        return key in self.values

    def raw(self, key: str) -> Any:
        """Return the value as TOML gave it, None when absent; the key is now a known one."""
        self._asked.add(key)
        return self.values.get(key)

    def refuse(self, key: str, reason: str) -> None:
        """Note a problem at one key of this table, or at the table itself for ""."""
        where = f"{self.path}.{key}" if self.path and key else self.path or key
        self.problems.append(f"{where}: {reason}")

    def refuse_unknown(self) -> None:
        """Note every key that nobody has asked for: most are misspelt."""
        known = ", ".join(sorted(self._asked))
        for key in self.values.keys() - self._asked:
            self.refuse(key, f"unknown key; known here: {known}")

    def line(self, key: str, limit: int, *, required: bool = False) -> str:
        """Return one line of at most `limit` characters, "" when absent."""
        return self._words(key, self.raw(key), limit, required=required)

    def slug(self, key: str) -> str:
        """Return the name used in addresses: small letters, digits, single hyphens."""
        value = self.line(key, SLUG_LIMIT, required=True)
        if value and not SLUG.fullmatch(value):
            self.refuse(key, f"{value!r} may hold only a–z, 0–9 and single hyphens")
        return value

    def slugs(self, key: str) -> tuple[str, ...]:
        """Return a list of names, each at most once."""
        value = self.raw(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.refuse(key, 'must be a list of names, such as ["first", "second"]')
            return ()
        for one in sorted({one for one in value if value.count(one) > 1}):
            self.refuse(key, f"{one!r} stands there twice")
        return tuple(value)

    def text(
        self, key: str, limit: int, *, required: bool = False, lines: bool = False
    ) -> LocalText:
        """Return a text: a string is Estonian, a table holds `et` and perhaps `en`.

        `lines` allows several lines; a title must not have them, it becomes a mail's subject.
        """
        value = self.raw(key)
        if isinstance(value, dict):
            inner = Table(value, self._path(key), self.problems)
            return inner.as_text(limit, lines=lines, required=required)
        return LocalText(et=self._words(key, value, limit, required=required, lines=lines))

    def as_text(self, limit: int, *, lines: bool = False, required: bool = True) -> LocalText:
        """Read this whole table as a text in two languages; Estonian must be there if required."""
        words = {
            lang: self._words(
                lang, self.raw(lang), limit, required=required and lang == "et", lines=lines
            )
            for lang in ("et", "en")
        }
        self.refuse_unknown()
        return LocalText(**words)

    def number(self, key: str, default: int, allowed: range) -> int:
        """Return a whole number within `allowed`."""
        value = self.raw(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
            self.refuse(key, f"must be a whole number from {allowed[0]} to {allowed[-1]}")
            return default
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.raw(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.refuse(key, "must be true or false, without quotes")
            return default
        return value

    def places(self, key: str, count: int, what: str) -> tuple[int, ...]:
        """Return numbers of things listed elsewhere in the file, counted from 1, each once."""
        value = self.raw(key)
        if value is None:
            return ()
        whole = isinstance(value, list) and all(type(one) is int for one in value)
        if not whole or len(set(value)) != len(value):
            self.refuse(key, "must be a list of different numbers, such as [1, 3]")
            return ()
        for one in value:
            if not 1 <= one <= count:
                self.refuse(key, f"there is no {what} number {one} in this file")
        return tuple(sorted(value))

    def one_of(self, key: str, choices: Collection[str], default: str | None = None) -> str:
        """Return one of `choices`; required when there is no default."""
        value = self.raw(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or value not in choices:
            listed = ", ".join(f'"{choice}"' for choice in choices)
            self.refuse(key, ("is missing" if value is None else "is wrong") + f": {listed}")
            return default or ""
        return value

    def reference(self, key: str, names: Collection[str], what: str, default: str = "") -> str:
        """Return the slug of something defined elsewhere in the file."""
        value = self.line(key, SLUG_LIMIT, required=not default) or default
        if value and value not in names:
            self.refuse(key, f"there is no {what} {value!r} in this file")
        return value

    def day(self, key: str) -> date | None:
        """Return a day written as a TOML date (2024-03-14), None when absent."""
        value = self.raw(key)
        if value is None:
            return None
        if isinstance(value, datetime) or not isinstance(value, date):
            self.refuse(key, "must be a date without quotes, such as 2024-03-14")
            return STAND_IN_DAY
        self.check_year(key, value.year)
        return value

    def check_year(self, key: str, year: int) -> bool:
        """Note a year nobody means; return whether it is a sensible one."""
        if year not in YEARS:
            self.refuse(key, f"the year must be from {YEARS[0]} to {YEARS[-1]}")
        return year in YEARS

    def table(self, key: str) -> "Table":
        """Return an inner table, empty when absent."""
        value = self.raw(key)
        if value is not None and not isinstance(value, dict):
            self.refuse(key, f"must be a table: [{key}]")
            value = None
        return Table(value or {}, self._path(key), self.problems)

    def tables(self, key: str) -> list["Table"]:
        """Return a list of tables, empty when absent."""
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.refuse(key, f"must be a list of tables: [[{key}]]")
            return []
        return [
            Table(one, f"{self._path(key)}[{number}]", self.problems)
            for number, one in enumerate(value, start=1)
        ]

    def _path(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _words(
        self, key: str, value: Any, limit: int, *, required: bool, lines: bool = False
    ) -> str:
        if value is None and not required:
            return ""
        if not isinstance(value, str):
            self.refuse(key, "is missing" if value is None else "must be text in quotes")
            return ""
        words = value.strip()
        if not words:
            self.refuse(key, "is empty; leave the key out" if not required else "is empty")
        elif len(words) > limit:
            self.refuse(key, f"is {len(words)} characters long; at most {limit}")
        elif _CONTROL.search(words) or (not lines and re.search(r"[\t\n]", words)):
            self.refuse(key, "holds control characters" + ("" if lines else " or several lines"))
        return words
