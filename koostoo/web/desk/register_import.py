"""Upload a list of members, look at what it would change, apply it as a whole."""

from collections.abc import Iterable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response
from wtforms import HiddenField

from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.documents.read_table import read_table
from koostoo.documents.table import TableError
from koostoo.programme import queries
from koostoo.programme.member_columns import HEADER_WITHIN, HeaderError
from koostoo.programme.member_file import MAX_ROWS, Fault, FaultyList, read_members
from koostoo.programme.member_list import Change, changes
from koostoo.programme.models import Organisation, RegisterImport
from koostoo.programme.service import (
    ImportGone,
    RegisterChanged,
    apply_import,
    drop_import,
    keep_import,
    members_in,
)
from koostoo.web.desk import bp
from koostoo.web.desk.register_words import (
    FATE_WORDS,
    SECTOR_WORDS,
    fault_words,
    header_error_words,
    source_of,
    source_words,
    table_error_words,
)
from koostoo.web.desk.registers import get_organisation
from koostoo.web.forms import Form, OneOf, Page, Sentence, options
from koostoo.web.rights import organiser_id, right

SHOWN_FAULTS = 50
SHOWN_ROWS = 10
SHOWN_GONE = 30
"""Of a list that takes people away, so many are named."""


class ImportForm(Form):
    """A list of members and what to do with it."""

    file = FileField(
        _l("File"),
        validators=[FileRequired(_l("Please choose a file."))],
        description=_l("Excel (.xlsx) or CSV, at most 1 MB and 5000 rows."),
        render_kw={"accept": ".xlsx,.csv,.txt"},
    )
    how = OneOf(
        _l("What is this list?"),
        choices=options(
            [
                ("add", _l("An addition: who is not on it stays in the register")),
                ("replace", _l("The whole register: who is not on it is removed")),
            ]
        ),
        validators=[Sentence(_l("Please choose one of these."))],
    )


@bp.route("/organisations/<slug>/members/import", methods=["GET", "POST"])
@right("register")
def members_import(slug: str) -> Response | Page:
    """Ask for a list of members; on POST read it and lead to what it would change."""
    organisation = get_organisation(slug)
    form = ImportForm()
    faults: list[Fault] = []
    if form.validate_on_submit():
        try:
            with form.kept_when_busy():
                return _keep(organisation, form)
        except TableError as error:
            form.file.errors = [table_error_words(error)]
        except HeaderError as error:
            form.file.errors = [header_error_words(error)]
        except FaultyList as error:
            faults = error.faults
            words = ngettext(
                "The list has %(num)s mistake; nothing of it was taken. Mend it in the file and "
                "choose the file again.",
                "The list has %(num)s mistakes; nothing of it was taken. Mend them in the file and "
                "choose the file again.",
                len(faults),
            )
            form.file.errors = [words]
    page = render_template(
        "desk/members_import.html",
        organisation=get_organisation(slug),
        form=form,
        faults=[(fault, fault_words(fault)) for fault in faults[:SHOWN_FAULTS]],
        more_faults=max(0, len(faults) - SHOWN_FAULTS),
    )
    return form.answer(page)


def _keep(organisation: Organisation, form: ImportForm) -> Response:
    slug = organisation.slug
    table = read_table(form.file.data.read(), MAX_ROWS + HEADER_WITHIN)
    file = read_members(table)
    key = keep_import(
        organisation.id,
        file,
        source_of(table, file.unused),
        now(),
        replaces=form.how.data == "replace",
    )
    return redirect(url_for("desk.members_preview", slug=slug, key=key), 303)


class ApplyForm(Form):
    """The button that applies a list, and to which register it was compared."""

    version = HiddenField()

    @property
    def version_number(self) -> int:
        """The version of the register that was shown; -1 when it was tampered with."""
        typed = str(self.version.data or "")
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else -1


@bp.route("/organisations/<slug>/members/import/<key>", methods=["GET", "POST"])
@right("register")
def members_preview(slug: str, key: str) -> Response | Page:
    """Show what a list would change; on POST apply it as a whole, or forget it."""
    organisation = get_organisation(slug)
    kept = queries.find_import(organisation.id, key, now())
    if kept is None:
        return _gone(slug)
    form = ApplyForm(data={"version": str(organisation.register_version)})
    if form.validate_on_submit():
        with form.kept_when_busy():
            done = _apply_or_drop(organisation.id, key, form)
            if done is not None:
                flash(*done)
                return redirect(url_for("desk.members", slug=slug), 303)
    # A refusal ended the transaction; what is shown is the present state.
    kept = queries.find_import(organisation.id, key, now())
    return _preview(get_organisation(slug), kept, form) if kept else _gone(slug)


def _apply_or_drop(organisation_id: int, key: str, form: ApplyForm) -> tuple[str, str] | None:
    """Do what was pressed; return what to tell, or None where the page has to be shown again."""
    if request.form.get("do") == "drop":
        drop_import(organisation_id)
        return _("The list was not applied and is forgotten."), "info"
    try:
        apply_import(organisation_id, key, form.version_number, now(), organiser_id())
    except ImportGone:
        return None
    except RegisterChanged:
        form.form_errors.append(
            _(
                "Somebody changed the register meanwhile; nothing was applied. Below the list "
                "is compared with the present register: look it over and press again."
            )
        )
        return None
    return _("The list is in the register."), "success"


def _preview(organisation: Organisation, kept: RegisterImport, form: ApplyForm) -> Page:
    form.version.data = str(organisation.register_version)
    old = [queries.as_member(row) for row in queries.members_of(db.session(), organisation.id)]
    found = changes(old, members_in(kept), replaces=kept.replaces)
    page = render_template(
        "desk/members_preview.html",
        organisation=organisation,
        kept=kept,
        form=form,
        source=source_words(kept.source),
        counts=[
            (_("Members"), _counts(one for one in found if one.person is None)),
            (_("Persons"), _counts(one for one in found if one.person is not None)),
        ],
        fates=[fate for fate in FATE_WORDS if fate != "gone" or kept.replaces],
        fate_words=FATE_WORDS,
        sector_words=SECTOR_WORDS,
        lines=_lines(found)[:SHOWN_ROWS],
        gone=[one for one in found if one.fate == "gone"][:SHOWN_GONE],
        more_gone=max(0, sum(one.fate == "gone" for one in found) - SHOWN_GONE),
    )
    return form.answer(page)


def _counts(found: Iterable[Change]) -> dict[str, int]:
    counts = dict.fromkeys(FATE_WORDS, 0)
    for one in found:
        counts[one.fate] += 1
    return counts


def _lines(found: list[Change]) -> list[tuple[Change, Change | None]]:
    """Return the list as it was understood: each organisation with each of its people."""
    lines: list[tuple[Change, Change | None]] = []
    for one in found:
        if one.person is None:
            lines.append((one, None))
        elif lines[-1][1] is None:
            lines[-1] = (lines[-1][0], one)
        else:
            lines.append((lines[-1][0], one))
    return [line for line in lines if "gone" not in (line[0].fate, line[1] and line[1].fate)]


def _gone(slug: str) -> Response:
    flash(
        _("This list has lapsed, was applied, or another one took its place. Choose it again."),
        "warning",
    )
    return redirect(url_for("desk.members_import", slug=slug), 303)
