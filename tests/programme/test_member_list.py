"""What a new list of members does to the old one."""

from hypothesis import given
from hypothesis import strategies as st

from koostoo.programme.member_list import Change, Member, Person, changes, combined, pair_up

MARI, JAAN = Person("Mari", "Mänd", "mari@example.org"), Person("Jaan", "Kask")
SELTS = Member("Näidise küla selts", "80123456", "ngo", (MARI,))
VALD = Member("Näidise vald", sector="public")


def told(old: list[Member], new: list[Member], *, replaces: bool = True) -> list[str]:
    return [f"{what(change)}: {change.fate}" for change in changes(old, new, replaces=replaces)]


def what(change: Change) -> str:
    return change.person.first_name if change.person else change.member.name


def test_the_same_list_again_changes_nothing() -> None:
    again = [VALD, SELTS]
    assert {line.rpartition(" ")[2] for line in told([SELTS, VALD], again)} == {"unchanged"}


def test_what_is_new_changed_and_gone_is_told_for_organisations_and_people() -> None:
    other = Member("Näidise küla selts", "80123456", "ngo", (JAAN, Person("mari", "MÄND")))
    assert told([SELTS, VALD], [other, Member("Uus")]) == [
        "Näidise küla selts: unchanged",
        "mari: changed",
        "Jaan: new",
        "Uus: new",
        "Näidise vald: gone",
    ]


def test_adding_takes_nothing_away_and_leaves_what_the_list_does_not_tell() -> None:
    brief = Member("NÄIDISE KÜLA SELTS", people=(Person("Mari", "Mänd"), JAAN))
    assert told([SELTS, VALD], [brief], replaces=False) == [
        "NÄIDISE KÜLA SELTS: changed",
        "Mari: unchanged",
        "Jaan: new",
        "Näidise vald: unchanged",
    ]
    assert combined(SELTS, brief, replaces=False) == Member(
        "NÄIDISE KÜLA SELTS", "80123456", "ngo", (MARI, JAAN)
    )
    assert combined(SELTS, brief, replaces=True) == brief


def test_an_organisation_with_another_name_is_known_by_its_registry_code() -> None:
    renamed = Member("MTÜ Näidise kogukond", "80123456", "ngo", (MARI,))
    assert told([SELTS], [renamed]) == ["MTÜ Näidise kogukond: changed", "Mari: unchanged"]


def test_a_name_that_stays_is_not_taken_over_through_a_code() -> None:
    new = [Member("Näidise vald", "80123456"), Member("Näidise küla selts")]
    assert [pair.old for pair in pair_up([SELTS, VALD], new)] == [1, 0]


names = st.sampled_from(["A", "B", "C", "D", "a"])
addresses = st.sampled_from(["", "mari@example.org"])
codes = st.sampled_from(["", "1", "2"])
sectors = st.sampled_from(["", "ngo"])
people = st.lists(
    st.builds(Person, st.sampled_from(["Mari", "Jaan"]), st.just("Kask"), addresses),
    max_size=2,
    unique_by=lambda person: person.key,
)
registers = st.lists(
    st.builds(Member, names, codes, sectors, people.map(tuple)),
    max_size=4,
    unique_by=lambda member: member.key,
)


@given(registers, registers)
def test_every_old_and_every_new_member_has_exactly_one_fate(
    old: list[Member], new: list[Member]
) -> None:
    pairs = pair_up(old, new)
    assert sorted(pair.old for pair in pairs if pair.old is not None) == list(range(len(old)))
    assert sorted(pair.new for pair in pairs if pair.new is not None) == list(range(len(new)))


@given(registers, registers)
def test_a_replaced_register_is_the_new_list_and_an_enlarged_one_lacks_nobody(
    old: list[Member], new: list[Member]
) -> None:
    def after(*, replaces: bool) -> list[Member]:
        became = []
        for pair in pair_up(old, new):
            if pair.new is not None:
                listed = new[pair.new]
                became.append(
                    listed
                    if pair.old is None
                    else combined(old[pair.old], listed, replaces=replaces)
                )
            elif pair.old is not None and not replaces:
                became.append(old[pair.old])
        return became

    assert after(replaces=True) == new
    enlarged = after(replaces=False)
    assert len({member.key for member in enlarged}) == len(enlarged)
    assert {person.key for member in (*old, *new) for person in member.people} == {
        person.key for member in enlarged for person in member.people
    }
