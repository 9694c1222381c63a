"""How many requests each page answers, and how long that takes: counted where METRICS_PORT is set.

By the name of the page's function and the class of the status, never by path: a path may be a
secret. Each web process writes its counts into a folder that the worker reads
(`koostoo/upkeep/metrics.py`).
"""

import time

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram

_REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "koostoo_requests",
    "Requests answered by the web processes of this host since they started.",
    ["page", "status"],
    registry=_REGISTRY,
)
SECONDS = Histogram(
    "koostoo_request_seconds",
    "How long the service took until the answer began.",
    ["page"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10),
    registry=_REGISTRY,
)


def _start() -> None:
    g.asked_at = time.perf_counter()


def _count(response: Response) -> Response:
    page = request.endpoint or "none"
    REQUESTS.labels(page, f"{response.status_code // 100}xx").inc()
    if "asked_at" in g:
        SECONDS.labels(page).observe(time.perf_counter() - g.asked_at)
    return response


def set_up(app: Flask) -> None:
    """Count requests, where the numbers are wanted."""
    if app.config["METRICS_PORT"]:
        app.before_request(_start)
        app.after_request(_count)
