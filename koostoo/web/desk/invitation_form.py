"""Who may sign up for an event: which organisations are invited, and whether only members."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from koostoo.events.rules import EventDraft
from koostoo.programme.models import Activity, Organisation
from koostoo.web.forms import AnyOf, OneOf, Sentence, options


class InvitationFields:
    """The fields of the event form about who may sign up."""

    invited = AnyOf(
        _l("Who is invited"),
        description=_l("Nothing ticked: all organisations of the project, later ones too."),
    )
    membership = OneOf(
        _l("Members and others"),
        choices=options(
            [
                ("open", _l("everybody who is invited may sign up")),
                ("flag", _l("everybody may, and the list marks who is not a member")),
                ("members", _l("only members may sign up")),
            ]
        ),
        default="open",
        validators=[Sentence()],
    )

    partners: Mapping[int, Collection[int]]
    """The organisations of each activity's project, by number."""

    def offer_invitations(
        self, organisations: Iterable[Organisation], activities: Iterable[Activity]
    ) -> None:
        """Give the tick boxes their choices, and say who keeps no register of members."""
        organisations = list(organisations)
        self.invited.choices = options((str(one.id), one.name) for one in organisations)
        self.partners = {
            activity.id: {partner.organisation_id for partner in activity.project.partners}
            for activity in activities
        }
        without = [one.short_name or one.name for one in organisations if one.register_at is None]
        if without:
            self.membership.description = _(
                "No register of members here yet: %(names)s. Their people may sign up in any case "
                "and are marked as not checked.",
                names=", ".join(without),
            )

    def invited_numbers(self) -> tuple[int, ...]:
        """Return the organisations ticked, by number; none for the whole project."""
        return () if self.invited.errors else tuple(int(one) for one in self.invited.data or ())

    def read_invited(self, activity_id: int, allows_others: bool) -> Collection[int]:
        """Return whose people may sign up for an event of this activity.

        What cannot be stands beside the fields then: organisations of another project, people of
        other organisations where only members may come.
        """
        of_project, ticked = self.partners.get(activity_id, ()), self.invited_numbers()
        names = {choice[0]: choice[1] for choice in self.invited.iter_choices()}
        strangers = [names[str(number)] for number in ticked if number not in of_project]
        if strangers:
            words = _("Not in the project of this activity: %(names)s.", names=", ".join(strangers))
            self.invited.errors = [words]
        if allows_others and self.membership.data == "members":
            self.membership.errors = [
                *self.membership.errors,
                _(
                    "People of other organisations are nobody's members. Do not let them sign up, "
                    "or let the list mark who is not a member."
                ),
            ]
        return ticked or of_project


def invitation_data(draft: EventDraft) -> dict[str, Any]:
    """Return the values of these fields for an event that is changed."""
    return {
        "invited": [str(number) for number in draft.invited],
        "membership": draft.membership,
    }
