"""The commands of `flask`: projects, samples, organisers, mail, privacy, worker, backup."""

import imaplib
import logging
import signal
import sqlite3
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from koostoo import mailroom, worker, workroom
from koostoo.accounts.account_news import Occasion
from koostoo.accounts.factors import reset_factors
from koostoo.accounts.service import invite_organiser, make_local_link
from koostoo.base.backup import BackupError, back_up, restore
from koostoo.base.clock import local_day, now
from koostoo.base.contact import ContactError, parse_email
from koostoo.base.database import db
from koostoo.base.tokens import make_token
from koostoo.events.export import NoHostError, export_project
from koostoo.events.load import load_project
from koostoo.events.samples import NoProjectError, add_samples, remove_samples
from koostoo.mail.check import Finding, check
from koostoo.mail.reading import MAX_BYTES
from koostoo.privacy import sweeping
from koostoo.privacy.retention import preview_lines
from koostoo.privacy.service import forget
from koostoo.programme.project_file import ProjectFileError
from koostoo.registration.incoming import receive
from koostoo.upkeep.database_checks import OLD_SQLITE, OLD_SQLITE_ADVICE, is_old_sqlite
from koostoo.upkeep.doctor import examine
from koostoo.upkeep.metrics import metrics_served
from koostoo.upkeep.steps import known_steps

project = AppGroup("project", help="Projects as files.")
samples = AppGroup("samples", help="Sample events for trying things out.")
organiser = AppGroup("organiser", help="People who run events.")
privacy = AppGroup("privacy", help="What is kept of people, and until when.")
mail = AppGroup("mail", help="Letters that come in, and the server they leave through.")

TEMPORARY = 75
"""EX_TEMPFAIL of sysexits.h: the mail server keeps the letter and tries again."""
CHUNK = 65536

logger = logging.getLogger(__name__)


@project.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def project_load(file: Path) -> None:
    """Load FILE or bring the project up to date with it; the same file twice changes nothing."""
    try:
        text = file.read_text(encoding="utf-8")
        report = load_project(text, now(), current_app.config["BASE_HOST"])
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file}: not a UTF-8 text file ({error.reason})") from error
    except ProjectFileError as error:
        problems = "\n".join(f"  {problem}" for problem in error.problems)
        raise click.ClickException(f"{file} was not loaded:\n{problems}") from error
    click.echo(str(report))


@project.command("export")
@click.argument("slug")
def project_export(slug: str) -> None:
    """Print the project SLUG as a file that `project load` reads back."""
    try:
        click.echo(export_project(slug), nl=False)
    except LookupError as error:
        raise click.ClickException(f"there is no project {slug}") from error
    except NoHostError as error:
        raise click.ClickException(f"project {slug} has no host; name one at the desk") from error


@samples.command("add")
def samples_add() -> None:
    """Add the upcoming sample events; a second time changes nothing."""
    moment = now()
    try:
        number = add_samples(local_day(moment), moment, current_app.config["BASE_HOST"])
    except NoProjectError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{number} sample events added")


@samples.command("remove")
def samples_remove() -> None:
    """Remove the sample events with everything people entered for them."""
    click.echo(f"{remove_samples()} sample events removed")


@organiser.command("invite")
@click.argument("email")
@click.option("--print-link", is_flag=True, help="Print a sign-in link that works once.")
def organiser_invite(email: str, print_link: bool) -> None:
    """Let the person with this address sign in to the desk."""
    moment = now()
    try:
        invite_organiser(email, moment)
    except ContactError as error:
        raise click.ClickException(f"{email} is not an e-mail address") from error
    base = current_app.config["BASE_URL"]
    if print_link:
        token = make_token(
            [current_app.config["SECRET_KEY"]], "signin", make_local_link(email, moment)
        )
        click.echo(f"{base}/desk/signin/{token}")
    else:
        click.echo(f"{email} may now sign in at {base}/desk/")


@organiser.command("reset-factors")
@click.argument("email")
def organiser_reset_factors(email: str) -> None:
    """Let who lost phone and codes begin anew: removes all they sign in with, ends their sessions.

    Make sure first that it is them: a letter tells them of it.
    """
    if not reset_factors(email, Occasion(now())):
        raise click.ClickException(f"nobody with the address {email} was invited")
    click.echo(f"{email} is signed out everywhere and sets up a new way at the next sign-in")


def _recipient(address: str) -> str:
    try:
        return parse_email(address).normalised if address else ""
    except ContactError as error:
        raise click.ClickException(f"{address} is not an e-mail address") from error


def _tell(findings: Iterable[Finding]) -> int:
    """Print what was found; return how many things are wrong."""
    wrong = 0
    for finding in findings:
        click.echo(f"{finding.mark:4}{finding.words}")
        if finding.advice:
            click.echo(f"    {finding.advice}")
        wrong += finding.mark == "NO"
    return wrong


