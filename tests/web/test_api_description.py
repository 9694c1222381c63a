"""The description of the API: complete, and what really is answered fits it."""

import json
import re
from itertools import product
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, seed, settings
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth

from koostoo.base.database import db
from koostoo.web import bearer
from koostoo.web.rights import API_RIGHTS, right_of
from tests.web import test_roles
from tests.web.test_api import token_for

stage = test_roles.stage
DESCRIPTION = "/api/v1/openapi.json"
EXAMPLES = settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))


def described(client: FlaskClient) -> dict[str, Any]:
    answer = client.get(DESCRIPTION)
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.data)
    return found


def test_every_route_is_described_and_nothing_else(app: Flask, client: FlaskClient) -> None:
    there = {
        re.sub(r"<(\w+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if right_of(app, rule.endpoint) in API_RIGHTS
    }
    paths = described(client)["paths"]
    assert set(paths) == there
    for path, operation in paths.items():
        assert operation["get"]["summary"].endswith("."), path
        assert {"200", "304", "400", "401", "404", "429"} <= set(operation["get"]["responses"])


def test_every_name_and_every_limit_of_a_list_is_described(client: FlaskClient) -> None:
    found = described(client)
    parameters = found["paths"]["/api/v1/events"]["get"]["parameters"]
    asked = {one["name"]: one["schema"] for one in parameters}
    assert set(asked) == {
        "cursor", "limit", "project", "activity", "from", "to", "state", "updated_since",
    }  # fmt: skip
    assert asked["limit"] == {
        "default": 100, "maximum": 200, "minimum": 1, "title": "Limit", "type": "integer",
    }  # fmt: skip
    people = found["components"]["schemas"]["Registration"]
    assert set(people["required"]) == set(people["properties"])


@pytest.mark.slow
def test_whatever_is_asked_the_answer_is_no_crash_and_fits_the_description(
    app: Flask, stage: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bearer, "PER_MINUTE", 1_000_000)
    # Its transport without a network does not unpack.
    shown = {
        "Authorization": f"Bearer {token_for('of-all', stage)}",
        "Accept-Encoding": "identity",
    }

    def alone(environ: Any, start: Any) -> Any:
        """Answer one request in a context of its own, as on a server."""
        db.session.rollback()
        with app.app_context():
            return app(environ, start)

    tried = 0
    for one, mode in product(
        schemathesis.openapi.from_wsgi(DESCRIPTION, alone).get_all_operations(),
        (GenerationMode.POSITIVE, GenerationMode.NEGATIVE),
    ):

        @seed(1)
        @settings(EXAMPLES, max_examples=6)
        @given(case=one.ok().as_strategy(generation_mode=mode))
        def try_it(case: Case[Any]) -> None:
            nonlocal tried
            # Things of the stage as well as made-up ones.
            if "slug" in case.path_parameters and tried % 2:
                case.path_parameters["slug"] = "project" if "projects" in case.path else "oppereis"
            # That nothing opens without a token is tried in test_api.py.
            case.call_and_validate(headers=shown, excluded_checks=[ignored_auth])
            tried += 1

        try_it()
    assert tried > 30
