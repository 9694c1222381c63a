"""The API described for programs (OpenAPI 3.1), written from the declarations of its resources."""

import json
import re
from functools import cache
from typing import Any

from flask import Response, current_app
from pydantic.json_schema import models_json_schema

from koostoo.web.api import bp
from koostoo.web.api.asked import Asked
from koostoo.web.api.resource import OPERATIONS, Operation, json_response
from koostoo.web.api.shapes import Problem
from koostoo.web.bearer import PER_MINUTE
from koostoo.web.problems import MIMETYPE
from koostoo.web.rights import right

PREFIX = "/api/v1"
ABOUT = (
    "Read-only. A token is made at the desk and shows what its owner may see there at that moment. "
    f"A token may ask {PER_MINUTE} times a minute. Lists come in pages: follow `next` until it is "
    "null. Every answer has an ETag; sent back in If-None-Match it brings 304 while nothing has "
    "changed. Errors are problem details (RFC 9457)."
)
ERRORS = {
    "400": "What is asked for makes no sense.",
    "401": "No token that works was shown.",
    "403": "The roles of the token's owner do not allow this.",
    "404": "Not there, or nothing the token's owner may know of.",
    "429": "Too many requests; Retry-After says in how many seconds to go on.",
    "503": "Very busy; Retry-After says in how many seconds to go on.",
}


@bp.get("/openapi.json")
@right("public")
def openapi() -> Response:
    """Describe the API; the description itself needs no token."""
    return json_response(_description(str(current_app.config["BASE_URL"])), "public")


@cache
def _description(origin: str) -> str:
    shapes: list[Any] = [operation.answer for operation in OPERATIONS]
    names, definitions = models_json_schema(
        [(shape, "serialization") for shape in (*shapes, Problem)],
        ref_template="#/components/schemas/{model}",
    )
    about = {
        "openapi": "3.1.0",
        "info": {"title": "Koostöö", "version": "1", "description": ABOUT},
        "servers": [{"url": origin}],
        "security": [{"token": []}],
        "paths": {
            PREFIX + _path(one): {
                "get": {
                    "operationId": one.name,
                    "summary": one.summary,
                    "parameters": [*_path_parameters(one), *_parameters(one.asked)],
                    "responses": _responses(names[(one.answer, "serialization")]),
                }
            }
            for one in OPERATIONS
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": definitions.get("$defs", {}),
        },
    }
    return json.dumps(about, ensure_ascii=False)


def _path(operation: Operation) -> str:
    return re.sub(r"<([^>]+)>", r"{\1}", operation.rule)


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"<([^>]+)>", operation.rule)
    ]


def _parameters(asked: type[Asked]) -> list[dict[str, Any]]:
    properties = asked.model_json_schema().get("properties", {})
    return [
        {
            "name": name,
            "in": "query",
            "description": schema.pop("description", ""),
            "schema": _without_null(schema),
        }
        for name, schema in properties.items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of what is given: a part of an address is left out, never null."""
    options = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    default = {"default": schema["default"]} if schema.get("default") is not None else {}
    return {**options[0], **default}


def _responses(answer: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "200": {"description": "What was asked for.", "content": _content("json", answer)},
        "304": {"description": "Nothing has changed since the ETag in If-None-Match."},
    }
    wrong = {"$ref": "#/components/schemas/Problem"}
    return found | {
        status: {"description": words, "content": {MIMETYPE: {"schema": wrong}}}
        for status, words in ERRORS.items()
    }


def _content(kind: str, schema: dict[str, str]) -> dict[str, Any]:
    return {f"application/{kind}": {"schema": schema}}
