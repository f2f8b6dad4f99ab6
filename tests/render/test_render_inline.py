"""A page finished block by block is the page finished whole, byte for byte; and an edit costs its block."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from premailer import Premailer

from mailer.config import open_workspace
from mailer.flow import compose_issue, desk
from mailer.flow.starter import SAMPLE, make_workspace
from mailer.render import inline, rendition
from mailer.render.blocks import LARGEST, MARK, cut_page
from mailer.render.inline import finish_html, finish_whole, mend
from mailer.render.memory import Memory
from tests.render.render_kit import EVERY_KIND, render

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def pages_of(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every page that is rendered from now on, as mjml-python made it."""
    pages: list[str] = []
    monkeypatch.setattr(
        rendition, "finish_html", lambda html, hosted: pages.append(html) or finish_html(html, hosted)
    )
    return pages


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    inline._blocks.clear()
    inline._frames.clear()
    desk._renditions.clear()


@pytest.mark.parametrize("language", ["en", "ru", "fr"])
def test_every_kind_comes_out_as_in_one_piece(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    pages = pages_of(monkeypatch)
    finished = [render(*EVERY_KIND * times, language=language).html for times in (1, 3)]
    assert finished == [finish_whole(mend(page)) for page in pages]
    assert all(cut_page(mend(page)) for page in pages)


def test_every_version_of_the_sample_comes_out_as_in_one_piece(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pages = pages_of(monkeypatch)
    workspace = open_workspace(make_workspace(tmp_path / "office", sample=True).root)
    composed = compose_issue(workspace, SAMPLE, secret=b"x" * 32)
    # The newest version of a page is found by its bytes: versions may be remembered and not rendered anew.
    whole = {finish_whole(mend(page)) for page in pages}
    assert pages
    assert {one.html for one in composed.renditions} >= whole
    assert len({one.variant.language for one in composed.renditions}) > 1


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    items=st.lists(st.sampled_from(EVERY_KIND), min_size=1, max_size=12),
    words=st.tuples(WORDS, WORDS),
    layout=st.sampled_from(["wide", "half", "side"]),
    language=st.sampled_from(["en", "ru"]),
)
def test_random_issues_come_out_as_in_one_piece(
    monkeypatch: pytest.MonkeyPatch, items: list[dict], words: tuple[str, str], layout: str, language: str
) -> None:
    with monkeypatch.context() as patch:
        pages = pages_of(patch)
        own = {"kind": "article", "title": words[0], "body": words[1] * 9, "layout": layout}
        finished = render(own, *items, own, language=language).html
    assert finished == finish_whole(mend(pages[-1]))


CELL = "<td class='a'><p>One<b>1</b></p><p class='x'>Two</p></td>"
ROWS = "".join(
    f"<tr>{CELL}<td>{n} {'long ' * (LARGEST // 4)}</td></tr>".replace("One", f"One {n}") for n in range(6)
)
"""Rows that are opened, so that their cells become blocks."""


def page(css: str, inside: str = ROWS) -> str:
    styles = f"<style type='text/css'>/* inline */ {css}</style>"
    table = f'<table role="presentation"><tbody>{inside}</tbody></table>'
    return (
        f'<!doctype html><html lang="en" dir="ltr"><head><title>T</title>{styles}</head>'
        f'<body class="b"><div class="w">{table}</div></body></html>'
    )


@pytest.mark.parametrize(
    "selector",
    [
        "td + td",
        "tr + tr td",
        "tr:first-child td",
        "td:first-child",
        "p + p",
        "p:last-child",
        ".a + td",
        "* + p",
        "tr ~ tr",
        ".x",
        "body > div p",
        "html[dir=ltr] .a",
        ":first-child",
        "tbody tr td.a p",
    ],
)
def test_selectors_that_look_around_see_what_is_there(selector: str) -> None:
    html = page(f"{selector} {{ color: red; margin: 0 }} p {{ color: blue }}")
    assert finish_html(html) == finish_whole(mend(html))
    assert "color:" in finish_html(html)


@pytest.mark.parametrize(
    "inside",
    [
        ROWS.replace("One", "One &gt; two & more"),
        ROWS.replace("<p>One", '<p title="a > b < c">One'),
        ROWS.replace("<td>", '<td title="a > b">'),
        ROWS.replace("<p>One", f"<p>One {MARK}"),
        ROWS.replace("<p>One", "<p>One <div>block in a paragraph</div>"),
        ROWS.replace("<p>One", "<!-- <td> a comment </div> --><p>One"),
        ROWS.replace("<td>", "<td><style>p { margin: 0 }</style>"),
        ROWS + "</div><div>closed too soon",
        ROWS.replace("</td></tr>", "</tr>"),
        "<tr><td>short</td></tr>",
        "",
    ],
)
def test_pages_that_cannot_be_cut_well_come_out_the_same(inside: str) -> None:
    html = page("p { color: red } td { padding: 0 }", inside)
    assert finish_html(html) == finish_whole(mend(html))


def test_what_is_remembered_of_a_sheet_changes_nothing() -> None:
    html = mend(page("p { color: red !important; margin: 0 } .a p { margin: 1px } p:hover { color: blue }"))
    fresh = Premailer(
        html,
        keep_style_tags=True,
        strip_important=False,
        disable_validation=True,
        allow_network=False,
        align_floating_images=False,
        cssutils_logging_level=logging.CRITICAL,
        disable_basic_attributes=["width", "height", "align", "valign", "bgcolor"],
    ).transform(pretty_print=False)
    assert inline.inline_styles(html) == inline.inline_styles(html) == fresh


def test_an_edit_goes_through_premailer_with_its_block_only(monkeypatch: pytest.MonkeyPatch) -> None:
    items = [{"title": f"Item {n}", "body": "Words of it. " * 30} for n in range(20)]
    render(*items)
    sizes: list[int] = []
    inline_styles = inline.inline_styles
    monkeypatch.setattr(inline, "inline_styles", lambda html: sizes.append(len(html)) or inline_styles(html))
    items[7]["body"] += "And more."
    html = render(*items).html
    assert "And more." in html
    assert len(sizes) == 1
    assert sizes[0] < len(html) / 3


def test_other_styles_are_other_blocks() -> None:
    red, blue = (page(f"p {{ color: {colour} }}") for colour in ("red", "blue"))
    assert "color:red" in finish_html(red)
    assert "color:red" not in finish_html(blue).split("<body")[1]


def test_a_memory_keeps_what_is_asked_for() -> None:
    memory: Memory[str, int] = Memory(2)
    memory.keep("a", 1)
    memory.keep("b", 2)
    assert memory.recall("a") == 1
    memory.keep("c", 3)
    assert (memory.recall("a"), memory.recall("b"), memory.recall("c"), len(memory)) == (1, None, 3, 2)


def test_blocks_add_up_to_the_page() -> None:
    html = mend(page("p { color: red }"))
    cut = cut_page(html)
    assert cut
    assert len(cut.blocks) == 12
    assert all("<td" in block.html and "<tr" not in block.html for block in cut.blocks)
    parts = cut.frame.split(MARK)
    assert (
        "".join(a + b for a, b in zip(parts, [*(block.html for block in cut.blocks), ""], strict=True))
        == html
    )
