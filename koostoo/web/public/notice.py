"""The privacy notice, made from the projects and the retention classes of the columns.

What must be told: GDPR, Articles 13 and 14. A test holds each period against `base.keep`.
"""

from typing import Any, NamedTuple

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from koostoo.base import keep
from koostoo.events import queries
from koostoo.programme.queries import keepers
from koostoo.web.public import bp
from koostoo.web.ready import kept_ready
from koostoo.web.rights import right


class Line(NamedTuple):
    """A retention class in words: what it is, what for and on what basis, until when."""

    name: str
    what: str
    purpose: str
    until: str


@bp.get("/privacy")
@right("public")
@kept_ready
def privacy() -> str:
    """Show the privacy notice."""
    words = class_words()
    return render_template(
        "public/privacy.html",
        projects=queries.all_projects(),
        keepers=keepers(),
        contact_days=keep.CONTACT_DAYS,
        lines=[
            Line(name, *words[name], period_words(period)) for name, period in keep.PERIODS.items()
        ],
    )


def period_words(period: keep.Period) -> str:
    """Return in words how long a class is kept."""
    number = period.days
    words = {
        "event": lambda: ngettext(
            "%(num)s day after the event", "%(num)s days after the event", number
        ),
        "project": lambda: ngettext(
            "%(num)s day after the event, but not before the project has ended",
            "%(num)s days after the event, but not before the project has ended",
            number,
        ),
        "evidence": lambda: _("until the day named for the project; then only numbers remain"),
        "group": lambda: _("until the action group replaces or removes it"),
        "lapsed": lambda: ngettext(
            "%(num)s day after it has lapsed", "%(num)s days after it has lapsed", number
        ),
        "made": lambda: ngettext(
            "%(num)s day after it was made", "%(num)s days after it was made", number
        ),
        "leaving": lambda: _("as long as the person works here"),
        "nothing": lambda: _("for good"),
    }
    return words[period.after]()


def class_words() -> dict[str, tuple[Any, Any]]:
    """Return what belongs to each class, and what for and on what basis it is kept."""
    return {
        "sensitive": (
            _(
                "Answers to the event's own questions, such as meals, transport and rooms; what "
                "organisers noted about you; that you have given feedback"
            ),
            _(
                "To arrange the event: our legitimate interest in holding it. What tells of your "
                "health, such as an allergy, only with your consent."
            ),
        ),
        "contact": (
            _(
                "E-mail address, phone number, letters to you, what your calendar answered, words "
                "organisers marked you with; that an address wants no news, as a fingerprint"
            ),
            _(
                "To confirm, to tell of changes, to ask what is unclear: our legitimate interest "
                "in holding the event. News of the project: our legitimate interest in telling its "
                "participants of further events; each has a link that ends them."
            ),
        ),
        "evidence": (
            _(
                "Name, organisation, standing, attendance, whether the own contribution was paid; "
                "what organisers did about your registration; words of anonymous feedback; signed "
                "lists, photos and other evidence of the event"
            ),
            _(
                "To show the funder that the event took place and who took part: a legal duty of "
                "who gets support. Photos in which you can be recognised are published only with "
                "your consent."
            ),
        ),
        "register": (
            _(
                "Registers of members, as action groups gave them to us: names of member "
                "organisations, names and e-mail addresses of their people; an uploaded list that "
                "nobody took, at most a day"
            ),
            _(
                "To suggest organisations and to tell who is a member: the group's legitimate "
                "interest in knowing its members."
            ),
        ),
        "security": (
            _(
                "Sign-in links and sessions of organisers with the kind of browser, in which "
                "browsers they signed in, counters of tries, that a letter came in"
            ),
            _("To keep strangers out: our legitimate interest in the safety of the service."),
        ),
        "work": (
            _("Packages of evidence and other files made for organisers"),
            _("The same as the evidence in them; deleted with it at the latest."),
        ),
        "account": (
            _("Name, address and roles of organisers, what they sign in with"),
            _("To let them work here: the contract or task they work under."),
        ),
        "structure": (
            _("Projects, events and numbers"),
            _("They tell nothing of any person."),
        ),
    }
