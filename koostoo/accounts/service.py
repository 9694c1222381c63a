"""Use cases of organisers' accounts: invite, ask for a link, sign in with it."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from koostoo.accounts import rules
from koostoo.accounts.models import Organiser, RoleGrant, SignInLink
from koostoo.accounts.sessions import Device, begin
from koostoo.base.contact import parse_email
from koostoo.base.database import db, transaction
from koostoo.base.retry import retried
from koostoo.base.text import email_key
from koostoo.base.tokens import new_link_id
from koostoo.mail.outbox import enqueue

SIGN_IN_PURPOSE = "signin"
"""What the tokens of sign-in links are made for, see `base.tokens`."""


class OrganiserNotFound(LookupError):
    """Nobody with this address was invited."""


@retried
def invite_organiser(email: str, now: datetime) -> Organiser:
    """Let the person with this address sign in and manage every project; twice is as once.

    Raises `base.contact.ContactError` for what is not an address.
    """
    address = parse_email(email)
    with transaction() as session:
        organiser = _find_by_key(session, address.key)
        if organiser is None:
            organiser = Organiser(email=address.normalised, email_key=address.key, created_at=now)
            session.add(organiser)
            session.flush()
        everything = RoleGrant.role == "manager", RoleGrant.project_id.is_(None)
        held = select(RoleGrant.id).where(RoleGrant.organiser_id == organiser.id, *everything)
        if session.scalar(held) is None:
            session.add(RoleGrant(organiser_id=organiser.id, role="manager", created_at=now))
    return organiser


@retried
def make_local_link(email: str, now: datetime) -> str:
    """Return the link_id of a sign-in link that opens in any browser; raise OrganiserNotFound.

    For the command line: who reads its output may sign in anyway.
    """
    with transaction() as session:
        organiser = _find_by_key(session, email_key(email))
        if organiser is None:
            raise OrganiserNotFound(email)
        return _new_link(session, organiser, None, now).link_id


@retried
def ask_link(email: str, browser_secret: str, now: datetime, language: str = "et") -> None:
    """Mail a sign-in link for the asking browser; for an unknown address do nothing.

    The caller answers alike in both cases. Letter of kind "signin", payload {"link_id"}.
    """
    with transaction() as session:
        organiser = _find_by_key(session, email_key(email))
        if organiser is None:
            return
        link = _new_link(session, organiser, rules.digest(browser_secret), now)
        enqueue(
            session,
            kind="signin",
            queue=f"organiser:{organiser.id}:{link.link_id}",
            recipient=organiser.email,
            language=language,
            now=now,
            domain=str(current_app.config["BASE_HOST"]),
            payload={"link_id": link.link_id},
        )


def is_link_usable(link_id: str, browser_secret: str, now: datetime) -> bool:
    """Say whether the link would sign this browser in; changes nothing."""
    link = db.session.scalar(select(SignInLink).where(SignInLink.link_id == link_id))
    return link is not None and _works(link, browser_secret, now)


@retried
def use_link(link_id: str, device: Device, now: datetime) -> str | None:
    """Sign in with a link; return the new session's token, None when the link does not work."""
    with transaction() as session:
        link = session.scalar(
            select(SignInLink).where(SignInLink.link_id == link_id).with_for_update()
        )
        if link is None or not _works(link, device.secret, now):
            return None
        link.used_at = now
        return begin(session, link.organiser_id, device, "link", now)


def _find_by_key(session: Session, key: str) -> Organiser | None:
    return session.scalar(select(Organiser).where(Organiser.email_key == key))


def _new_link(
    session: Session, organiser: Organiser, browser_hash: str | None, now: datetime
) -> SignInLink:
    lapsed = now - timedelta(days=1)
    session.execute(delete(SignInLink).where(SignInLink.expires_at <= lapsed))
    link = SignInLink(
        organiser_id=organiser.id,
        link_id=new_link_id(),
        browser_hash=browser_hash,
        expires_at=now + rules.LINK_LIFE,
    )
    session.add(link)
    return link


def _works(link: SignInLink, browser_secret: str, now: datetime) -> bool:
    return rules.link_works(
        expires_at=link.expires_at,
        used_at=link.used_at,
        browser_hash=link.browser_hash,
        browser_secret=browser_secret,
        now=now,
    )
