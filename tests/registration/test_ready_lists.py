"""Ready lists: the least each reader needs, counted right."""

from koostoo.registration.ready_lists import Asked, Person, diets, rooms, stops

DIET = Asked(1, "Toit", ("liha", "vegan"))
PEOPLE = [
    Person("Mari", "Mänd", {1: ("vegan", "gluteenivaba"), 2: ("Keila",), 3: ("kaks",)}),
    Person("Jaan", "Kask", {1: ("liha",), 2: ("keila",)}),
    Person("Õie", "Ööbik", {}),
]


def given(number: int) -> list[tuple[tuple[str, ...], int]]:
    """What these people answered to a question, as the database counts it."""
    return [(one.answers[number], 1) for one in PEOPLE if number in one.answers]


def test_what_goes_on_one_plate_counts_once_and_what_nobody_wants_stands_there_too() -> None:
    found = diets([*given(1), *given(1)[:1], ((), 4)], DIET)
    assert found.counts == (("liha", 1), ("vegan", 0), ("vegan, gluteenivaba", 2))
    assert found.answered == 3


def test_who_goes_home_is_nobody_the_hotel_knows_of() -> None:
    found = rooms(PEOPLE, [Asked(3, "Tuba"), Asked(4, "Kellega")])
    assert found.titles == ("Tuba", "Kellega")
    assert found.rows == (("Mänd", "Mari", "kaks", ""),)


def test_a_stop_lists_first_names_with_an_initial_in_the_order_of_the_stops() -> None:
    found = stops(given(2), PEOPLE, Asked(2, "Peatus", ("Padise", "Keila")))
    assert [(one.words, one.number, one.names) for one in found.stops] == [
        ("Padise", 0, ()),
        ("Keila", 2, ("Mari M.", "Jaan K.")),
    ]
    assert found.answered == 2


def test_of_a_long_list_a_stop_names_the_first_and_counts_all() -> None:
    found = stops(given(2), PEOPLE[:1], Asked(2, "Peatus", ("Keila",)))
    assert found.stops[0].number == 2
    assert found.stops[0].names == ("Mari M.",)
