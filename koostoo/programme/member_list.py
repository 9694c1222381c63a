"""An action group's members as plain values, and how a new list differs from the old one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from koostoo.base.text import email_key, name_key, person_key

Sector = Literal["", "public", "business", "ngo"]
Fate = Literal["new", "changed", "unchanged", "gone"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a member organisation; the address may be empty."""

    first_name: str
    last_name: str
    email: str = ""

    @property
    def key(self) -> str:
        """By which this is the same person of the same organisation."""
        return person_key(self.first_name, self.last_name)

    @property
    def email_key(self) -> str:
        """By which the address is one mailbox; empty for none."""
        return email_key(self.email) if self.email else ""


@dataclass(frozen=True, slots=True)
class Member:
    """A member organisation; what is not known is empty."""

    name: str
    registry_code: str = ""
    sector: Sector = ""
    people: tuple[Person, ...] = ()

    @property
    def key(self) -> str:
        """By which this is the same organisation of the same action group."""
        return name_key(self.name)


class Pair(NamedTuple):
    """A member of the old list and what becomes of it: by position, None where there is none."""

    old: int | None
    new: int | None


class Change(NamedTuple):
    """What becomes of one member, or of one person of theirs."""

    fate: Fate
    member: Member
    person: Person | None = None


def pair_up(old: Sequence[Member], new: Sequence[Member]) -> list[Pair]:
    """Find for each member of the new list the one it continues; then those that have none.

    By name, else by registry code: an organisation may have got another name.
    """
    names = {member.key: place for place, member in enumerate(old)}
    taken = {names[member.key] for member in new if member.key in names}
    codes = {
        member.registry_code: place
        for place, member in enumerate(old)
        if member.registry_code and place not in taken
    }
    pairs: list[Pair] = []
    for place, member in enumerate(new):
        known = names.get(member.key)
        if known is None and member.registry_code:
            known = codes.pop(member.registry_code, None)
        pairs.append(Pair(known, place))
    kept = {pair.old for pair in pairs}
    return pairs + [Pair(place, None) for place in range(len(old)) if place not in kept]


def combined(old: Member, new: Member, *, replaces: bool) -> Member:
    """Return what a member becomes; a list that does not replace the old one takes nothing away.

    What the new list leaves empty then stays, and so do people it does not name.
    """
    if replaces:
        return new
    known = {person.key: person for person in old.people}
    named = {person.key for person in new.people}
    people = [
        replace(person, email=person.email or known[person.key].email)
        if person.key in known
        else person
        for person in new.people
    ]
    return Member(
        new.name,
        new.registry_code or old.registry_code,
        new.sector or old.sector,
        (*people, *(person for person in old.people if person.key not in named)),
    )


def changes(old: Sequence[Member], new: Sequence[Member], *, replaces: bool) -> list[Change]:
    """Return what the new list does to the register: each organisation, then its people.

    Those only the old list has are unchanged, or gone where the new one replaces it.
    """
    found: list[Change] = []
    for pair in pair_up(old, new):
        before = None if pair.old is None else old[pair.old]
        if pair.new is None:
            assert before is not None  # noqa: S101 - a pair has one side at least
            after = None if replaces else before
        elif before is None:
            after = new[pair.new]
        else:
            after = combined(before, new[pair.new], replaces=replaces)
        found.extend(_changes_of(before, after))
    return found


def _changes_of(before: Member | None, after: Member | None) -> Iterable[Change]:
    shown = after or before
    assert shown is not None  # noqa: S101 - nothing becomes of nothing
    alike = before is not None and after is not None and _head(before) == _head(after)
    yield Change(_fate(before, after, alike), shown)
    was = {person.key: person for person in before.people} if before else {}
    now = {person.key: person for person in after.people} if after else {}
    for key, person in (was | now).items():
        old, new = was.get(key), now.get(key)
        yield Change(_fate(old, new, old == new), shown, person)


def _fate(before: object | None, after: object | None, alike: bool) -> Fate:
    if before is None:
        return "new"
    if after is None:
        return "gone"
    return "unchanged" if alike else "changed"


def _head(member: Member) -> tuple[str, str, str]:
    return member.name, member.registry_code, member.sector
