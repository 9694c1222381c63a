"""Logs in one line of JSON each: what happened, never to whom."""

import json
import logging
import sys
from datetime import UTC, datetime

from flask import Flask, g, has_request_context, request


class JsonFormatter(logging.Formatter):
    """One JSON object a line, so that no logged text can forge a second entry."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record with the endpoint's name, never the path: a path may be a secret."""
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context():
            entry["request"] = getattr(g, "request_id", "")
            entry["endpoint"] = request.endpoint or ""
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def set_up(app: Flask) -> None:
    """Send the application's log to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    app.logger.handlers[:] = [handler]
    app.logger.propagate = False
    app.logger.setLevel(logging.INFO)
