"""The stage: a fresh database with the shipped project, the samples and two large events."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from secrets import token_hex, token_urlsafe
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from benchmarks.server import ROOT
from config import settings
from koostoo import create_app
from koostoo.base.clock import local_day, now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.text import person_key, person_sort_key, sort_key
from koostoo.base.tokens import new_link_id
from koostoo.base.when import When
from koostoo.events.load import load_project
from koostoo.events.models import Event, Option, Question
from koostoo.events.samples import add_samples
from koostoo.programme.models import Activity, Organisation
from koostoo.registration.models import Answer, Registration

PROJECT = ROOT / "koostoo" / "programme" / "data" / "kogemusvahetus.toml"
FULL, OPEN = "moodetud-nimekiri", "moodetud-registreerimine"
SAMPLE = "naidis-seminar"
RUSH, RUSH_SEATS = "moodetud-tung", 100
PEOPLE = 10_000
FIRST_NAMES = "Mari Jüri Õie Ülle Kärt Tõnu Žanna Šarlotte Peeter Liis Märt Anu".split()
LAST_NAMES = "Tamm Saar Mägi Kask Õunapuu Ööbik Ümarik Äär Zimmermann Šults Põder Luik".split()


def set_stage(env: Mapping[str, str], people: int = PEOPLE) -> None:
    """Migrate the database of these settings and fill it; `people` are in the list."""
    app = create_app(settings(env))
    host = app.config["BASE_HOST"]
    with app.app_context():
        upgrade()
        moment = now()
        load_project(PROJECT.read_text("utf-8"), moment, host)
        add_samples(local_day(moment), moment, host)
        with transaction() as session:
            _add_event(session, OPEN, "Suvepäev ilma kohtade piirita", moment)
            _add_event(session, RUSH, "Kes ees, see mees", moment).capacity = RUSH_SEATS
            _add_people(session, _add_event(session, FULL, "Suur pidu", moment), people, moment)
        db.session.remove()
        db.engine.dispose()


def _add_event(session: Session, slug: str, title: str, moment: datetime) -> Event:
    """Add an open event without a limit of seats that asks two questions."""
    start = (moment + timedelta(days=60)).replace(minute=0, second=0, microsecond=0)
    label = LocalText("Mida sööd?", "Your meal?")
    meal = Question(position=1, kind="choice", label=label, purpose="diet")
    meal.options = [
        Option(position=1, label=LocalText("kala", "fish")),
        Option(position=2, label=LocalText("taimne", "plants only")),
    ]
    wish = Question(position=2, kind="text", label=LocalText("Soovid", "Wishes"))
    event = Event(
        activity=session.scalars(select(Activity).order_by(Activity.id)).first(),
        organiser=session.scalars(select(Organisation).order_by(Organisation.id)).first(),
        slug=slug,
        state="published",
        uid=f"{slug}@example.org",
        title=LocalText(title, "A large event"),
        place=LocalText("Näidisküla seltsimaja", "Näidisküla village hall"),
        created_at=moment,
        revised_at=moment,
        questions=[meal, wish],
    )
    event.when = When.timed(start, start + timedelta(hours=6))
    session.add(event)
    session.flush()
    return event


def _add_people(session: Session, event: Event, people: int, moment: datetime) -> None:
    """Add confirmed registrations, each with two answers."""
    chance = random.Random(1)  # noqa: S311 - the same people in every run
    organisations = session.scalars(select(Organisation.id)).all()
    session.execute(
        insert(Registration),
        [
            _person(event.id, number, chance.choice(organisations), chance, moment)
            for number in range(people)
        ],
    )
    meal, wish = event.questions
    numbers = session.scalars(select(Registration.id).where(Registration.event_id == event.id))
    answers: list[dict[str, Any]] = []
    for number in numbers:
        choice = chance.choice(meal.options).id
        answers.append({"registration_id": number, "question_id": meal.id, "value": [choice]})
        answers.append(
            {"registration_id": number, "question_id": wish.id, "value": "koht akna ääres"}
        )
    session.execute(insert(Answer), answers)


def _person(
    event_id: int, number: int, organisation_id: int, chance: random.Random, moment: datetime
) -> dict[str, Any]:
    first, last = chance.choice(FIRST_NAMES), f"{chance.choice(LAST_NAMES)} {number}"
    address = f"osaleja{number}@example.org"
    return {
        "event_id": event_id,
        "state": "confirmed",
        "first_name": first,
        "last_name": last,
        "person_key": person_key(first, last),
        "sort_key": person_sort_key(first, last),
        "email": address,
        "email_key": address,
        "phone": f"+37255{number:06}",
        "organisation_id": organisation_id,
        "member_organisation": "Näidise küla selts",
        "origin_key": sort_key("", "Näidise küla selts"),
        "role": "member",
        "language": "et",
        "privacy_accepted_at": moment,
        "photo_consent": None,
        "source": "form",
        "queued_at": moment,
        "created_at": moment,
        "revised_at": moment,
        "link_id": new_link_id(),
        "form_nonce": token_urlsafe(18),
        "uid": f"registration-{token_hex(12)}@example.org",
    }
