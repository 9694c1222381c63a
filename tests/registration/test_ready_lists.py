"""Ready lists: the least each reader needs, counted right."""

from koostoo.registration.ready_lists import Asked, Person, diets, rooms, stops

DIET = Asked(1, "Toit", ("liha", "vegan"))
PEOPLE = [
    Person("Mari", "Mänd", {1: ("vegan", "gluteenivaba"), 2: ("Keila",), 3: ("kaks",)}),
    Person("Jaan", "Kask", {1: ("liha",), 2: ("keila",)}),
    Person("Õie", "Ööbik", {}),
]


def test_what_goes_on_one_plate_counts_once_and_what_nobody_wants_stands_there_too() -> None:
    found = diets([*PEOPLE, PEOPLE[0]], DIET)
    assert found.counts == (("liha", 1), ("vegan", 0), ("vegan, gluteenivaba", 2))
    assert (found.answered, found.silent) == (3, 1)


def test_who_goes_home_is_nobody_the_hotel_knows_of() -> None:
    found = rooms(PEOPLE, [Asked(3, "Tuba"), Asked(4, "Kellega")])
    assert found.titles == ("Tuba", "Kellega")
    assert found.rows == (("Mänd", "Mari", "kaks", ""),)
    assert found.silent == 2


def test_a_stop_lists_first_names_with_an_initial_in_the_order_of_the_stops() -> None:
    found = stops(PEOPLE, Asked(2, "Peatus", ("Padise", "Keila")))
    assert [(one.words, one.names) for one in found.stops] == [
        ("Padise", []),
        ("Keila", ["Mari M.", "Jaan K."]),
    ]
    assert found.silent == 1
