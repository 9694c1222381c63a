"""The map of the public pages for search engines, and what they are asked to leave alone."""

from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Response, url_for

from koostoo.base.clock import local_day
from koostoo.events import queries
from koostoo.web.links import absolute
from koostoo.web.public import bp
from koostoo.web.public.page_head import addresses
from koostoo.web.ready import kept_ready
from koostoo.web.rights import right

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
MOST = 20_000
"""Events told of: each stands there in two languages, and 50,000 addresses are the limit."""
ROBOTS = "User-agent: *\nAllow: /desk/calendar/\nDisallow: /desk/\n"
"""Calendar importers obey it, so no feed may be barred; feeds tell search engines by a header."""


@bp.get("/robots.txt")
@right("public")
def robots() -> Response:
    """Let search engines and calendar importers in, not to private pages."""
    return Response(f"{ROBOTS}Sitemap: {absolute('/sitemap.xml')}\n", mimetype="text/plain")


@bp.get("/sitemap.xml")
@right("public")
@kept_ready
def sitemap() -> Response:
    """List home, projects and events, each in both languages, the latest events first.

    The same whichever language it is asked in (sitemaps.org; languages as Google describes them).
    """
    root = Element("urlset", {"xmlns": NAMESPACE, "xmlns:xhtml": XHTML})
    events = queries.sitemap_events(MOST)
    revised = {event.project_slug: event.revised_at for event in reversed(events)}
    pages: list[tuple[str, datetime | None]] = [(url_for("public.home"), None)]
    pages += [
        (url_for("public.project", slug=one.slug), revised.get(one.slug))
        for one in queries.all_projects()
    ]
    pages += [(url_for("public.event", slug=one.slug), one.revised_at) for one in events]
    for path, changed in pages:
        _add(root, path.removeprefix("/en"), changed)
    body = tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(body, mimetype="application/xml")


def _add(root: Element, path: str, changed: datetime | None) -> None:
    et, en = addresses(path)
    for address in (et, en):
        page = SubElement(root, "url")
        SubElement(page, "loc").text = address
        if changed is not None:
            SubElement(page, "lastmod").text = local_day(changed).isoformat()
        for lang, other in (("et", et), ("en", en), ("x-default", et)):
            attributes = {"rel": "alternate", "hreflang": lang, "href": other}
            SubElement(page, "xhtml:link", attributes)
