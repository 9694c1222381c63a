"""What can be printed about an event: one page that leads to it, the programme, the poster."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from koostoo.base.clock import now
from koostoo.base.dates import in_full, tile
from koostoo.documents.poster_pdf import Poster, render_poster
from koostoo.documents.programme_pdf import render_programme
from koostoo.notices.links import event_page
from koostoo.reporting.papers import activity_line, programme_of
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.printing import lang_asked, logos_of, printed
from koostoo.web.desk.sending import Download, recorded
from koostoo.web.rights import access, event_facts, right
from koostoo.web.view import local


@bp.get("/events/<slug>/paper", endpoint="paper")
@right("event_look")
def show(slug: str) -> str:
    """Gather what can be printed, each with a line on what it is for."""
    event = get_event(slug)
    return render_template(
        "desk/paper.html",
        event=event,
        runs=access().may_run(event_facts()),
        has_english=bool(event.title.en),
    )


@bp.get("/events/<slug>/programme.pdf")
@right("event_look")
@recorded
def programme_pdf(slug: str) -> Response | Download:
    """Send the programme, in the language asked for."""
    event = get_event(slug)
    if not event.programme:
        flash(_("This event has no programme yet."), "warning")
        return redirect(url_for("desk.paper", slug=slug), 303)
    lang = lang_asked()
    with force_locale(lang):
        logos, moment = logos_of(event.activity.project), now().replace(microsecond=0)
        document = programme_of(event, logos, lang, moment)
        return printed("programme", event, _("Programme"), lambda: render_programme(document))


@bp.get("/events/<slug>/poster.pdf")
@right("event_look")
@recorded
def poster_pdf(slug: str) -> Response | Download:
    """Send the poster, in the language and size (`size=a3`) asked for."""
    event = get_event(slug)
    if event.state == "called_off":
        flash(_("This can no longer be done with this event."), "warning")
        return redirect(url_for("desk.paper", slug=slug), 303)
    lang, project = lang_asked(), event.activity.project
    with force_locale(lang):
        document = Poster(
            project=local(project.title),
            activity=activity_line(event, lang),
            event=local(event.title),
            when=in_full(event.when, lang),
            place=local(event.place),
            funding_text=local(project.support_text),
            logos=logos_of(project),
            made_at=now().replace(microsecond=0),
            language=lang,
            tile=tile(event.when, lang),
            text=local(event.summary),
            call=_("Read more and sign up") if event.takes_registrations else _("Read more"),
            url=event_page(event, lang),
            size="a3" if request.args.get("size") == "a3" else "a4",
        )
        return printed("poster", event, _("Poster"), lambda: render_poster(document))
