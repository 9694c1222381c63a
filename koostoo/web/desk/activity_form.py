"""The form of an activity: what is planned, what counts, which outcomes it serves."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, ValidationError

from koostoo.programme.drafts import ActivityDraft
from koostoo.programme.models import Organisation, Outcome
from koostoo.programme.project_file import TARGETS, TEXT_LIMIT, TITLE_LIMIT
from koostoo.web.desk.fields import SeatsField
from koostoo.web.desk.project_forms import ProjectForm, line_field, prose_field, text_in
from koostoo.web.forms import AnyOf, OneOf, Pick, Sentence, options
from koostoo.web.view import local

COUNTS_WORDS = (
    ("events", _l("events held")),
    ("regions", _l("different regions in which events were held")),
    ("participants", _l("people who took part")),
)


class ActivityForm(ProjectForm):
    """A planned activity with its target and what counts."""

    title_et = line_field(_l("Title in Estonian"), TITLE_LIMIT, Sentence())
    title_en = line_field(_l("Title in English"), TITLE_LIMIT)
    description_et = prose_field(_l("Description in Estonian"), TEXT_LIMIT)
    description_en = prose_field(_l("Description in English"), TEXT_LIMIT)
    owner = Pick(_l("Whose activity?"))
    target = SeatsField(_l("Target: at least"), validators=[Sentence()], default=1)
    counts = OneOf(
        _l("What is counted?"),
        choices=options(COUNTS_WORDS),
        default="events",
        validators=[Sentence()],
    )
    only_physical = BooleanField(
        _l("Only physical events count"),
        description=_l("Events held only on the web are listed but not counted."),
    )
    outcomes = AnyOf(_l("Which expected outcomes does it serve?"))

    def offer(self, organisations: Iterable[Organisation], outcomes: Iterable[Outcome]) -> None:
        """Give the fields their choices."""
        owners = [
            (str(one.id), _("additional activity of %(name)s", name=one.name))
            for one in organisations
        ]
        self.owner.choices = options([("", _("joint activity of all partners")), *owners])
        self.outcomes.choices = options((str(one.id), local(one.text)) for one in outcomes)

    def validate_target(self, field: Field) -> None:
        """Refuse 0 and numbers no project file takes."""
        if field.data is not None and field.data not in TARGETS:
            raise ValidationError(_("Please write a number from 1."))

    def draft(self) -> ActivityDraft:
        """Return the checked values."""
        return ActivityDraft(
            title=text_in(self, "title"),
            description=text_in(self, "description"),
            organisation_id=int(self.owner.data) if self.owner.data else None,
            target=self.target.data,
            counts=self.counts.data,
            only_physical=self.only_physical.data,
            outcome_ids=tuple(
                int(choice[0])
                for choice in self.outcomes.iter_choices()
                if choice[0] in (self.outcomes.data or ())
            ),
        )


def activity_data(draft: ActivityDraft, version: int) -> dict[str, Any]:
    """Return the values of the form for an activity that is changed."""
    return {
        "title_et": draft.title.et,
        "title_en": draft.title.en,
        "description_et": draft.description.et,
        "description_en": draft.description.en,
        "owner": str(draft.organisation_id or ""),
        "target": draft.target,
        "counts": draft.counts,
        "only_physical": draft.only_physical,
        "outcomes": [str(one) for one in draft.outcome_ids],
        "version": str(version),
    }
