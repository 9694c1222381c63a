"""The page on which an organiser sets by what people are asked how an event was, and what."""

from typing import Any
from urllib.parse import urlsplit

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import BooleanField, Field, FormField, StringField, URLField, ValidationError
from wtforms import Form as PlainForm

from koostoo.base.clock import now
from koostoo.base.localtext import LocalText
from koostoo.correspondence.planning import plan_feedback
from koostoo.events.models import Event
from koostoo.feedback.forms import AlreadyAnswered
from koostoo.feedback.models import FeedbackForm, FeedbackQuestion
from koostoo.feedback.queries import find_form
from koostoo.feedback.ready import ready_questions
from koostoo.feedback.rules import (
    FIRST_CLOSES,
    FIRST_REMIND,
    LABEL_LENGTH,
    MOST_CLOSES,
    OWN_CODES,
    FormDraft,
    QuestionDraft,
)
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.fields import SeatsField
from koostoo.web.feedback_form import asking
from koostoo.web.forms import (
    AnyOf,
    AtMost,
    Form,
    NoForbidden,
    OneOf,
    Page,
    Pick,
    RowList,
    Sentence,
    line,
    options,
)
from koostoo.web.rights import organiser_id, right
from koostoo.web.view import local

KIND_WORDS = (
    ("scale", _l("From 1 to 5")),
    ("yesno", _l("Yes or no")),
    ("text", _l("In words")),
)
_WORDS = {"filters": [line], "validators": [AtMost(LABEL_LENGTH), NoForbidden()]}


class OwnQuestionForm(PlainForm):  # type: ignore[misc]  # WTForms ships no types
    """A question of the organiser's own; a row without words is none."""

    kind = Pick(_l("Kind of answer"), choices=options(KIND_WORDS), default="scale")
    label_et = StringField(_l("Question in Estonian"), **_WORDS)
    label_en = StringField(_l("Question in English"), **_WORDS)

    def validate_label_et(self, field: Field) -> None:
        """Ask for the words in Estonian, which stand in for missing English ones."""
        if not field.data and self.label_en.data:
            raise ValidationError(_("Please write the question in Estonian too."))


class SettingsForm(Form):
    """By what people are asked, until when, and which questions; `is_fixed`: those stay."""

    is_fixed = False

    choice = OneOf(
        _l("How are people asked?"),
        choices=options(
            [
                ("own", _l("By an anonymous form here")),
                ("elsewhere", _l("By a form elsewhere, of which I give the address")),
                ("none", _l("Not at all")),
            ]
        ),
        validators=[Sentence(_l("Please choose one of these."))],
    )
    feedback_url = URLField(
        _l("Address of a feedback form"),
        filters=[line],
        validators=[AtMost(500), NoForbidden()],
        description=_l("It stands in the letter of thanks. It begins with https://."),
    )
    closes_after = SeatsField(
        _l("Days after the event to answer"),
        description=_l("At most 28: who has answered is forgotten soon after."),
    )
    remind = BooleanField(_l("Remind once who has not answered"))
    remind_after = SeatsField(
        _l("Days until the reminder"),
        description=_l("Counted from the letter of thanks, or from the event without one."),
    )
    asked = AnyOf(_l("Ready-made questions"))
    own = RowList(
        FormField(OwnQuestionForm),
        _l("Your own questions"),
        min_entries=len(OWN_CODES),
        max_entries=len(OWN_CODES),
    )

    @property
    def is_own(self) -> bool:
        """Whether our own form asks; else its settings do not matter."""
        return bool(self.choice.data == "own")

    def validate_feedback_url(self, field: Field) -> None:
        """Accept only the secure address of a web page."""
        if self.choice.data != "elsewhere":
            return
        try:
            parts = urlsplit(field.data or "")
        except ValueError:
            parts = urlsplit("")
        if parts.scheme != "https" or not parts.hostname or " " in field.data:
            raise ValidationError(_("Please copy the whole address; it begins with https://."))

    def validate_closes_after(self, field: Field) -> None:
        """Ask for a number of days our own form is open."""
        if self.is_own and not field.errors:
            _check_days(field, MOST_CLOSES)

    def validate_remind_after(self, field: Field) -> None:
        """Ask for a day before the form closes."""
        if self.is_own and self.remind.data and not field.errors:
            closes = self.closes_after.data
            most = closes - 1 if closes and 1 < closes <= MOST_CLOSES else MOST_CLOSES - 1
            _check_days(field, most)

    def validate_asked(self, field: Field) -> None:
        """Ask for at least one question."""
        asks_own = any(entry.form.label_et.data for entry in self.own)
        if self.is_own and not self.is_fixed and not field.data and not asks_own:
            raise ValidationError(_("Tick at least one question, or write one of your own."))

    def draft(self) -> FormDraft:
        """Return the checked form; only where our own asks."""
        return FormDraft(
            closes_after=self.closes_after.data,
            remind_after=self.remind_after.data if self.remind.data else None,
            questions=None if self.is_fixed else self._questions(),
        )

    def _questions(self) -> tuple[QuestionDraft, ...]:
        ready = [one for one in ready_questions() if one.code in self.asked.data]
        own = [
            QuestionDraft(code, row.kind.data, LocalText(row.label_et.data, row.label_en.data))
            for code, row in zip(OWN_CODES, (entry.form for entry in self.own), strict=True)
            if row.label_et.data
        ]
        return (*ready, *own)


