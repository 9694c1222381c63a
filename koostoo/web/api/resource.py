"""How a resource is declared: address, right, what may be asked, what is handed out.

The route, the checks of what is asked, the answer with its ETag and the description for programs
all come from this one declaration.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from typing import Any, TypeVar

from flask import Response, request, url_for
from pydantic import BaseModel, ValidationError

from koostoo.web.api import bp
from koostoo.web.api.asked import Asked, Page
from koostoo.web.api.shapes import Listed, Shape
from koostoo.web.compression import SUFFIX, gzip_wanted, has_tag, pack
from koostoo.web.links import absolute
from koostoo.web.problems import problem
from koostoo.web.rights import Right, right

Row = TypeVar("Row")
Item = TypeVar("Item", bound=Shape)
View = TypeVar("View", bound=Callable[..., Shape])


@dataclass(frozen=True, slots=True)
class Operation:
    """One resource as the description tells of it."""

    rule: str
    name: str
    right: Right
    summary: str
    asked: type[Asked]
    answer: Any


OPERATIONS: list[Operation] = []


def resource(
    rule: str, name: Right, answer: Any, asked: type[Asked] = Asked
) -> Callable[[View], View]:
    """Declare a view: `asked` comes to it as its first value, the parts of the path by name.

    The first line of its docstring is what the description says of it.
    """

    def declare(view: View) -> View:
        operation = Operation(
            rule, view.__name__, name, str(view.__doc__).partition("\n")[0], asked, answer
        )
        OPERATIONS.append(operation)

        @wraps(view)
        def respond(**path: Any) -> Response:
            wanted = _read(asked)
            if isinstance(wanted, Response):
                return wanted
            return json_response(view(wanted, **path).model_dump_json(), operation.right)

        bp.add_url_rule(rule, view.__name__, right(name)(respond), methods=["GET"])
        return view

    return declare


def page_of(rows: Sequence[Row], page: Page, key: Callable[[Row], int], shape: Any) -> Listed[Any]:
    """Return a page of rows, read with one more than asked for to know whether there is another."""
    shown = rows[: page.limit]
    following = key(shown[-1]) if len(rows) > page.limit else None
    return Listed(items=[shape(row) for row in shown], next=_next(following))


def json_response(body: str, declared: Right) -> Response:
    """Return JSON with its ETag, or 304 to whoever has it.

    The tag is that of the content, which already depends on the token's owner. Caches keep none of
    it: people's data not at all, the rest only to ask again.
    """
    tag = sha256(body.encode()).hexdigest()[:32]
    response = Response(mimetype="application/json")
    response.set_etag(tag + (SUFFIX if gzip_wanted() else ""))
    caching = {"public": "public, no-cache", "api_people": "no-store"}
    response.headers["Cache-Control"] = caching.get(declared, "private, no-cache")
    response.vary.add("Authorization")
    if has_tag(tag):
        response.status_code = 304
    else:
        response.set_data(body)
    pack(response)
    return response


def _next(cursor: int | None) -> str | None:
    if cursor is None or request.endpoint is None:
        return None
    address: dict[str, Any] = {**request.args, **(request.view_args or {}), "cursor": cursor}
    return absolute(url_for(request.endpoint, **address))


def _read(asked: type[Asked]) -> Any:
    """Return what was asked as a value, or the problem with it."""
    values = {name: given[0] for name, given in request.args.lists()}
    wrong = [
        {"parameter": name, "detail": "This may be given once."}
        for name, given in request.args.lists()
        if len(given) > 1
    ]
    try:
        read: BaseModel = asked.model_validate(values)
    except ValidationError as error:
        wrong += [
            {"parameter": str(one["loc"][0]), "detail": _words(one)} for one in error.errors()
        ]
    else:
        if not wrong:
            return read
    return problem(400, "The address asks for something that makes no sense.", errors=wrong)


def _words(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "There is no such parameter here."
    return str(error["msg"]).removeprefix("Value error, ")
