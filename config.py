"""Every setting of Koostöö, with its default and what it is for: this file is the manual.

Each is read from an environment variable of the same name. Outside development the service
refuses to start without SECRET_KEY and BASE_URL.
"""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent


class SettingsError(RuntimeError):
    """A setting is missing or makes no sense; the text says which and why."""


def settings(env: Mapping[str, str]) -> dict[str, Any]:
    """Return the Flask configuration for this environment; raise SettingsError."""
    development = env.get("KOOSTOO_ENV", "production") == "development"
    instance = Path(env.get("INSTANCE_PATH", str(ROOT / "instance")))
    port = env.get("PORT", "8000")
    base_url = env.get("BASE_URL") or (f"http://127.0.0.1:{port}" if development else "")
    if not base_url.startswith(("http://", "https://")):
        raise SettingsError(
            "BASE_URL is not set: give the public address, such as https://koostoo.example.ee"
        )
    return {
        # Where the database, the development mailbox and the development key lie.
        "INSTANCE_PATH": str(instance),
        # development: readable mailbox instead of SMTP, generated key. Never on a public server.
        "DEVELOPMENT": development,
        # The key that signs links, forms and sessions; at least 32 characters.
        "SECRET_KEY": _secret_key(env, development, instance),
        # Earlier keys, separated by blanks: links signed with them still open.
        "SECRET_KEY_FALLBACKS": env.get("SECRET_KEY_FALLBACKS", "").split(),
        # The only origin used in links, and the only host that is answered.
        "BASE_URL": base_url.rstrip("/"),
        # sqlite:////path/to/file.db or postgresql+psycopg://user:password@host/name
        "SQLALCHEMY_DATABASE_URI": env.get("DATABASE_URL", f"sqlite:///{instance}/koostoo.db"),
        # How many reverse proxies stand in front; their X-Forwarded-For is believed, no other.
        "PROXIES": _number(env, "PROXIES", 0),
        # Mail goes out through this server; the certificate is verified.
        "MAIL_SERVER": env.get("MAIL_SERVER", "localhost"),
        "MAIL_PORT": _number(env, "MAIL_PORT", 25),
        "MAIL_USE_TLS": _flag(env, "MAIL_USE_TLS"),
        "MAIL_USE_SSL": _flag(env, "MAIL_USE_SSL"),
        "MAIL_USERNAME": env.get("MAIL_USERNAME"),
        "MAIL_PASSWORD": env.get("MAIL_PASSWORD"),
        # The address every letter comes from, and the organiser named in calendar invites.
        "MAIL_DEFAULT_SENDER": env.get("MAIL_DEFAULT_SENDER", "koostoo@example.org"),
        # smtp sends; file writes .eml files to instance/mailbox (the default in development).
        "MAIL_TRANSPORT": env.get("MAIL_TRANSPORT", "file" if development else "smtp"),
        # What a monitoring program must show to read /healthz/detail, at least 16 characters
        # (Authorization: Bearer …). Without it that page does not exist.
        "MONITOR_TOKEN": _monitor_token(env),
        # Bodies above this are answered with a friendly 413 page (bytes).
        "MAX_CONTENT_LENGTH": 1_000_000,
        "MAX_FORM_MEMORY_SIZE": 1_000_000,
    }


def _secret_key(env: Mapping[str, str], development: bool, instance: Path) -> str:
    key = env.get("SECRET_KEY", "")
    if key and len(key) < 32:
        raise SettingsError("SECRET_KEY is too short: use at least 32 characters")
    if key:
        return key
    if not development:
        raise SettingsError("SECRET_KEY is not set: give at least 32 random characters")
    instance.mkdir(parents=True, exist_ok=True)
    path = instance / "development.key"
    try:
        with path.open("x") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text()


def _monitor_token(env: Mapping[str, str]) -> str:
    token = env.get("MONITOR_TOKEN", "")
    if token and len(token) < 16:
        raise SettingsError("MONITOR_TOKEN is too short: use at least 16 characters")
    return token


def _flag(env: Mapping[str, str], name: str) -> bool:
    return env.get(name, "").lower() in {"1", "true", "yes", "on"}


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "")
    if not text:
        return default
    if not text.isdecimal():
        raise SettingsError(f"{name} must be a whole number")
    return int(text)
