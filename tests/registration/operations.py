"""What members and organisers do in the mix, over HTTP; each writes down what it was told.

To try another operation, write a function of a Client, add it to MEMBER or ORGANISER with how
often it is chosen, and teach `checker.py` what it promises.
"""

import random
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from benchmarks import visits
from benchmarks.load import Answer
from benchmarks.rush import FORM
from benchmarks.stage import RUSH
from tests.registration.history import Entry, Plan, write
from tests.registration.visitors import address, form_of
from tests.web.desk_pages import read_form

DESK = f"/desk/events/{RUSH}"
PEOPLE = f"{DESK}/registrations"
GROUP_FORM = f"{FORM}/group"
BADGE = re.compile(r'class="badge badge--(\w+)"')
STANDING = re.compile(r'class="ticket ticket--(\w+)"')
CAPACITIES = range(8, 17)


class Asks(Protocol):
    """What a client asks by: a browser, or one that does not give in."""

    def get(self, path: str) -> Answer:
        """Fetch a page."""

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who was accepted, and what they answered last."""

    number: int
    page: str
    organisation: str
    stop: int


@dataclass
class Board:
    """What all clients know: the plan, the question with its stops, who was accepted."""

    plan: Plan
    organisations: tuple[str, ...]
    question: int
    stops: tuple[int, ...]
    people: list[Person] = field(default_factory=list)
    numbers: "count[int]" = field(default_factory=lambda: count(1))


class Client:
    """One browser with a log. `own` are the people it signed up, whom nobody else changes."""

    def __init__(self, browser: Asks, board: Board, number: int, log: Path) -> None:
        self.board, self.log = board, log
        self.log.touch()
        self.browser = browser
        self.chance = random.Random(number)  # noqa: S311 - who does what
        self.own: list[Person] = []

    def page(self, path: str) -> str:
        """Open a page that must be there."""
        return visits.expect(self.browser.get(path), 200).text

    def arrive(self, path: str) -> str:
        """Open a page that may lead on, once, when somebody else was quicker meanwhile."""
        answer = self.browser.get(path)
        return (
            self.page(answer.location) if answer.status == 303 else visits.expect(answer, 200).text
        )

    def send(self, path: str, fields: Mapping[str, Any]) -> tuple[float, Answer]:
        """Send a form; return when that was begun, and an answer of those that may come."""
        began = time.monotonic()
        answer = self.browser.post(path, fields)
        assert answer.status in (303, 422, 503), f"{path}: {answer.status}\n{answer.text[:2000]}"
        return began, answer

    def standing(self, person: Person) -> str:
        """Return the state the own page shows."""
        found = STANDING.search(self.page(person.page))
        assert found is not None
        return found[1]

    def note(self, kind: str, began: float, told: str, **facts: Any) -> None:
        """Write down a request that has just been answered."""
        write(self.log, Entry(kind, began, time.monotonic(), told, **facts))


def sign_up(client: Client) -> None:
    """Sign a new person up and see how they stand; now and then send the form twice."""
    board, number = client.board, next(client.board.numbers)
    organisation = client.chance.choice(board.organisations)
    stop = client.chance.choice(board.stops)
    fields = form_of(client.page(FORM), number) | {
        "organisation": organisation,
        "other_organisation": "Küla selts",
        f"q{board.question}": str(stop),
    }
    began, answer = client.send(FORM, fields)
    facts = {"person": number, "organisation": organisation, "stop": stop}
    if answer.status == 503:
        client.note("sign_up", began, "busy", **facts)
        return
    page = visits.expect(answer, 303).location
    assert "/my/" in page, page
    person = Person(number, page, organisation, stop)
    client.note("sign_up", began, client.standing(person), **facts)
    if client.chance.random() < 0.3:
        began, again = client.send(FORM, fields)
        told = "busy" if again.status == 503 else "same" if again.location == page else "other"
        client.note("again", began, told, person=number)
    client.own.append(person)
    board.people.append(person)


def sign_up_two(client: Client) -> None:
    """Sign two new people up in one form, each to get what is left."""
    board = client.board
    numbers = [next(board.numbers) for _ in range(2)]
    organisation = client.chance.choice(board.organisations)
    stop = client.chance.choice(board.stops)
    fields = read_form(client.page(GROUP_FORM)) | {
        "name": "Liis Tamm",
        "email": "liis@example.org",
        "organisation": organisation,
        "other_organisation": "Küla selts",
        "language": "et",
        "privacy": "y",
    }
    for row, number in enumerate(numbers):
        typed = {"first_name": "Mari", "last_name": f"Maasikas{number}", "email": address(number)}
        typed |= {"role": "member", f"q{board.question}": str(stop)}
        fields |= {f"people-{row}-{name}": value for name, value in typed.items()}
    began, answer = client.send(GROUP_FORM, fields)
    told = ["busy", "busy"]
    if answer.status != 503:
        told = BADGE.findall(client.page(visits.expect(answer, 303).location))
    for number, state in zip(numbers, told, strict=True):
        client.note("sign_up", began, state, person=number, organisation=organisation, stop=stop)
        if state != "busy":
            board.people.append(Person(number, "", organisation, stop))


def look(client: Client) -> None:
    """Open an own page."""
    person = client.chance.choice(client.own)
    began = time.monotonic()
    client.note("look", began, client.standing(person), person=person.number)


def cancel(client: Client) -> None:
    """Cancel at the own page."""
    person = client.chance.choice(client.own)
    path = person.page.replace("?new=1", "") + "/cancel"
    began, opened = time.monotonic(), client.browser.get(path)
    if opened.status == 200:
        _sent, answer = client.send(path, read_form(opened.text))
        if answer.status == 503:
            client.note("cancel", began, "busy", person=person.number)
            return
    client.note("cancel", began, client.standing(person), person=person.number)


def change(client: Client) -> None:
    """Choose another stop at the own page."""
    person = client.chance.choice(client.own)
    stop = client.chance.choice([stop for stop in client.board.stops if stop != person.stop])
    path = person.page.replace("?new=1", "") + "/edit"
    opened = client.browser.get(path)
    if opened.status != 200:
        return
    fields = read_form(opened.text) | {f"q{client.board.question}": str(stop)}
    began, answer = client.send(path, fields)
    told = {503: "busy", 422: "refused", 303: "saved"}[answer.status]
    if told == "saved":
        told = _told(client.page(answer.location), "saved", "late")
    client.note("change", began, told, person=person.number, stop=stop)
    if told == "saved":
        client.own[client.own.index(person)] = Person(
            person.number, person.page, person.organisation, stop
        )


def set_capacity(client: Client) -> None:
    """Raise or lower the number of seats at the desk."""
    capacity = client.chance.choice(CAPACITIES)
    fields = read_form(client.page(f"{DESK}/edit")) | {"capacity": str(capacity)}
    began, answer = client.send(f"{DESK}/edit", fields)
    told = {503: "busy", 422: "refused", 303: "saved"}[answer.status]
    client.note("capacity", began, told, capacity=capacity)


def give_seat(client: Client) -> None:
    """Give somebody a seat at the desk, who may have one, or wait, or be gone."""
    _at_the_desk(client, "confirm", "given")


def cancel_for_them(client: Client) -> None:
    """Cancel somebody's registration at the desk, perhaps while they do so themselves."""
    _at_the_desk(client, "cancel", "cancelled")


