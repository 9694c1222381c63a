from koostoo.roster.rules import (
    COLOURS,
    PRIVATE,
    STANDARD,
    columns_shown,
    next_colour,
    question_key,
)


def test_a_new_tag_gets_the_colour_fewest_have() -> None:
    assert next_colour([]) == COLOURS[0]
    assert next_colour(COLOURS[:2]) == COLOURS[2]
    assert next_colour([*COLOURS, COLOURS[0]]) == COLOURS[1]


def test_a_question_keeps_its_column_in_a_copy_of_the_event_whatever_the_case() -> None:
    assert question_key("Toit") == question_key(" toit ")
    assert question_key("Toit") != question_key("Buss")


def test_columns_stand_in_the_order_they_are_offered() -> None:
    offered = ["contact", "standing", "tags", "q-1"]
    assert columns_shown(["q-1", "contact", "gone"], offered, sees_contacts=True) == [
        "contact",
        "q-1",
    ]


def test_what_is_private_stays_out_for_who_sees_nobodys_contacts() -> None:
    offered = [*STANDARD, *PRIVATE, "q-1"]
    shown = columns_shown(offered, offered, sees_contacts=False)
    assert shown == ["organisation", "standing", "signed_up", "role"]
