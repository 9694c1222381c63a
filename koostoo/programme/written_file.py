"""Write a project file (TOML): a plan in, text out that `project_file` reads back as that plan."""

from datetime import date
from typing import Any

import tomli_w

from koostoo.base.localtext import LocalText
from koostoo.programme.file_dates import written_when
from koostoo.programme.plan import (
    ActivityPlan,
    ContactPlan,
    EventPlan,
    MediaPlan,
    OrganisationPlan,
    ProjectPlan,
)

HEAD = """\
# A cooperation project as Koostöö keeps it. Load it with
#
#     flask project load FILE
#
# Loading it twice changes nothing. What the keys mean stands in the file shipped with Koostöö,
# koostoo/programme/data/kogemusvahetus.toml.

"""


def write_project_file(plan: ProjectPlan) -> str:
    """Return the file; the same plan gives the same text."""
    values = _filled(
        slug=plan.slug,
        title=plan.title,
        starts=plan.starts_on,
        ends=plan.ends_on,
        host=plan.host,
        lead=plan.lead,
        partners=list(plan.partners),
        support_text=plan.support_text,
        keep_until=plan.keep_until,
        contact=_contact(plan.contact),
        organisations=[_organisation(one) for one in plan.organisations],
        outcomes=[text.as_dict() for text in plan.outcomes],
        activities=[_activity(one) for one in plan.activities],
        events=[_event(one) for one in plan.events],
        media=[_media(one) for one in plan.media],
    )
    return HEAD + tomli_w.dumps(values, multiline_strings=True)


def _contact(contact: ContactPlan) -> dict[str, Any]:
    return _filled(name=contact.name, email=contact.email, phone=contact.phone)


def _organisation(one: OrganisationPlan) -> dict[str, Any]:
    return _filled(slug=one.slug, name=one.name, short_name=one.short_name)


def _activity(one: ActivityPlan) -> dict[str, Any]:
    return _filled(
        slug=one.slug,
        kind=one.kind,
        organisation=one.organisation,
        target=one.target,
        counts=one.counts,
        only_physical=one.only_physical,
        outcomes=list(one.outcomes),
        title=one.title,
        description=one.description,
    )


def _event(one: EventPlan) -> dict[str, Any]:
    return _filled(
        slug=one.slug,
        activity=one.activity,
        also_counts_for=list(one.further),
        organiser=one.organiser,
        mode=one.mode,
        region=one.region,
        elsewhere=one.elsewhere,
        **written_when(one.when),
        title=one.title,
        summary=one.summary,
        place=one.place,
    )


def _media(one: MediaPlan) -> dict[str, Any]:
    return _filled(day=one.day, url=one.url, title=one.title)


def _filled(**values: Any) -> dict[str, Any]:
    """Leave out what is empty; a text without English is written as it is."""
    return {
        key: _plain(value)
        for key, value in values.items()
        if isinstance(value, bool | int | date) or value
    }


def _plain(value: Any) -> Any:
    if not isinstance(value, LocalText):
        return value
    return value.as_dict() if value.en else value.et
