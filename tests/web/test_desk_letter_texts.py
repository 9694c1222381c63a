"""An organiser's own words at the desk: fields, preview in a frame, a test to oneself."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.base.localtext import LocalText
from koostoo.events.letter_words import WORDED, words_by_kind, write_words
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.registration.models import Registration
from tests.trouble import lock_held
from tests.web.desk_pages import open_form, read_form, sign_in, text_of

MakeEvent = Callable[..., Event]
WORDS = "Võta jalatsid kaasa, {nimi}!"


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


@pytest.fixture
def event(make_event: MakeEvent) -> Event:
    return make_event()


def path(event: Event, tail: str = "/confirmed") -> str:
    return f"/desk/events/{event.slug}/letter-texts{tail}"


def save(desk: FlaskClient, event: Event, **typed: str) -> TestResponse:
    return desk.post(path(event), data={**open_form(desk, path(event)), **typed})


def kept(event: Event) -> dict[str, LocalText]:
    db.session.rollback()
    return {kind: row.words for kind, row in words_by_kind(event.id).items()}


def test_the_list_shows_each_letter_with_its_words(desk: FlaskClient, event: Event) -> None:
    assert path(event, "") in text_of(desk, f"/desk/events/{event.slug}/letters")
    write_words(event.id, "waiting", LocalText("Ole <kannatlik>"), 0, now(), None)
    page = text_of(desk, path(event, ""))
    assert all(path(event, f"/{kind}") in page for kind in WORDED)
    assert "Ole &lt;kannatlik&gt;" in page
    assert "praeguste seadetega seda kirja ei saadeta" in page


def test_words_are_saved_and_stand_in_the_history(desk: FlaskClient, event: Event) -> None:
    assert save(desk, event, words_et=WORDS, words_en="Bring boots!").status_code == 303
    assert kept(event) == {"confirmed": LocalText(WORDS, "Bring boots!")}
    page = text_of(desk, f"/desk/events/{event.slug}/history")
    assert "Muutis kirja lisateksti" in page
    assert "Koht kinnitatud" in page


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("Tere, {nmi}!", "{nmi}"),
        ("Tere, {nimi!", "{"),
        ("{{7*7}}", "{7*7}"),
        ("{nimi.__class__}", "{nimi.__class__}"),
    ],
)
def test_a_placeholder_that_is_none_is_named_with_those_there_are(
    desk: FlaskClient, event: Event, typed: str, named: str
) -> None:
    answer = save(desk, event, words_et=typed, words_en="Bring boots")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f"Seda ei saa asendada: {named}" in page
    assert "{nimi} {üritus} {aeg}" in page
    assert 'href="#words_et"' in page
    form = read_form(page)
    assert (form["words_et"], form["words_en"]) == (typed, "Bring boots")
    assert kept(event) == {}


@pytest.mark.parametrize("typed", ["a\x00b", "a" * 2001])
def test_what_cannot_be_kept_is_refused_in_words(
    desk: FlaskClient, event: Event, typed: str
) -> None:
    assert save(desk, event, words_en=typed).status_code == 422
    assert kept(event) == {}


def test_the_second_of_two_who_write_at_once_is_told_and_keeps_the_text(
    desk: FlaskClient, event: Event
) -> None:
    form = open_form(desk, path(event))
    save(desk, event, words_et="Esimene")
    answer = desk.post(path(event), data={**form, "words_et": "Teine"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Keegi teine on seda teksti vahepeal muutnud" in page
    assert kept(event)["confirmed"].et == "Esimene"
    assert desk.post(path(event), data=read_form(page)).status_code == 303
    assert kept(event)["confirmed"].et == "Teine"


def test_words_come_back_when_the_database_is_busy(
    desk: FlaskClient, event: Event, impatient: None
) -> None:
    form = open_form(desk, path(event)) | {"words_et": WORDS}
    with lock_held(whole_table=True):
        answer = desk.post(path(event), data=form)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Midagi ei salvestatud" in page
    assert read_form(page)["words_et"] == WORDS
    assert desk.post(path(event), data=read_form(page)).status_code == 303


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?language=et", "Sinu koht on kinnitatud"),
        ("?language=en", "Your seat is confirmed"),
        ("?language=et&part=text", "Osaleja: Mari Näidis"),
        ("?language=xx&part=yy", "Sinu koht on kinnitatud"),
    ],
)
def test_the_preview_shows_what_is_kept_and_then_what_is_typed(
    desk: FlaskClient, event: Event, query: str, words: str
) -> None:
    write_words(event.id, "confirmed", LocalText("Vana {nimi}"), 0, now(), None)
    seen = text_of(desk, path(event, f"/confirmed/preview{query}"))
    assert words in seen
    assert "Vana Mari Näidis" in seen
    form = open_form(desk, path(event)) | {"words_et": WORDS}
    typed = desk.post(path(event, f"/confirmed/preview{query}"), data=form)
    assert "Võta jalatsid kaasa, Mari Näidis!" in typed.get_data(as_text=True)
    assert kept(event) == {"confirmed": LocalText("Vana {nimi}")}
    assert db.session.scalars(select(Registration)).all() == []
    assert db.session.scalars(select(OutboxMessage)).all() == []


def test_the_frame_alone_may_hold_the_letter_and_nothing_in_it_runs(
    desk: FlaskClient, event: Event
) -> None:
    policy = desk.get(path(event)).headers["Content-Security-Policy"]
    assert "frame-src 'self'" in policy
    assert "unsafe" not in policy
    for part in ("", "&part=text"):
        frame = desk.get(path(event, f"/confirmed/preview?language=et{part}"))
        policy = frame.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "sandbox" in policy
        assert "script" not in policy
        assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert frame.headers["Cache-Control"] == "no-store"


def test_a_preview_of_what_cannot_be_filled_in_says_so(desk: FlaskClient, event: Event) -> None:
    form = open_form(desk, path(event)) | {"words_et": "{nmi}"}
    answer = desk.post(path(event, "/confirmed/preview?language=et"), data=form)
    assert answer.status_code == 422
    assert answer.mimetype == "text/plain"
    assert "{nmi}" in answer.get_data(as_text=True)


@pytest.mark.parametrize("kind", WORDED)
def test_every_letter_has_its_page_and_preview(desk: FlaskClient, event: Event, kind: str) -> None:
    assert text_of(desk, path(event, f"/{kind}"))
    assert text_of(desk, f"/en{path(event, f'/{kind}')}/preview?language=en")


@pytest.mark.parametrize("kind", ["changed", "links", "signin", "test", "nonsense"])
def test_other_letters_take_no_words(desk: FlaskClient, event: Event, kind: str) -> None:
    assert desk.get(path(event, f"/{kind}")).status_code == 404
    assert desk.get(path(event, f"/{kind}/preview")).status_code == 404


def test_a_test_goes_to_who_is_signed_in(desk: FlaskClient, event: Event) -> None:
    form = open_form(desk, path(event))
    answer = desk.post(
        path(event, "/confirmed/test"),
        data={"csrf_token": form["csrf_token"], "language": "en"},
    )
    assert "Proovikiri on teel aadressile korraldaja@example.org." in text_of(desk, answer.location)
    [row] = db.session.scalars(select(OutboxMessage))
    assert (row.kind, row.recipient, row.language) == ("test", "korraldaja@example.org", "en")


def test_a_test_without_the_token_is_not_sent(desk: FlaskClient, event: Event) -> None:
    assert desk.post(path(event, "/confirmed/test"), data={"language": "en"}).status_code == 303
    assert db.session.scalars(select(OutboxMessage)).all() == []


def test_words_with_a_placeholder_that_is_none_are_refused_when_moving_too(
    desk: FlaskClient, event: Event
) -> None:
    form = open_form(desk, f"/desk/events/{event.slug}/edit")
    typed = {**form, "place_et": "Paralepa", "move-seen": "y", "move-words_et": "{nmi}"}
    typed |= {"summary_et": "Läheme.", "contact_email": "info@example.org"}
    answer = desk.post(f"/desk/events/{event.slug}/edit", data=typed)
    assert answer.status_code == 422
    assert "Seda ei saa asendada: {nmi}" in answer.get_data(as_text=True)
