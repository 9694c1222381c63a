"""Every setting of Koostöö, with its default and what it is for: this file is the manual.

Each is read from an environment variable of the same name. Outside development the service
refuses to start without SECRET_KEY and BASE_URL, on a key anybody could guess, on a public address
without https, and with FLASK_DEBUG.
"""

import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from click import ClickException

ROOT = Path(__file__).resolve().parent
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_MADE_UP = re.compile(r"change.?me|your.?secret|secret.?key|example|password", re.IGNORECASE)
_SOURCE = re.compile(r"https:|https?://(\*\.)?[A-Za-z0-9.-]+(:[0-9]{1,5})?")


class SettingsError(ClickException):
    """A setting is missing or makes no sense; the text says which and why.

    Commands show it as one line in plain words.
    """


def settings(env: Mapping[str, str]) -> dict[str, Any]:
    """Return the Flask configuration for this environment; raise SettingsError."""
    development = env.get("KOOSTOO_ENV", "production") == "development"
    instance = Path(env.get("INSTANCE_PATH", str(ROOT / "instance")))
    if not development and _flag(env, "FLASK_DEBUG"):
        raise SettingsError("FLASK_DEBUG is on: it lets visitors run code; it is for development")
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
        "BASE_URL": _base_url(env, development),
        # required: beside the link in the letter organisers need a second factor (a passkey is
        # both); who has none sets one up after the link, before anything else opens. optional: it
        # is offered, the default in development. Who has one is always asked for it.
        "SECOND_FACTOR": _second_factor(env, development),
        # sqlite:////path/to/file.db or postgresql+psycopg://user:password@host/name
        "SQLALCHEMY_DATABASE_URI": env.get("DATABASE_URL", f"sqlite:///{instance}/koostoo.db"),
        # Where nightly backups are written; `flask doctor` looks how old the newest is.
        "BACKUP_FOLDER": env.get("BACKUP_FOLDER") or str(instance / "backups"),
        # The list of erasures, which restoring a backup asks what must go again: times and numbers,
        # nothing of anybody. Let it lie where a lost disk does not take it along with the database,
        # such as beside the backups. Of several hosts each worker keeps a whole one.
        "ERASURE_LIST": env.get("ERASURE_LIST", str(instance / "erasures.txt")),
        # on: DATABASE_URL leads to a pooler that lends connections by the transaction, such as
        # PgBouncer; statements are not prepared then. See docs/scale.md, "A pooler".
        "DATABASE_POOLER": _flag(env, "DATABASE_POOLER"),
        # How many reverse proxies stand in front; their X-Forwarded-For is believed, no other.
        "PROXIES": _number(env, "PROXIES", 0),
        # Mail goes out through this server; the certificate is verified.
        "MAIL_SERVER": env.get("MAIL_SERVER", "localhost"),
        "MAIL_PORT": _number(env, "MAIL_PORT", 25),
        "MAIL_USE_TLS": _flag(env, "MAIL_USE_TLS"),
        "MAIL_USE_SSL": _flag(env, "MAIL_USE_SSL"),
        "MAIL_USERNAME": env.get("MAIL_USERNAME"),
        "MAIL_PASSWORD": env.get("MAIL_PASSWORD"),
        # How many connections one worker opens to it at a time. More of them help where the server
        # takes its time; some allow few (Exchange Online three, of all workers together).
        "MAIL_CONNECTIONS": _number(env, "MAIL_CONNECTIONS", 2, least=1),
        # The address every letter comes from, and the organiser named in calendar invites.
        "MAIL_DEFAULT_SENDER": env.get("MAIL_DEFAULT_SENDER", "koostoo@example.org"),
        # Where letters that cannot be delivered come back to, {} standing for the letter's number:
        # koostoo+{}@example.ee. Only for a mailbox that takes such addresses. Empty: they come back
        # to MAIL_DEFAULT_SENDER, and the report itself tells which letter it is about.
        "MAIL_BOUNCE_TO": _bounce_to(env),
        # smtp sends; file writes .eml files to instance/mailbox (the default in development).
        "MAIL_TRANSPORT": env.get("MAIL_TRANSPORT", "file" if development else "smtp"),
        # What a monitoring program must show to read /readyz and /healthz/detail, at least 16
        # characters (Authorization: Bearer …). Without it these pages do not exist.
        "MONITOR_TOKEN": _monitor_token(env),
        # The port on which the worker hands out numbers for Prometheus (/metrics); 0: none. Numbers
        # only, of no person, but for nobody outside: keep the port closed to the network.
        "METRICS_PORT": _number(env, "METRICS_PORT", 0),
        # The address of this machine it listens at.
        "METRICS_BIND": env.get("METRICS_BIND") or "127.0.0.1",
        **_inbound(env),
        # Which web sites may show the list of coming events in a frame (/embed/events): sources of
        # frame-ancestors (CSP level 3), separated by blanks, such as https://partner.example.ee
        # https://*.example.org. https: is every site with https; none is no site at all.
        "EMBED_ANCESTORS": _ancestors(env),
        # Bodies above this are answered with a friendly 413 page (bytes).
        "MAX_CONTENT_LENGTH": 1_000_000,
        "MAX_FORM_MEMORY_SIZE": 1_000_000,
    }


