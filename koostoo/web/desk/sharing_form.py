"""How an event shares out its seats: promises to organisations, limits, members first."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, FormField, StringField, ValidationError
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice

from koostoo.base.when import ZONE
from koostoo.events.rules import EventDraft, QuotaDraft, quota_faults
from koostoo.web.desk.fields import ClockField, DayField, SeatsField
from koostoo.web.forms import AtMost, NoForbidden, OneOf, Pick, RowList, line, options

SPARE_ROWS = 2
MAX_ROWS = 60
MIDNIGHT = time(23, 59)
LONGEST_OFFER = 14 * 24
LARGEST_GROUP = 30
Moment = Callable[[DayField, ClockField, time], datetime | None]


def at_least_one(_form: Any, field: Field) -> None:
    """Refuse 0: whoever wants no limit leaves the field empty."""
    if field.data == 0:
        raise ValidationError(_("Write 1 or more, or leave it empty."))


def not_for_ever(_form: Any, field: Field) -> None:
    """Refuse an offer so long that nobody else would ever be asked."""
    if field.data is not None and field.data > LONGEST_OFFER:
        raise ValidationError(
            _("At most %(hours)s hours, so that the next is asked in time.", hours=LONGEST_OFFER)
        )


def no_crowd(_form: Any, field: Field) -> None:
    """Refuse forms nobody could fill in."""
    if field.data is not None and field.data > LARGEST_GROUP:
        raise ValidationError(_("At most %(number)s people in one form.", number=LARGEST_GROUP))


def _limit(label: Any) -> SeatsField:
    return SeatsField(label, description=_l("Empty: no limit."), validators=[at_least_one])


class QuotaForm(PlainForm):  # type: ignore[misc]  # WTForms ships no types
    """Seats promised to one organisation; an empty row promises none."""

    organisation = Pick(_l("Organisation"))
    seats = SeatsField(_l("Seats"), validators=[at_least_one])
    until_day = DayField(_l("Kept until"))
    until_time = ClockField(_l("at"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the row: an organisation needs seats, seats an organisation."""
        valid = bool(super().validate(extra_validators))
        whose, number = self.organisation.data, self.seats.data
        if whose and number is None and not self.seats.errors:
            self.seats.errors = [_("Write how many seats are promised.")]
            return False
        if not whose and (number or self.until_day.data):
            self.organisation.errors = [_("Choose to whom these seats are promised.")]
            return False
        return valid


class SharingFields:
    """The fields of the event form about sharing out seats."""

    overfull = StringField(
        _l("Why fewer seats than people who have one?"),
        filters=[line],
        validators=[AtMost(500), NoForbidden()],
        description=_l("Nobody loses a seat. Your reason is kept in the history of the event."),
    )
    approval = OneOf(
        _l("Who confirms a registration?"),
        choices=options(
            [
                ("none", _l("nobody: whoever signs up while there are seats has one")),
                ("holds", _l("the organiser; meanwhile a seat is kept for the person")),
                ("loose", _l("the organiser; meanwhile no seat is kept")),
            ]
        ),
        default="none",
    )
    on_decline = OneOf(
        _l("When somebody's calendar declines the invitation"),
        choices=options(
            [
                (
                    "ask",
                    _l("ask the person whether they give the seat back; until then it is theirs"),
                ),
                ("free", _l("free the seat at once; they can ask for it again for a day")),
            ]
        ),
        default="ask",
        description=_l(
            "Calendars decline by themselves while somebody is out of office. A seat is freed at "
            "once only when the sender is beyond doubt; else the person is asked."
        ),
    )
    offer_hours = SeatsField(
        _l("Hours to answer when a seat comes free"),
        description=_l("Empty: the next in line has it at once, without being asked."),
        validators=[at_least_one, not_for_ever],
    )
    group_max = SeatsField(
        _l("People in one form at the most"),
        description=_l("An office signs up its board, a couple each other. 1: everybody alone."),
        validators=[at_least_one, no_crowd],
        default=10,
    )
    waiting_max = _limit(_l("Places on the waiting list"))
    partner_cap = _limit(_l("At most from one action group"))
    member_cap = _limit(_l("At most from one member organisation"))
    members_until = DayField(
        _l("Only people of the partners until"),
        description=_l("After that everybody who may take part."),
    )
    members_time = ClockField(_l("at"), description=_l("Empty: at the end of the day."))
    quotas = RowList(
        FormField(QuotaForm), _l("Promised seats"), min_entries=SPARE_ROWS, max_entries=MAX_ROWS
    )

    def read_quotas(self, moment: Moment) -> tuple[QuotaDraft, ...]:
        """Return the promises as typed; `moment` reads a day and a time, noting what is wrong."""
        return tuple(
            QuotaDraft(
                int(row.organisation.data),
                row.seats.data or 0,
                moment(row.until_day, row.until_time, MIDNIGHT),
            )
            for row in self._promising_rows()
        )

    def refuse_faults(
        self,
        capacity: int | None,
        begins: datetime | date,
        quotas: Sequence[QuotaDraft],
        invited: Collection[int] | None,
    ) -> None:
        """Put what is wrong with the promises beside them."""
        words = {
            "unlimited": _("Seats can be promised only where their number is limited."),
            "twice": _("This organisation has a row already."),
            "above": _("More seats are promised than the event has."),
            "late": _("They would be released only after the event has begun."),
            "uninvited": _("This organisation is not invited to the event."),
        }
        rows = self._promising_rows()
        for position, fault in quota_faults(capacity, begins, quotas, invited).items():
            row = rows[position]
            fields = {"late": row.until_day, "above": row.seats, "unlimited": row.seats}
            field: Any = fields.get(fault, row.organisation)
            field.errors = [*field.errors, words[fault]]
            # A list of rows takes its rows' errors over when it is checked, not later.
            self.quotas.errors = [entry.errors for entry in self.quotas]

    def _promising_rows(self) -> list[QuotaForm]:
        rows = [entry.form for entry in self.quotas]
        return [row for row in rows if row.organisation.data and row.seats.data]


def offer_organisations(quotas: RowList, choices: Iterable[SelectChoice]) -> None:
    """Give every row of promises its choice of organisations."""
    offered = list(choices)
    for entry in quotas:
        entry.form.organisation.choices = offered


def sharing_data(draft: EventDraft) -> dict[str, Any]:
    """Return the values of these fields for an event that is changed."""
    until_day, until_time = split(draft.members_first_until)
    rows: list[dict[str, Any]] = []
    for quota in draft.quotas:
        day, at = split(quota.release_at)
        rows.append(
            {
                "organisation": str(quota.organisation_id),
                "seats": quota.seats,
                "until_day": day,
                "until_time": at,
            }
        )
    return {
        "approval": draft.approval,
        "on_decline": draft.on_decline,
        "offer_hours": draft.offer_hours,
        "group_max": draft.group_max,
        "waiting_max": draft.waiting_max,
        "partner_cap": draft.partner_cap,
        "member_cap": draft.member_cap,
        "members_until": until_day,
        "members_time": until_time,
        "quotas": [*rows, *({} for _row in range(SPARE_ROWS))],
    }


def split(moment: datetime | None) -> tuple[date | None, time | None]:
    """Return the local day and time of an instant, as two fields show them."""
    if moment is None:
        return None, None
    local_moment = moment.astimezone(ZONE)
    return local_moment.date(), local_moment.time()
