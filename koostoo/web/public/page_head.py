"""What stands in the head of a public page for those who pass it on: previews, search engines."""

from dataclasses import dataclass

from flask import request

from koostoo.files.models import StoredFile
from koostoo.web.language import Lang, current_lang
from koostoo.web.links import absolute, this_address
from koostoo.web.view import local

LOCALES: dict[Lang, str] = {"et": "et_EE", "en": "en_GB"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture shown beside a link to the page; `address` in full."""

    address: str
    alt: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class PageHead:
    """A page as others show it; all addresses in full, without any query.

    `news` are the paths and names of its Atom feeds.
    """

    title: str
    description: str
    address: str
    in_languages: dict[str, str]
    locale: str
    picture: Picture | None = None
    news: tuple[tuple[str, str], ...] = ()


def page_head(
    title: str,
    description: str,
    picture: Picture | None = None,
    news: tuple[tuple[str, str], ...] = (),
) -> PageHead:
    """Return the head of the page being shown."""
    et, en = addresses(request.path)
    return PageHead(
        title,
        description,
        this_address(),
        {"et": et, "en": en, "x-default": et},
        LOCALES[current_lang()],
        picture,
        news,
    )


def addresses(path: str) -> tuple[str, str]:
    """Return the full addresses of a page in Estonian and in English; `path` as it is routed."""
    return absolute(path), absolute("/en" + path)


def cover_picture(cover: StoredFile | None, path: str) -> Picture | None:
    """Return an event's cover as a picture beside links to its page."""
    if cover is None:
        return None
    return Picture(absolute(path), local(cover.alt), cover.width, cover.height)