def _at_the_desk(client: Client, kind: str, done: str) -> None:
    if not client.board.people:
        return
    person = client.chance.choice(client.board.people)
    listed = client.page(f"{PEOPLE}?q={address(person.number)}")
    found = re.search(rf"{PEOPLE}/(\d+)/cancel", listed)
    if found is None:
        return
    fields = {"csrf_token": read_form(listed)["csrf_token"]}
    if kind == "cancel":
        path = f"{PEOPLE}/decide"
        fields |= {"action": "cancel", "sure": "y", "who": found[1]}
    else:
        path = f"{PEOPLE}/{found[1]}/{kind}"
    began, answer = client.send(path, fields)
    told = "busy"
    if answer.status != 503:
        # Where a limit is in the way, the page that goes above it says so, and nothing was done.
        told = _told(client.arrive(visits.expect(answer, 303).location), done, "nothing")
    client.note(kind, began, told, person=person.number)


def _told(page: str, done: str, otherwise: str) -> str:
    """Return which of the two the message on a page says."""
    return done if "notice--success" in page else otherwise


Operation = Callable[[Client], None]
MEMBER: dict[Operation, int] = {sign_up: 4, sign_up_two: 1, look: 2, cancel: 3, change: 3}
ORGANISER: dict[Operation, int] = {set_capacity: 3, give_seat: 3, cancel_for_them: 2}
NEED_SOMEBODY = {look, cancel, change}


def act(client: Client, choices: Mapping[Operation, int], steps: int, until: float) -> None:
    """Do so many things by chance, or fewer when the time is over."""
    for _ in range(steps):
        if time.monotonic() > until:
            return
        (operation,) = client.chance.choices([*choices], [*choices.values()])
        if operation in NEED_SOMEBODY and not client.own:
            operation = sign_up
        operation(client)


def run_all(tasks: Iterable[Callable[[], None]]) -> None:
    """Do all at once; raise what went wrong first."""
    failures: list[BaseException] = []

    def guarded(task: Callable[[], None]) -> None:
        try:
            task()
        except BaseException as error:  # noqa: BLE001 - raised again by the main thread
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
