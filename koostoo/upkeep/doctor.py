"""What may be wrong with a service, looked at one by one and told in plain words.

For who keeps the server, in English as all commands are; no name, address or path of a person.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from koostoo.base.database import db
from koostoo.mail import check as mail_check
from koostoo.mail.check import Finding
from koostoo.privacy.sweeping import unfinished_since
from koostoo.upkeep import database_checks, readiness, time_checks
from koostoo.upkeep.mailbox_checks import of_mailbox
from koostoo.upkeep.readiness import Check

VARIED = 16
"""A random key of 32 signs has about twenty different ones; one with fewer is typed by hand."""
BACKUP_AFTER = timedelta(hours=36)
"""One night's backup may fail without anybody being told."""
ERASED_WITHIN = timedelta(hours=1)
"""The worker finishes an erasure within a minute, unless it is away or may not write."""
START = "Start it: systemctl start koostoo-worker, or flask worker."


def examine(now: datetime, recipient: str) -> Iterator[tuple[str, Iterator[Finding]]]:
    """Look at everything, part by part; each part's findings are made as they are taken.

    `recipient` is an address that gets a test letter; empty: nothing is sent.
    """
    yield "Settings", of_settings()
    yield "Database", of_database()
    yield "Time", time_checks.of_time(now)
    yield "Mail", of_mail(now, recipient)
    yield "Worker", of_worker(now)
    yield "Backups", of_backups(now)
    yield "Erasures", of_erasures(now)


def of_settings() -> Iterator[Finding]:
    """Look at the settings the service has started with; those it refuses it never came by."""
    config = current_app.config
    if config["DEVELOPMENT"]:
        yield Finding(
            False,
            "KOOSTOO_ENV is “development”: letters are shown to everybody who can reach the port",
            "On a server leave KOOSTOO_ENV out.",
            is_serious=False,
        )
    if len({*config["SECRET_KEY"]}) < VARIED:
        yield Finding(
            False,
            "SECRET_KEY does not look random",
            "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(48))', and put the "
            "old one into SECRET_KEY_FALLBACKS so that links in letters still open.",
            is_serious=False,
        )
    else:
        yield Finding(True, "SECRET_KEY is long and varied")
    if config["SECOND_FACTOR"] != "required" and not config["DEVELOPMENT"]:
        yield Finding(
            False,
            "SECOND_FACTOR is “optional”: who reads an organiser's mail can sign in as them",
            "Leave SECOND_FACTOR out: each sets up a passkey or an app at the next sign-in.",
            is_serious=False,
        )
    yield from _address(config["BASE_URL"])
    yield _privacy_of_folder(Path(config["INSTANCE_PATH"]))


def _address(base_url: str) -> Iterator[Finding]:
    hosts = ", ".join(dict.fromkeys(current_app.config["TRUSTED_HOSTS"]))
    yield Finding(True, f"BASE_URL is {base_url}; requests for {hosts} are answered, no others")
    if base_url.startswith("http:"):
        yield Finding(
            False,
            "BASE_URL is without https: only this machine can use the service",
            "For everybody else: https in BASE_URL, and nginx or Caddy in front.",
            is_serious=False,
        )
    elif not current_app.config["PROXIES"]:
        yield Finding(
            False,
            "BASE_URL is with https, but PROXIES is 0: all visitors seem to come from one address",
            "Behind nginx or Caddy set PROXIES=1; limits on tries then count each visitor alone.",
        )


def _privacy_of_folder(folder: Path) -> Finding:
    try:
        mode = folder.stat().st_mode
    except OSError as error:
        return Finding(False, f"INSTANCE_PATH cannot be looked at ({error.strerror})", f"{folder}")
    if mode & 0o007:
        return Finding(
            False,
            "Every user of this machine can look into INSTANCE_PATH",
            f"chmod 0700 {folder}",
            is_serious=False,
        )
    return Finding(True, "Other users of this machine cannot look into INSTANCE_PATH")


def of_database() -> Iterator[Finding]:
    """Look at the database; where it cannot be reached, nothing more is asked."""
    writable = _told(readiness.writable(), database_checks.UNREACHABLE)
    yield writable
    yield _told(readiness.disk(), "Make room: old backups, logs, other people's files.")
    if not writable.fine:
        return
    try:
        yield _told(readiness.schema(), "flask db upgrade, after a backup (deploy/README.md).")
        yield from database_checks.of_engine()
    except SQLAlchemyError as error:
        yield Finding(False, f"The database does not answer ({type(error).__name__})")
    finally:
        db.session.rollback()


def of_mail(now: datetime, recipient: str) -> Iterator[Finding]:
    """Try the way out, look whether letters leave, and whether the mailbox can be read."""
    is_file = current_app.config["MAIL_TRANSPORT"] == "file"
    if is_file and current_app.config["DEVELOPMENT"] and not recipient:
        yield Finding(True, "Letters become files, as is usual in development")
    else:
        yield from mail_check.check(recipient, now)
    yield _asked(lambda: readiness.outbox(now), "See Outbox at the desk; flask mail check.")
    yield from of_mailbox(now)


def of_worker(now: datetime) -> Iterator[Finding]:
    """Say whether somebody delivers letters and does what falls due."""
    yield _asked(lambda: readiness.worker(now), START)


def of_backups(now: datetime) -> Iterator[Finding]:
    """Say how old the newest backup of this machine is."""
    folder = Path(current_app.config["BACKUP_FOLDER"])
    times = [path.stat().st_mtime for path in folder.glob("*.backup")]
    if not times:
        yield Finding(
            False,
            "There is no backup in BACKUP_FOLDER",
            "Switch the timer on: systemctl enable --now koostoo-backup.timer; without systemd let "
            f"something run “flask backup {folder}/….backup” every night. Or set BACKUP_FOLDER to "
            "where your own copies lie.",
            is_serious=not current_app.config["DEVELOPMENT"],
        )
        return
    age = now - datetime.fromtimestamp(max(times), UTC)
    words = f"The newest backup is {int(age.total_seconds() // 3600)} hours old"
    if age > BACKUP_AFTER:
        yield Finding(False, words, "See why: systemctl status koostoo-backup; is the disk full?")
    else:
        yield Finding(True, words, "Is there a copy on another machine too?")


def of_erasures(now: datetime) -> Iterator[Finding]:
    """Say whether what people had erased has reached the list that a restore asks."""
    try:
        since = unfinished_since()
    except SQLAlchemyError as error:
        yield Finding(False, f"The database does not tell ({type(error).__name__})")
        return
    finally:
        db.session.rollback()
    if since is not None and now - since > ERASED_WITHIN:
        yield Finding(
            False,
            f"An erasure of {since:%Y-%m-%d %H:%M} UTC is not on the list: a backup that is put "
            "back would bring the person back",
            "Does the worker run, and may it write to ERASURE_LIST? Its log says what is wrong.",
        )
    else:
        yield Finding(True, "Every erasure is on the list that a restore asks")


def _told(check: Check, advice: str) -> Finding:
    words = f"{check.name.capitalize()}: {check.words}"
    return Finding(check.fine, words, "" if check.fine else advice)


def _asked(look: Callable[[], Check], advice: str) -> Finding:
    try:
        return _told(look(), advice)
    except SQLAlchemyError as error:
        return Finding(False, f"The database does not tell ({type(error).__name__})")
    finally:
        db.session.rollback()
