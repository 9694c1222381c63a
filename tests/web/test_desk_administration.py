"""The page that leads to what is looked up now and then, by what one may open."""

import re

import pytest
from flask.testing import FlaskClient

from koostoo.accounts.granting import give_role
from koostoo.accounts.models import RoleGrant
from koostoo.accounts.roles import Grant
from koostoo.base.clock import now
from koostoo.base.database import transaction
from koostoo.programme.models import Activity
from tests.web.desk_pages import open_link, sign_in, text_of

PAGE = "/desk/administration"


@pytest.mark.parametrize("role", ["manager", "coordinator", "viewer"])
def test_it_leads_only_where_one_may_go(
    client: FlaskClient, programme: Activity, role: str
) -> None:
    desk = sign_in(client)
    grants = {
        "manager": Grant("manager"),
        "coordinator": Grant(
            "coordinator", organisation_id=programme.project.partners[0].organisation_id
        ),
        "viewer": Grant("viewer", project_id=programme.project_id),
    }
    with transaction() as session:
        session.query(RoleGrant).delete()
    give_role("korraldaja@example.org", grants[role], now(), None)
    open_link(desk, "korraldaja@example.org")
    links = re.findall(r'<li><a href="([^"]+)"><strong>', text_of(desk, PAGE))
    assert ("/desk/roles" in links) is (role == "manager")
    assert links
    for link in links:
        assert text_of(desk, link)