@click.command("doctor")
@click.option("--mail", "address", default="", help="Send a test letter to this address.")
def run_doctor(address: str) -> None:
    """Look at settings, database, time, mail and worker, and say in plain words what is wrong.

    ok: fine; hm: it works, but look at it; NO: it is wrong. Ends with 1 when anything is.
    """
    recipient, wrong = _recipient(address), 0
    for title, findings in examine(now(), recipient):
        click.echo(f"\n{title}")
        wrong += _tell(findings)
    if wrong:
        click.echo(f"\nWrong: {wrong}. What to do stands under each NO.")
        raise SystemExit(1)
    click.echo("\nNothing is wrong.")


@mail.command("check")
@click.argument("address", default="")
def mail_check(address: str) -> None:
    """Try the mail settings step by step and explain the answers.

    With an ADDRESS a test letter goes there; without one nothing is sent.
    """
    recipient = _recipient(address)
    if _tell(check(recipient, now())):
        raise SystemExit(1)
    if not recipient:
        click.echo("    All fine. Give an address to send a test letter: flask mail check ADDRESS")


@click.command("worker")
@click.option("--once", is_flag=True, help="Deliver what is due now, then end.")
def run_worker(once: bool) -> None:
    """Deliver mail and do what falls due, until stopped."""
    if once:
        _visit_mailbox()
        click.echo(f"{worker.run_once(now())} letters handled")
        if number := workroom.work_off(now):
            click.echo(f"{number} pieces of long work handled")
        return
    _warn_of_old_sqlite()
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy
    with (
        metrics_served(app),
        mailroom.mailbox_read(app, stop),
        workroom.work_done(app, stop),
    ):
        worker.run(stop)


def _warn_of_old_sqlite() -> None:
    """A worker is the second process that writes: now the error counts."""
    if db.engine.dialect.name == "sqlite" and is_old_sqlite():
        current_app.logger.warning(
            "%s. %s", OLD_SQLITE.format(version=sqlite3.sqlite_version), OLD_SQLITE_ADVICE
        )


def _visit_mailbox() -> None:
    if not current_app.config["INBOUND_IMAP_HOST"]:
        return
    try:
        click.echo(f"{mailroom.visit(now())} letters read")
    except (OSError, imaplib.IMAP4.error) as error:
        click.echo(f"the mailbox could not be read: {type(error).__name__}", err=True)


@mail.command("receive")
@click.option("--recipient", default="", help="The address the letter was sent to.")
def mail_receive(recipient: str) -> None:
    """Read one letter from standard input, as mail servers hand it over.

    Ends with 0 when the letter was taken, with 75 when the server should try again.
    """
    source = sys.stdin.buffer
    raw = source.read(MAX_BYTES + 1)
    # To the end: a server whose writing breaks off would send the letter back.
    while source.read(CHUNK):
        pass
    try:
        receive(raw, now(), recipient)
    except Exception:
        logger.exception("a letter could not be taken")
        sys.exit(TEMPORARY)


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
def backup_command(file: Path) -> None:
    """Write a consistent copy of the database to FILE while the service runs."""
    usual = Path(current_app.config["BACKUP_FOLDER"])
    if file.absolute().parent == usual.absolute():
        # Where it cannot be made, what is missing is said next.
        with suppress(OSError):
            usual.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        back_up(current_app.config["SQLALCHEMY_DATABASE_URI"], file)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"backup written to {file}")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore_command(file: Path) -> None:
    """Put the database back from FILE; stop web and worker first.

    What was erased or forgotten since is erased and forgotten again.
    """
    steps = known_steps()
    sweeping.note_all()
    try:
        step = restore(current_app.config["SQLALCHEMY_DATABASE_URI"], file, steps)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"database restored from {file}")
    if step != steps[-1]:
        click.echo(f"Its tables are those of an older version (step {step}): run flask db upgrade")
        click.echo("What was erased since goes again when the worker starts")
        return
    click.echo(f"erased again: {sweeping.erase_what_came_back(now())} people")
    click.echo(f"fallen due since, forgotten again: {forget(now())}")
    sweeping.sweep(now())


@privacy.command("preview")
def privacy_preview() -> None:
    """Tell what is forgotten when, in numbers; changes nothing."""
    for line in preview_lines(now()):
        click.echo(line)


def set_up(app: Flask) -> None:
    """Add the commands to `flask`."""
    for command in (
        project,
        samples,
        organiser,
        mail,
        privacy,
        run_worker,
        run_doctor,
        backup_command,
        restore_command,
    ):
        app.cli.add_command(command)
