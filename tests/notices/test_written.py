"""Letters organisers write, and letters organisers read: whole, and with hostile words in them."""

import re
from datetime import timedelta
from typing import Any

import pytest

from koostoo.base.localtext import LocalText
from koostoo.base.tokens import make_token
from koostoo.correspondence.mailing import Words
from koostoo.correspondence.news import refuse_news
from koostoo.mail.letter import Letter, to_mime
from koostoo.notices.render import render
from koostoo.registration.models import Registration
from tests.conftest import KEY
from tests.mail.world import NOW, change, make_event, make_registration, post, registration
from tests.notices.written import WORDS, a_digest, a_mailing, a_test, follow, some_news

BASE = "http://localhost"

pytestmark = pytest.mark.usefixtures("app")


def find(kind: str, payload: dict[str, Any], seat: int | None = None, lang: str = "et") -> Any:
    return render(post(kind, seat, queue="x", language=lang, payload=payload), NOW)


def mailing(seat: int, words: Words = WORDS, lang: str = "et", **values: Any) -> Letter:
    written = find("mailing", a_mailing(seat, words, **values), seat, lang)
    assert isinstance(written, Letter)
    return written


def said(subject: str, text: str) -> Words:
    return Words(LocalText(subject), LocalText(text))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def without_links(text: str) -> str:
    """Leave addresses out: their random part may hold any digits."""
    return re.sub(r"https?://\S+", "", text)


# --- About the registration ---------------------------------------------------


def test_a_whole_letter_about_the_registration() -> None:
    event = make_event(slug="voru")
    seat = make_registration(event)
    words = said("{event}: buss", "Buss väljub kell 7.\n\n- Haapsalu\n- Risti\n\nOota **väravas**.")
    written = mailing(seat, words)
    own = f"{BASE}/my/{make_token([KEY], 'my', registration(seat).link_id)}"
    assert written.subject == "Õppereis Võrru: buss"
    assert (
        plain(written.text)
        == f"""\
Tere, Juta!

Buss väljub kell 7.

– Haapsalu
– Risti

Oota väravas.

Üritus: Õppereis Võrru
Aeg: teisipäev, 8. september 2026 kell 9.30–16.00
Toimumiskoht: Näidise külamaja
Osaleja: Juta Jõgi
Korraldaja: MTÜ Näidisrühm
Kontakt: Mari Mänd, mari@example.ee

Siin saad oma registreeringut vaadata, muuta või tühistada:
{own}

Hoia link enda teada: igaüks, kellel see on, saab sinu registreeringut muuta.

--
Ühistegevus: Õppereis
Projekt: Ühine samm
Toetab näidisfond.
"""
    )
    assert "<li>Haapsalu</li>" in written.html
    assert "<strong>väravas</strong>" in written.html
    assert (written.reply_to, written.unsubscribe_url, written.calendar) == (
        "mari@example.ee",
        "",
        None,
    )


def test_each_reads_their_language_and_estonian_where_there_is_no_english() -> None:
    seat = make_registration(make_event())
    assert mailing(seat, lang="en").subject == "Bus to Võru"
    assert mailing(seat, said("Buss", "Kell 7"), "en").subject == "Buss"


def test_words_in_braces_are_put_in_for_each_reader() -> None:
    seat = make_registration(make_event())
    text = "{name} / {üritus} / {time} / {toimumiskoht} / {organiser}"
    written = plain(mailing(seat, said("{name}", text)).text)
    assert (
        "Juta Jõgi / Õppereis Võrru / teisipäev, 8. september 2026 kell 9.30–16.00 / "
        "Näidise külamaja / MTÜ Näidisrühm" in written
    )


