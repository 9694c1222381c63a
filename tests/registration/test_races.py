"""Seats under real concurrency: separate processes, one database, no luck."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.registration.models import Registration

ROOT = Path(__file__).resolve().parents[2]
EIGHT = [*range(8)]
PROGRAM = """
import json, os, sys, threading
from config import settings
from koostoo import create_app
from koostoo.base.clock import now
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
event, organisation, job = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
gun, starter = os.pipe()
def work(process, numbers):
    app = create_app(settings(os.environ))
    errors = []
    def one(number):
        try:
            with app.app_context():
                if job == "cancel":
                    cancel(number, now())
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
    threads = [threading.Thread(target=run, args=(number,)) for number in numbers]
    os.write(1, b"ready\\n")
    os.read(gun, 1)
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    os.write(1, "".join(error + "\\n" for error in errors).encode())
children = []
for process, numbers in enumerate(json.loads(sys.argv[4])):
    child = os.fork()
    if not child:
        os.close(starter)
        try:
            work(process, numbers)
        except BaseException as error:
            os.write(1, repr(error).encode())
        os._exit(0)
    children.append(child)
sys.stdin.readline()
os.close(starter)
[os.waitpid(child, 0) for child in children]
"""
"""Loads the code once; application and connections are each process's own, made after the fork."""


def race(app: Flask, event: Event, job: str, people: list[list[int]]) -> str:
    """Run one process per list, a thread for each number in it; return what went wrong."""
    env = {
        **os.environ,
        "KOOSTOO_ENV": "development",
        "SECRET_KEY": app.config["SECRET_KEY"],
        "BASE_URL": "http://localhost",
        "DATABASE_URL": db.engine.url.render_as_string(hide_password=False),
        "INSTANCE_PATH": app.config["INSTANCE_PATH"],
    }
    arguments = [str(event.id), str(event.organiser_id), job, json.dumps(people)]
    db.session.rollback()
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=ROOT, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as program:  # fmt: skip
        assert program.stdout is not None
        for _ in people:
            assert program.stdout.readline() == "ready\n"
        return program.communicate("go\n", timeout=60)[0].strip()


def standings(event: Event) -> Counter[str]:
    """Count an event's registrations by state."""
    return Counter(
        db.session.scalars(select(Registration.state).where(Registration.event_id == event.id))
    )


@pytest.mark.slow
def test_two_processes_never_give_a_seat_twice_and_lose_nobody(
    app: Flask, make_event: Callable[..., Event]
) -> None:
    event = make_event(capacity=5)
    assert race(app, event, "sign_up", [EIGHT, EIGHT]) == ""
    assert standings(event) == {"confirmed": 5, "waiting": 11}
    assert len(db.session.scalars(select(OutboxMessage)).all()) == 16

    seated = db.session.scalars(
        select(Registration.id).where(Registration.state == "confirmed").limit(4)
    ).all()
    doubled = [*seated] * 2
    assert race(app, event, "cancel", [doubled, doubled]) == ""
    assert standings(event) == {"confirmed": 5, "waiting": 7, "cancelled": 4}
