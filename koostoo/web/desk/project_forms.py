"""The forms of a project: its facts and its partners."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    EmailField,
    Field,
    HiddenField,
    StringField,
    TelField,
    TextAreaField,
    ValidationError,
)

from koostoo.base.clock import local_day, now
from koostoo.base.contact import parse_email, parse_phone
from koostoo.base.localtext import LocalText
from koostoo.programme.drafts import (
    NewOrganisation,
    PartnersDraft,
    ProjectFacts,
)
from koostoo.programme.models import Organisation
from koostoo.programme.project_file import TEXT_LIMIT, TITLE_LIMIT
from koostoo.programme.toml_table import YEARS
from koostoo.web.desk.fields import DayField
from koostoo.web.desk.numbers import small_number
from koostoo.web.forms import (
    AnyOf,
    AtMost,
    Form,
    NoForbidden,
    Pick,
    Sentence,
    email_like,
    line,
    options,
    phone_like,
    prose,
)


def line_field(label: Any, limit: int, *checks: Any, **more: Any) -> StringField:
    """Return a field of one line."""
    return StringField(
        label, filters=[line], validators=[*checks, AtMost(limit), NoForbidden()], **more
    )


def prose_field(label: Any, limit: int, *checks: Any, **more: Any) -> TextAreaField:
    """Return a field of several lines."""
    return TextAreaField(
        label, filters=[prose], validators=[*checks, AtMost(limit), NoForbidden()], **more
    )


def sensible_year(_form: Any, field: Field) -> None:
    """Refuse a year nobody means; a project file takes none either."""
    if field.data is not None and field.data.year not in YEARS:
        raise ValidationError(_("Please check the year."))


def text_in(form: Any, name: str) -> LocalText:
    """Return what was typed in both languages."""
    return LocalText(form[f"{name}_et"].data or "", form[f"{name}_en"].data or "")


class ProjectForm(Form):
    """A form about one project, which knows the version of it that was looked at."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version this form was opened with; 0 when it was tampered with."""
        return small_number(str(self.version.data or "")) or 0


class FactsForm(ProjectForm):
    """What a project is called, when it runs, who answers, who pays and how long it is kept."""

    title_et = line_field(_l("Title in Estonian"), TITLE_LIMIT, Sentence())
    title_en = line_field(_l("Title in English"), TITLE_LIMIT)
    starts_on = DayField(_l("First day"), validators=[Sentence(), sensible_year])
    ends_on = DayField(_l("Last day"), validators=[Sentence(), sensible_year])
    contact_name = line_field(_l("Contact person"), 200)
    contact_email = EmailField(
        _l("E-mail"), filters=[line], validators=[AtMost(254), NoForbidden(), email_like]
    )
    contact_phone = TelField(
        _l("Phone"), filters=[line], validators=[AtMost(40), NoForbidden(), phone_like]
    )
    support_et = prose_field(
        _l("Words about the support, in Estonian"),
        TEXT_LIMIT,
        description=_l("As the funder asks; they stand on pages, in letters and on lists."),
    )
    support_en = prose_field(_l("Words about the support, in English"), TEXT_LIMIT)
    keep_until = DayField(
        _l("Keep evidence until"),
        validators=[sensible_year],
        description=_l(
            "After this day names are removed and only numbers stay. Empty: names are kept for "
            "good, so fill it in as soon as the funder's date is known."
        ),
    )

    kept_so_far: date | None = None
    """The day as it is saved, which may have passed."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, then that the days follow one another."""
        super().validate(extra_validators)
        starts, ends, kept = self.starts_on.data, self.ends_on.data, self.keep_until.data
        if starts and ends and ends < starts:
            self.ends_on.errors = [_("The project cannot end before it begins.")]
        elif ends and kept and kept < ends:
            self.keep_until.errors = [_("Evidence is kept at least until the project ends.")]
        elif kept and kept != self.kept_so_far and kept < local_day(now()):
            words = _("This day has passed: names would be removed for good at once.")
            self.keep_until.errors = [words]
        return not self.errors

    def facts(self) -> ProjectFacts:
        """Return the checked values."""
        email, phone = self.contact_email.data, self.contact_phone.data
        return ProjectFacts(
            title=text_in(self, "title"),
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            contact_name=self.contact_name.data or "",
            contact_email=parse_email(email).normalised if email else "",
            contact_phone=parse_phone(phone) if phone else "",
            support_text=text_in(self, "support"),
            keep_until=self.keep_until.data,
        )


def facts_data(facts: ProjectFacts, version: int) -> dict[str, Any]:
    """Return the values of the form for a project that is changed."""
    values = {
        name: getattr(facts, name)
        for name in (
            "starts_on",
            "ends_on",
            "contact_name",
            "contact_email",
            "contact_phone",
            "keep_until",
        )
    }
    return {
        **values,
        "title_et": facts.title.et,
        "title_en": facts.title.en,
        "support_et": facts.support_text.et,
        "support_en": facts.support_text.en,
        "version": str(version),
    }


class NewOrganisationFields:
    """An action group that is not in the list yet."""

    new_name = line_field(_l("An action group that is not in the list"), 200)
    new_short = line_field(_l("Its short name"), 40)

    def new_organisation(self) -> NewOrganisation | None:
        """Return what was typed; None where nothing was."""
        name = self.new_name.data
        return NewOrganisation(name, self.new_short.data or "") if name else None


class NewProjectForm(NewOrganisationFields, FactsForm):
    """A new project: its facts and its host."""

    host = Pick(_l("Host"), description=_l("The action group this project is run by here."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, then that there is one host."""
        super().validate(extra_validators)
        if bool(self.host.data) == bool(self.new_name.data):
            words = _("Choose the host, or write the name of a new one.")
            self.host.errors = [*self.host.errors, words]
        return not self.errors


class PartnersForm(NewOrganisationFields, ProjectForm):
    """Who takes part in a project and in which part."""

    host = Pick(
        _l("Host"),
        validators=[Sentence()],
        description=_l("The action group this project is run by here."),
    )
    lead = Pick(_l("Lead partner"), description=_l("Who answers to the funder for all partners."))
    partners = AnyOf(_l("Partners"))

    def offer(self, organisations: Iterable[Organisation]) -> None:
        """Give the fields their choices."""
        names = [(str(one.id), one.name) for one in organisations]
        self.host.choices = options([("", _("Please choose")), *names])
        self.lead.choices = options([("", _("not named")), *names])
        self.partners.choices = options(names)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, then that the lead partner is one of those who take part."""
        super().validate(extra_validators)
        if self.lead.data and self.lead.data not in {self.host.data, *(self.partners.data or ())}:
            self.lead.errors = [_("The lead partner must be the host or a partner ticked below.")]
        return not self.errors

    def draft(self) -> PartnersDraft:
        """Return the checked values."""
        return PartnersDraft(
            host_id=int(self.host.data),
            lead_id=int(self.lead.data) if self.lead.data else None,
            partner_ids=tuple(int(one) for one in self.partners.data or ()),
            added=self.new_organisation(),
        )
