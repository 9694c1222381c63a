"""Who is the same person, which the same organisation: the rule, by hand, and what is doubtful."""

from itertools import combinations, permutations

from hypothesis import given
from hypothesis import strategies as st

from koostoo.base.text import email_key, person_key
from koostoo.matching.doubts import doubtful_companies, doubtful_people, is_near, joined
from koostoo.matching.rules import (
    Decision,
    Sighting,
    companies,
    company_keys,
    people,
    person_name,
)


def seen(number: int, name: str, address: str = "", company: str = "") -> Sighting:
    first, _space, last = name.partition(" ")
    key = email_key(address) if address else ""
    return Sighting(number, person_name(person_key(first, last)), key, *company_keys(company))


def groups(*sightings: Sighting, by_hand: tuple[Decision, ...] = ()) -> list[int]:
    found = people(sightings, by_hand)
    return [found[one.id] for one in sightings]


def test_one_name_with_one_address_is_one_person_however_it_is_typed() -> None:
    assert groups(
        seen(1, "Mari-Liis Mänd", "mari@example.org"),
        seen(2, "MARI LIIS MÄND", "Mari@EXAMPLE.org"),
        seen(3, "Mari Liis Mänd", "mari@example.org"),
    ) == [1, 1, 1]


def test_a_couple_or_an_office_that_shares_an_address_is_several_people() -> None:
    assert groups(
        seen(1, "Mari Mänd", "mand@example.org"), seen(2, "Jüri Mänd", "mand@example.org")
    ) == [1, 2]


def test_one_person_with_two_addresses_is_known_by_the_organisation() -> None:
    one, two = (
        seen(1, "Mari Mänd", "a@example.org", "MTÜ Näidis"),
        seen(2, "Mari Mänd", "b@example.org", "Näidis"),
    )
    assert groups(one, two, seen(3, "Mari Mänd", "b@example.org", "OÜ Teine")) == [1, 1, 1]
    assert groups(one, seen(2, "Mari Mänd", "b@example.org", "OÜ Teine")) == [1, 2]
    # Who came without an address: only name and organisation tell.
    assert groups(seen(1, "Mari Mänd"), seen(2, "Mari Mänd")) == [1, 2]


def test_what_is_decided_by_hand_comes_before_the_rule_and_counts_for_who_comes_later() -> None:
    a, b = seen(1, "Jaan Tamm", "a@example.org", "MTÜ A"), seen(2, "Jaan Tamm", "b@example.org")
    same = Decision(1, 1, 2, "same")
    assert groups(a, b, by_hand=(same,)) == [1, 1]
    later = seen(3, "Jaan Tamm", "b@example.org")
    assert groups(a, b, later, by_hand=(same,)) == [1, 1, 1]
    father, son = (
        seen(1, "Jaan Tamm", "a@example.org", "MTÜ A"),
        seen(2, "Jaan Tamm", "b@example.org", "MTÜ A"),
    )
    apart = Decision(2, 1, 2, "apart")
    assert groups(father, son) == [1, 1]
    both = seen(3, "Jaan Tamm", "b@example.org", "MTÜ A")
    assert groups(father, son, both, by_hand=(apart,)) == [1, 2, 2]
    # The later decision counts more.
    assert groups(father, son, by_hand=(apart, Decision(3, 1, 2, "same"))) == [1, 1]


def test_what_was_matched_before_names_or_addresses_were_forgotten_stays_matched() -> None:
    forgotten = Sighting(2, "mari mänd", "", "", kept_person=1)
    assert groups(Sighting(1, "mari mänd", "", "", kept_person=1), forgotten) == [1, 1]
    nameless = [Sighting(number, "", "", "", "", 7, 8) for number in (8, 9)]
    assert people(nameless, ()) == {8: 8, 9: 8}
    assert companies(nameless, ()) == {8: 8, 9: 8}


def test_organisations_are_the_same_without_legal_form_and_can_be_kept_apart_by_hand() -> None:
    ones = [
        seen(1, "A B", company="MTÜ „Näidis“"),
        seen(2, "C D", company="Näidis"),
        seen(3, "E F", company="OÜ Näidis"),
        seen(4, "G H"),
    ]
    assert companies(ones, ()) == {1: 1, 2: 1, 3: 1}
    assert [(one.first, one.second) for one in joined(ones, companies(ones, ()), "organisation")]
    assert companies(ones, (Decision(1, 1, 3, "apart"),)) == {1: 1, 2: 1, 3: 3}


def test_what_is_doubtful_is_told_once_and_not_again_when_it_is_kept_apart() -> None:
    ones = [
        seen(1, "Jaan Tamm", "a@example.org", "MTÜ A"),
        seen(2, "Jaan Tamm", "b@example.org", "MTÜ B"),
        seen(3, "Mari Maasikas", "m@example.org"),
        seen(4, "M. Maasikas", "m@example.org"),
        seen(5, "Kärt Kask", "k@example.org", "MTÜ C"),
        seen(6, "Kart Kask", "kk@example.org", "MTÜ C"),
        seen(7, "Jüri Maasikas", "m@example.org"),
    ]
    found = doubtful_people(ones, people(ones, ()), ())
    assert [(one.doubt, one.first, one.second) for one in found] == [
        ("name", 1, 2), ("address", 3, 4), ("company", 5, 6),
    ]  # fmt: skip
    apart = [Decision(1, 1, 2, "apart")]
    assert len(doubtful_people(ones, people(ones, apart), apart)) == 2
    spelled = [
        seen(1, "A B", company="Näidise küla selts"),
        seen(2, "C D", company="Naidise külaselts"),
    ]
    [pair] = doubtful_companies(spelled, companies(spelled, ()), ())
    assert pair.doubt == "spelling"


def test_names_are_near_by_a_slip_an_accent_an_initial_or_a_second_name_only() -> None:
    assert is_near("mari maasikas", "mari maasika")
    assert is_near("mari maasikas", "maasikas mari")
    assert is_near("mari maasikas", "mari liis maasikas")
    assert is_near("m. maasikas", "mari maasikas")
    assert not is_near("mari maasikas", "jüri maasikas")
    assert not is_near("mari tamm", "mari kask")


NAMES, ADDRESSES, COMPANIES = ["mari mänd", "jüri kask"], ["", "a", "b", "c"], ["", "x", "y"]


@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.sampled_from(ADDRESSES), st.sampled_from(COMPANIES)),
        max_size=8,
    ),
    st.lists(
        st.tuples(st.integers(0, 7), st.integers(0, 7), st.sampled_from(["same", "apart"])),
        max_size=4,
    ),
)
def test_groups_do_not_depend_on_the_order_and_keep_what_is_promised(
    rows: list[tuple[str, str, str]], decided: list[tuple[int, int, str]]
) -> None:
    ones = [Sighting(n, name, at, of, of) for n, (name, at, of) in enumerate(rows)]
    by_hand = [Decision(n, a, b, v) for n, (a, b, v) in enumerate(decided) if a != b]  # type: ignore[arg-type]
    found = people(ones, by_hand)
    assert all(group == min(n for n in found if found[n] == group) for group in found.values())
    for some in list(permutations(ones))[:5]:
        assert people(some, by_hand) == found
    if not by_hand:
        for one, other in combinations(ones, 2):
            if one.name != other.name:
                assert found[one.id] != found[other.id]
            elif (one.address and one.address == other.address) or (
                one.company and one.company == other.company
            ):
                assert found[one.id] == found[other.id]
    elif by_hand[-1].first < len(ones) > by_hand[-1].second:
        last = by_hand[-1]
        assert (found[last.first] == found[last.second]) == (last.verdict == "same")
