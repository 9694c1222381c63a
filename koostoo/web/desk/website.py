"""For a partner's own web site: the list of coming events in a frame, news feeds, calendars."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form as PlainForm

from koostoo.events.queries import all_projects
from koostoo.registration.desk_queries import organisation_choices
from koostoo.web.desk import bp
from koostoo.web.forms import Pick, options
from koostoo.web.frames import with_frame
from koostoo.web.language import current_lang
from koostoo.web.links import absolute
from koostoo.web.rights import right
from koostoo.web.view import local

NUMBERS = ("5", "10", "20", "50")
FEEDS = {
    "": ("public.news", "public.follow"),
    "organisation": ("public.organisation_news", "public.follow_organisation"),
    "project": ("public.project_news", "public.follow_project"),
}
"""News feed and page of the calendar: of all events, of an organisation, of a project."""


class WebsiteForm(PlainForm):  # type: ignore[misc]  # WTForms ships no types
    """What the frame shows; it stands in the address."""

    of = Pick(_l("Whose events"))
    language = Pick(_l("Language"), choices=options([("et", "Eesti keel"), ("en", "English")]))
    most = Pick(
        _l("How many at most"), choices=options([(one, one) for one in NUMBERS]), default="10"
    )

    def chosen(self) -> tuple[str, str]:
        """Return "organisation" or "project" and its address; two empty texts for all events."""
        kind, _dash, slug = (self.of.data or "").partition("-")
        return kind, slug


@bp.get("/website")
@right("organiser")
def website() -> Response:
    """Show what to put into a web site, and how it looks there."""
    form = _form()
    page = render_template("desk/website.html", form=form, **_addresses(form))
    return with_frame(page)


def _form() -> WebsiteForm:
    form = WebsiteForm(request.args or None, data={"language": current_lang(), "most": "10"})
    choices = [("", _("All events"))]
    choices += [(f"organisation-{one.slug}", one.name) for one in organisation_choices()]
    choices += [(f"project-{one.slug}", local(one.title)) for one in all_projects()]
    form.of.choices = options(choices)
    if not form.validate():
        # An address somebody made up: as if nothing had been chosen.
        form.process(None, data={"of": "", "language": current_lang(), "most": "10"})
    return form


def _addresses(form: WebsiteForm) -> dict[str, Any]:
    (kind, slug), lang = form.chosen(), form.language.data
    prefix = "/en" if lang == "en" else ""
    asked: dict[str, Any] = {kind: slug} if kind else {}
    if form.most.data != "10":
        asked["max"] = form.most.data
    frame = f"{prefix}/embed/events" + (f"?{urlencode(asked)}" if asked else "")
    of: dict[str, Any] = {"slug": slug} if kind else {}
    news, calendar = (
        prefix + url_for(endpoint, **of).removeprefix("/en") for endpoint in FEEDS[kind]
    )
    with force_locale(lang):
        title = _("Coming events")
    return {
        "frame": frame,
        "snippet": (
            f'<iframe src="{absolute(frame)}" title="{title}" loading="lazy" '
            'width="100%" height="480" style="border:0"></iframe>'
        ),
        "news": absolute(news),
        "calendar": absolute(calendar),
    }
