"""Organisers' texts: a small Markdown in, safe HTML or plain text out.

Kept: paragraphs, line breaks as typed, lists, emphasis, links, two levels of headings, quotes,
tables. Everything else, HTML above all, shows as the characters that were typed.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from markdown_it.utils import EnvType, OptionsDict

from koostoo.base.text import clean_text

SCHEMES = frozenset({"http", "https", "mailto"})
TAGS = frozenset(
    {"p", "br", "strong", "em", "a", "ul", "ol", "li", "h3", "h4", "blockquote"}
    | {"table", "thead", "tbody", "tr", "th", "td"}
)
# "*" empty: otherwise nh3 lets `title` and `lang` through on everything.
ATTRIBUTES: dict[str, set[str]] = {"a": {"href"}, "ol": {"start"}, "*": set()}

# "8. november" opens a line of a programme far oftener than it opens item eight of a list.
_DATE_AT_START = re.compile(
    r"^([ \t]*[0-9]{1,2})\.(?=[ \t]+(?:jaan|veeb|märts|apr|mai|juun|juul|aug|sept|okt|nov|dets))",
    re.IGNORECASE | re.MULTILINE,
)


def _is_safe_link(url: str) -> bool:
    try:
        return urlsplit(url).scheme.lower() in SCHEMES
    except ValueError:
        return False


def _alt_text_only(
    _renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    _env: EnvType,
) -> str:
    return escapeHtml(tokens[index].content)


class _Markdown(MarkdownIt):
    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False, "breaks": True})
        self.enable("table")
        self.disable(["html_block", "html_inline", "code", "fence", "backticks"])
        self.disable(["hr", "lheading", "reference"])
        self.add_render_rule("image", _alt_text_only)

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        return _is_safe_link(url)


_markdown = _Markdown()


@lru_cache(maxsize=128)
def render_markdown(text: str) -> str:
    """Return `text` as safe HTML.

    Headings begin at h3, so that a page keeps its one h1 and its own sections; links go to http,
    https and mailto only. Whatever the parser lets through is cleaned once more. Kept for the next
    page with the same text, which is an organiser's and public.
    """
    tokens = parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h3" if token.tag == "h1" else "h4"
    return nh3.clean(
        _markdown.renderer.render(tokens, _markdown.options, {}),
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes=set(SCHEMES),
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
    ).strip()


def markdown_to_plain(text: str) -> str:
    """Return `text` to be read without mark-up, in a letter or a calendar: lines end in LF.

    A link keeps its address in brackets, list items begin with a dash or their number.
    """
    tokens = parse(text)
    for token in tokens:
        if token.type == "inline":
            # Blocks nest 20 deep at most, emphasis without limit: only blocks become a tree.
            token.content, token.children = _words(token.children or []), []
    return _blocks(SyntaxTreeNode(tokens), "\n\n").strip()


def parse(text: str) -> list[Token]:
    """Return `text` as the parser's tokens: only what is listed above, links already checked."""
    return _markdown.parse(_DATE_AT_START.sub(r"\1\\.", clean_text(text)))


def _words(tokens: Sequence[Token]) -> str:
    words: list[str] = []
    links: list[tuple[int, str]] = []
    for token in tokens:
        if token.type == "link_open":
            links.append((len(words), str(token.attrs["href"]).removeprefix("mailto:")))
        elif token.type == "link_close":
            start, address = links.pop()
            if "".join(words[start:]) != address:
                words.append(f" ({address})")
        else:
            words.append("\n" if token.type.endswith("break") else token.content)
    return "".join(words)


def _blocks(parent: SyntaxTreeNode, between: str) -> str:
    return between.join(map(_block, parent.children))


def _block(node: SyntaxTreeNode) -> str:
    if node.type == "inline":
        return node.content
    if node.type == "bullet_list":
        return "\n".join(_item("– ", item) for item in node.children)
    if node.type == "ordered_list":
        first = int(node.attrs.get("start", 1))
        return "\n".join(_item(f"{n}. ", item) for n, item in enumerate(node.children, first))
    if node.type == "blockquote":
        return re.sub("^(?=.)", "> ", _blocks(node, "\n\n"), flags=re.MULTILINE)
    if node.type in ("table", "thead", "tbody"):
        return _blocks(node, "\n")
    return _blocks(node, " | " if node.type == "tr" else "")


def _item(mark: str, item: SyntaxTreeNode) -> str:
    return mark + _blocks(item, "\n").replace("\n", "\n" + " " * len(mark))
