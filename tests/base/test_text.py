import unicodedata
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koostoo.base.text import (
    PERSON_KEY_LENGTH,
    SLUG_LENGTH,
    SORT_KEY_LENGTH,
    bare_name_key,
    clean_line,
    clean_text,
    email_key,
    fold,
    has_forbidden,
    initials_name,
    name_key,
    person_key,
    person_sort_key,
    slugify,
    sort_key,
    truncate,
)

# Any code point, surrogates too, with the troublesome ones often.
ANY_TEXT = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "aeõä \n\r\t\x00\u200b\u200c\u200d\u0301\u0308\u202e\ud800İßŠ-'’🏴\U000e0067"
        ),
    )
)


def test_line_is_normalised_and_collapsed() -> None:
    assert clean_line("  Mari\u00a0 \t Ma\u0308nd\r\n") == "Mari Mänd"


def test_text_keeps_its_lines_and_indents() -> None:
    assert clean_text("\r\n- a\r\n  - b  \r\r\r\rlõpp\u2028\n") == "- a\n  - b\n\nlõpp"


@pytest.mark.parametrize(
    "hidden",
    ["\x00", "\x1b", "\x9b", "\u202e", "\u2066", "\u200b", "\ufeff", "\u00ad", "\ud800", "\ufffe"],
)
def test_what_cannot_be_seen_is_removed(hidden: str) -> None:
    assert clean_line(f"Ma{hidden}ri") == "Mari"
    assert clean_text(f"Ma{hidden}ri\nM") == "Mari\nM"


@pytest.mark.parametrize(
    "name",
    [
        "İpek",
        "Weiß",
        "O’Neil-Šapovalov",
        "אורי",
        "Ёлка",
        "X",
        "q\u0301",
        "👩‍🌾",
        "❤️",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "می‌خواهم",
        "क्‍ष",
    ],
)
def test_real_names_and_emoji_are_kept(name: str) -> None:
    assert clean_line(name) == name


def test_joiner_beside_a_european_letter_is_removed() -> None:
    assert clean_line("\u200dMa\u200dri") == "Mari"


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing(value: str) -> None:
    for clean in (clean_line, clean_text):
        cleaned = clean(value)
        assert clean(cleaned) == cleaned
        assert unicodedata.is_normalized("NFC", cleaned)
        assert not has_forbidden(cleaned)
        cleaned.encode()


@pytest.mark.parametrize("value", ["a\x00", "\x0b", "\x7f", "\x85", "\udfff"])
def test_forbidden_characters_are_found(value: str) -> None:
    assert has_forbidden(value)


def test_lines_tabs_and_emoji_are_not_forbidden() -> None:
    assert not has_forbidden("Mari\tMänd\r\n👩‍🌾")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Mari", "Mänd"), ("MARI", "MÄND")),
        (("Mari ", " Mänd"), ("Mari", "Ma\u0308nd")),
        (("Mari-Liis", "O’Neil"), ("Mari‑Liis", "O'Neil")),
        (("Mari Liis", "Mänd"), ("Mari", "Liis Mänd")),
        (("Straße", "ﬁ"), ("STRASSE", "FI")),
        (("Ma\u200bri", "Mänd"), ("Mari", "Mänd")),
    ],
)
def test_names_that_are_one_person(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert person_key(*one) == person_key(*other)


def test_accents_and_hyphens_tell_people_apart() -> None:
    assert person_key("Mari", "Mänd") != person_key("Mari", "Mand")
    assert person_key("Mari-Liis", "Mänd") != person_key("Mari Liis", "Mänd")


@given(ANY_TEXT)
def test_folding_twice_changes_nothing(value: str) -> None:
    assert fold(fold(value)) == fold(value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mari@Example.ORG", "mari@example.org"),
        ("\u212aalle@example.org", "kalle@example.org"),
        ("mari@õun.ee", "mari@xn--un-bka.ee"),
        ("mari@ÕUN.ee", "mari@o\u0303un.ee"),
        ("mari@XN--UN-BKA.ee", "mari@õun.ee"),
        (" mari@example.org", "mari@example.org"),
    ],
)
def test_addresses_that_are_one_mailbox(one: str, other: str) -> None:
    assert email_key(one) == email_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mari+koor@example.org", "mari@example.org"),
        ("İ@example.org", "i@example.org"),
        ("m.ari@example.org", "mari@example.org"),
        ("mari@example.org", "mari@example.ee"),
    ],
)
def test_addresses_that_are_two_mailboxes(one: str, other: str) -> None:
    assert email_key(one) != email_key(other)


@given(ANY_TEXT, ANY_TEXT)
def test_email_key_takes_any_text(local: str, domain: str) -> None:
    email_key(f"{local}@{domain}").encode()
    email_key(local).encode()


def assert_rising(keys: Iterable[str]) -> None:
    assert all(one < next_one for one, next_one in pairwise(keys))


