"""A project goes out as a file and comes back the same."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from koostoo.base.clock import now
from koostoo.base.database import Base, db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.text import clean_line, clean_text
from koostoo.events.export import export_project
from koostoo.events.load import load_project
from koostoo.events.models import Event
from koostoo.programme import project_file
from koostoo.programme.models import Activity
from koostoo.programme.project_file import read_project_file
from koostoo.programme.written_file import write_project_file

SHIPPED = (Path(project_file.__file__).with_name("data") / "kogemusvahetus.toml").read_text("utf-8")
FULL = """
slug = "koos"
title = { et = "Koos \\"edasi\\"", en = "Together" }
starts = "2025-01"
ends = 2026-12-31
host = "kodu"
lead = "naaber"
partners = ["naaber"]
support_text = "Esimene rida\\n\\nteine # rida"
keep_until = 2031-12-31
contact = { name = "Mari Mänd", email = "mari@example.org", phone = "+3725552385" }
outcomes = [{ et = "Tugevad", en = "Strong" }, { et = "Koos" }, { et = "Targad" }]

[[organisations]]
slug = "kodu"
name = "MTÜ Kodu"
short_name = "Kodu"
[[organisations]]
slug = "naaber"
name = "MTÜ Naaber"
[[organisations]]
slug = "kolmas"
name = "MTÜ Kolmas"

[[activities]]
slug = "koosolekud"
kind = "joint"
title = "Koosolekud"
counts = "regions"
only_physical = false
target = 3
outcomes = [3, 1]
[[activities]]
slug = "pidu"
kind = "additional"
organisation = "naaber"
title = { et = "Pidu", en = "Party" }
description = "Kõigile"
counts = "participants"
target = 1200

[[events]]
slug = "kaks-paeva"
activity = "koosolekud"
also_counts_for = ["pidu"]
organiser = "kolmas"
region = "naaber"
title = "Kaks päeva"
summary = { en = "Only in English" }
days = [
  { starts = 2025-05-02T10:00:00, ends = 2025-05-02T16:00:00 },
  { starts = 2025-05-03T09:00:00, ends = 2025-05-03T12:00:00 },
]
[[events]]
slug = "oine"
activity = "koosolekud"
elsewhere = "Riia"
title = "Kellakeeramine"
mode = "hybrid"
starts = 2025-10-26T03:30:00+02:00
ends = 2025-10-26T05:00:00
[[events]]
slug = "talv"
activity = "pidu"
title = "Talvepidu"
when = "winter 2025"

[[media]]
day = 2025-02-01
title = "Esimene"
url = "https://example.org/1"
[[media]]
day = 2025-02-01
title = "Teine"
"""
PASSING = ("id", "uid", "created_at", "revised_at", "version", "sequence", "position")


def load(text: str) -> None:
    load_project(text, now(), "koostoo.example.org")


def empty() -> None:
    with transaction() as session:
        for table in reversed(db.metadata.sorted_tables):
            session.execute(table.delete())


def state() -> dict[str, Any]:
    """All rows, with the names of what they refer to in place of numbers."""
    names: dict[tuple[str, int], object] = {}
    found: dict[str, Any] = {}
    for table in Base.metadata.sorted_tables:
        found[table.name] = []
        for row in db.session.execute(select(table).order_by(*table.primary_key)).mappings():
            values: dict[str, object] = {
                column.name: row[column.name]
                for column in table.columns
                if column.name not in PASSING and not column.foreign_keys
            }
            for column in table.columns:
                for key in column.foreign_keys:
                    other = (key.column.table.name, row[column.name])
                    values[column.name] = names.get(other)
            if "id" in row:
                names[table.name, row["id"]] = values.get("slug") or str(values)
            found[table.name].append(values)
        found[table.name].sort(key=str)
    return found


@pytest.mark.parametrize(("slug", "text"), [("kogemusvahetus", SHIPPED), ("koos", FULL)])
def test_what_was_exported_loads_back_to_the_same_rows(app: Flask, slug: str, text: str) -> None:
    load(text)
    before, exported = state(), export_project(slug)
    assert any(before["event"]), "there is something to compare"

    load(exported)
    assert state() == before
    empty()
    load(exported)
    assert state() == before
    assert export_project(slug) == exported


def test_the_plan_read_back_is_the_plan_written() -> None:
    for text in (SHIPPED, FULL):
        plan = read_project_file(text)
        assert read_project_file(write_project_file(plan)) == plan


def test_events_of_the_desk_stay_out_of_the_file(app: Flask) -> None:
    load(SHIPPED)
    with transaction() as session:
        session.scalars(select(Event).where(Event.slug == "linc-2024")).one().state = "draft"
        last = session.scalars(select(Event).where(Event.slug == "aastalopp-2024")).one()
        last.takes_registrations = True
    slugs = [one.slug for one in read_project_file(export_project("kogemusvahetus")).events]
    assert len(slugs) == 5
    assert not {"linc-2024", "aastalopp-2024"} & {*slugs}


def test_loading_keeps_the_outcome_an_activity_serves(app: Flask) -> None:
    load(FULL)
    load(FULL.replace('"Tugevad"', '"Tugevamad"'))
    served = db.session.scalars(select(Activity).where(Activity.slug == "koosolekud")).one()
    assert [one.text.et for one in served.outcomes] == ["Tugevamad", "Targad"]


def test_the_command_prints_the_file_and_names_what_it_does_not_know(app: Flask) -> None:
    load(SHIPPED)
    runner = app.test_cli_runner()
    done = runner.invoke(args=["project", "export", "kogemusvahetus"])
    assert done.output == export_project("kogemusvahetus")
    missing = runner.invoke(args=["project", "export", "teine"])
    assert missing.exit_code == 1
    assert "there is no project teine" in missing.output


@given(st.text(max_size=200), st.text(max_size=60))
def test_whatever_a_form_keeps_can_be_written_and_read(prose: str, line: str) -> None:
    plan = read_project_file(FULL)
    words = LocalText(clean_text(prose), clean_line(line))
    title = LocalText(clean_line(line) or "Koos", clean_line(prose)[:300])
    typed = replace(plan, title=title, support_text=words)
    assert read_project_file(write_project_file(typed)) == typed
