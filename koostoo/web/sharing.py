"""How seats are shared out and who may come, in words; why somebody waits or is refused."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from koostoo.base import dates
from koostoo.events.models import Event
from koostoo.registration.queries import invited_by_name, promises_of
from koostoo.registration.rules import Standing
from koostoo.web.language import current_lang

OBSTACLE_WORDS: dict[str, Any] = {
    "full": _l("all seats are taken"),
    "promised": _l("the free seats are promised to other organisations"),
    "partner_cap": _l("as many people of this action group are in as the event allows"),
    "member_cap": _l("as many people of this member organisation are in as the event allows"),
    "option": _l("there is no room left in what was chosen"),
    "group": _l("there are not enough free seats for all who want to come together"),
}


BELONGING_WORDS: dict[str, Any] = {
    "not_invited": _l("This organisation is not invited to the event."),
    "not_a_member": _l(
        "Only members can sign up, and the register of your action group has neither this "
        "organisation nor you. Choose your organisation from the list, or write to the organiser."
    ),
}
MEMBERSHIP_WORDS: dict[str, Any] = {
    "member": _l("is a member"),
    "stranger": _l("not a member"),
    "unchecked": _l("not checked"),
}


def sharing_lines(event: Event, now: datetime) -> list[str]:
    """Return the event's rules about who may come and about seats, a sentence each."""
    lang = current_lang()
    lines = _who_may_come(event)
    first = event.members_first_until
    if first is not None and now < first:
        lines.append(
            _(
                "Until %(moment)s only people of the partner organisations can sign up.",
                moment=dates.moment(first, lang),
            )
        )
    if event.approval != "none":
        lines.append(
            _("The organiser confirms each registration; meanwhile a seat is kept.")
            if event.approval == "holds"
            else _("The organiser confirms each registration; meanwhile no seat is kept.")
        )
    for promise in promises_of(event, now):
        words = {"name": promise.name, "free": promise.free}
        promised = ngettext(
            "%(num)s seat is promised to %(name)s, %(free)s of them free",
            "%(num)s seats are promised to %(name)s, %(free)s of them free",
            promise.seats,
            **words,
        )
        if promise.until is None:
            lines.append(f"{promised}.")
        else:
            until = dates.moment(promise.until, lang)
            lines.append(_("%(promised)s; kept until %(until)s.", promised=promised, until=until))
    if event.partner_cap is not None:
        lines.append(
            ngettext(
                "At most %(num)s person of each action group.",
                "At most %(num)s people of each action group.",
                event.partner_cap,
            )
        )
    if event.member_cap is not None:
        lines.append(
            ngettext(
                "At most %(num)s person of each member organisation.",
                "At most %(num)s people of each member organisation.",
                event.member_cap,
            )
        )
    if event.offer_hours and event.has_waiting_list:
        lines.append(
            ngettext(
                "A seat that comes free is offered to who waits, with %(num)s hour to answer.",
                "A seat that comes free is offered to who waits, with %(num)s hours to answer.",
                event.offer_hours,
            )
        )
    return lines


def status_text(event: Event, state: Standing) -> str:
    """Return why one cannot sign up, in words; empty when one can."""
    lang = current_lang()
    if state == "not_yet" and event.opens_at:
        return _("Registration opens %(moment)s", moment=dates.moment(event.opens_at, lang))
    words = {
        "closed": _("Registration is closed"),
        "over": _("This event is over"),
        "called_off": _("Called off"),
        "none": _("No registration here"),
    }
    return words.get(state, "")


def _who_may_come(event: Event) -> list[str]:
    lines: list[str] = []
    if names := invited_by_name(event):
        lines.append(_("Invited: %(names)s.", names=", ".join(names)))
    if event.membership == "members":
        lines.append(_("Only members of the action groups can sign up."))
    return lines
