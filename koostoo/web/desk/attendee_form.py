"""The form that says what the columns of an uploaded list mean."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, Field

from koostoo.attendance import attendee_columns
from koostoo.attendance.attendee_columns import names_people
from koostoo.attendance.attendee_file import MAX_ROWS, organisation_keys
from koostoo.attendance.rules import Status, days_of
from koostoo.base.text import bare_name_key, truncate
from koostoo.documents.table import Row
from koostoo.events.models import Event
from koostoo.programme.member_columns import HEADER_WITHIN
from koostoo.programme.models import Organisation
from koostoo.web.forms import Form, OneOf, Pick, Sentence, options

NO_HEADER = "none"
MOST_COLUMNS = 50
"""What stands farther right is left out, as in a workbook."""
SAMPLES = 3
"""Values shown of each column."""
FIELD_WORDS: Mapping[str, Any] = {
    "first": _l("First name"),
    "last": _l("Last name"),
    "person": _l("First and last name"),
    "email": _l("E-mail"),
    "phone": _l("Phone"),
    "organisation": _l("Local action group"),
    "member": _l("Whom they represent"),
    "role": _l("Role"),
    "present": _l("Was there: yes or no"),
}


class ListForm(Form):
    """A list of people to look at."""

    file = FileField(
        _l("File"),
        validators=[FileRequired(_l("Please choose a file."))],
        description=_l("Excel (.xlsx) or CSV, at most 1 MB and %(limit)s rows.", limit=MAX_ROWS),
        render_kw={"accept": ".xlsx,.csv,.txt"},
    )


class MatchForm(Form):
    """What each column means, and what the list does not say; `build` adds the columns."""

    places: tuple[int, ...] = ()

    header = Pick(_l("Where the columns are named"))
    organisation = Pick(_l("Whose people they are, where the list does not say"))
    status = OneOf(
        _l("Who is on the list"),
        choices=options(
            [
                ("present", _l("was there")),
                ("unmarked", _l("had signed up; who came, I mark later")),
            ]
        ),
        default="present",
    )
    letters = OneOf(
        _l("Shall people with an address be written to?"),
        choices=options(
            [("no", _l("No letters")), ("yes", _l("Yes, each gets the usual confirmation"))]
        ),
        default="no",
    )
    lawful = BooleanField(
        _l("The list was made for this event, and the people on it know that it is kept"),
        validators=[Sentence(_l("Please tick this: without it the list may not be kept."))],
    )

    def column_fields(self) -> Iterator[tuple[int, Field]]:
        """Give out the fields of the columns with their places."""
        form: Any = self
        for place in self.places:
            yield place, form[f"c{place}"]

    def columns(self) -> dict[int, attendee_columns.Field]:
        """Return what the columns mean; those left out are not among them."""
        return {place: field.data for place, field in self.column_fields() if field.data}

    def header_place(self) -> int | None:
        """Return the place of the row that names the columns; None: there is none."""
        offered = [str(value) for value, *_rest in self.header.iter_choices()]
        typed = str(self.header.data)
        return int(typed) if typed in offered and typed != NO_HEADER else None

    def default_organisation(self) -> int | None:
        """Return whose people they are where a row does not say."""
        return int(self.organisation.data) if self.organisation.data else None

    def default_status(self) -> Status:
        """Return what is noted of who the list says nothing about."""
        return "present" if "status" in self and self.status.data == "present" else "unmarked"

    def wants_letters(self) -> bool:
        """Tell whether people are to be written to; never of an event that is over."""
        return "letters" in self and self.letters.data == "yes"

    def check_columns(self) -> bool:
        """Put what is wrong with the columns beside them; say whether they can be read."""
        seen: dict[str, str] = {}
        for _place, field in self.column_fields():
            if field.errors:
                continue
            if field.data in seen:
                field.errors = [_("“%(other)s” means the same.", other=seen[field.data])]
            elif field.data:
                seen[field.data] = field.label.text
        if not names_people(self.columns().values()):
            self.form_errors.append(
                _("Choose the column with the names: first and last name, or both in one.")
            )
        wrong = [self.header, self.organisation, *(field for _place, field in self.column_fields())]
        return not self.form_errors and not any(field.errors for field in wrong)


def build(
    event: Event, organisations: Sequence[Organisation], rows: Sequence[Row], *, is_over: bool
) -> MatchForm:
    """Return the form for this list, filled with what its headers look like."""
    guessed, fields = attendee_columns.guess(rows)
    partners = organisation_keys((one.id, one.name, one.short_name) for one in organisations)
    fields = attendee_columns.by_content(
        fields,
        rows[0 if guessed is None else guessed + 1 :],
        lambda cell: bare_name_key(cell) in partners,
    )
    width = min(MOST_COLUMNS, max((len(row.cells) for row in rows), default=0))
    choices = options([("", _("leave out")), *FIELD_WORDS.items()])
    columns = {
        f"c{place}": Pick("", choices=choices, default=fields.get(place, ""))
        for place in range(width)
    }
    form_class: type[MatchForm] = type(
        "MatchFormOfList", (MatchForm,), {**columns, "places": tuple(range(width))}
    )
    form = form_class()
    form.header.choices = options(
        [
            *(
                (str(place), _("line %(line)s: %(words)s", line=row.line, words=_words(row)))
                for place, row in enumerate(rows[:HEADER_WITHIN])
            ),
            (NO_HEADER, _("nowhere: the first line is a person")),
        ]
    )
    if not form.is_submitted():
        form.header.data = NO_HEADER if guessed is None else str(guessed)
    header = form.header_place()
    for place, field in form.column_fields():
        field.label.text = _title(rows, header, place)
        field.description = _samples(rows[0 if header is None else header + 1 :], place)
    form.organisation.choices = options(
        [("", _("of none of them")), *((str(one.id), one.name) for one in organisations)]
    )
    if is_over:
        del form.letters
    if not is_over or not days_of(event.when):
        del form.status
    return form


def _title(rows: Sequence[Row], header: int | None, place: int) -> str:
    name = ""
    if header is not None and place < len(rows[header].cells):
        name = truncate(rows[header].cells[place].strip(), 40)
    return name or _("Column %(number)s", number=place + 1)


def _samples(rows: Sequence[Row], place: int) -> str:
    cells = [row.cells[place].strip() for row in rows if place < len(row.cells)]
    return "; ".join([truncate(cell, 30) for cell in cells if cell][:SAMPLES]) or "–"


def _words(row: Row) -> str:
    return truncate(", ".join(cell.strip() for cell in row.cells if cell.strip()), 50)
