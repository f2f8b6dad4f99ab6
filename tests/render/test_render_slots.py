"""Filling personal fields, and the views that mail clients make."""

from __future__ import annotations

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from render_kit import EVERY_KIND, render, tree

from mailer.model.rendition import text_slot, url_slot
from mailer.model.slots import Slot, fill_slots, slot_names, split_slots
from mailer.render import apple_dark, fill, forced_dark, images_off

LETTER = (
    f'<p title="t">{text_slot("salutation")}, {text_slot("country")}</p>'
    f'<a href="{url_slot("unsubscribe")}">x</a>'
)


def test_a_document_is_cut_at_its_fields() -> None:
    assert split_slots(f"a{text_slot('name')}b{url_slot('web_view')}") == (
        "a",
        Slot("name"),
        "b",
        Slot("web_view"),
    )
    assert slot_names(LETTER) == ("country", "salutation", "unsubscribe")
    assert split_slots("") == ()


def test_tokens_with_unknown_names_stay_text() -> None:
    text = "%%slot:nothing%% https://slot.invalid/nothing %%slot:unsubscribe%%"
    assert split_slots(text) == (text,)


def test_values_come_before_defaults() -> None:
    filled = fill(LETTER, {"salutation": "Dear A", "country": ""}, {"country": "your country"}, escape=True)
    assert filled == '<p title="t">Dear A, your country</p><a href="">x</a>'


def test_values_never_become_markup_and_are_never_filled_again() -> None:
    nasty = f"</p><script>\"'{text_slot('country')}"
    filled = fill(LETTER, {"salutation": nasty, "country": "KZ"}, {}, escape=True)
    page = lxml.html.fromstring(f"<div>{filled}</div>")
    assert page.xpath("//p")[0].text_content() == f"{nasty}, KZ"
    assert not page.xpath("//script")


def test_line_breaks_and_controls_cannot_enter() -> None:
    filled = fill(text_slot("name"), {"name": "A\r\nBcc: x@example.org\x00\u2028y"}, {}, escape=False)
    assert filled == "A Bcc: x@example.org y"


def test_addresses_are_made_safe() -> None:
    token = url_slot("unsubscribe")
    value = 'mailto:u@example.org?subject=leave "x"&body=<ü>'
    assert fill(token, {"unsubscribe": value}, {}, escape=False) == (
        "mailto:u@example.org?subject=leave%20%22x%22&body=%3C%C3%BC%3E"
    )
    html = fill(f'<a href="{token}">', {"unsubscribe": value}, {}, escape=True)
    assert (
        lxml.html.fromstring(html).get("href")
        == "mailto:u@example.org?subject=leave%20%22x%22&body=%3C%C3%BC%3E"
    )
    assert (
        fill(token, {"unsubscribe": "https://e.org/u?t=a%2Bb"}, {}, escape=False) == "https://e.org/u?t=a%2Bb"
    )


@pytest.mark.parametrize("value", ["javascript:alert(1)", "data:text/html,x", "//example.org", "e.org"])
def test_other_addresses_are_refused(value: str) -> None:
    with pytest.raises(ValueError, match="must begin with https"):
        fill_slots(split_slots(url_slot("unsubscribe")), {"unsubscribe": value}, {}, "html")


@given(st.text(max_size=80))
def test_any_value_stays_words_on_one_line(value: str) -> None:
    html = fill(f"<p>{text_slot('name')}</p>", {"name": value}, {}, escape=True)
    page = lxml.html.fromstring(f"<div>{html}</div>")
    assert len(list(page.iter())) == 2
    text = fill(text_slot("name"), {"name": value}, {}, escape=False)
    assert len(text.splitlines()) <= 1
    assert page.text_content() == text


def test_a_filled_letter_has_no_token_left() -> None:
    rendition = render(*EVERY_KIND, options={"web_view": True})
    values = dict.fromkeys(rendition.slots, "https://example.org/x")
    for document in (rendition.html, rendition.text):
        filled = fill(document, values, rendition.defaults, escape=document is rendition.html)
        assert "slot" not in filled


def test_images_off_takes_away_the_pictures_and_leaves_the_words() -> None:
    page = lxml.html.document_fromstring(images_off(render(*EVERY_KIND).html))
    assert not page.xpath("//img/@src")
    assert "Two camels" in page.xpath("//img/@alt")


def test_apple_dark_switches_the_dark_styles_on() -> None:
    html = render(*EVERY_KIND).html
    shown = apple_dark(html)
    assert "prefers-color-scheme: dark" not in shown
    assert shown.count("@media all") == 1


def test_forced_dark_turns_light_grounds_and_dark_words_over() -> None:
    shown = forced_dark(
        '<p style="background-color:#ffffff;color:#000000">a</p><b bgcolor="#ffffff" style="color:#ffffff">'
    )
    assert "background-color:#1b1b1b" in shown
    assert 'bgcolor="#1b1b1b"' in shown
    assert 'style="color:#ffffff"' in shown
    assert "color:#000000" not in shown.replace("background-color", "")


def test_forced_dark_keeps_anchors_and_structure() -> None:
    html = render(*EVERY_KIND).html
    before, after = tree(render(*EVERY_KIND)), lxml.html.document_fromstring(forced_dark(html))
    assert before.xpath("//@href") == after.xpath("//@href")
    assert before.text_content() != ""
    assert len(list(before.iter())) == len(list(after.iter()))