def test_estonian_alphabet_is_in_order() -> None:
    assert_rising(sort_key(letter) for letter in "abcdefghijklmnopqrsšzžtuvwõäöüxy")
    assert_rising(sort_key(letter) for letter in "ABCDEFGHIJKLMNOPQRSŠZŽTUVWÕÄÖÜXY")


def test_list_is_in_estonian_order() -> None:
    names = (
        "3D Mänd Mänd-Kask Mändmets Põld Saar Šapovalov Zimmer Žukov Tamm Vaher Wolf Õun Ääs Öö "
        "Ülo Xena Yks Иванов 李"
    )
    assert_rising(map(sort_key, names.split()))


def test_other_latin_letters_stand_with_their_base_letter() -> None:
    names = "Ásta Atla Česnik Dahl Łuk Lyra Ñandu Nõmm Ødegaard Oja"
    assert_rising(map(sort_key, names.split()))


def test_case_is_equal_and_signs_decide_last() -> None:
    assert sort_key("AAS") == sort_key("aas")
    assert sort_key("Mänd-Kask") != sort_key("MändKask")
    assert sort_key("O'Neil", "Ann") < sort_key("Oneil", "Berit") < sort_key("O’Neil", "Carl")


def test_people_are_ordered_by_surname_then_first_name() -> None:
    people = [("Žanna", "Aas"), ("Anu", "Aasa"), ("Tiit", "Aasa"), ("Anu", "Õun")]
    assert_rising(person_sort_key(first, last) for first, last in people)


def test_shorter_surname_comes_first_whatever_follows() -> None:
    assert person_sort_key("Ülo", "Mets") < person_sort_key("Aino", "Mets Saar")
    assert person_sort_key("Aino", "Mets Saar") < person_sort_key("Aino", "Metsa")


@given(ANY_TEXT, ANY_TEXT)
def test_sort_key_takes_any_text_and_is_short_ascii(first: str, last: str) -> None:
    key = sort_key(last, first)
    assert key.isascii()
    assert key.isprintable()
    assert len(key) <= SORT_KEY_LENGTH


@given(st.text("abcšžõäöüxyÕ-' é", max_size=12), st.text("abcšžõäöüxyÕ-' é", max_size=12))
def test_same_key_means_the_same_name(one: str, other: str) -> None:
    assert (sort_key(one) == sort_key(other)) == (fold(one) == fold(other))


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Õunapuu & Šaši žürii – 2024!", "ounapuu-sasi-zurii-2024"),
        ("Ääsi öö ülekäik", "aasi-oo-ulekaik"),
        ("O’Neil İstanbul Weiß Łódź", "oneil-istanbul-weiss-lodz"),
        ("", "nimetu"),
        ("Ёлка", "nimetu"),
        ("word " * 40, "-".join(["word"] * 16)),
        ("a" * 200, "a" * SLUG_LENGTH),
    ],
)
def test_slug(text: str, slug: str) -> None:
    assert slugify(text) == slug


@given(ANY_TEXT)
def test_slug_is_always_usable(text: str) -> None:
    slug = slugify(text)
    assert 0 < len(slug) <= SLUG_LENGTH
    assert slug == slugify(slug)


def test_truncate_keeps_words_and_length() -> None:
    assert truncate("Tere hommikust", 14) == "Tere hommikust"
    assert truncate("Tere hommikust kõigile", 16) == "Tere hommikust…"
    assert truncate("Partnerite seminar", 11) == "Partnerite…"
    assert truncate("veebikoosolek", 5) == "veeb…"


def test_truncate_does_not_split_an_emoji() -> None:
    assert truncate("ab👩‍🌾cd", 5) == "ab…"


@given(ANY_TEXT, st.integers(0, 20))
def test_truncate_is_never_too_long(text: str, length: int) -> None:
    assert len(truncate(text, length)) <= length


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        ("Mari", "Mänd", "Mari M."),
        ("Mari-Liis", "õun-Kask", "Mari-Liis Õ."),
        ("Jan", "'t Hooft", "Jan T."),
        ("Mari", "", "Mari"),
        ("", "Mänd", "M."),
    ],
)
def test_initials(first: str, last: str, shown: str) -> None:
    assert initials_name(first, last) == shown


@pytest.mark.parametrize(
    "typed",
    [
        "Näidise küla selts",
        "MTÜ Näidise küla selts",
        "Näidise Küla Selts, MTÜ",
        "MTÜ „Näidise küla selts“",
        'mittetulundusühing "Näidise  küla selts"',
    ],
)
def test_an_organisation_is_the_same_with_and_without_its_legal_form(typed: str) -> None:
    assert bare_name_key(typed) == "näidise küla selts"


def test_a_name_that_is_only_a_legal_form_keeps_it_and_a_long_one_fits() -> None:
    assert bare_name_key("MTÜ") == "mtü"
    assert name_key("MTÜ  Näidis") == name_key("mtü näidis") != name_key("OÜ Näidis")
    assert len(name_key("\ufdfa" * 200)) <= PERSON_KEY_LENGTH
