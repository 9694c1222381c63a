"""Prometheus reads numbers at a port of the worker: rows and requests counted, no people."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from flask import Flask
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.load import Browser
from benchmarks.server import ROOT, free_port, serve, server_settings
from config import settings
from koostoo import create_app
from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.upkeep.metrics import Numbers, metrics_served
from koostoo.upkeep.service import Pulse
from tests.mail.world import make_event, make_registration, post

Samples = dict[tuple[str, str], float]


def read(exposition: str) -> Samples:
    """Parse what Prometheus would read: name and labels of each number."""
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(exposition)
        for sample in family.samples
    }


def handed_out(app: Flask) -> str:
    registry = CollectorRegistry()
    registry.register(Numbers(app))
    return generate_latest(registry).decode()


def test_rows_are_counted_by_state_and_nobody_is_named(app: Flask) -> None:
    Pulse(now()).beat(now())
    event = make_event()
    make_registration(event)
    seat = make_registration(event, state="waiting", first_name="Kai", email="kai@example.com")
    post("waiting", seat)
    told = handed_out(app)
    found = read(told)
    assert found["koostoo_registrations", "confirmed"] == 1
    assert found["koostoo_registrations", "waiting"] == 1
    assert found["koostoo_registrations", "cancelled"] == 0
    assert found["koostoo_letters", "queued"] == 1
    assert found["koostoo_letters_oldest_due_seconds", ""] > 0
    assert found["koostoo_jobs", "queued"] == 0
    assert found["koostoo_workers", ""] == 1
    assert found["koostoo_worker_silent_seconds", ""] < 60
    assert found["koostoo_database_bytes", ""] > 100_000
    assert found["koostoo_database_up", ""] == 1
    assert found["koostoo_check", "database"] == 1
    assert found["koostoo_check", "outbox"] == 0
    for private in ("kai", "juta", "example", "Õppereis"):
        assert private not in told.casefold()


def test_a_database_that_is_away_is_a_number_too(tmp_path: Path) -> None:
    nowhere = "postgresql+psycopg://nobody:hidden@127.0.0.1:1/koostoo"
    app = create_app(settings(server_settings(tmp_path) | {"DATABASE_URL": nowhere}))
    told = handed_out(app)
    assert read(told)["koostoo_database_up", ""] == 0
    assert read(told)["koostoo_check", "database"] == 0
    assert "hidden" not in told


def test_a_port_that_is_taken_keeps_no_worker_from_its_work(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setitem(app.config, "METRICS_PORT", taken.getsockname()[1])
        with metrics_served(app):
            assert app.test_cli_runner().invoke(args=["worker", "--once"]).exit_code == 0


@pytest.fixture
def numbers(env: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """A worker that hands out numbers beside it; returns their address."""
    port = free_port()
    env |= {"METRICS_PORT": str(port), "GUNICORN_CMD_ARGS": "--preload"}
    app = create_app(settings(env))
    with app.app_context():
        app.test_cli_runner().invoke(args=["db", "upgrade"])
        db.engine.dispose()
    with (tmp_path / "worker.log").open("wb") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "flask", "worker"],
            cwd=ROOT, env={**os.environ, **env}, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield f"http://127.0.0.1:{port}/metrics"
    finally:
        worker.terminate()
        assert worker.wait(60) == 0


def fetch(address: str) -> Samples:
    """Ask for the numbers until the worker has given its first sign of life."""
    latest = time.monotonic() + 60
    while time.monotonic() < latest:
        try:
            with urlopen(address, timeout=5) as answer:  # noqa: S310 - our own address
                found = read(answer.read().decode())
        except (URLError, OSError):
            found = {}
        if found.get(("koostoo_workers", "")):
            return found
        time.sleep(0.1)
    raise AssertionError("no numbers")


@pytest.mark.slow
def test_requests_of_all_web_processes_are_counted_by_page_and_never_by_path(
    env: dict[str, str], numbers: str, tmp_path: Path
) -> None:
    port = urlsplit(env["BASE_URL"]).port or 0
    secret = "AbCdEfGhIjKlMnOpQrStUvWxYz01234567"
    with serve("app:app", env, tmp_path / "log", port, "/healthz") as server:
        for _ in range(10):
            browser = Browser(server)
            assert browser.get("/?quiet").status == 200
            assert browser.get(f"/my/{secret}").status == 404
            browser.close()
        counts = fetch(numbers)
        # It listens there, and the service itself has no such page.
        browser = Browser(server)
        assert browser.get("/metrics").status == 404
        browser.close()
    assert counts["koostoo_requests_total", "public.home,2xx"] == 10
    assert counts["koostoo_requests_total", "mine.show,4xx"] == 10
    assert counts["koostoo_request_seconds_count", "public.home"] == 10
    assert not any(secret in labels or "/" in labels for _name, labels in counts)
