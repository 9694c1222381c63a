"""What is there when all is quiet again, as the checker wants it."""

import re
from collections.abc import Mapping

from sqlalchemy import select

from benchmarks import visits
from benchmarks.stage import RUSH
from config import settings
from koostoo import create_app
from koostoo.base.database import db
from koostoo.base.tokens import make_token
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.registration.models import Registration
from tests.registration.history import End, Row
from tests.registration.operations import Asks, Board
from tests.registration.visitors import number_of

PLACE = re.compile(r"Sinu koht järjekorras: (\d+)\.")


def look_at_the_end(browser: Asks, env: Mapping[str, str], board: Board) -> End:
    """Read the rows, and the places the own pages show."""
    app = create_app(settings(env))
    with app.app_context():
        event = db.session.scalars(select(Event).where(Event.slug == RUSH)).one()
        people = db.session.scalars(
            select(Registration).where(Registration.event_id == event.id)
        ).all()
        rows = tuple(
            Row(
                number_of(person.email),
                person.state,
                str(person.organisation_id or "other"),
                next(a.value[0] for a in person.answers if a.question_id == board.question),
                tuple(
                    db.session.scalars(
                        select(OutboxMessage.kind).where(OutboxMessage.registration_id == person.id)
                    )
                ),
            )
            for person in people
        )
        capacity = event.capacity or 0
        key = app.config["SECRET_KEY"]
        pages = {
            number_of(person.email): f"/my/{make_token([key], 'my', person.link_id)}"
            for person in people
        }
        db.session.remove()
        db.engine.dispose()
    places = {}
    for number, page in pages.items():
        found = PLACE.search(visits.expect(browser.get(page), 200).text)
        if found is not None:
            places[number] = int(found[1])
    return End(rows, capacity, places)
