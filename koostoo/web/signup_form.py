"""The sign-up form of an event: its fixed fields and the event's own questions."""

import re
from collections.abc import Sequence
from secrets import token_urlsafe
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    StringField,
    TelField,
)

from koostoo.events.models import Event
from koostoo.programme.models import Organisation
from koostoo.programme.queries import Suggestion, suggestions
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.web.answers import AT_SIGNUP, OwnQuestions, Scope, answer_data, asking
from koostoo.web.forms import (
    AtMost,
    Form,
    NoForbidden,
    OneOf,
    Pick,
    Sentence,
    email_like,
    line,
    options,
    phone_like,
)
from koostoo.web.person_fields import (
    OTHER,
    FromOrganisation,
    name_field,
    organisation_field,
    other_organisation_field,
)
from koostoo.web.sharing import BELONGING_WORDS

SUGGESTED = 1000
"""Names in the page at most: some 40 KB, less than half of that as the proxy sends them."""
NONCE = re.compile(r"[A-Za-z0-9_-]{1,40}")
ROLE_WORDS = (
    ("member", _l("member")),
    ("board", _l("board member")),
    ("staff", _l("staff team")),
    ("leader", _l("community leader")),
    ("entrepreneur", _l("entrepreneur")),
    ("partner", _l("partner")),
    ("other", _l("other")),
)


def role_label(role: str) -> str:
    """Return the words for a role."""
    return str(dict(ROLE_WORDS)[role])


class SignUpForm(FromOrganisation, OwnQuestions, Form):
    """What every event asks; `build` adds what this event asks."""

    first_name = name_field(_l("First name"))
    last_name = name_field(_l("Last name"))
    email = EmailField(
        _l("E-mail"),
        filters=[line],
        validators=[NoForbidden(), Sentence(), AtMost(254), email_like],
        description=_l("The confirmation and the calendar invite go here."),
    )
    phone = TelField(
        _l("Phone"),
        filters=[line],
        validators=[NoForbidden(), AtMost(40), phone_like],
        description=_l("Only for the organiser, should something change at the last minute."),
    )
    organisation = organisation_field()
    other_organisation = other_organisation_field()
    member_organisation = StringField(
        _l("Association, company or municipality you represent"),
        filters=[line],
        validators=[NoForbidden(), AtMost(200)],
    )
    role = Pick(
        _l("Your role"), validators=[Sentence()], choices=options(ROLE_WORDS), default="member"
    )
    photo_consent = OneOf(
        _l("May photos in which you can be recognised be published?"),
        choices=options([("yes", _l("Yes")), ("no", _l("No"))]),
        description=_l("Without an answer we do not publish any."),
    )
    privacy = BooleanField(
        _l("I have read the privacy notice"),
        validators=[
            Sentence(_l("Please tick this: without it we may not keep your data.")),
        ],
    )
    language = OneOf(
        _l("In which language shall we write to you?"),
        choices=options([("et", "eesti keeles"), ("en", "in English")]),
        validators=[Sentence()],
    )
    # A label of its own, though unseen: WTForms would read a catalogue from disk to make one up.
    nonce = HiddenField("", validators=[AtMost(40)])
    website = StringField("Website")

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field; one whose question is not asked may hold anything, or nothing."""
        super().validate(extra_validators)
        self.check_questions()
        return not self.errors

    def entry(self, event: Event, source: str = "form") -> SignUp:
        """Return the checked values as the service takes them."""
        values = self.data
        email = self.email.read
        organisation_id, other = self.read_organisation()
        return SignUp(
            first_name=self.first_name.data,
            last_name=self.last_name.data,
            email=email.normalised,
            email_key=email.key,
            phone=self.phone.read if self.phone.data else "",
            organisation_id=organisation_id,
            other_organisation=other,
            member_organisation=self.member_organisation.data or "",
            role=self.role.data,
            language=self.language.data,
            photo_consent={"yes": True, "no": False}.get(values.get("photo_consent") or ""),
            nonce=read_nonce(self.nonce.data),
            answers=self.read_answers(),
            source="desk" if source == "desk" else "form",
        )


def suggested(form: Any) -> list[Suggestion]:
    """Return the member organisations of those the form lets choose, to be suggested."""
    offered = [str(value) for value, *_rest in form.organisation.iter_choices()]
    return suggestions([int(value) for value in offered if value.isdecimal()], SUGGESTED)


def refuse_beside(form: Any, reason: str) -> bool:
    """Put a refusal beside the field that mends it; False for one that no field mends."""
    name = {"not_invited": "organisation", "not_a_member": "member_organisation"}.get(reason)
    if name is None:
        return False
    form[name].errors = [*form[name].errors, str(BELONGING_WORDS[reason])]
    return True


def build(
    event: Event,
    organisations: Sequence[Organisation],
    lang: str,
    registration: Registration | None = None,
    *,
    full: frozenset[int] = frozenset(),
    takes_others: bool | None = None,
    scope: Scope = AT_SIGNUP,
    is_sent: bool = True,
) -> SignUpForm:
    """Return the form of this event, filled from `registration` when it is changed.

    `full` are options without room, marked as such; `takes_others` says whether people of other
    organisations may sign up now, by default what the event says; `scope` which of the event's
    own questions are asked. Without `is_sent` nothing a request holds is read into it.
    """
    form_class = asking(SignUpForm, event, lang, full, scope)
    data = _data(event, registration) if registration else {"language": lang}
    form = form_class(data=data) if is_sent else form_class(formdata=None, data=data)
    others = event.allows_others if takes_others is None else takes_others
    if registration is not None:
        # What they come from stays good for them, though the event may not invite it any more.
        own = registration.organisation
        others = others or own is None
        if own is not None and own not in organisations:
            organisations = [*organisations, own]
    form.offer_organisations(organisations, others=others)
    if not event.asks_photo_consent:
        del form.photo_consent
    if not form.nonce.data:
        form.nonce.data = token_urlsafe(18)
    return form


def _data(event: Event, registration: Registration) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: getattr(registration, name)
        for name in (
            "first_name",
            "last_name",
            "email",
            "phone",
            "other_organisation",
            "member_organisation",
            "role",
            "language",
        )
    }
    values["organisation"] = str(registration.organisation_id or OTHER)
    values["photo_consent"] = {True: "yes", False: "no", None: None}[registration.photo_consent]
    values["privacy"] = True
    return values | answer_data(event.questions, registration.answers)


def read_nonce(typed: str | None) -> str:
    """Return what names this one form; a new name where it was tampered with."""
    return typed if typed and NONCE.fullmatch(typed) else token_urlsafe(18)
