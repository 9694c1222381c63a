"""Full addresses in letters; BASE_URL alone decides the origin, also without a request."""

from flask import current_app

from koostoo.accounts.following import UNFOLLOW_PURPOSE
from koostoo.accounts.models import Follow
from koostoo.attendance.feedback import FEEDBACK_PURPOSE
from koostoo.base.tokens import make_token
from koostoo.correspondence.news import NEWS_PURPOSE
from koostoo.events.models import Event
from koostoo.registration.mailbox_calendar import PAGE_PURPOSE
from koostoo.registration.models import Group, Registration


def event_page(event: Event, language: str) -> str:
    """Return the address of an event's public page."""
    return _address(f"/events/{event.slug}", language)


def own_page(registration: Registration, language: str) -> str:
    """Return the secret address of a participant's own page."""
    return _address(f"/my/{_token('my', registration.link_id)}", language)


def group_page(group: Group, language: str) -> str:
    """Return the secret address of the page about the people a contact signed up."""
    return _address(f"/my/group/{_token('group', group.link_id)}", language)


def mailbox_page(link_id: str, language: str) -> str:
    """Return the secret address of the page about a mailbox' calendar."""
    return _address(f"/my/calendar/{_token(PAGE_PURPOSE, link_id)}", language)


def mailbox_data(link_id: str, language: str) -> str:
    """Return the secret address of the page about all that is kept of a mailbox."""
    return f"{mailbox_page(link_id, language)}/data"


def people_page(event: Event, language: str) -> str:
    """Return the address of an event's people at the desk."""
    return _address(f"/desk/events/{event.slug}/registrations", language)


def files_page(event: Event, language: str) -> str:
    """Return the address of an event's files at the desk."""
    return _address(f"/desk/events/{event.slug}/files", language)


def sign_in_page(link_id: str, language: str) -> str:
    """Return the secret address that signs an organiser in."""
    return _address(f"/desk/signin/{_token('signin', link_id)}", language)


def ask_to_sign_in(language: str) -> str:
    """Return where an organiser asks for such a link."""
    return _address("/desk/signin", language)


def account_page(language: str) -> str:
    """Return the address of the page about how an organiser signs in."""
    return _address("/desk/account", language)


def feedback(registration: Registration, language: str) -> str:
    """Return where this person is asked how the event was; empty: nowhere.

    The address of our own form is secret: who has it can answer once, and nothing else.
    """
    event = registration.event
    if event.own_feedback is None:
        return event.feedback_url
    return _address(f"/my/feedback/{_token(FEEDBACK_PURPOSE, registration.link_id)}", language)


def refuse_news(registration: Registration, language: str) -> str:
    """Return the secret address that ends news of a registration's project."""
    return _address(f"/my/news/{_token(NEWS_PURPOSE, registration.link_id)}", language)


def unfollow(follow: Follow, language: str) -> str:
    """Return the secret address that ends an organiser's letters about an event."""
    return _address(f"/my/notices/{_token(UNFOLLOW_PURPOSE, follow.link_id)}", language)


def desk_page(event: Event, language: str) -> str:
    """Return the address of an event's people at the desk."""
    return _address(f"/desk/events/{event.slug}/registrations", language)


def _address(path: str, language: str) -> str:
    prefix = "/en" if language == "en" else ""
    return f"{current_app.config['BASE_URL']}{prefix}{path}"


def _token(purpose: str, link_id: str) -> str:
    keys = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
    return make_token(keys, purpose, link_id)
