"""Fields that forms about people share: their name, and the action group they come from."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, StringField, ValidationError

from koostoo.programme.models import Organisation
from koostoo.web.forms import AtMost, NoForbidden, Pick, Sentence, line, options
from koostoo.web.sharing import BELONGING_WORDS

OTHER = "other"
"""The choice of who comes from none of the organisations."""


class InvitedPick(Pick):
    """The organisations to choose from; a form opened earlier may know some that are no more."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not on offer now."""
        try:
            super().pre_validate(form)
        except ValidationError as error:
            raise ValidationError(f"{BELONGING_WORDS['not_invited']} {error}") from error


def name_field(label: Any) -> StringField:
    """Return the field for a first or a last name."""
    return StringField(label, filters=[line], validators=[NoForbidden(), Sentence(), AtMost(100)])


def organisation_field() -> InvitedPick:
    """Return the choice of action groups; `offer_organisations` fills it."""
    return InvitedPick(_l("Local action group"), validators=[Sentence()])


def other_organisation_field() -> StringField:
    """Return the field for the name of an organisation that is not among them."""
    return StringField(
        _l("Which organisation, if another"),
        filters=[line],
        validators=[NoForbidden(), AtMost(200)],
    )


class FromOrganisation:
    """What a form does with its fields `organisation` and `other_organisation`.

    The fields stand in each form, where the page has them: mistakes are listed in that order.
    """

    organisation: Pick
    other_organisation: StringField

    def validate_other_organisation(self, field: Field) -> None:
        """Ask for the name when the organisation is another."""
        if self.organisation.data == OTHER and not field.data:
            raise ValidationError(_("Please write which organisation you come from."))

    def offer_organisations(self, organisations: Sequence[Organisation], *, others: bool) -> None:
        """Give the form its choices; `others`: people of none of these may come too."""
        offered = [("", _("Please choose")), *((str(o.id), o.name) for o in organisations)]
        if others:
            offered.append((OTHER, _("another organisation")))
        else:
            form: Any = self
            del form.other_organisation
        self.organisation.choices = options(offered)

    def read_organisation(self) -> tuple[int | None, str]:
        """Return the number of the action group, or None and the name of another organisation."""
        if self.organisation.data == OTHER:
            return None, self.other_organisation.data or ""
        return int(self.organisation.data), ""
