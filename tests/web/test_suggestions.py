"""The sign-up form suggests the member organisations of those one may choose."""

import re
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from koostoo.base.database import transaction
from koostoo.events.models import Event, Invitation
from koostoo.programme.models import Activity
from tests.statements import selects_of
from tests.web.desk_pages import people_path, sign_in, text_of

MakeEvent = Callable[..., Event]
KeepRegister = Callable[..., None]
STATIC = Path(__file__).resolve().parents[2] / "koostoo" / "static"


@pytest.fixture
def organisations(programme: Activity) -> list[int]:
    """Host and partner, by number."""
    return [partner.organisation_id for partner in programme.project.partners]


def suggested(page: str) -> list[tuple[str, str]]:
    """Return the names suggested on a page, each with what stands before it of its group."""
    found = re.search(r'<datalist id="member-names">(.*?)</datalist>', page, re.DOTALL)
    if found is None:
        return []
    return re.findall(r'<option(?: data-of="(\d+)")?>([^<]*)', found[1])


def test_the_form_suggests_the_members_of_the_organisations_one_may_choose(
    client: FlaskClient,
    make_event: MakeEvent,
    organisations: list[int],
    keep_register: KeepRegister,
) -> None:
    host, partner = organisations
    keep_register(host, "Õunapuu selts", "Aia selts")
    keep_register(partner, "Partneri <selts>", "Aed")
    event = make_event()
    page = text_of(client, f"/events/{event.slug}/register")
    assert 'list="member-names"' in page
    assert suggested(page) == [
        (str(host), "Aia selts"),
        ("", "Õunapuu selts"),
        (str(partner), "Aed"),
        ("", "Partneri &lt;selts&gt;"),
    ]
    with transaction() as session:
        session.add(Invitation(event_id=event.id, organisation_id=partner))
    page = text_of(client, f"/events/{event.slug}/register")
    assert [name for _of, name in suggested(page)] == ["Aed", "Partneri &lt;selts&gt;"]


def test_without_a_register_nothing_is_suggested(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    page = text_of(client, f"/events/{make_event().slug}/register")
    assert "datalist" not in page
    assert "member-names" not in page


def test_six_registers_of_ninety_keep_the_page_light_and_ask_no_more_of_the_database(
    client: FlaskClient,
    make_event: MakeEvent,
    organisations: list[int],
    keep_register: KeepRegister,
) -> None:
    path = f"/events/{make_event().slug}/register"
    before = selects_of(client, path)
    for owner in organisations:
        keep_register(
            owner, *(f"MTÜ Näidise {number}. küla kogukonnaselts {owner}" for number in range(270))
        )
    assert selects_of(client, path) == before
    page = client.get(path).data
    assert len(suggested(page.decode())) == 540
    # As the proxies of deploy/ send it.
    sent = [page, *(part.read_bytes() for part in STATIC.glob("koostoo.*"))]
    assert sum(len(zlib.compress(part, 5)) for part in sent) < 30_000


def test_the_form_for_several_the_own_page_and_the_desk_suggest_them_too(
    client: FlaskClient,
    make_event: MakeEvent,
    organisations: list[int],
    keep_register: KeepRegister,
    fill_in: Callable[..., dict[str, str]],
) -> None:
    keep_register(organisations[0], "Aia selts")
    event = make_event()
    several = text_of(client, f"/events/{event.slug}/register/group")
    assert suggested(several) == [(str(organisations[0]), "Aia selts")]
    assert several.count('list="member-names"') == 3
    answer = client.post(f"/events/{event.slug}/register", data=fill_in(event))
    own = answer.location.partition("?")[0]
    for path in (f"{own}/edit", f"{people_path(event)}/add"):
        assert suggested(text_of(sign_in(client), path)) == [(str(organisations[0]), "Aia selts")]
