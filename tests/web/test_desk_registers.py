"""The registers of members at the desk: upload, look, apply, find, take along, remove."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from werkzeug.test import TestResponse

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.programme.models import (
    Activity,
    MemberOrganisation,
    MemberPerson,
    Organisation,
    RegisterImport,
)
from tests.statements import selects_of
from tests.web.desk_pages import open_form, read_form, sign_in, text_of

HOST = "/desk/organisations/host/members"
EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "members-example.csv"
HEADER = "Liige;Registrikood;Sektor;Eesnimi;Perekonnanimi;E-post\n"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def desk(client: FlaskClient, programme: Activity) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


def send(desk: FlaskClient, data: bytes, how: str = "replace", name: str = "a.csv") -> TestResponse:
    fields = open_form(desk, f"{HOST}/import") | {"how": how, "file": (BytesIO(data), name)}
    return desk.post(f"{HOST}/import", data=fields, content_type="multipart/form-data")


def apply(desk: FlaskClient, preview: str, **values: str) -> TestResponse:
    return desk.post(preview, data=open_form(desk, preview) | {"do": "apply", **values})


def bring_in(desk: FlaskClient, *lines: str, how: str = "replace") -> None:
    answer = send(desk, (HEADER + "\n".join(lines)).encode(), how)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert apply(desk, answer.location).location == HOST


def names() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(MemberOrganisation.name).order_by("sort_key")))


def counts(page: str) -> dict[str, tuple[int, int]]:
    """Return what a preview counts: members and people by what becomes of them."""
    found = re.findall(r'<th scope="row">([^<]*)</th><td[^>]*>(\d+)</td><td[^>]*>(\d+)</td>', page)
    return {words: (int(members), int(people)) for words, members, people in found}


def test_the_example_of_the_manual_is_looked_at_and_applied(desk: FlaskClient) -> None:
    answer = send(desk, EXAMPLE.read_bytes())
    page = text_of(desk, answer.location)
    assert counts(page) == {
        "uus": (4, 4), "muutub": (0, 0), "jääb samaks": (0, 0), "eemaldatakse": (0, 0),
    }  # fmt: skip
    assert "CSV, UTF-8" in page
    assert names() == []
    assert apply(desk, answer.location).location == HOST
    page = text_of(desk, HOST)
    assert "Nimekiri on registris." in page
    assert "4 liikmesorganisatsiooni, 4 inimest" in page
    assert names() == [
        "MTÜ Näidise küla selts",
        "Näidise vald",
        "Teise küla selts",
        "Õunapuu talu OÜ",
    ]


def test_the_list_of_organisations_tells_the_size_of_each_register(desk: FlaskClient) -> None:
    bring_in(desk, "Selts;;;Mari;Mänd;", "Vald;;;;;")
    page = text_of(desk, "/desk/organisations/")
    assert re.search(r"MTÜ Näidis.*?>2</td>.*?>1</td>", page, re.DOTALL)
    assert page.count("registrit ei ole") == 1


def test_a_preview_tells_what_is_added_changed_kept_and_removed(desk: FlaskClient) -> None:
    bring_in(desk, "Selts;1;;Mari;Mänd;", "Vald;;;Jaan;Kask;")
    lists = HEADER + "Selts;2;;Mari;Mänd;mari@example.org\nUus;;;;;\n"
    replacing = text_of(desk, send(desk, lists.encode()).location)
    assert counts(replacing) == {
        "uus": (1, 0), "muutub": (1, 1), "jääb samaks": (0, 0), "eemaldatakse": (1, 1),
    }  # fmt: skip
    assert "Jaan Kask" in replacing
    adding = send(desk, lists.encode(), how="add").location
    assert counts(text_of(desk, adding)) == {
        "uus": (1, 0), "muutub": (1, 1), "jääb samaks": (1, 1),
    }  # fmt: skip
    apply(desk, adding)
    assert names() == ["Selts", "Uus", "Vald"]


def test_a_preview_of_a_changed_register_is_shown_anew_before_it_is_applied(
    desk: FlaskClient,
) -> None:
    preview = send(desk, (HEADER + "Selts;;;;;\n").encode()).location
    old = open_form(desk, preview)
    with transaction() as session:
        session.scalars(
            select(Organisation).where(Organisation.slug == "host")
        ).one().register_version = 7
    answer = desk.post(preview, data=old | {"do": "apply"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Keegi muutis registrit vahepeal" in page
    assert names() == []
    assert desk.post(preview, data=read_form(page) | {"do": "apply"}).location == HOST
    assert names() == ["Selts"]


@pytest.mark.parametrize("version", ["", "x", "-1", "٣", "9" * 30])
def test_a_forged_version_applies_nothing(desk: FlaskClient, version: str) -> None:
    preview = send(desk, (HEADER + "Selts;;;;;\n").encode()).location
    assert apply(desk, preview, version=version).status_code == 422
    assert names() == []


def test_a_list_applied_twice_or_replaced_by_another_is_said_to_be_gone(desk: FlaskClient) -> None:
    first = send(desk, (HEADER + "Selts;;;;;\n").encode()).location
    fields = open_form(desk, first)
    second = send(desk, (HEADER + "Vald;;;;;\n").encode()).location
    assert desk.post(first, data=fields).location == f"{HOST}/import"
    assert "See nimekiri on aegunud" in text_of(desk, f"{HOST}/import")
    apply(desk, second)
    assert desk.get(second).location == f"{HOST}/import"
    assert names() == ["Vald"]


def test_a_list_can_be_put_aside(desk: FlaskClient) -> None:
    preview = send(desk, (HEADER + "Selts;;;;;\n").encode()).location
    assert apply(desk, preview, do="drop").location == HOST
    assert names() == []
    assert db.session.scalars(select(RegisterImport)).all() == []


def test_a_list_of_one_organisation_is_not_reached_through_another(desk: FlaskClient) -> None:
    preview = send(desk, (HEADER + "Selts;;;;;\n").encode()).location
    other = preview.replace("/host/", "/partner/")
    assert desk.get(other).status_code == 303
    assert desk.get("/desk/organisations/nobody/members").status_code == 404


def test_every_mistake_is_named_by_its_line_and_nothing_is_taken(desk: FlaskClient) -> None:
    lines = "Selts;;;Mari;Mänd;\n;;;Jaan;Kask;\nSelts;;;MARI;mänd;\nVald;;;Õie;;oie@\n"
    answer = send(desk, (HEADER + lines).encode())
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Nimekirjas on 4 viga; sellest ei salvestatud midagi." in page
    found = re.findall(
        r'<td class="number">(\d+)</td><td><bdi>([^<]*)</bdi></td><td>([^<]*)<', page
    )
    assert found == [
        ("3", "Liige", "Organisatsiooni nimi puudub."),
        ("4", "", "Sama organisatsiooni sama inimene on juba real 2."),
        ("5", "E-post", "See aadress ei paista õige."),
        ("5", "Perekonnanimi", "Vaja on nii ees- kui ka perekonnanime."),
    ]
    assert 'value="replace" checked' in page
    assert db.session.scalars(select(RegisterImport)).all() == []


def test_of_very_many_mistakes_the_first_are_shown(desk: FlaskClient) -> None:
    page = send(desk, (HEADER + ";x;;;;\n" * 60).encode()).get_data(as_text=True)
    assert page.count("Organisatsiooni nimi puudub.") == 50
    assert "Ja veel 10." in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Selles failis ei ole midagi."),
        (b"Pealkiri;Summa\nSelts;1\n", "Leitud veerud: “Pealkiri”, “Summa”."),
        (b"Liige;Epost;Meil\nSelts;;\n", "Kaks veergu tähendavad sama: „Meil“."),
        (b"Liige\n" + b"Selts\n" * 5001, "rohkem kui 5000 rida"),
        (b"%PDF-1.7", "See ei ole tabel."),
        (b"PK\x03\x04", "Seda töövihikut ei õnnestu avada."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "vana Exceli fail"),
        ("Liige\nÕun\n".encode() + "Õis\n".encode("cp1257"), "rida 3 on teises kodeeringus"),
        (b'Liige\n"Selts\n', "Real 2 on jutumärk"),
        (b"Liige\nUus \x81\n\xd5\n", "Real 2 on tähti, mida ei saa lugeda."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    desk: FlaskClient, data: bytes, words: str
) -> None:
    answer = send(desk, data)
    assert (answer.status_code, words in answer.get_data(as_text=True)) == (422, True)


def test_a_file_and_what_to_do_with_it_are_both_asked_for(desk: FlaskClient) -> None:
    page = desk.post(f"{HOST}/import", data=open_form(desk, f"{HOST}/import")).get_data(
        as_text=True
    )
    assert "Palun vali fail." in page
    assert page.count("Palun vali üks neist.") == 2
    assert send(desk, EXAMPLE.read_bytes(), how="everything").status_code == 422


def test_a_file_just_below_the_limit_is_read(desk: FlaskClient) -> None:
    many = "".join(f"{f'Selts {number}':<199}\n" for number in range(4900))
    fields = open_form(desk, f"{HOST}/import") | {"how": "add"}
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    parts.append('--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n')
    body = "".join([*parts, "Liige\n", many, "\r\n--x--\r\n"]).encode()
    answer = desk.post(f"{HOST}/import", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 303
    assert counts(text_of(desk, answer.location))["uus"] == (4900, 0)


def test_a_file_above_the_limit_gets_a_page_that_says_how_much_may_be_sent(
    desk: FlaskClient,
) -> None:
    answer = desk.post(
        f"{HOST}/import", data=b"x" * 1_000_001, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413
    assert "Saata saab kuni 1 MB." in answer.get_data(as_text=True)


def test_an_assumed_encoding_is_said_so(desk: FlaskClient) -> None:
    text = EXAMPLE.read_text(encoding="utf-8-sig")
    page = text_of(desk, send(desk, text.encode("cp1257")).location)
    assert "CSV, Windows-1257" in page
    assert "Fail ei ütle, mis kodeeringus see on" in page
    assert "Ženja" in page


def test_what_the_desk_gives_out_can_be_mended_and_uploaded_again(desk: FlaskClient) -> None:
    apply(desk, send(desk, EXAMPLE.read_bytes()).location)
    answer = desk.get("/desk/organisations/host/members.xlsx", buffered=True)
    assert answer.headers["Cache-Control"] == "no-store"
    sheet = load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    assert sheet.max_row == 6
    again = text_of(desk, send(desk, answer.data, name="a.xlsx").location)
    assert counts(again)["jääb samaks"] == (4, 4)
    assert "Excel, leht „Liikmed“" in again


def test_a_register_is_searched_and_shown_in_pages(desk: FlaskClient) -> None:
    bring_in(desk, *(f"Selts {number:03};;;;;" for number in range(101)), "Vald;;;Õie;Ööbik;")
    assert "Ööbik" in text_of(desk, f"{HOST}?q=öÖBIK")
    assert "Selts 100" not in text_of(desk, HOST)
    assert "Selts 100" in text_of(desk, f"{HOST}?page=2")
    assert "Kedagi ei leitud" in text_of(desk, f"{HOST}?q=%25&page=x")


def test_a_register_is_removed_after_being_asked_once_more(desk: FlaskClient) -> None:
    bring_in(desk, "Selts;;;Mari;Mänd;")
    path = f"{HOST}/remove"
    form = open_form(desk, path)
    assert names() == ["Selts"]
    assert desk.post(path, data=form).location == HOST
    assert names() == []
    assert db.session.scalars(select(MemberPerson)).all() == []
    assert "Registrit veel ei ole" in text_of(desk, HOST)


def test_names_appear_as_text(desk: FlaskClient) -> None:
    answer = send(desk, f"Liige;Nimi;{HOSTILE}\n{HOSTILE};Mari {HOSTILE};x\n".encode())
    preview = text_of(desk, answer.location)
    apply(desk, answer.location)
    for page in (preview, text_of(desk, HOST)):
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


def test_the_privacy_notice_names_who_keeps_a_register(
    desk: FlaskClient, client: FlaskClient
) -> None:
    assert "liikmete registrit" not in text_of(client, "/privacy")
    bring_in(desk, "Selts;;;Mari;Mänd;")
    page = text_of(client, "/privacy")
    assert "Need tegevusrühmad hoiavad siin oma liikmete registrit" in page
    assert "Mänd" not in page


def test_no_page_of_a_register_asks_more_of_the_database_for_more_members(
    desk: FlaskClient,
) -> None:
    bring_in(desk, "Selts;;;Mari;Mänd;")
    paths = [HOST, "/desk/organisations/", "/desk/organisations/host/members.xlsx"]
    preview = send(desk, (HEADER + "Uus;;;;;\n").encode(), how="add").location

    def asked() -> list[int]:
        return [selects_of(desk, path) for path in (*paths, preview)]

    before = asked()
    bring_in(desk, *(f"Selts {number};;;Mari;Mänd {number};" for number in range(30)), how="add")
    preview = send(desk, (HEADER + "Uus;;;;;\n").encode(), how="add").location
    assert asked() == before


def test_what_is_kept_for_looking_lapses_within_the_hour(desk: FlaskClient) -> None:
    send(desk, EXAMPLE.read_bytes())
    [kept] = db.session.scalars(select(RegisterImport))
    assert 3500 < (kept.expires_at - now()).total_seconds() <= 3600


def test_a_list_is_still_there_when_the_database_was_too_busy_to_apply_it(
    desk: FlaskClient, impatient: None
) -> None:
    preview = send(desk, (HEADER + "Selts;;;;;\n").encode()).location
    fields = open_form(desk, preview) | {"do": "apply"}
    with db.engine.connect().execution_options(write=True) as other:
        other.execute(select(Organisation.id).with_for_update())
        answer = desk.post(preview, data=fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert "Midagi ei salvestatud" in page
    assert desk.post(preview, data=read_form(page) | {"do": "apply"}).location == HOST
    assert names() == ["Selts"]
