"""What mjml-python and premailer would break, and does not break here."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from render_kit import EVERY_KIND, render, tree

from mailer.errors import RenderError
from mailer.render.inline import COMMENT, finish_html, inline_styles, mend
from mailer.render.markdown import one_line
from mailer.render.mjml import MarkupError, guard_attributes, mjml_to_html

SPECIAL = [
    "Foto\u00a0x",
    "👩\u200d💻 at work",
    "नमस्ते",
    "C:\\path\\n",
    'says "yes" & <b>no</b>',
    "soft\u00adhyphen, rlm\u200f lrm\u200e, zwnj\u200c",
    "e\u0301 combining, \ufe0f selector, \ue000 private",
    "Ўзбекистон, Қазақстан",
    "it's `code` {x} %%y%%",
]


@pytest.mark.parametrize("words", SPECIAL)
def test_signs_that_rust_would_escape_reach_attributes_and_titles_unchanged(words: str) -> None:
    rendition = render(
        {"title": words, "image": {"src": "images/a.jpg", "alt": words}}, subject=words, preheader=words
    )
    page = tree(rendition)
    assert page.xpath("//img[not(@alt='')]/@alt") == [words]
    assert page.xpath("//h2[@id]")[0].text_content() == words
    assert page.xpath("//title")[0].text_content() == words
    assert page.xpath("//div[@role='article']/@aria-label") == [words]
    assert rendition.subject == words
    assert r"\u{" not in rendition.html


def test_newlines_and_tabs_in_an_alternative_text_become_spaces() -> None:
    rendition = render({"title": "T", "image": {"src": "images/a.jpg", "alt": "one\ntwo\tthree"}})
    assert "one two three" in tree(rendition).xpath("//img/@alt")


def test_attributes_are_guarded_and_styles_are_not() -> None:
    source = '<mj-style>p{content:"\u00a0\\a"}</mj-style><mj-text a="x\u00a0\\\n\t" b=\'"\'>\u00e9</mj-text>'
    assert guard_attributes(source) == (
        '<mj-style>p{content:"\u00a0\\a"}</mj-style>'
        '<mj-text a="x&#160;&#92;&#10;&#9;" b="&#34;">&#233;</mj-text>'
    )


def test_the_doctype_stands_first() -> None:
    assert render({"title": "T"}).html.startswith("<!DOCTYPE html>\n<html")


def test_important_and_media_queries_survive() -> None:
    html = render(*EVERY_KIND).html
    styles = "".join(re.findall(r"<style.*?</style>", COMMENT.sub("", html), re.DOTALL))
    assert "@media (prefers-color-scheme: dark)" in styles
    assert "[data-ogsc]" in styles
    assert styles.count("!important") > 30
    assert "width:100% !important" in styles


def test_comments_for_outlook_are_the_same_before_and_after() -> None:
    html = mend(mjml_to_html(TWO_COLUMNS))
    assert len(COMMENT.findall(html)) > 6
    assert COMMENT.findall(finish_html(html)) == COMMENT.findall(html)


def test_the_reset_block_is_not_copied_onto_elements() -> None:
    html = render(*EVERY_KIND).html
    assert "mso-table-lspace" in html
    body = html[html.index("<body") :]
    assert "mso-table-lspace" not in COMMENT.sub("", body)


def test_styles_of_the_template_are_copied_onto_elements() -> None:
    page = tree(render(*EVERY_KIND))
    assert "Georgia" in page.xpath("//h1/@style")[0]
    assert all("font" in style for style in page.xpath("//h2/@style"))
    assert all("color" in link.get("style", "") for link in page.xpath("//a[@href]"))


def test_nothing_is_loaded_from_elsewhere() -> None:
    html = COMMENT.sub("", render(*EVERY_KIND).html)
    assert "googleapis" not in html
    assert not re.search(r"<link\b|@import|<script|url\(", html)


def test_cyrillic_stays_utf8_and_unseen_signs_become_references() -> None:
    html = render({"title": "Сайгак", "body": "Степь\u00a0и\u200dгоры"}, language="ru").html
    assert "Сайгак" in html
    assert "Степь&#160;и&#8205;горы" in html
    assert "&#1057;" not in html


def test_slots_survive_in_words_and_in_addresses() -> None:
    rendition = render({"body": "In {{country}}."}, options={"web_view": True})
    assert rendition.slots == ("country", "role", "salutation", "unsubscribe", "web_view")
    page = tree(rendition)
    assert "https://slot.invalid/unsubscribe" in page.xpath("//a/@href")
    assert "https://slot.invalid/web_view" in page.xpath("//a/@href")
    assert "In %%slot:country%%." in page.text_content()


def test_a_lost_comment_or_slot_is_noticed() -> None:
    with pytest.raises(MarkupError, match="no alt attribute"):
        finish_html("<!doctype html><html><body><img src='cid:x@y'></body></html>")
    with pytest.raises(RenderError, match="comments for Outlook have changed"):
        finish_html("<!doctype html><html><body><p><![if !mso]>x<![endif]></p><!--a--></body></html>")


def test_rendering_twice_gives_the_same_bytes() -> None:
    assert render(*EVERY_KIND) == render(*EVERY_KIND)


def test_too_deep_or_too_large_is_refused_before_mjml_sees_it() -> None:
    with pytest.raises(MarkupError, match="within each other"):
        mjml_to_html("<mjml>" + "<div>" * 200 + "</div>" * 200 + "</mjml>")
    with pytest.raises(MarkupError, match="signs"):
        mjml_to_html("<mjml>" + "x" * 1_600_000 + "</mjml>")
    with pytest.raises(MarkupError):
        mjml_to_html("<mjml><mj-body><mj-text><p>open</mj-text></mj-body></mjml>")


def test_markdown_nested_too_deep_names_the_item_and_loses_nothing_silently() -> None:
    with pytest.raises(RenderError, match=r'Item "item-2".*within each other') as caught:
        render({"title": "Fine"}, {"title": "T", "body": ">" * 3000 + " deep"})
    assert caught.value.hint == "Flatten its nested lists and quotations."
    assert "deep" in render({"title": "T", "body": ">" * 30 + " deep"}).html


def test_premailer_keeps_alignment_attributes_as_they_are() -> None:
    html = inline_styles(
        "<!DOCTYPE html><html><head><style>td{width:5px}</style></head>"
        "<body><table><tr><td>a</td></tr></table></body></html>"
    )
    assert '<td style="width:5px">' in html


ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60)


def literal(text: str) -> str:
    """Markdown that means exactly this text."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=ANY_TEXT, alt=ANY_TEXT, words=ANY_TEXT)
