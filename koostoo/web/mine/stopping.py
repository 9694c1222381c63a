"""The end of letters one does not want: news of a project; what an organiser is told of an event.

Opening a link changes nothing, because mail scanners open links too. A POST does, from the page's
button or from a mail program (RFC 8058): it has neither cookie nor token, the link is the secret.
"""

from flask import abort, render_template, request
from flask_babel import gettext as _

from koostoo.accounts.following import NOTICES, UNFOLLOW_PURPOSE
from koostoo.base.clock import now
from koostoo.base.contact import format_email
from koostoo.base.tokens import read_token
from koostoo.correspondence.following import find_followed
from koostoo.correspondence.following import unfollow as stop_following
from koostoo.correspondence.news import NEWS_PURPOSE, is_refusing, refuse_news, want_news
from koostoo.registration.models import Registration
from koostoo.web.links import find_registration, keys
from koostoo.web.mine import bp
from koostoo.web.rights import right
from koostoo.web.view import local


@bp.get("/news/<token>")
@right("secret_link")
def news(token: str) -> str:
    """Ask whether news of the project shall end, or say that it has."""
    return _news_page(_reader(token))


@bp.post("/news/<token>")
@right("secret_link")
def stop_news(token: str) -> str:
    """Send no more news of the project to this address; or send it again after all."""
    registration_id = _reader(token).id
    if request.form.get("again"):
        want_news(registration_id)
    else:
        refuse_news(registration_id, now())
    return _news_page(_reader(token))


@bp.get("/notices/<token>")
@right("secret_link")
def notices(token: str) -> str:
    """Ask an organiser whether letters about the event shall end, or say that they have."""
    return _notices_page(token)


@bp.post("/notices/<token>")
@right("secret_link")
def unfollow(token: str) -> str:
    """Tell this organiser nothing more about the event."""
    stop_following(_follow_link(token))
    return _notices_page(token)


def _reader(token: str) -> Registration:
    found = find_registration(NEWS_PURPOSE, token)
    if found is None or not found.email:
        abort(404)
    return found


def _news_page(reader: Registration) -> str:
    title = local(reader.event.activity.project.title)
    if is_refusing(reader):
        heading = _("You get no more news")
        words = _(
            "News of the project “%(title)s” no longer comes to %(address)s. Letters about your "
            "own registrations still come.",
            title=title,
            address=format_email(reader.email),
        )
        button, again = _("Send me news after all"), True
    else:
        heading = _("No more news?")
        words = _(
            "News of the project “%(title)s” now comes to %(address)s. Letters about your own "
            "registrations come in any case.",
            title=title,
            address=format_email(reader.email),
        )
        button, again = _("Send me no more news"), False
    return render_template(
        "mine/stop.html", heading=heading, words=words, button=button, again=again
    )


def _follow_link(token: str) -> str:
    return read_token(keys(), UNFOLLOW_PURPOSE, token) or abort(404)


def _notices_page(token: str) -> str:
    found = find_followed(_follow_link(token))
    if found is None:
        abort(404)
    follow, event = found
    title = local(event.title)
    if any(getattr(follow, name) for name in NOTICES):
        heading, button = _("No more letters about this event?"), _("Send me no more of them")
        words = _("As an organiser you are told of the event “%(title)s”.", title=title)
    else:
        heading, button = _("You get no more letters about this event"), ""
        words = _(
            "You can follow the event “%(title)s” again from its page at the desk.", title=title
        )
    return render_template(
        "mine/stop.html", heading=heading, words=words, button=button, again=False
    )