def _check_days(field: Field, most: int) -> None:
    if field.data is None or not 1 <= field.data <= most:
        raise ValidationError(_("Write a number from 1 to %(most)s.", most=most))


@bp.route("/events/<slug>/feedback/form", methods=["GET", "POST"])
@right("event_run")
def feedback_settings(slug: str) -> Response | Page:
    """Show by what people are asked how it was; on POST set it."""
    event = get_event(slug)
    own = find_form(event.id)
    form = SettingsForm(data=_data(event, own))
    form.is_fixed = own is not None and own.answered > 0
    form.asked.choices = options((one.code, local(one.label)) for one in ready_questions())
    if form.validate_on_submit():
        with form.kept_when_busy():
            draft = form.draft() if form.is_own else None
            url = form.feedback_url.data if form.choice.data == "elsewhere" else ""
            try:
                plan_feedback(event.id, draft, url, now(), organiser_id())
            except AlreadyAnswered:
                form.form_errors = [
                    _(
                        "Somebody has answered meanwhile: the questions stay as they were. Your "
                        "other changes are below; save once more."
                    )
                ]
            else:
                flash(_("The feedback form is saved."), "success")
                return redirect(url_for("desk.feedback", slug=slug), 303)
    event, own = get_event(slug), find_form(event.id)
    page = render_template(
        "desk/feedback_form.html",
        event=event,
        form=form,
        fixed=[local(one.label) for one in own.questions] if own and own.answered else [],
    )
    return form.answer(page)


@bp.get("/events/<slug>/feedback/preview")
@right("event_run")
def feedback_preview(slug: str) -> str:
    """Show the form as participants see it; it cannot be sent from here."""
    event = get_event(slug)
    own = find_form(event.id)
    return render_template(
        "desk/feedback_preview.html", event=event, form=asking(own.questions if own else [])
    )


def _data(event: Event, own: FeedbackForm | None) -> dict[str, Any]:
    """Return what the fields hold first; of a form that is not there yet, what is usual."""
    known = {one.code: one for one in own.questions} if own else {}
    ready = [one.code for one in ready_questions()]
    choice = "own" if own and own.is_on else "elsewhere" if event.feedback_url else "none"
    return {
        "choice": choice,
        "feedback_url": event.feedback_url,
        "closes_after": own.closes_after if own else FIRST_CLOSES,
        "remind": own is None or own.remind_after is not None,
        "remind_after": (own.remind_after if own else None) or FIRST_REMIND,
        "asked": [code for code in ready if own is None or code in known],
        "own": [_row(known.get(code)) for code in OWN_CODES],
    }


def _row(question: FeedbackQuestion | None) -> dict[str, str]:
    if question is None:
        return {"kind": "scale"}
    return {"kind": question.kind, "label_et": question.label.et, "label_en": question.label.en}
