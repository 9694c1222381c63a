"""In which order a list of people stands: by a column, always the same for the same rows."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, get_args

from sqlalchemy import ColumnElement, case, select

from koostoo.base.database import db
from koostoo.base.text import sort_key
from koostoo.programme.models import Organisation
from koostoo.registration.filling import IN_QUEUE
from koostoo.registration.models import Registration

SortedBy = Literal["", "name", "organisation", "signed_up", "standing"]
SORTS: tuple[SortedBy, ...] = get_args(SortedBy)
_STANDINGS = ("confirmed", "pending", "offered", "waiting", "cancelled", "rejected")
"""Who comes, who may come, who does not."""


class Sort(NamedTuple):
    """A column and the way; without a column by name, or as people stand in the queue."""

    by: SortedBy = ""
    is_down: bool = False


BY_NAME = Sort()


def order_of(sort: Sort, state: str) -> Sequence[Any]:
    """Return the order for people in this state, or in any when it is empty.

    One small query where organisations decide, for no database knows the Estonian alphabet.
    """
    keys = _keys(sort, state)
    return [key.desc() for key in keys] if sort.is_down else keys


def _keys(sort: Sort, state: str) -> Sequence[Any]:
    person = (Registration.sort_key, Registration.id)
    if sort.by == "organisation":
        return (_organisation_rank(), Registration.origin_key, *person)
    if sort.by == "signed_up":
        return (Registration.created_at, Registration.id)
    if sort.by == "standing":
        ranks = {standing: rank for rank, standing in enumerate(_STANDINGS)}
        return (case(ranks, value=Registration.state), *person)
    if sort.by == "" and state == "waiting":
        return IN_QUEUE
    return person


def _organisation_rank() -> ColumnElement[Any]:
    """Return the place of a person's organisation in the alphabet; others come after them."""
    rows = db.session.execute(select(Organisation.id, Organisation.name)).all()
    ordered = sorted(rows, key=lambda row: sort_key(row[1]))
    ranks = {number: rank for rank, (number, _name) in enumerate(ordered)}
    if not ranks:
        return case((Registration.id.is_(None), 0), else_=1)
    return case(ranks, value=Registration.organisation_id, else_=len(ranks))
