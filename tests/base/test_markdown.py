import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koostoo.base.markdown import ATTRIBUTES, TAGS, markdown_to_plain, render_markdown

REL = 'rel="noopener noreferrer nofollow"'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Hei\n**kõik**\n\n*sina*", "<p>Hei<br>\n<strong>kõik</strong></p>\n<p><em>sina</em></p>"),
        ("- üks\n- kaks", "<ul>\n<li>üks</li>\n<li>kaks</li>\n</ul>"),
        ("3. üks\n4. kaks", '<ol start="3">\n<li>üks</li>\n<li>kaks</li>\n</ol>'),
        ("> tsitaat", "<blockquote>\n<p>tsitaat</p>\n</blockquote>"),
        ("[a](http://example.org?b&c)", f'<p><a href="http://example.org?b&amp;c" {REL}>a</a></p>'),
        ("<kai@example.org>", f'<p><a href="mailto:kai@example.org" {REL}>kai@example.org</a></p>'),
        ("![pilt <b>](https://example.org/a.png)", "<p>pilt &lt;b&gt;</p>"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_organisers_use(text: str, html: str) -> None:
    assert render_markdown(text) == html


def test_headings_leave_h1_and_h2_to_the_page() -> None:
    html = render_markdown("# A\n## B\n###### C")
    assert html == "<h3>A</h3>\n<h4>B</h4>\n<h4>C</h4>"


def test_table_has_head_and_body() -> None:
    html = render_markdown("| a | b |\n|---|:-:|\n| 1 | 2 |").replace("\n", "")
    assert html == (
        "<table><thead><tr><th>a</th><th>b</th></tr></thead>"
        "<tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    )


def test_line_that_begins_with_a_date_is_no_list() -> None:
    assert render_markdown("8. november Avamine\n10. november Lõpp") == (
        "<p>8. november Avamine<br>\n10. november Lõpp</p>"
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)" onclick="x">x</a>',
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](data:image/svg+xml,<svg onload=alert(1)>)",
        "[x](vbscript:x)",
        "[x](file:///etc/passwd)",
        "[x](//evil.example)",
        "[x](/desk/)",
        "[x](http://[)",
        "<javascript:alert(1)>",
        "![x](javascript:alert(1))",
        '[x](https://example.org "onmouseover=alert(1) \\" x=\\"")',
        "`<b>`\n\n```html\n<b>\n```\n\n    <b>",
        "[a]: javascript:alert(1)\n\n[a]",
        "<!-- x --><style>*{}</style><iframe src=//evil.example>",
    ],
)
def test_hostile_text_becomes_harmless(text: str) -> None:
    assert_safe(render_markdown(text))


@given(st.text("<>[]()!*_#|-:\n &;`\"'=/ajscript1.\\", max_size=200))
def test_any_text_becomes_harmless_html_and_plain_text(text: str) -> None:
    assert_safe(render_markdown(text))
    markdown_to_plain(text)


@pytest.mark.parametrize(
    "text", ["*" * 5000 + "a" + "*" * 5000, "> " * 3000, "[" * 5000, "\ud800\x00"]
)
def test_deep_or_broken_text_does_not_fail(text: str) -> None:
    assert_safe(render_markdown(text))
    markdown_to_plain(text)


def assert_safe(html: str) -> None:
    """Check that every tag, attribute and address is one of ours."""
    _Checker().feed(html)


class _Checker(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        assert {name for name, _ in attrs} <= ATTRIBUTES.get(tag, set()) | {"rel"}
        assert all(re.match("https?:|mailto:", str(v)) for name, v in attrs if name == "href")

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)


def test_the_check_itself_finds_what_is_not_ours() -> None:
    for html in ("<script>", '<p title="x">', '<a href="javascript:x">', "<!-- x -->"):
        with pytest.raises(AssertionError):
            assert_safe(html)


def test_plain_text_reads_without_markup() -> None:
    text = (
        "# Päevakava\n\nTere *kõik*,\nvaata [kava](https://example.org) & <https://example.com>.\n\n"
        "1. üks\n2. kaks\n   - sees\n\n> a\n> b\n\n| a | b |\n|---|---|\n| 1 | **2** |\n\n"
        "[kai@example.org](mailto:kai@example.org) ![pilt](https://example.org/x.png)"
    )
    assert markdown_to_plain(text) == (
        "Päevakava\n\nTere kõik,\nvaata kava (https://example.org) & https://example.com.\n\n"
        "1. üks\n2. kaks\n   – sees\n\n> a\n> b\n\na | b\n1 | 2\n\n"
        "kai@example.org pilt"
    )
