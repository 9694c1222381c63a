"""What an event counts for: in whose area it takes place, and which activities besides its own."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField

from koostoo.events.rules import EventDraft
from koostoo.programme.models import Activity, Organisation
from koostoo.programme.project_file import REGION_LIMIT
from koostoo.web.forms import AnyOf, AtMost, NoForbidden, Pick, line, options
from koostoo.web.view import local


class CountingFields:
    """The fields of the event form about where and for what it counts."""

    region = Pick(
        _l("In whose area?"),
        description=_l("Activities that count different regions go by it."),
    )
    region_other = StringField(
        _l("Elsewhere, namely"),
        filters=[line],
        validators=[AtMost(REGION_LIMIT), NoForbidden()],
        description=_l("A place outside these areas, such as another county or country."),
    )
    further = AnyOf(
        _l("Also counts for"),
        description=_l("Besides its own activity, when it served more than one."),
    )

    projects: Mapping[int, int]
    """The project of each activity, by number."""

    def offer_counting(
        self, organisations: Iterable[Organisation], activities: Sequence[Activity]
    ) -> None:
        """Give the fields their choices."""
        names = [(str(one.id), one.name) for one in organisations]
        self.region.choices = options([("", _("not said")), *names])
        self.projects = {activity.id: activity.project_id for activity in activities}
        several = len({*self.projects.values()}) > 1
        self.further.choices = options(
            (str(one.id), _with_project(one) if several else local(one.title)) for one in activities
        )

    def refuse_counting(self, activity_id: int | None) -> None:
        """Put what cannot be beside the fields: two places, activities of another project."""
        if self.region.data and self.region_other.data:
            words = _("Choose an area or write where else it is, not both.")
            self.region_other.errors = [*self.region_other.errors, words]
        if activity_id is None or self.further.errors:
            return
        of_project = _same_project(self.projects, activity_id)
        if not {int(one) for one in self.further.data or ()} <= of_project:
            self.further.errors = [_("Please tick only activities of the same project.")]

    def counting_values(self, activity_id: int) -> dict[str, Any]:
        """Return the checked values; its own activity is not one of the further ones."""
        return {
            "region_id": int(self.region.data) if self.region.data else None,
            "region_other": self.region_other.data or "",
            "further": tuple(sorted({int(one) for one in self.further.data or ()} - {activity_id})),
        }


def counting_data(draft: EventDraft) -> dict[str, Any]:
    """Return the values of these fields for an event that is changed."""
    return {
        "region": str(draft.region_id or ""),
        "region_other": draft.region_other,
        "further": [str(number) for number in draft.further],
    }


def _with_project(activity: Activity) -> str:
    return f"{local(activity.title)} ({local(activity.project.title)})"


def _same_project(projects: Mapping[int, int], activity_id: int) -> set[int]:
    own = projects.get(activity_id)
    return {number for number, project in projects.items() if project == own}
