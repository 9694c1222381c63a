"""How many took part, written by hand at the desk."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from koostoo.attendance.figures import Figures, attended_figures, note_figures
from koostoo.base.clock import now
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.programme.models import Activity
from tests.web.desk_pages import open_form, sign_in, text_of


@pytest.fixture
def past(make_event: Callable[..., Event]) -> Event:
    return make_event(slug="aastalopp", when=When.month(2024, 11), takes_registrations=False)


@pytest.fixture
def desk(client: FlaskClient, past: Event) -> FlaskClient:
    return sign_in(client)


PATH = "/desk/events/aastalopp/figures"


def test_a_number_is_written_shown_and_removed(
    desk: FlaskClient, past: Event, programme: Activity
) -> None:
    assert PATH in text_of(desk, "/desk/events/aastalopp/registrations")
    host, partner = (one.organisation_id for one in programme.project.partners)
    form = open_form(desk, PATH) | {"total": "40", "source": "Allkirjaleht", f"of_{host}": "25"}
    assert desk.post(PATH, data=form).status_code == 303
    assert attended_figures([past.id]) == {past.id: Figures(40, {host: 25}, "Allkirjaleht")}

    page = " ".join(text_of(desk, PATH).split())
    for words in ("40 osalejat (<bdi>Näidis</bdi> 25)", "Allkirjaleht", "korraldaja@example.org"):
        assert words in page, words
    history = text_of(desk, "/desk/events/aastalopp/history")
    assert "osalejad: – → 40" in history
    assert f"of_{partner}" in page

    values = open_form(desk, PATH)
    assert desk.post(f"{PATH}/remove", data=values).status_code == 303
    assert attended_figures([past.id]) == {}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"total": "", "source": "leht"}, "Palun täida see väli."),
        ({"total": "palju", "source": "leht"}, "Palun kirjuta täisarv"),
        (
            {
                "total": "4",
                "source": "",
            },
            "Palun täida see väli.",
        ),
        ({"total": "4", "source": "leht", "of_host": "5"}, "rohkem inimesi"),
    ],
)
def test_what_cannot_be_is_refused_and_kept(
    desk: FlaskClient, past: Event, programme: Activity, typed: dict[str, str], words: str
) -> None:
    host = programme.project.partners[0].organisation_id
    values = {name.replace("of_host", f"of_{host}"): value for name, value in typed.items()}
    answer = desk.post(PATH, data=open_form(desk, PATH) | values)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert words in page
    assert f'value="{typed["total"]}"' in page
    assert attended_figures([past.id]) == {}


def test_a_number_somebody_else_wrote_meanwhile_is_not_lost(desk: FlaskClient, past: Event) -> None:
    form = open_form(desk, PATH) | {"total": "40", "source": "mina"}
    note_figures(past.id, Figures(50, {}, "teine"), 0, now(), None)
    answer = desk.post(PATH, data=form)
    assert answer.status_code == 422
    assert "keegi teine" in answer.get_data(as_text=True)
    assert attended_figures([past.id])[past.id].total == 50


def test_an_event_ahead_takes_no_number(
    desk: FlaskClient, make_event: Callable[..., Event]
) -> None:
    ahead = make_event(slug="ees")
    assert "kui üritus on avaldatud ja läbi" in text_of(desk, "/desk/events/ees/figures")
    assert "figures" not in text_of(desk, f"/desk/events/{ahead.slug}/registrations")
