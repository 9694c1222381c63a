from datetime import date
from pathlib import Path

import pytest

from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.programme import project_file
from koostoo.programme.plan import EventPlan
from koostoo.programme.project_file import ProjectFileError, read_project_file

SHIPPED = Path(project_file.__file__).with_name("data") / "kogemusvahetus.toml"
SMALL = """
slug = "koos"
title = "Koos"
starts = 2025-01-01
ends = 2025-12-31
host = "kodu"
organisations = [{ slug = "kodu", name = "Kodu" }, { slug = "naaber", name = "Naaber" }]
activities = [{ slug = "kohtumine", kind = "joint", title = "Kohtumine" }]
"""


def problems_of(text: str) -> list[str]:
    with pytest.raises(ProjectFileError) as caught:
        read_project_file(text)
    return caught.value.problems


def event_with(lines: str) -> EventPlan:
    event = '[[events]]\nslug = "a"\ntitle = "A"\nactivity = "kohtumine"\n'
    return read_project_file(SMALL + event + lines).events[0]


def problems_of_event(lines: str) -> list[str]:
    with pytest.raises(ProjectFileError) as caught:
        event_with(lines)
    return caught.value.problems


def test_shipped_file_holds_the_project_as_published() -> None:
    plan = read_project_file(SHIPPED.read_text("utf-8"))
    names = {one.slug: one.name for one in plan.organisations}
    assert plan.title.et == "Piirkondade kogemusvahetus ja tegevusrühmade koostöö arendamine"
    assert (plan.starts_on, plan.ends_on) == (date(2024, 2, 1), date(2025, 6, 30))
    assert names[plan.host] == "MTÜ Kodukant Läänemaa"
    assert [names[slug] for slug in plan.partners] == [
        "MTÜ Lääne-Harju Koostöökogu",
        "MTÜ Nelja Valla Kogu",
        "Ida-Harju Koostöökoda MTÜ",
        "MTÜ Põhja-Harju Koostöökogu",
        "Raplamaa Partnerluskogu MTÜ",
    ]
    assert len(plan.outcomes) == 5
    assert [(one.kind, one.target) for one in plan.activities] == [
        ("joint", 1),
        ("joint", 1),
        ("joint", 3),
        ("additional", 1),
        ("additional", 1),
        ("additional", 1),
    ]
    assert [one.day for one in plan.media] == [date(2024, 3, 1)]
    assert plan.contact.email == "kai.kulbok@kklm.ee"


def test_shipped_events_have_the_dates_of_the_page() -> None:
    plan = read_project_file(SHIPPED.read_text("utf-8"))
    assert [(one.activity, one.when) for one in plan.events] == [
        ("partnerite-koosolekud", When.days(date(2024, 3, 14))),
        ("partnerite-koosolekud", When.days(date(2024, 3, 15))),
        ("rahvusvaheline-seminar", When.days(date(2024, 6, 4), date(2024, 6, 7))),
        ("liikmete-oppereis", When.days(date(2024, 8, 23), date(2024, 8, 24))),
        ("koostooseminar", When.days(date(2024, 11, 8))),
        ("suururitus", When.month(2024, 11)),
        ("valisoppereis", When.of_season(2025, "spring")),
    ]


def test_every_shipped_text_is_in_both_languages() -> None:
    plan = read_project_file(SHIPPED.read_text("utf-8"))
    texts = [plan.title, *plan.outcomes]
    texts += [text for one in plan.activities for text in (one.title, one.description)]
    texts += [event.title for event in plan.events] + [one.title for one in plan.media]
    assert [text for text in texts if not (text.et and text.en)] == []


def test_string_is_estonian() -> None:
    assert read_project_file(SMALL).title == LocalText(et="Koos")


def test_byte_order_mark_is_no_mistake() -> None:
    assert read_project_file("\ufeff" + SMALL).slug == "koos"


def test_host_organises_unless_another_is_named() -> None:
    assert event_with('when = "2025-03"').organiser == "kodu"
    assert event_with('when = "2025-03"\norganiser = "naaber"').organiser == "naaber"


