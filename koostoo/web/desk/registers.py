"""Pages of organisations and the registers of their members: list, look, take along, remove."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from koostoo.accounts.downloads import Note
from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.base.text import clean_line
from koostoo.documents.names import download_name
from koostoo.programme import queries
from koostoo.programme.models import Organisation
from koostoo.programme.service import remove_register
from koostoo.web.desk import bp
from koostoo.web.desk.register_words import SECTOR_WORDS
from koostoo.web.desk.sending import Download, Table, recorded
from koostoo.web.forms import ButtonForm, Page
from koostoo.web.rights import access, organiser_id, right

# In Estonian whatever the page is in: the file belongs to the office and can be uploaded again.
HEADER = ("Liige", "Registrikood", "Sektor", "Eesnimi", "Perekonnanimi", "E-post")
WIDTHS = (40, 14, 14, 20, 20, 32)
SECTORS = {"": "", "public": "avalik", "business": "ettevõtja", "ngo": "vabaühendus"}


@bp.get("/organisations/")
@right("organiser")
def organisations() -> str:
    """List the organisations with the size and age of their registers."""
    rows = queries.list_registers(access().registers)
    return render_template("desk/organisations.html", rows=rows)


@bp.get("/organisations/<slug>/members")
@right("register")
def members(slug: str) -> str:
    """Show one page of a register, searched."""
    organisation = get_organisation(slug)
    text = clean_line(request.args.get("q", ""))[:100]
    typed = request.args.get("page", "")
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 1
    page = queries.register_page(organisation.id, text, number)

    def url(number: int) -> str | None:
        if not 1 <= number <= page.count:
            return None
        return url_for("desk.members", slug=slug, q=text or None, page=number)

    return render_template(
        "desk/members.html",
        organisation=organisation,
        page=page,
        text=text,
        sector_words=SECTOR_WORDS,
        pages={
            "number": page.number,
            "count": page.count,
            "prev_url": url(page.number - 1),
            "next_url": url(page.number + 1),
        },
    )


@bp.route("/organisations/<slug>/members/remove", methods=["GET", "POST"])
@right("register")
def members_remove(slug: str) -> Response | Page:
    """Ask once more; on POST remove the whole register."""
    organisation = get_organisation(slug)
    form = ButtonForm()
    if form.validate_on_submit():
        with form.kept_when_busy():
            remove_register(organisation.id, now(), organiser_id())
            flash(_("The register is removed."), "success")
            return redirect(url_for("desk.members", slug=slug), 303)
    organisation = get_organisation(slug)
    page = queries.register_page(organisation.id, "", 1)
    shown = render_template(
        "desk/members_remove.html", organisation=organisation, form=form, page=page
    )
    return form.answer(shown)


@bp.get("/organisations/<slug>/members.xlsx")
@right("register")
@recorded
def members_xlsx(slug: str) -> Download:
    """Send the register as a workbook that can be mended and uploaded again."""
    organisation = get_organisation(slug)
    rows = queries.members_of(db.session(), organisation.id)
    lines = [
        [row.name, row.registry_code, SECTORS[row.sector], *person]
        for row in sorted(rows, key=lambda row: row.sort_key)
        for person in [(p.first_name, p.last_name, p.email) for p in row.people] or [("", "", "")]
    ]
    note = Note("members", "xlsx", len(lines), organisation_id=organisation.id, columns=HEADER)
    name = download_name(organisation.short_name or organisation.name, _("members"), ext="xlsx")
    return Download([note], name, lambda: Table(_("Members"), HEADER, lines, WIDTHS))


def get_organisation(slug: str) -> Organisation:
    """Return the organisation of this address; 404 when there is none."""
    return queries.find_organisation(slug) or abort(404)
