"""The form of a letter to people of an event: whom, subject and text in both languages."""

from collections.abc import Sequence
from secrets import token_hex
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import Optional as MayBeEmpty

from koostoo.base.localtext import LocalText
from koostoo.correspondence.mailing import Draft, Words
from koostoo.correspondence.models import SUBJECT_LENGTH, TEXT_LENGTH
from koostoo.correspondence.recipients import Whom
from koostoo.events.models import Event
from koostoo.registration.queries import project_organisations
from koostoo.registration.words import STATE_WORDS, state_label
from koostoo.roster.filters import OTHER, Filter
from koostoo.roster.queries import tags_of_project
from koostoo.web.desk.conditions import choice_of, read_choice
from koostoo.web.desk.fields import known_placeholders
from koostoo.web.desk.filtering import answer_choices
from koostoo.web.desk.numbers import small_number
from koostoo.web.desk.numbers import ticked as sent_ticks
from koostoo.web.forms import (
    AnyOf,
    AtMost,
    Form,
    NoForbidden,
    Pick,
    Sentence,
    line,
    options,
    prose,
)
from koostoo.web.rights import access

NOT_CARRIED = ("csrf_token", "do", "letters")


def _subject(label: Any, *checks: Any) -> StringField:
    checks = (*checks, AtMost(SUBJECT_LENGTH), NoForbidden(), known_placeholders)
    return StringField(label, checks, filters=[line])


def _text(label: Any, *checks: Any) -> TextAreaField:
    checks = (*checks, AtMost(TEXT_LENGTH), NoForbidden(), known_placeholders)
    return TextAreaField(label, checks, filters=[prose])


class WriteForm(Form):
    """What an organiser writes, and to whom; `draft` returns it once it is valid."""

    states = AnyOf(_l("Standing"), default=["confirmed"])
    organisation = Pick(_l("Organisation"), validators=[MayBeEmpty()])
    said = Pick(_l("Answer to a question"), validators=[MayBeEmpty()])
    tag = Pick(_l("Tag"), validators=[MayBeEmpty()])
    activity = BooleanField(
        _l("Also the people of the other events of this activity"),
        description=_l("By standing alone. Such a letter is news."),
    )
    is_news = BooleanField(
        _l("This is news, not about their registration"),
        description=_l(
            "An invitation to another event, for instance. Each address gets it once, with a link "
            "that ends such letters; who has pressed it gets none."
        ),
    )
    subject_et = _subject(_l("Subject in Estonian"), Sentence())
    text_et = _text(_l("Text in Estonian"), Sentence())
    subject_en = _subject(_l("Subject in English"))
    text_en = _text(_l("Text in English"))
    nonce = HiddenField()
    letters = HiddenField()
    """How many letters the organiser was shown."""

    ticked: tuple[int, ...] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, then what several say together."""
        super().validate(extra_validators)
        if not self.ticked and not self.states.data and not self.states.errors:
            self.states.errors = [_("Choose at least one.")]
        if self._to_activity and not self.ticked and not self.is_news.data:
            self.is_news.errors = [
                _("A letter to people of several events is about none of their registrations.")
            ]
        for here, there in (
            (self.subject_en, self.text_en),
            (self.text_en, self.subject_en),
        ):
            if there.data and not here.data and not here.errors:
                here.errors = [_("Write both in English, or neither.")]
        return not self.errors

    @property
    def shown(self) -> int:
        """The number of letters that was shown; 0 when it was tampered with."""
        typed = str(self.letters.data or "")
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0

    def draft(self) -> Draft:
        """Return the checked letter."""
        words = Words(
            LocalText(self.subject_et.data or "", self.subject_en.data or ""),
            LocalText(self.text_et.data or "", self.text_en.data or ""),
        )
        return Draft(words, (self.nonce.data or "")[:40], self.is_news.data, self._whom())

    def carried(self) -> list[tuple[str, str]]:
        """Return what was sent, to be sent again from the page that shows the letter."""
        return [
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in NOT_CARRIED
        ]

    def _whom(self) -> Whom:
        if self.ticked:
            return Whom(states=(), ticked=self.ticked)
        return Whom(
            states=tuple(state for state in STATE_WORDS if state in self.states.data),
            organisation=self.organisation.data or "",
            answer=read_choice(self.said.data),
            tag_id=small_number(self.tag.data or ""),
            activity=self._to_activity,
        )

    @property
    def _to_activity(self) -> bool:
        """Whether it goes to people of other events too; `build` leaves the field to managers."""
        return self.activity is not None and bool(self.activity.data)


def build(
    event: Event, wanted: Filter | None = None, ticked: Sequence[int] | None = None
) -> WriteForm:
    """Return the form of this event, as it was sent, or filled in with whom a list showed.

    `ticked` people begin a form of their own, whatever was sent.
    """
    wanted = wanted or Filter()
    first = {
        "states": [wanted.state or "confirmed"],
        "organisation": wanted.organisation,
        "said": choice_of(wanted.said),
        "tag": str(wanted.tag_id or ""),
        "nonce": token_hex(12),
    }
    form = WriteForm(data=first) if ticked is None else WriteForm(formdata=None, data=first)
    form.ticked = tuple(sent_ticks() if ticked is None else ticked)
    form.states.choices = options((state, state_label(state)) for state in STATE_WORDS)
    names = [(str(one.id), one.name) for one in project_organisations(event)]
    form.organisation.choices = options(
        [("", _("all")), *names, (OTHER, _("another organisation"))]
    )
    if not access().manages(event.activity.project_id):
        # Other events of the activity may be run by others: their people are not ours to write to.
        del form.activity
    form.said.choices = [*options([("", _("any"))]), *answer_choices(event.questions)]
    tags = tags_of_project(event.activity.project_id)
    form.tag.choices = options([("", _("any")), *((str(tag.id), tag.name) for tag in tags)])
    return form
