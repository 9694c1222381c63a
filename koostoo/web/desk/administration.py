"""The page that leads to what is looked up now and then: letters, lists, who may do what."""

from typing import NamedTuple

from flask import render_template, url_for
from flask_babel import gettext as _

from koostoo.accounts.roles import Access
from koostoo.web.desk import bp
from koostoo.web.rights import access, right


class Place(NamedTuple):
    """Where one can go, and what for."""

    url: str
    name: str
    what: str


@bp.get("/administration")
@right("organiser")
def administration() -> str:
    """List what this organiser may open beside events, projects and organisations."""
    return render_template("desk/administration.html", places=places(access()))


def places(access: Access) -> list[Place]:
    """Return the pages somebody may open, in the order they are listed."""
    found = [
        (
            True,
            Place(
                url_for("desk.account"),
                _("How I sign in"),
                _("Passkeys, the app with codes, recovery codes; where you are signed in."),
            ),
        ),
        (
            access.sees_lists,
            Place(
                url_for("desk.downloads"),
                _("Downloads"),
                _("The people of all events of an activity or a period, as Excel or CSV."),
            ),
        ),
        (
            access.is_manager_of_all,
            Place(
                url_for("desk.outbox"),
                _("Outbox"),
                _("Every letter: in line, sent, not delivered and why."),
            ),
        ),
        (
            access.may_manage,
            Place(
                url_for("desk.roles"),
                _("Organisers"),
                _("Who may do what; give a role, take one away."),
            ),
        ),
        (
            access.may_manage,
            Place(
                url_for("desk.all_history"),
                _("History"),
                _("Who did what in your projects, old beside new."),
            ),
        ),
        (
            access.may_manage,
            Place(
                url_for("desk.download_record"),
                _("Record of downloads"),
                _("Who took which list along, and when."),
            ),
        ),
        (
            True,
            Place(
                url_for("desk.website"),
                _("For your web site"),
                _("Coming events in a frame, as a news feed, in calendars."),
            ),
        ),
        (
            True,
            Place(
                url_for("desk.tokens"),
                _("Access for programs"),
                _("Tokens with which other programs read what you may see."),
            ),
        ),
        (
            True,
            Place(
                url_for("desk.calendar"),
                _("The desk in my calendar"),
                _("All events with their numbers of people, under a secret address."),
            ),
        ),
    ]
    return [place for may_open, place in found if may_open]
