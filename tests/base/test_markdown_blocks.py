from koostoo.base.markdown_blocks import Block, Run, markdown_blocks


def paragraph(text: str) -> Block:
    return Block("paragraph", ((Run(text),),))


def test_what_organisers_use_becomes_blocks() -> None:
    text = (
        "# Päev\n\n**9.00** *algus*\nlõuna\n\n- üks\n- kaks\n  1. kolm\n\n"
        "> tsitaat\n\n3. neli\n\n###### Lõpp"
    )

    assert markdown_blocks(text) == (
        Block("heading", ((Run("Päev"),),), level=1),
        Block(
            "paragraph",
            (
                (Run("9.00", strong=True), Run(" "), Run("algus", emphasis=True)),
                (Run("lõuna"),),
            ),
        ),
        Block(
            "list",
            parts=(
                (paragraph("üks"),),
                (paragraph("kaks"), Block("list", first=1, parts=((paragraph("kolm"),),))),
            ),
        ),
        Block("quote", parts=((paragraph("tsitaat"),),)),
        Block("list", first=3, parts=((paragraph("neli"),),)),
        Block("heading", ((Run("Lõpp"),),), level=2),
    )


def test_a_table_is_its_rows_head_first() -> None:
    (table,) = markdown_blocks("| kell | mis |\n|---|---|\n| 9.00 | |")

    assert table == Block(
        "table",
        parts=(
            (paragraph("kell"), paragraph("mis")),
            (paragraph("9.00"), Block("paragraph", ((),))),
        ),
    )


def test_a_link_is_told_with_its_address() -> None:
    (found,) = markdown_blocks(
        "[siin](https://example.org) <kai@example.org>\n[a\nb](https://b.ee)"
    )

    lines = ["".join(run.text for run in line) for line in found.lines]
    assert lines == ["siin (https://example.org) kai@example.org", "a", "b (https://b.ee)"]


def test_html_and_pictures_are_the_characters_that_were_typed() -> None:
    (found,) = markdown_blocks("<b>x</b> ![alt](https://example.org/a.png) `#x`")

    assert "".join(run.text for run in found.lines[0]) == "<b>x</b> alt `#x`"


def test_deep_nesting_ends() -> None:
    markdown_blocks("*" * 5000 + "a" + "*" * 5000)
    markdown_blocks("> " * 3000 + "a")
    markdown_blocks("\n".join("  " * depth + "- a" for depth in range(300)))


def test_nothing_is_nothing() -> None:
    assert markdown_blocks(" \n ") == ()
