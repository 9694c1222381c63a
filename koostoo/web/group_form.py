"""The form in which one contact signs up several people."""

from collections.abc import Sequence
from secrets import token_hex, token_urlsafe
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    FormField,
    HiddenField,
    StringField,
    TelField,
)
from wtforms import Form as PlainForm

from koostoo.base.contact import EmailAddress, parse_email, parse_phone
from koostoo.events.models import Event
from koostoo.programme.models import Organisation
from koostoo.registration.groups import GroupSignUp
from koostoo.registration.rules import SignUp
from koostoo.web.answers import OwnQuestions, asking
from koostoo.web.forms import (
    AtMost,
    Form,
    NoForbidden,
    OneOf,
    Pick,
    RowList,
    Sentence,
    email_like,
    line,
    options,
    phone_like,
)
from koostoo.web.person_fields import (
    FromOrganisation,
    name_field,
    organisation_field,
    other_organisation_field,
)
from koostoo.web.signup_form import ROLE_WORDS, read_nonce, refuse_beside

FIRST_ROWS = 3
MORE_ROWS = 2


class PersonForm(OwnQuestions, PlainForm):  # type: ignore[misc]  # WTForms ships no types
    """One of the people; a row in which nothing was typed is nobody."""

    first_name = name_field(_l("First name"))
    last_name = name_field(_l("Last name"))
    email = EmailField(
        _l("E-mail"),
        filters=[line],
        validators=[NoForbidden(), AtMost(254), email_like],
        description=_l("Empty: the letters go to your address."),
    )
    phone = TelField(
        _l("Phone"), filters=[line], validators=[NoForbidden(), AtMost(40), phone_like]
    )
    member_organisation = StringField(
        _l("Association, company or municipality represented"),
        filters=[line],
        validators=[NoForbidden(), AtMost(200)],
    )
    role = Pick(_l("Role"), validators=[Sentence()], choices=options(ROLE_WORDS), default="member")

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the row, unless nobody is in it."""
        if self.is_empty:
            return True
        super().validate(extra_validators)
        self.check_questions()
        return not self.errors

    @property
    def is_empty(self) -> bool:
        """Whether nobody was typed into this row."""
        return not any(field.data for field in self if field.short_name != "role")


class GroupForm(FromOrganisation, Form):
    """The contact, then the people; `sign_up` returns it once it is valid."""

    name = StringField(
        _l("Your name"), filters=[line], validators=[NoForbidden(), Sentence(), AtMost(200)]
    )
    email = EmailField(
        _l("Your e-mail"),
        filters=[line],
        validators=[NoForbidden(), Sentence(), AtMost(254), email_like],
        description=_l("You get a summary; each of the people a letter and a link of their own."),
    )
    organisation = organisation_field()
    other_organisation = other_organisation_field()
    together = OneOf(
        _l("If there are not enough seats for all?"),
        choices=options(
            [
                ("fitting", _l("as many as there are seats for; the others wait")),
                ("together", _l("all together or nobody: then all of you wait for seats")),
            ]
        ),
        default="fitting",
        description=_l("Seats are given in the order in which you write the people down."),
    )
    privacy = BooleanField(
        _l("The people know that I sign them up, and where the privacy notice is"),
        validators=[Sentence(_l("Please ask them first: nobody may be registered unawares."))],
    )
    language = OneOf(
        _l("In which language shall we write?"),
        choices=options([("et", "eesti keeles"), ("en", "in English")]),
        validators=[Sentence()],
    )
    nonce = HiddenField("", validators=[AtMost(40)])
    website = StringField("Website")

    people: Any

    def validate(self, extra_validators: Any = None) -> bool:
        """Check everything, and that there is anybody to sign up."""
        valid = bool(super().validate(extra_validators))
        if not self.rows:
            self.form_errors.append(_("Write down at least one person."))
        return valid and bool(self.rows)

    @property
    def rows(self) -> list[PersonForm]:
        """The rows in which somebody was typed."""
        return [entry.form for entry in self.people if not entry.form.is_empty]

    def add_rows(self, most: int) -> None:
        """Offer room for more people, up to `most` of them."""
        for _row in range(min(MORE_ROWS, most - len(self.people))):
            self.people.append_entry()

    def sign_up(self) -> GroupSignUp:
        """Return the checked values as the service takes them."""
        contact = parse_email(self.email.data)
        return GroupSignUp(
            name=self.name.data,
            email=contact.normalised,
            language=self.language.data,
            together=self.together.data == "together",
            nonce=read_nonce(self.nonce.data),
            people=tuple(self._entry(row, contact) for row in self.rows),
        )

    def refuse(self, reasons: dict[int, str]) -> None:
        """Put beside the people why they cannot be signed up."""
        words = {
            "already": _("This person has a place already. Please leave them out."),
            "twice": _("This person stands in the form twice."),
        }
        rows = self.rows
        for position, reason in reasons.items():
            if not refuse_beside(rows[position], reason):
                rows[position].last_name.errors = [words[reason]]
        # A list of rows takes its rows' errors over when it is checked, not later.
        self.people.errors = [entry.errors for entry in self.people]

    def _entry(self, row: PersonForm, contact: EmailAddress) -> SignUp:
        email = parse_email(row.email.data) if row.email.data else contact
        organisation_id, other = self.read_organisation()
        return SignUp(
            first_name=row.first_name.data,
            last_name=row.last_name.data,
            email=email.normalised,
            email_key=email.key,
            phone=parse_phone(row.phone.data) if row.phone.data else "",
            organisation_id=organisation_id,
            other_organisation=other,
            member_organisation=row.member_organisation.data or "",
            role=row.role.data,
            language=self.language.data,
            # Nobody consents for somebody else; each may do so on their own page.
            photo_consent=None,
            nonce=token_hex(12),
            answers=row.read_answers(),
        )


def build(
    event: Event,
    organisations: Sequence[Organisation],
    lang: str,
    *,
    full: frozenset[int],
    takes_others: bool,
) -> GroupForm:
    """Return the form of this event; `full` options are marked as such."""
    person = asking(PersonForm, event, lang, full)
    people = RowList(
        FormField(person),
        _l("People"),
        min_entries=min(FIRST_ROWS, event.group_max),
        max_entries=event.group_max,
    )
    form_class: type[GroupForm] = type("EventGroupForm", (GroupForm,), {"people": people})
    form = form_class(data={"language": lang})
    form.offer_organisations(organisations, others=takes_others)
    if not form.nonce.data:
        form.nonce.data = token_urlsafe(18)
    return form
