"""Seats under real concurrency: separate processes, one database, no luck."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.registration.models import Registration

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import os, sys, threading
from config import settings
from koostoo import create_app
from koostoo.base.clock import now
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
app = create_app(settings(os.environ))
event, organisation, process, job = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
errors = []
def one(number):
    try:
        with app.app_context():
            if job == "cancel":
                cancel(int(number), now())
                return
            key = f"p{process}-{number}@example.org"
            sign_up(event, SignUp("Mari", f"Mets{number}", key, key, "", organisation, "", "",
                    "member", "et", None, f"nonce-{process}-{number}"), now())
    except Exception as error:
        errors.append(repr(error))
gate = threading.Barrier(8)
def run(number):
    gate.wait()
    one(number)
numbers = sys.argv[5:] if job == "cancel" else range(8)
threads = [threading.Thread(target=run, args=(number,)) for number in numbers]
print("ready", flush=True)
sys.stdin.readline()
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print("\\n".join(errors), flush=True)
"""


def race(app: Flask, event: Event, job: str, people: list[list[str]]) -> str:
    """Run one process per list at the same instant; return what went wrong."""
    env = {
        **os.environ,
        "KOOSTOO_ENV": "development",
        "SECRET_KEY": app.config["SECRET_KEY"],
        "BASE_URL": "http://localhost",
        "DATABASE_URL": db.engine.url.render_as_string(hide_password=False),
        "INSTANCE_PATH": app.config["INSTANCE_PATH"],
    }
    arguments = [str(event.id), str(event.organiser_id)]
    db.session.rollback()
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments, str(number), job, *numbers],
            cwd=ROOT, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for number, numbers in enumerate(people)
    ]  # fmt: skip
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return "".join(process.communicate(timeout=60)[0] for process in processes).strip()


def standings(event: Event) -> Counter[str]:
    """Count an event's registrations by state."""
    return Counter(
        db.session.scalars(select(Registration.state).where(Registration.event_id == event.id))
    )


def test_two_processes_never_give_a_seat_twice_and_lose_nobody(
    app: Flask, make_event: Callable[..., Event]
) -> None:
    event = make_event(capacity=5)
    assert race(app, event, "sign_up", [[], []]) == ""
    assert standings(event) == {"confirmed": 5, "waiting": 11}
    assert len(db.session.scalars(select(OutboxMessage)).all()) == 16

    seated = db.session.scalars(
        select(Registration.id).where(Registration.state == "confirmed").limit(4)
    ).all()
    doubled = [str(number) for number in seated] * 2
    assert race(app, event, "cancel", [doubled, doubled]) == ""
    assert standings(event) == {"confirmed": 5, "waiting": 7, "cancelled": 4}
