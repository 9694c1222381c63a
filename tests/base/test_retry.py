"""A use case that the database could not finish is run again; one that is wrong is not."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from koostoo.base import retry
from koostoo.base.database import db, transaction
from koostoo.base.retry import Busy, retried
from koostoo.events.models import Event
from koostoo.programme.models import Organisation
from tests.trouble import SQLITE_CODES, SQLSTATES, Fault, lock_held

WRITE = "UPDATE organisation SET name = name"


def tries_of(step: Callable[[Session, int], object]) -> tuple[list[int], Exception | None]:
    """Run a use case that does `step` with the number of its try; return the tries and the end."""
    tries: list[int] = []

    @retried
    def use_case() -> None:
        with transaction() as session:
            tries.append(len(tries) + 1)
            step(session, tries[-1])

    try:
        use_case()
    except Exception as error:  # noqa: BLE001 - which it is, is what is asked
        return tries, error
    return tries, None


@pytest.fixture
def codes(app: Flask) -> tuple[int | str, ...]:
    """With what the database of this run asks for another try."""
    return SQLITE_CODES if db.engine.dialect.name == "sqlite" else SQLSTATES


def test_every_refusal_that_may_pass_is_tried_again(codes: tuple[int | str, ...]) -> None:
    for code in codes:
        # Whether the first statement is the second or the first depends on who writes BEGIN.
        with Fault(2, code):
            tries, error = tries_of(lambda s, _: [s.execute(text(WRITE)) for _ in range(3)])
        assert (tries, error) == ([1, 2], None)


def test_a_database_that_never_yields_is_given_up(
    codes: tuple[int | str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "FIRST_PAUSE", 0)

    def step(session: Session, _number: int) -> None:
        with Fault(1, codes[0]):
            session.execute(text(WRITE))

    tries, error = tries_of(step)
    assert len(tries) == retry.TRIES
    assert isinstance(error, Busy)


def test_who_has_waited_the_whole_time_for_a_lock_is_told_at_once(
    make_event: Callable[..., Event], impatient: None
) -> None:
    make_event()
    begun: list[int] = []

    @retried
    def use_case() -> None:
        begun.append(1)
        with transaction() as session:
            session.execute(select(Event.id).with_for_update())

    with lock_held(), pytest.raises(Busy):
        use_case()
    assert len(begun) == 1


def test_what_another_took_meanwhile_is_looked_at_again(app: Flask) -> None:
    def step(session: Session, number: int) -> None:
        # The first look came before the other had written.
        slug = "taken" if number == 1 else "free"
        session.add(Organisation(slug=slug, name="MTÜ Näidis", short_name=""))

    with transaction() as session:
        session.add(Organisation(slug="taken", name="MTÜ Näidis", short_name=""))
    assert tries_of(step) == ([1, 2], None)


def test_what_stays_taken_is_a_fault_and_said_to_be_one(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "FIRST_PAUSE", 0)

    def step(session: Session, _number: int) -> None:
        for _ in range(2):
            session.add(Organisation(slug="twice", name="MTÜ Näidis", short_name=""))

    tries, error = tries_of(step)
    assert len(tries) == retry.TRIES
    assert isinstance(error, IntegrityError)


@pytest.mark.parametrize("statement", ["SELECT * FROM nowhere", "UPDATE event SET capacity = -1"])
def test_a_wrong_statement_is_not_tried_again(
    make_event: Callable[..., Event], statement: str
) -> None:
    make_event()
    tries, error = tries_of(lambda session, _: session.execute(text(statement)))
    assert tries == [1]
    assert isinstance(error, DBAPIError)


def test_a_refusal_of_ours_is_not_tried_again(app: Flask) -> None:
    def step(_session: Session, _number: int) -> None:
        raise LookupError("no such event")

    tries, error = tries_of(step)
    assert (tries, type(error)) == ([1], LookupError)