def test_web_meetings_count_for_regions_only_where_the_file_says_so() -> None:
    def activity(lines: str) -> bool:
        text = SMALL.replace('kind = "joint"', f'kind = "joint", {lines}')
        return read_project_file(text).activities[0].only_physical

    assert activity('counts = "regions"')
    assert not activity('counts = "regions", only_physical = false')
    assert not activity('counts = "participants"')


def test_event_says_in_whose_area_it_is_and_what_else_it_counts_for() -> None:
    assert event_with('when = "2025-03"\nregion = "naaber"').region == "naaber"
    assert event_with('when = "2025-03"\nelsewhere = "Riia"').elsewhere == "Riia"
    [both] = problems_of_event('when = "2025-03"\nregion = "naaber"\nelsewhere = "Riia"')
    assert both == "events[1].elsewhere: give either `region` or `elsewhere`"
    [own] = problems_of_event('when = "2025-03"\nalso_counts_for = ["kohtumine"]')
    assert own.startswith("events[1].also_counts_for: there is no other activity")


def test_syntax_error_names_the_line() -> None:
    [problem] = problems_of('slug = "a"\ntitle = Koos\n')
    assert problem.startswith("line 2, column 9: ")


def test_every_mistake_is_named_at_once() -> None:
    text = SMALL.replace('host = "kodu"', 'host = "muu"\nkeeps = 1').replace("= 2025-12-31", "= 1")
    event = '[[events]]\nslug = "Suur Pidu"\ntitle = { en = "A" }\nactivity = "b"\nwhen = "varsti"'
    assert [one.partition(": ")[0] for one in problems_of(text + event)] == [
        "host",
        "ends",
        "events[1].slug",
        "events[1].activity",
        "events[1].organiser",
        "events[1].title.et",
        "events[1].when",
        "keeps",
    ]


def test_unknown_key_is_refused_with_the_known_ones() -> None:
    [problem] = problems_of_event('when = "2025-03"\nb = 1')
    assert problem.startswith("events[1].b: unknown key; known here: activity, also_counts_for")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"Koos"', '"  "', "title: is empty"),
        ('"Koos"', '"a\\u0000b"', "title: holds control characters or several lines"),
        ('"Koos"', '"a\\nb"', "title: holds control characters or several lines"),
        ('"Koos"', f'"{"a" * 301}"', "title: is 301 characters long; at most 300"),
        ('"Koos"', "7", "title: must be text in quotes"),
        ('host = "kodu"', 'host = "kodu"\npartners = ["kodu"]', "partners: 'kodu' is the host"),
        ('host = "kodu"', 'host = "kodu"\npartners = "naaber"', "partners: must be a list of"),
        ('host = "kodu"', 'host = "kodu"\nkeep_until = 2025-06-01', "keep_until: is before"),
        ('host = "kodu"', 'host = "kodu"\ncontact = { email = "kai" }', "contact.email: 'kai' is"),
        ('slug = "naaber"', 'slug = "kodu"', "organisations[2].slug: 'kodu' is taken"),
        ('"joint"', '"additional"', "activities[1].organisation: is missing"),
        ('"joint"', '"joint", organisation = "kodu"', "activities[1].organisation: only an"),
        ('"joint"', '"muu"', 'activities[1].kind: is wrong: "joint", "additional"'),
        ('"joint"', '"joint", target = true', "activities[1].target: must be a whole number"),
        ('"joint"', '"joint", target = 0', "activities[1].target: must be a whole number"),
        ('"joint"', '"joint", counts = "heads"', 'activities[1].counts: is wrong: "events"'),
        ('"joint"', '"joint", only_physical = 1', "activities[1].only_physical: must be true or"),
        ('"joint"', '"joint", outcomes = [1]', "activities[1].outcomes: there is no outcome"),
        ('"joint"', '"joint", outcomes = [true]', "activities[1].outcomes: must be a list of"),
        ('host = "kodu"', 'host = "kodu"\nlead = "naaber"', "lead: 'naaber' is neither the host"),
        ("activities = [", "events = 3\nactivities = [", "events: must be a list of tables"),
        ('"Koos"', "[" * 5000, "the file is nested too deeply"),
        ('"Koos"', "9" * 5000, "not TOML: "),
    ],
)
def test_wrong_value_is_refused_with_key_and_reason(old: str, new: str, problem: str) -> None:
    [found] = problems_of(SMALL.replace(old, new, 1))
    assert found.startswith(problem)