def test_any_text_reaches_html_and_text_as_it_is_and_never_becomes_markup(
    title: str, alt: str, words: str
) -> None:
    item = {
        "title": f"a{title}z",
        "body": f"a{literal(words)}z",
        "image": {"src": "images/a.jpg", "alt": f"a{alt}z"},
    }
    rendition = render(item)
    page = tree(rendition)
    assert page.xpath("//h2[@id]")[0].text_content() == one_line(f"a{title}z")
    assert f"a{one_line(f'{alt}z')}" in page.xpath("//img/@alt") or one_line(f"a{alt}z") in page.xpath(
        "//img/@alt"
    )
    body = page.xpath("//h2[@id]/following-sibling::p")[0]
    assert len(body) == 0
    assert "".join(body.text_content().split()) == "".join(one_line(f"a{words}z").split())
    squeezed = "".join(rendition.text.split())
    assert "".join(one_line(f"a{words}z").split()) in squeezed
    assert "".join(one_line(f"a{title}z").split()) in squeezed
    assert max(len(line.encode()) for line in rendition.text.split("\n")) <= 998


MARKUP = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</td></tr></table><h1>x</h1>",
    "<mj-section>x</mj-section>",
    "<!--[if mso]>x<![endif]-->",
    "{% include 'x' %}{{ 7*7 }}",
    "[x](javascript:alert(1)) [y](data:text/html,z) ![p](https://example.org/p.gif)",
]


@pytest.mark.parametrize("words", MARKUP)
def test_markup_in_any_field_stays_words(words: str) -> None:
    rendition = render(
        {"title": words, "body": words, "links": [{"url": 'https://example.org/"><b>', "text": words}]},
        {
            "kind": "contact",
            "title": "C",
            "address": [words],
            "email": words,
            "phones": [words],
            "fax": words,
        },
        {"kind": "quote", "body": words, "by": words},
        series=words,
        subject=words,
        preheader=words,
    )
    page = tree(rendition)
    assert not page.xpath("//script | //*[@onerror] | //img[@src='x']")
    assert len(page.xpath("//h1")) == 1
    assert not [href for href in page.xpath("//a/@href") if re.match(r"\s*(javascript|data):", href)]
    assert "<mj-" not in rendition.html
    assert "49" not in page.xpath("//h2[@id]")[0].text_content()
    assert len(page.xpath("//img")) == 1


TWO_COLUMNS = """<mjml><mj-head><mj-attributes><mj-all font-family="Arial" /></mj-attributes>
<mj-style>/* inline */ p { margin: 0; }</mj-style></mj-head><mj-body>
<mj-section><mj-column><mj-text><p>a</p></mj-text></mj-column><mj-column><mj-text>b</mj-text></mj-column>
</mj-section></mj-body></mjml>"""
