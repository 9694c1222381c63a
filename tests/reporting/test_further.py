"""What events, activities and figures by hand add to the figures of a project."""

from collections.abc import Callable
from datetime import timedelta

from koostoo.attendance.figures import Figures, note_figures
from koostoo.base.clock import now
from koostoo.base.database import transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.programme.models import Activity
from koostoo.reporting.figures import Choice
from koostoo.reporting.freezing import gather


def test_regions_further_activities_and_figures_by_hand_stand_in_the_figures(
    make_event: Callable[..., Event], programme: Activity
) -> None:
    host = programme.project.partners[0].organisation_id
    event = make_event(when=When.days((now() - timedelta(days=9)).date()))
    with transaction() as session:
        other = Activity(
            project_id=programme.project_id,
            slug="other",
            kind="joint",
            position=2,
            title=LocalText("Seminar"),
            description=LocalText(""),
            target=1,
        )
        held = session.get_one(Event, event.id)
        held.region_id = host
        held.further_activities.append(other)
        session.flush()
        other_id = other.id
    note_figures(event.id, Figures(12, {host: 5}, "Protokoll"), 0, now(), None)
    found = gather(programme.project_id, Choice(), now())["levels"]
    assert found["total"][""]["by_hand"] == 12
    assert found["region"]["Näidis"]["events"] == 1
    assert found["activity"][str(other_id)]["events"] == 1
    assert found["activity"][str(programme.id)]["by_hand"] == 12
    assert found["organisation"][str(host)]["by_hand"] == 5
