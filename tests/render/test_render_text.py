"""The text part: every word of the items, 72 columns, addresses whole."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from render_kit import EVERY_KIND, render, tree

from mailer.render.markdown import clean
from mailer.render.plain import body_lines, linked, wrap

LONG = (
    "https://example.org/en/news/cites-cop17-%E2%80%93-implications-cms-and-a-very-long-address-that-goes-on"
)


def test_the_text_has_every_word_that_the_html_shows() -> None:
    rendition = render(*EVERY_KIND, options={"web_view": True})
    squeezed = " ".join(rendition.text.split()).lower()
    shown = "p h1 h2[not(@class='small')] h3 li".split()
    missing = [
        word
        for words in tree(rendition).xpath("|".join(f"//body//{element}//text()" for element in shown))
        for word in str(words).lower().split()
        if word.strip("·,:;.") not in squeezed
    ]
    assert missing == []


def test_the_whole_text_of_a_small_issue() -> None:
    rendition = render(
        {
            "title": "Reports",
            "kind": "deadline",
            "due": date(2017, 4, 24),
            "body": "Hand **in** your [report](https://example.org/r).",
        },
        {
            "title": "Camels",
            "body": "- one\n- two\n  - three\n\n> wise\n> words",
            "image": {"src": "i/a.jpg", "alt": "Two camels", "credit": "J. H."},
        },
        title="Dry days",
    )
    assert rendition.text == (
        "Steppe News · No. 3\n19 December 2016\n\nDry days\n========\n\n\n"
        "%%slot:salutation%%,\n\n\n"
        "Dates and deadlines\n-------------------\n* Action by 24 April 2017: Reports\n\n\n"
        "Reports\n-------\nAction by: Monday, 24 April 2017\n\nHand in your report (https://example.org/r).\n\n\n"
        "Camels\n------\n[Picture: Two camels — © J. H.]\n\n- one\n- two\n  - three\n\n> wise words\n\n\n"
        f"{'-' * 72}\nBureau of Steppes\n1 Grass Road, Bonn\nhttps://example.org\n\n"
        "You receive this newsletter from Bureau of Steppes as %%slot:role%%.\n"
        "Unsubscribe from this newsletter:\nhttps://slot.invalid/unsubscribe\n"
    )


def test_lines_are_at_most_72_signs_but_for_addresses() -> None:
    text = render(*EVERY_KIND, {"title": "Long " * 40, "body": "word " * 200 + f"[x]({LONG})"}).text
    for line in text.split("\n"):
        assert len(line) <= 72 or "://" in line


def test_addresses_are_never_broken() -> None:
    assert LONG in "\n".join(body_lines(f"See [the page on what it means]({LONG}), or <{LONG}>."))
    assert LONG in render({"title": "T", "links": [{"url": LONG, "text": "Read " * 20}]}).text


def test_words_that_are_the_address_are_not_said_twice() -> None:
    assert linked("https://example.org/", "https://example.org/") == "https://example.org/"
    assert linked("www.example.org", "https://www.example.org/") == "https://www.example.org/"
    assert linked("a@example.org", "mailto:a@example.org") == "a@example.org"
    assert linked("Write to us", "mailto:a@example.org") == "Write to us (a@example.org)"


@pytest.mark.parametrize(
    ("markdown", "lines"),
    [
        ("1. a\n2. b", ["1. a", "2. b"]),
        ("3. a\n\n   more\n4. b", ["3. a", "", "   more", "", "4. b"]),
        ("one  \ntwo\nthree", ["one", "two three"]),
        ("`a` ~~b~~ *c*", ["a b c"]),
        ("    x = 1\n    y", ["x = 1", "y"]),
        ("| A | B |\n|---|---|\n| 1 | 2 |", ["A | B", "1 | 2"]),
        ("a\n\n***\n\nb", ["a", "", "* * *", "", "b"]),
        ("# Head\n\ntext", ["Head", "", "text"]),
        ("", []),
        ("<b>x</b>", ["<b>x</b>"]),
    ],
)
def test_markdown_reads_well_as_text(markdown: str, lines: list[str]) -> None:
    assert body_lines(markdown) == lines


def test_text_without_spaces_is_cut_and_joined_signs_stay_together() -> None:
    lines = wrap("象" * 500)
    assert "".join(lines) == "象" * 500
    assert max(len(line.encode()) for line in lines) <= 998
    family = "👩\u200d👩\u200d👧" * 40
    assert all(not line.startswith("\u200d") for line in wrap(family))
    assert "".join(wrap(family)) == family


@given(st.text(max_size=400))
def test_wrapping_loses_no_sign_and_no_line_is_too_long(text: str) -> None:
    words = clean(text)
    lines = wrap(words, "- ", "  ")
    assert "".join("".join(line[2:].split()) for line in lines) == "".join(words.split())
    assert all(len(line.encode()) <= 998 for line in lines)


def test_a_decorative_picture_is_not_announced() -> None:
    assert "Picture" not in render({"kind": "image", "image": {"src": "i/a.jpg", "decorative": True}}).text