HOSTILE = [
    "{event.__init__}",
    "{{7*7}}",
    "{% raw %}{{ config }}{% endraw %}",
    "${7*7} #{7*7} <%= 7*7 %> %(name)s %s",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_what_an_organiser_types_is_never_evaluated(words: str) -> None:
    seat = make_registration(make_event())
    written = mailing(seat, said(words, words))
    assert written.subject == words
    # Markdown takes stars and underscores out, and nothing else.
    assert re.sub("[*_]", "", words) in re.sub("[*_]", "", written.text)
    assert "49" not in without_links(written.text)
    assert "<script" not in written.html
    assert "<img" not in written.html


@pytest.mark.parametrize("name", [*HOSTILE, "{event}", "{name}"])
def test_a_hostile_name_is_words_and_put_in_once(name: str) -> None:
    seat = make_registration(make_event(), first_name=name, last_name="Jõgi")
    written = mailing(seat, said("{name}!", "Sina oled {name}."))
    for body in (written.subject, written.text):
        assert "Õppereis Võrru!" not in body
        assert "49" not in without_links(body)
    assert "<script" not in written.html
    assert "<img" not in written.html


def test_a_name_with_mark_up_or_an_address_becomes_no_link() -> None:
    seat = make_registration(
        make_event(),
        first_name="[vajuta](https://evil.example/)",
        last_name="**suur** https://e.ee",
    )
    written = mailing(seat, said("Tere", "Hea {name}!"))
    assert "evil.example/" not in written.html
    assert "https://e.ee" not in written.html
    assert "<strong>suur" not in written.html


def test_a_name_does_not_reach_into_an_address() -> None:
    seat = make_registration(make_event(), first_name='"><b>', last_name="x")
    written = mailing(seat, said("Tere", "[vorm](https://vorm.example.org/?n={name})"))
    assert 'href="https://vorm.example.org/?n=%7Bname%7D"' in written.html
    assert '"><b>' not in written.html


def test_line_ends_and_marks_of_direction_cannot_break_out_of_the_subject() -> None:
    event = make_event(title=LocalText("Reis\r\nBcc: evil@example.org"))
    seat = make_registration(event, first_name="Ju\u202eta\r\nX: y")
    written = mailing(seat, said("{event} {name}\r\nBcc: e@example.org\u202e", "Tere"))
    mime = to_mime(written, NOW)
    assert mime["Bcc"] is None
    assert mime["X"] is None
    assert "\u202e" not in written.subject
    assert "\n" not in written.subject


def test_organisers_links_stay_and_others_do_not() -> None:
    seat = make_registration(make_event())
    text = "[kava](https://kava.example.org/) [halb](javascript:alert(1))"
    html = mailing(seat, said("Tere", text)).html
    assert 'href="https://kava.example.org/"' in html
    assert "javascript:alert" not in re.sub(r">[^<]*<", "><", html)


# --- Who is not written to any more -------------------------------------------


@pytest.mark.parametrize("values", [{"email": ""}, {"state": "cancelled"}, {"state": "waiting"}])
def test_who_is_no_longer_meant_or_was_forgotten_gets_no_copy(values: dict[str, Any]) -> None:
    seat = make_registration(make_event())
    payload = a_mailing(seat)
    change(Registration, seat, **values)
    assert find("mailing", payload, seat) is None


def test_who_was_ticked_gets_it_whatever_they_are_meanwhile() -> None:
    seat = make_registration(make_event())
    payload = a_mailing(seat, chosen={"states": [], "ticked": 1})
    change(Registration, seat, state="cancelled")
    assert find("mailing", payload, seat) is not None


def test_an_event_called_off_meanwhile_stops_what_was_written_before() -> None:
    event = make_event()
    seat = make_registration(event)
    payload = a_mailing(seat)
    change(type(registration(seat).event), event, state="called_off")
    assert find("mailing", payload, seat) is None
    assert find("mailing", a_mailing(seat), seat) is not None


def test_a_letter_whose_words_are_forgotten_is_not_sent() -> None:
    seat = make_registration(make_event())
    assert find("mailing", a_mailing(seat, Words(LocalText(), LocalText())), seat) is None


# --- News ---------------------------------------------------------------------


def test_news_says_why_it_comes_and_how_it_ends() -> None:
    seat = make_registration(make_event())
    written = mailing(seat, lang="en", is_news=True)
    link = f"{BASE}/en/my/news/{make_token([KEY], 'news', registration(seat).link_id)}"
    assert f"No more such news:\n{link}\n" in written.text
    assert f'href="{link}"' in written.html
    assert "an event of the project “A common step”" in written.text
    assert "Your registration" not in written.text
    assert written.unsubscribe_url == link


def test_news_carries_the_headers_of_one_click_and_other_letters_do_not() -> None:
    seat = make_registration(make_event())
    mime = to_mime(mailing(seat, is_news=True), NOW)
    assert re.fullmatch(r"<http://localhost/my/news/\S+>", mime["List-Unsubscribe"])
    assert mime["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    about = to_mime(mailing(seat), NOW)
    assert about["List-Unsubscribe"] is None
    assert about["List-Unsubscribe-Post"] is None


def test_news_under_way_is_not_sent_to_who_refused_it_meanwhile() -> None:
    seat = make_registration(make_event())
    payload, about = a_mailing(seat, is_news=True), a_mailing(seat)
    refuse_news(seat, NOW)
    assert find("mailing", payload, seat) is None
    assert find("mailing", about, seat) is not None


def test_people_who_share_an_address_are_greeted_together() -> None:
    event = make_event()
    one = make_registration(event)
    two = make_registration(event, first_name="Ants")
    payload = a_mailing(one, said("Tere", "Hea {name}!"), is_news=True) | {"people": [one, two]}
    text = find("mailing", payload, one).text
    assert text.startswith("Tere, Ants ja Juta!")
    assert "Hea Ants Jõgi ja Juta Jõgi!" in text


# --- The test to oneself ------------------------------------------------------


def test_a_test_holds_nobodys_name_or_link() -> None:
    seat = make_registration(make_event(slug="voru"))
    for is_news in (False, True):
        text = find("mailing_test", a_test(seat, said("a", "Hea {name}!"), is_news=is_news)).text
        assert "Hea Mari Näidis!" in text
        assert "Juta" not in text
        assert registration(seat).link_id not in text
        assert text.count("/my/") == 1
        assert text.startswith("See on proovikiri.")


def test_a_test_of_news_has_no_link_that_could_end_anything() -> None:
    seat = make_registration(make_event())
    assert find("mailing_test", a_test(seat, is_news=True)).unsubscribe_url == ""


# --- To organisers ------------------------------------------------------------


def test_a_digest_tells_names_and_standing_and_nothing_else() -> None:
    event = make_event(capacity=1)
    seat = make_registration(event, phone="+3725552385", member_organisation="Selts")
    make_registration(event, first_name="Ants", email="ants@example.com", state="waiting")
    make_registration(event, first_name="Vana", email="v@e.ee", created_at=NOW - timedelta(days=9))
    written = find("digest", a_digest(seat), lang="en")
    assert written.subject == "2 new registrations: Study trip to Võru"
    assert "– Ants Jõgi: on the waiting list, place 1" in written.text
    assert "– Juta Jõgi: confirmed" in written.text
    assert "Seats taken: 2 of 1. On the waiting list: 1." in written.text
    for body in (written.text, written.html):
        for private in ("ants@", "juta@", "5552", "Selts", "Vana", "/my/news"):
            assert private not in body


def test_a_long_digest_names_fifty_and_counts_the_rest() -> None:
    event = make_event()
    seats = [
        make_registration(event, last_name=f"Nimi{number}", email=f"p{number}@example.com")
        for number in range(52)
    ]
    text = find("digest", a_digest(seats[0]), lang="en").text
    assert text.count("– ") == 50
    assert "and 2 more" in text


def test_letters_to_organisers_end_with_one_press() -> None:
    seat = make_registration(make_event())
    for kind, payload in (("digest", a_digest(seat)), ("event_news", some_news(seat))):
        written = find(kind, payload)
        assert re.fullmatch(rf"{BASE}/my/notices/\S+", written.unsubscribe_url)
        assert f"\n{written.unsubscribe_url}\n" in written.text
        assert f"{BASE}/desk/events/" in written.text
        mime = to_mime(written, NOW)
        assert mime["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_news_of_an_event_tells_what_still_holds() -> None:
    event = make_event(capacity=1)
    seat = make_registration(event)
    moved = make_registration(event, first_name="Õie", email="o@example.com")
    post("promoted", moved, after=-timedelta(minutes=30))
    payload = some_news(seat, "failing", "full", "moved")
    written = find("event_news", payload, lang="en")
    assert written.subject == "Letters do not arrive: Study trip to Võru"
    assert "Letters to 1 person did not arrive" in written.text
    assert "more than an hour: Juta Jõgi." in written.text
    assert "No seat is left." in written.text
    assert "– Õie Jõgi: confirmed" in written.text
    # A seat comes free, the letter arrives after all, the other withdraws.
    change(Registration, moved, state="cancelled")
    change(Registration, seat, state="cancelled", email="")
    with_less = find("event_news", payload | {"news": ["full", "moved"]})
    assert with_less is None


@pytest.mark.parametrize("kind", ["digest", "event_news"])
def test_who_follows_no_more_is_not_written_to(kind: str) -> None:
    seat = make_registration(make_event())
    payload = a_digest(seat) if kind == "digest" else some_news(seat)
    quiet = follow(seat)
    assert find(kind, payload) is not None
    assert find(kind, payload | {"follow_id": quiet}) is None
    assert find(kind, payload | {"follow_id": 0}) is None


# --- Reminders and thanks -----------------------------------------------------


def test_a_reminder_of_a_web_meeting_shows_its_link_large() -> None:
    event = make_event(mode="online", join_link="https://meet.example.org/abc", place=LocalText())
    written = render(post("reminder", make_registration(event), language="en"), NOW)
    assert written is not None
    assert written.subject.startswith(
        "The link of the web meeting: Study trip to Võru, 8 September"
    )
    assert "Join the web meeting:\nhttps://meet.example.org/abc\n" in written.text
    assert '<a class="press" href="https://meet.example.org/abc"' in written.html
    assert written.calendar is None


def test_a_reminder_carries_the_facts_and_the_way_to_give_the_seat_up() -> None:
    written = render(post("reminder", make_registration(make_event()), language="en"), NOW)
    assert written is not None
    assert "please give up the seat" in written.text
    assert "ringkäik" in written.text
    assert "/en/my/" in written.text
    assert "Join the web meeting" not in written.text


@pytest.mark.parametrize("url", ["", "https://vorm.example.org/1"])
def test_thanks_ask_for_feedback_where_there_is_a_form(url: str) -> None:
    event = make_event(feedback_url=url, join_link="https://meet.example.org/abc")
    row = post("thanks", make_registration(event), language="en")
    written = render(row, NOW + timedelta(days=40))
    assert written is not None
    assert ("Give feedback" in written.text) is bool(url)
    assert "meet.example.org" not in written.text
    assert "/my/" not in written.text
    assert render(row, NOW) is None
