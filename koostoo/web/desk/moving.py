"""The page between the event form and saving: what moves, who is told, whether they are asked.

The typed form travels along in hidden fields, so that one press saves all of it at once.
"""

from collections.abc import Mapping
from datetime import datetime

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms import Form as PlainForm

from koostoo.base.localtext import LocalText
from koostoo.base.when import DateError, parse_local
from koostoo.events.models import Event
from koostoo.events.moves import told_of
from koostoo.events.rules import EventDraft
from koostoo.notices.moved import changes
from koostoo.registration import desk_queries, rules
from koostoo.registration.models import ACTIVE
from koostoo.registration.moving import ASKED, MoveNotice
from koostoo.registration.words import STATE_WORDS, state_label
from koostoo.web.desk.event_form import EventForm
from koostoo.web.desk.fields import ClockField, DayField, words_field
from koostoo.web.desk.sharing_form import MIDNIGHT
from koostoo.web.desk.words import placeholders
from koostoo.web.forms import Page
from koostoo.web.language import current_lang

PREFIX = "move-"
SEEN, BACK = f"{PREFIX}seen", f"{PREFIX}back"


class NoticeForm(PlainForm):  # type: ignore[misc]  # WTForms ships no types
    """What an organiser says to everybody about the move; a part of the event form."""

    is_busy = False

    words_et = words_field(_l("Your own words in Estonian"))
    words_en = words_field(_l("Your own words in English"))
    asks = BooleanField(_l("Ask those who have a seat whether they are still coming"))
    until_day = DayField(_l("Please answer until"))
    until_time = ClockField(_l("at"), description=_l("Empty: at the end of the day."))

    answer_until: datetime | None = None

    def validate_for(self, begins_at: datetime, now: datetime) -> bool:
        """Check the fields, and the time to answer against the event's new beginning."""
        if not self.validate():
            return False
        self.answer_until = self._read_until() if self.asks.data else None
        if self.answer_until is None:
            return not self.asks.data
        fault = rules.answer_fault(self.answer_until, begins_at, now)
        if fault is not None:
            words = {
                "past": _("This moment has passed. Give people time to answer."),
                "late": _("This must lie before the beginning of the event."),
            }
            self.until_day.errors = [words[fault]]
        return fault is None

    def notice(self) -> MoveNotice:
        """Return the checked values; call it only after `validate_for`."""
        words = LocalText(self.words_et.data or "", self.words_en.data or "")
        return MoveNotice(words, self.answer_until)

    def _read_until(self) -> datetime | None:
        if self.until_day.data is None:
            self.until_day.errors = [_("Please write until when people can answer.")]
            return None
        clock = self.until_time.data or MIDNIGHT
        try:
            return parse_local(self.until_day.data.isoformat(), f"{clock:%H:%M}")
        except DateError:
            self.until_time.errors = [
                _("The clocks skip this hour that night. Please choose another.")
            ]
            return None


def read_notice() -> NoticeForm:
    """Return what was typed about the move; empty when the page was not shown yet."""
    return NoticeForm(request.form, prefix=PREFIX)


def is_seen() -> bool:
    """Say whether the page was shown and its button pressed."""
    return SEEN in request.form and BACK not in request.form


def wants_back() -> bool:
    """Say whether the organiser goes back from the page to the event form."""
    return BACK in request.form


def typed_notice() -> list[tuple[str, str]]:
    """Return what was typed about the move, so that the event form can carry it along."""
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name.startswith(PREFIX) and name not in (SEEN, BACK)
    ]


def people_told(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return how many people of each standing hear of what happens to their event, in words."""
    return [
        (state_label(state), counts[state])
        for state in STATE_WORDS
        if state in ACTIVE and counts.get(state)
    ]


def page(
    event: Event, draft: EventDraft, form: EventForm, notice_form: NoticeForm, now: datetime
) -> Page:
    """Return the page that shows the difference and asks what is to be said."""
    counts = desk_queries.state_counts(event.id)
    told = people_told(counts)
    source = render_template(
        "desk/move.html",
        event=event,
        form=form,
        notice_form=notice_form,
        changes=changes(told_of(event), told_of(draft), current_lang()),
        told=told,
        total=sum(number for _label, number in told),
        may_ask=draft.when.begins_at > now and any(counts.get(state) for state in ASKED),
        carried=_typed_event(),
        placeholders=placeholders(),
        seen=SEEN,
        back=BACK,
    )
    source, status, headers = form.answer(source)
    return source, 422 if status == 200 and notice_form.errors else status, headers


def _typed_event() -> list[tuple[str, str]]:
    own = ("csrf_token", "version")
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if not name.startswith(PREFIX) and name not in own
    ]
