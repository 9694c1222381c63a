"""Organisers' texts as plain values, for documents that are set from data, not from mark-up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from koostoo.base.markdown import parse

Kind = Literal["paragraph", "heading", "list", "quote", "table"]
_LISTS = {"bullet_list", "ordered_list"}


@dataclass(frozen=True, slots=True)
class Run:
    """Words that look alike."""

    text: str
    strong: bool = False
    emphasis: bool = False


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list, quote or table.

    `lines` are the words of a paragraph or heading, `level` is 1 or 2 for a heading. `parts` hold
    other blocks: the items of a list, the one part of a quote, the rows of a table, of which the
    first is its head and each cell a paragraph. `first` is the number of a list's first item,
    None where its items have none.
    """

    kind: Kind
    lines: tuple[Line, ...] = ()
    level: int = 1
    first: int | None = None
    parts: tuple[tuple["Block", ...], ...] = ()


def markdown_blocks(text: str) -> tuple[Block, ...]:
    """Return the blocks of a Markdown text, the same of it as on the page.

    A link is its words with the address in brackets behind them, as one reads it on paper.
    """
    tokens = parse(text)
    for token in tokens:
        if token.type == "inline":
            # Blocks nest 20 deep at most, emphasis without limit: only blocks become a tree.
            token.meta, token.children = {"lines": _lines(token.children or [])}, []
    return _blocks(SyntaxTreeNode(tokens))


def _lines(tokens: Sequence[Token]) -> tuple[Line, ...]:
    lines: list[list[Run]] = [[]]
    links: list[tuple[int, str]] = []
    strong = emphasis = 0
    for token in tokens:
        if token.type == "link_open":
            links.append((len(lines[-1]), str(token.attrs["href"]).removeprefix("mailto:")))
        elif token.type == "link_close":
            start, address = links.pop()
            if "".join(run.text for run in lines[-1][start:]) != address:
                lines[-1].append(Run(f" ({address})"))
        elif token.type.startswith("strong_"):
            strong += token.nesting
        elif token.type.startswith("em_"):
            emphasis += token.nesting
        elif token.type.endswith("break"):
            lines.append([])
        elif token.content:
            lines[-1].append(Run(token.content, strong > 0, emphasis > 0))
    return tuple(map(tuple, lines))


def _blocks(parent: SyntaxTreeNode) -> tuple[Block, ...]:
    return tuple(map(_block, parent.children))


def _block(node: SyntaxTreeNode) -> Block:
    if node.type in _LISTS:
        numbered = node.type == "ordered_list"
        first = int(node.attrs.get("start", 1)) if numbered else None
        return Block("list", first=first, parts=tuple(map(_blocks, node.children)))
    if node.type == "blockquote":
        return Block("quote", parts=(_blocks(node),))
    if node.type == "table":
        rows = [row for part in node.children for row in part.children]
        return Block("table", parts=tuple(map(_blocks, rows)))
    # What is left holds words: a paragraph, a heading, a cell of a table.
    lines = node.children[0].meta["lines"] if node.children else ()
    if node.type == "heading":
        return Block("heading", lines, level=1 if node.tag == "h1" else 2)
    return Block("paragraph", lines)
