"""Who may do what at the desk: pure decisions over a person's roles and what a page is about."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

Role = Literal["manager", "coordinator", "helper", "viewer"]
ROLES: tuple[Role, ...] = get_args(Role)


class Grant(NamedTuple):
    """One role of one person and what it is about.

    A manager or viewer has a project, or None for every project there is and will be; a
    coordinator an organisation; a helper an event.
    """

    role: Role
    project_id: int | None = None
    organisation_id: int | None = None
    event_id: int | None = None


class EventFacts(NamedTuple):
    """What decides about an event: its project, the organisation that runs it, whether it is out.

    Nobody but those who run it knows of a draft.
    """

    id: int
    project_id: int
    organiser_id: int
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """What one person may see and do; made anew for every request.

    `partner_projects` are the projects in which an organisation of theirs takes part,
    `managed_organisations` the partners of the projects they manage.
    """

    grants: frozenset[Grant]
    partner_projects: frozenset[int] = frozenset()
    managed_organisations: frozenset[int] = frozenset()

    @property
    def is_manager_of_all(self) -> bool:
        """Whether they manage every project."""
        return Grant("manager") in self.grants

    @property
    def managed_projects(self) -> frozenset[int] | None:
        """The projects they manage; None: all."""
        return self._projects("manager")

    @property
    def seen_projects(self) -> frozenset[int] | None:
        """The projects of which they see every published event; None: all."""
        managed, viewed = self._projects("manager"), self._projects("viewer")
        return None if managed is None or viewed is None else managed | viewed

    @property
    def organisations(self) -> frozenset[int]:
        """The organisations they coordinate."""
        return frozenset(
            grant.organisation_id for grant in self.grants if grant.organisation_id is not None
        )

    @property
    def sees_lists(self) -> bool:
        """Whether there may be events whose lists they see: not for who only helps at the door."""
        seen = self.seen_projects
        return seen is None or bool(seen or self.organisations)

    @property
    def helped_events(self) -> frozenset[int]:
        """The events they help at."""
        return frozenset(grant.event_id for grant in self.grants if grant.event_id is not None)

    @property
    def may_manage(self) -> bool:
        """Whether they manage anything, and so may give roles."""
        return self.managed_projects is None or bool(self.managed_projects)

    @property
    def may_create(self) -> bool:
        """Whether they may open an event of some project."""
        return self.may_manage or bool(self.organisations and self.partner_projects)

    @property
    def organisers(self) -> frozenset[int] | None:
        """The organisations they may let run some event; None: any."""
        return None if self.may_manage else self.organisations

    def manages(self, project_id: int) -> bool:
        """Say whether everything in the project is theirs to do."""
        managed = self.managed_projects
        return managed is None or project_id in managed

    def views(self, project_id: int) -> bool:
        """Say whether they see figures and names of the whole project: managers and viewers."""
        seen = self.seen_projects
        return seen is None or project_id in seen

    def may_run(self, event: EventFacts) -> bool:
        """Say whether they may change the event and decide about everybody in it."""
        return self.manages(event.project_id) or event.organiser_id in self.organisations

    def may_check_in(self, event: EventFacts) -> bool:
        """Say whether they may see the names of an event and mark who came."""
        return self.may_run(event) or event.id in self.helped_events

    def may_look(self, event: EventFacts) -> bool:
        """Say whether they may open the event at the desk, whoever's people they see there."""
        if self.may_run(event):
            return True
        if event.is_draft:
            return False
        return self._views(event) or self._takes_part(event)

    def may_fill(self, event: EventFacts) -> bool:
        """Say whether they may sign up by hand: anybody, or people of their organisation."""
        return self.may_run(event) or (not event.is_draft and self._takes_part(event))

    def sees_everybody(self, event: EventFacts) -> bool:
        """Say whether they see the names of all people of the event."""
        return self.may_run(event) or self._views(event)

    def whose_people(self, event: EventFacts) -> frozenset[int] | None:
        """Return the organisations whose people they see in the event's list; None: everybody."""
        return None if self.sees_everybody(event) else self.organisations

    def may_see_files(self, event: EventFacts) -> bool:
        """Say whether they may see the files of the event: a signed list names everybody."""
        return self.sees_everybody(event)

    def may_run_person(self, event: EventFacts, organisation_id: int | None) -> bool:
        """Say whether they may see and decide everything about one person of the event."""
        if self.may_run(event):
            return True
        return self.may_fill(event) and organisation_id in self.organisations

    def sees_contacts(self, event: EventFacts, organisation_id: int | None) -> bool:
        """Say whether they see address, phone and answers of one person of the event."""
        return self.may_run_person(event, organisation_id)

    @property
    def registers(self) -> frozenset[int] | None:
        """The organisations whose registers of members are theirs to keep; None: all."""
        if self.is_manager_of_all:
            return None
        return self.organisations | self.managed_organisations

    def may_keep_register(self, organisation_id: int) -> bool:
        """Say whether the organisation's register of members is theirs to keep."""
        registers = self.registers
        return registers is None or organisation_id in registers

    def _projects(self, role: Role) -> frozenset[int] | None:
        if Grant(role) in self.grants:
            return None
        return frozenset(
            grant.project_id
            for grant in self.grants
            if grant.role == role and grant.project_id is not None
        )

    def _views(self, event: EventFacts) -> bool:
        seen = self.seen_projects
        return not event.is_draft and (seen is None or event.project_id in seen)

    def _takes_part(self, event: EventFacts) -> bool:
        return event.project_id in self.partner_projects


def is_complete(grant: Grant) -> bool:
    """Say whether the role has what it needs and nothing else."""
    about = [place for place, number in enumerate(grant[1:]) if number is not None]
    if grant.role == "coordinator":
        return about == [1]
    if grant.role == "helper":
        return about == [2]
    return about in ([], [0])


def leaves_a_manager(grants: Iterable[Grant]) -> bool:
    """Say whether somebody still manages everything when these are all the roles there are."""
    return any(grant == Grant("manager") for grant in grants)
