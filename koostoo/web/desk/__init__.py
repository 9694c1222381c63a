"""The organisers' desk: events, the people who signed up, the registers of members."""

from typing import Any

from flask import Blueprint, g
from flask_wtf.csrf import generate_csrf

bp = Blueprint("desk", __name__, url_prefix="/desk")

from koostoo.web.desk import (  # noqa: E402 - they add routes to bp
    account,  # noqa: F401
    activities,  # noqa: F401
    adding,  # noqa: F401
    administration,  # noqa: F401
    answers_page,  # noqa: F401
    attendance,  # noqa: F401
    attended,  # noqa: F401
    attendee_import,  # noqa: F401
    badges,  # noqa: F401
    calendar,  # noqa: F401
    checkin,  # noqa: F401
    column_presets,  # noqa: F401
    contributions,  # noqa: F401
    correcting,  # noqa: F401
    deciding,  # noqa: F401
    download_record,  # noqa: F401
    downloads,  # noqa: F401
    erasing,  # noqa: F401
    event_preview,  # noqa: F401
    events,  # noqa: F401
    evidence,  # noqa: F401
    feedback,  # noqa: F401
    feedback_settings,  # noqa: F401
    figures,  # noqa: F401
    files,  # noqa: F401
    handing_over,  # noqa: F401
    history,  # noqa: F401
    indicator_rows,  # noqa: F401
    indicators,  # noqa: F401
    letter_texts,  # noqa: F401
    letter_times,  # noqa: F401
    letters,  # noqa: F401
    logos,  # noqa: F401
    matches,  # noqa: F401
    new_link,  # noqa: F401
    news,  # noqa: F401
    opening,  # noqa: F401
    outbox_pages,  # noqa: F401
    outbox_person,  # noqa: F401
    own_factors,  # noqa: F401
    paper,  # noqa: F401
    people,  # noqa: F401
    period,  # noqa: F401
    person,  # noqa: F401
    project_lists,  # noqa: F401
    projects,  # noqa: F401
    ready_lists,  # noqa: F401
    register_import,  # noqa: F401
    registers,  # noqa: F401
    reordering,  # noqa: F401
    report_files,  # noqa: F401
    reports,  # noqa: F401
    retention,  # noqa: F401
    roles,  # noqa: F401
    tokens,  # noqa: F401
    website,  # noqa: F401
    work,  # noqa: F401
    writing,  # noqa: F401
)


@bp.context_processor
def _who() -> dict[str, Any]:
    organiser = g.get("organiser")
    words = {
        "organiser_name": organiser.email if organiser else "",
        "access": g.get("access"),
        "csrf_token": generate_csrf,
    }
    session = g.get("signed_in")
    # Who still has to set up a second factor can go nowhere else.
    return words if session is None or session.standing == "full" else {**words, "desk_links": []}
