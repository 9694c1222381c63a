"""Decisions of the programme: plain values in, a decision out; no clock, no database."""

from typing import Literal, get_args

Counts = Literal["events", "regions", "participants"]
COUNTS: tuple[Counts, ...] = get_args(Counts)
"""What an activity counts against its target: events held, different regions in which they were
held, people who were there."""