def _base_url(env: Mapping[str, str], development: bool) -> str:
    base_url = env.get("BASE_URL", "")
    if development and not base_url:
        return f"http://127.0.0.1:{env.get('PORT', '8000')}"
    address = urlsplit(base_url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise SettingsError(
            "BASE_URL is not set: give the public address, such as https://koostoo.example.ee"
        )
    if not development and address.scheme == "http" and address.hostname not in LOOPBACK:
        raise SettingsError(
            "BASE_URL begins with http: secret links and sign-in would cross the network readable "
            "by others; give the address with https"
        )
    return base_url.rstrip("/")


def _secret_key(env: Mapping[str, str], development: bool, instance: Path) -> str:
    key = env.get("SECRET_KEY", "")
    if key and len(key) < 32:
        raise SettingsError("SECRET_KEY is too short: use at least 32 characters")
    if key and not development and (len({*key}) < 10 or _MADE_UP.search(key)):
        raise SettingsError(
            "SECRET_KEY can be guessed: make one with "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
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


def _second_factor(env: Mapping[str, str], development: bool) -> str:
    chosen = env.get("SECOND_FACTOR") or ("optional" if development else "required")
    if chosen not in ("required", "optional"):
        raise SettingsError("SECOND_FACTOR must be required or optional")
    return chosen


def _monitor_token(env: Mapping[str, str]) -> str:
    token = env.get("MONITOR_TOKEN", "")
    if token and len(token) < 16:
        raise SettingsError("MONITOR_TOKEN is too short: use at least 16 characters")
    return token


def _ancestors(env: Mapping[str, str]) -> list[str]:
    sources = env.get("EMBED_ANCESTORS", "https:").split()
    if sources == ["none"]:
        return []
    for source in sources:
        if not _SOURCE.fullmatch(source):
            raise SettingsError(
                f"EMBED_ANCESTORS: {source!r} is no address of a site, such as "
                "https://partner.example.ee or https://*.example.ee"
            )
    return sources


def _inbound(env: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings of the mailbox of MAIL_DEFAULT_SENDER, which the worker reads.

    Answers of calendars and letters that bounced come back to that address, because it is the
    ORGANIZER of every invite and the sender of every letter. Where nobody reads it, invites do not
    ask for an answer.
    """
    host, tls = env.get("INBOUND_IMAP_HOST", ""), _flag(env, "INBOUND_IMAP_TLS", default=True)
    if host and not env.get("INBOUND_IMAP_USERNAME"):
        raise SettingsError("INBOUND_IMAP_HOST needs INBOUND_IMAP_USERNAME beside it")
    if host and not tls and host not in LOOPBACK:
        raise SettingsError("INBOUND_IMAP_TLS may be off only for a server on this machine")
    seconds = _number(env, "INBOUND_SECONDS", 60)
    return {
        # The IMAP server of that mailbox; empty: the worker reads none.
        "INBOUND_IMAP_HOST": host,
        # TLS from the first byte; the certificate is verified.
        "INBOUND_IMAP_PORT": _number(env, "INBOUND_IMAP_PORT", 993),
        "INBOUND_IMAP_TLS": tls,
        "INBOUND_IMAP_USERNAME": env.get("INBOUND_IMAP_USERNAME", ""),
        "INBOUND_IMAP_PASSWORD": env.get("INBOUND_IMAP_PASSWORD", ""),
        # The folder that is read.
        "INBOUND_IMAP_FOLDER": _folder(env, "INBOUND_IMAP_FOLDER", "INBOX"),
        # The folder for letters that were acted on, made if need be. Empty: they stay, marked as
        # read.
        "INBOUND_IMAP_DONE": _folder(env, "INBOUND_IMAP_DONE", ""),
        # Seconds between two looks into it.
        "INBOUND_SECONDS": max(seconds, 5),
        # on: a mail server hands each letter to `flask mail receive`.
        "INBOUND_PIPE": _flag(env, "INBOUND_PIPE"),
        # The name the receiving server gives itself in Authentication-Results (RFC 8601), such as
        # mx.example.ee. Set it only where that server removes headers with its name from letters
        # that come in. Empty: nobody's word for a sender is taken, and no seat is freed at once.
        "INBOUND_AUTHSERV_ID": env.get("INBOUND_AUTHSERV_ID", ""),
    }


def _bounce_to(env: Mapping[str, str]) -> str:
    pattern = env.get("MAIL_BOUNCE_TO", "")
    local, _, domain = pattern.partition("@")
    if pattern and (local.count("{}") != 1 or not domain or "{}" in domain):
        raise SettingsError("MAIL_BOUNCE_TO must be an address with {} in it: name+{}@example.ee")
    return pattern


def _folder(env: Mapping[str, str], name: str, default: str) -> str:
    folder = env.get(name, default)
    if not folder.isascii() or not folder.isprintable():
        raise SettingsError(f"{name} must be the name of a folder in plain letters")
    return folder


def _flag(env: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    return env.get(name, str(default)).lower() in {"1", "true", "yes", "on"}


def _number(env: Mapping[str, str], name: str, default: int, least: int = 0) -> int:
    text = env.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or int(text) < least:
        raise SettingsError(
            f"{name} must be a whole number" + (f", at least {least}" if least else "")
        )
    return int(text)
