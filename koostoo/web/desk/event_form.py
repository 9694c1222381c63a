"""The form of an event: every field in both languages, its date, its questions."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    FormField,
    HiddenField,
    StringField,
    TelField,
    TextAreaField,
    URLField,
    ValidationError,
)
from wtforms.validators import Optional as MayBeEmpty

from koostoo.base.contact import parse_email, parse_phone
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.questions import QuestionDraft
from koostoo.events.rules import EventDraft, QuotaDraft
from koostoo.events.words import MODE_WORDS
from koostoo.web.desk.counting_form import CountingFields
from koostoo.web.desk.date_form import DAY_ROWS, MOST_DAYS, DateReading, DayHoursForm
from koostoo.web.desk.fields import ClockField, DayField, EurosField, SeatsField
from koostoo.web.desk.invitation_form import InvitationFields
from koostoo.web.desk.question_form import (
    SPARE_ROWS,
    QuestionForm,
    QuestionRows,
    read_questions,
    refuse_conditions,
)
from koostoo.web.desk.question_rows import MAX_ROWS, Rearranged
from koostoo.web.desk.sharing_form import MIDNIGHT, SharingFields
from koostoo.web.desk.words import MISSING_FIELDS, missing_words
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
    prose,
)

TEXTS = ("title", "summary", "programme", "audience", "place")


def _line(label: Any, limit: int, *checks: Any, **more: Any) -> StringField:
    return StringField(
        label, filters=[line], validators=[*checks, AtMost(limit), NoForbidden()], **more
    )


def _prose(label: Any, limit: int, **more: Any) -> TextAreaField:
    return TextAreaField(label, filters=[prose], validators=[AtMost(limit), NoForbidden()], **more)


class EventForm(DateReading, SharingFields, InvitationFields, CountingFields, Form):
    """All an organiser decides about an event; `draft` returns it once it is valid."""

    activity = Pick(_l("Activity of the project"), validators=[Sentence()])
    organiser = Pick(_l("Organiser"), validators=[Sentence()])
    title_et = _line(_l("Title in Estonian"), 200, Sentence())
    title_en = _line(_l("Title in English"), 200)
    summary_et = _prose(_l("In short, in Estonian"), 600)
    summary_en = _prose(_l("In short, in English"), 600)
    programme_et = _prose(_l("Programme in Estonian"), 20000)
    programme_en = _prose(_l("Programme in English"), 20000)
    audience_et = _prose(_l("Who may take part, in Estonian"), 2000)
    audience_en = _prose(_l("Who may take part, in English"), 2000)

    date_kind = OneOf(
        _l("What is known of the date?"),
        choices=options(
            [
                ("timed", _l("days and hours")),
                ("by_day", _l("several days, each with its own hours")),
                ("days", _l("whole days")),
                ("month", _l("only the month")),
                ("season", _l("only the season")),
            ]
        ),
        default="timed",
        validators=[Sentence()],
    )
    first_day = DayField(_l("First day"))
    first_time = ClockField(_l("Begins at"))
    last_day = DayField(_l("Last day"), description=_l("Empty: it ends on the first day."))
    last_time = ClockField(_l("Ends at"))
    day_hours = RowList(
        FormField(DayHoursForm), _l("Days"), min_entries=DAY_ROWS, max_entries=MOST_DAYS
    )
    month = Pick(_l("Month"), validators=[MayBeEmpty()])
    season = Pick(_l("Season"), validators=[MayBeEmpty()])
    year = SeatsField(_l("Year"))

    mode = OneOf(
        _l("How do people take part?"),
        choices=options(MODE_WORDS.items()),
        default="onsite",
        validators=[Sentence()],
    )
    place_et = _line(_l("Place in Estonian"), 300)
    place_en = _line(_l("Place in English"), 300)
    join_link = URLField(
        _l("Join link"),
        filters=[line],
        validators=[AtMost(500), NoForbidden()],
        description=_l("Shown only to people whose seat is confirmed."),
    )

    takes_registrations = BooleanField(_l("People sign up here"), default=True)
    capacity = SeatsField(_l("Seats"), description=_l("Empty: no limit."))
    has_waiting_list = BooleanField(_l("When it is full, keep a waiting list"), default=True)
    opens_on = DayField(_l("Registration opens on"))
    opens_time = ClockField(_l("at"), description=_l("Empty: at the start of the day."))
    closes_on = DayField(_l("Registration closes on"))
    closes_time = ClockField(_l("at"), description=_l("Empty: at the end of the day."))
    allows_others = BooleanField(_l("People of other organisations may sign up too"))
    asks_photo_consent = BooleanField(_l("Ask for consent to publish photos"), default=True)
    contribution = EurosField(_l("Own contribution in euros"))
    contact_name = _line(_l("Contact person"), 200)
    contact_email = EmailField(
        _l("E-mail for questions"),
        filters=[line],
        validators=[AtMost(254), NoForbidden(), email_like],
    )
    contact_phone = TelField(
        _l("Phone for questions"),
        filters=[line],
        validators=[AtMost(40), NoForbidden(), phone_like],
    )
    questions = QuestionRows(
        FormField(QuestionForm), _l("Questions"), min_entries=SPARE_ROWS, max_entries=MAX_ROWS
    )
    version = HiddenField()

    when: When | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    members_first_until: datetime | None = None
    promises: tuple[QuotaDraft, ...] = ()
    saved_questions: tuple[QuestionDraft, ...] = ()
    rearranged: Rearranged | None = None
    """What a button between the questions did; None: another was pressed, or none."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, then what several say together, such as the date and deadlines."""
        super().validate(extra_validators)
        self.when = self.read_when()
        self.opens_at = self.read_moment(self.opens_on, self.opens_time, time(0, 0))
        self.closes_at = self.read_moment(self.closes_on, self.closes_time, MIDNIGHT)
        self.members_first_until = self.read_moment(self.members_until, self.members_time, MIDNIGHT)
        self.promises = self.read_quotas(self.read_moment)
        chosen = self.activity.data if not self.activity.errors else ""
        invited = self.read_invited(int(chosen), self.allows_others.data) if chosen else None
        self.refuse_counting(int(chosen) if chosen else None)
        if self.when is not None:
            begins = self.when.starts_at or self.when.first
            self.refuse_faults(self.capacity.data, begins, self.promises, invited)
        if not self.questions.errors:
            refuse_conditions(self.questions, self.saved_questions)
        return not self.errors

    def validate_join_link(self, field: Field) -> None:
        """Accept only the address of a web page."""
        if not field.data:
            return
        try:
            parts = urlsplit(field.data)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.netloc or " " in field.data:
            raise ValidationError(_("Please copy the whole link; it begins with https://."))

    def draft(self) -> EventDraft:
        """Return the checked values; call it only after `validate`."""
        assert self.when is not None  # noqa: S101 - validate has just said so
        texts: dict[str, Any] = {name: self._text(name) for name in TEXTS}
        return EventDraft(
            activity_id=int(self.activity.data),
            organiser_id=int(self.organiser.data),
            when=self.when,
            mode=self.mode.data,
            join_link=self.join_link.data or "",
            takes_registrations=self.takes_registrations.data,
            capacity=self.capacity.data,
            has_waiting_list=self.has_waiting_list.data,
            waiting_max=self.waiting_max.data,
            approval=self.approval.data or "none",
            offer_hours=self.offer_hours.data,
            group_max=self.group_max.data or 1,
            on_decline=self.on_decline.data or "ask",
            partner_cap=self.partner_cap.data,
            member_cap=self.member_cap.data,
            members_first_until=self.members_first_until,
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            allows_others=self.allows_others.data,
            asks_photo_consent=self.asks_photo_consent.data,
            contribution_cents=self.contribution.data or 0,
            contact_name=self.contact_name.data or "",
            contact_email=(
                parse_email(self.contact_email.data).normalised if self.contact_email.data else ""
            ),
            contact_phone=parse_phone(self.contact_phone.data) if self.contact_phone.data else "",
            questions=read_questions(self.questions, self.saved_questions),
            quotas=self.promises,
            invited=self.invited_numbers(),
            membership=self.membership.data,
            **self.counting_values(int(self.activity.data)),
            **texts,
        )

    @property
    def version_number(self) -> int:
        """The version of the event this form was opened with; 0 when it was tampered with."""
        typed = str(self.version.data or "")
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0

    def refuse_missing(self, codes: Sequence[str]) -> None:
        """Put what a published event may not lose beside the fields that mend it."""
        for code in codes:
            field = self[MISSING_FIELDS[code]]
            errors = self.form_errors if code == "options" else field.errors
            errors.append(missing_words(code))

    def _text(self, name: str) -> LocalText:
        return LocalText(self[f"{name}_et"].data or "", self[f"{name}_en"].data or "")
