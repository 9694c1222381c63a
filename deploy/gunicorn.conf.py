"""The web server's settings, the same for `make run` and for production.

Environment: LISTEN (the address to listen at, default 127.0.0.1; where the front is another host,
that of the private network between them), PORT (default 8000), WEB_CONCURRENCY (processes,
default 2). Each process answers several requests at a time. With METRICS_PORT each counts its
requests in a folder that the worker reads.
"""

import gc
import os
import re
import shutil
from pathlib import Path
from urllib.parse import quote

from gunicorn import glogging

# What is loaded at the start stays: looking for garbage in it takes a fifth of
# the time until the first answer.
gc.disable()

wsgi_app = "app:app"
bind = f"{os.environ.get('LISTEN') or '127.0.0.1'}:{os.environ.get('PORT') or 8000}"

workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "gthread"
threads = 4
# Each process opens its own database connections after the fork: an SQLite
# connection that crosses a fork can damage the file. Where other hosts answer
# meanwhile, which takes PostgreSQL, nothing listens before all is loaded: the
# front asks another host at once instead of waiting.
preload_app = bool(os.environ.get("LISTEN"))

# Waiting for the database's write lock takes at most a few seconds, a large
# export some more; a process that is silent for this long hangs.
timeout = 60
graceful_timeout = 20
keepalive = 5

# The heartbeat file must not wait for a busy disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - only a heartbeat
# Processes are managed by systemd or honcho; no second way in.
control_socket_disable = True

# Where the processes count; read by prometheus-client as it is loaded.
metrics = Path(os.environ.get("INSTANCE_PATH") or "instance") / "metrics"
if int(os.environ.get("METRICS_PORT") or 0):
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)


def on_starting(server):  # noqa: ANN001, ANN201, ARG001 - gunicorn's signature
    """Begin to count anew: those who counted before are gone."""
    shutil.rmtree(metrics, ignore_errors=True)
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        metrics.mkdir(parents=True)


accesslog = "-"
errorlog = "-"
# One JSON object a line, as the service itself writes; by the number of the
# request its lines are found, and the one an error page shows. Left out on
# purpose: the client's address, the query, the referrer (a secret link when
# somebody follows a link from their own page) and the browser.
access_log_format = (
    '{"logger": "access", "request": "%({x-request-id}o)s", "method": "%(m)s", '
    '"path": "%(U)s", "status": %(s)s, "bytes": %(B)s, "ms": %(M)s}'
)

_AFTER_SECRET_FOLDER = re.compile(r"/(my|signin|dev|desk/calendar)/.+")
# Slugs are lower case; what is long and mixed is a token.
_TOKEN = re.compile(r"(?<=/)(?=[^/]*[A-Z])[^/]{16,}")


def hide_secrets(path: str) -> str:
    """Return the path as it may be logged: tokens replaced by dots, on one line."""
    path = _AFTER_SECRET_FOLDER.sub(r"/\1/...", path)
    path = _TOKEN.sub("...", path)
    return quote(path.encode("latin-1", "replace"), safe="/:@!$&'()*+,;=~")


class Logger(glogging.Logger):
    """Gunicorn's log without the secrets that stand in addresses."""

    def atoms(self, resp, req, environ, request_time):  # noqa: ANN001, ANN201 - gunicorn's signature
        """Give the access log a path without tokens, and no query or referrer at all."""
        atoms = super().atoms(resp, req, environ, request_time)
        safe = hide_secrets(environ.get("PATH_INFO") or "/")
        return atoms | {"U": safe, "r": f"{atoms['m']} {safe}", "q": "", "f": "-"}

    def exception(self, msg, *args, **kwargs):  # noqa: ANN001, ANN002, ANN003, ANN201 - gunicorn's signature
        """Log a failure; gunicorn hands in the full address of the request."""
        args = tuple(
            hide_secrets(a.partition("?")[0]) if isinstance(a, str) and a.startswith("/") else a
            for a in args
        )
        super().exception(msg, *args, **kwargs)


logger_class = Logger


def post_worker_init(worker):  # noqa: ANN001, ANN201, ARG001 - gunicorn's signature
    """Leave what was loaded at the start out of every later collection of garbage."""
    gc.collect()
    gc.freeze()
    gc.enable()
