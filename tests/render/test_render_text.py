"""The text part: every word of the items, 72 columns, addresses whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from render_kit import DAY, EVERY_KIND, OFFICE, issue_of, render, template

from mailer.render import edition_of, variant_for
from mailer.render.markdown import clean
from mailer.render.measure import columns, wrap
from mailer.render.plain import body_lines
from mailer.render.text import render_text
from mailer.render.text_links import TextLinks

LONG = (
    "https://example.org/en/news/cites-cop17-%E2%80%93-implications-cms-and-a-very-long-address-that-goes-on"
)


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
        "Dates and deadlines\n-------------------\n* Action by: Monday, 24 April 2017 · Reports\n\n\n"
        "%%slot:salutation%%,\n\n\n"
        "Reports\n-------\nAction by: Monday, 24 April 2017\n\nHand in your report <https://example.org/r>.\n\n\n"
        "Camels\n------\n[Picture: Two camels]\n© J. H.\n\n- one\n- two\n  - three\n\n> wise words\n\n\n"
        f"{'-' * 72}\nBureau of Steppes\n1 Grass Road, Bonn\nhttps://example.org\n\n"
        "You receive this newsletter from Bureau of Steppes as %%slot:role%%.\n"
        "Unsubscribe from this newsletter:\nhttps://slot.invalid/unsubscribe\n"
    )


def head_of(**head: str) -> list[str]:
    issue = issue_of({"title": "T", "body": "Words."}, title="").model_copy(update=head)
    edition = edition_of(issue, variant_for(issue, "en", lambda _: True, DAY))
    return render_text(edition, template(), OFFICE).partition("\n\n\n")[0].split("\n")


def test_a_head_without_any_words_has_its_day() -> None:
    assert head_of(series="\u0007", number="", title="") == ["19 December 2016"]


def test_a_long_series_loses_no_word_where_there_is_no_title() -> None:
    series = " ".join(f"word{number}" for number in range(20))
    *lines, line, day = head_of(series=series, number="3")
    assert " ".join(lines).split() == [*series.split(), "·", "No.", "3"]
    assert set(line) == {"="}
    assert len(line) == max(len(each) for each in lines) <= 72
    assert day == "19 December 2016"


@given(st.text("ab \u8c61", min_size=40, max_size=200))
def test_the_bracket_after_a_picture_fits_on_its_line(alt: str) -> None:
    issue = issue_of({"kind": "image", "image": {"src": "i/a.jpg", "alt": f"x{alt}x"}})
    edition = edition_of(issue, variant_for(issue, "en", lambda _: True, DAY))
    text = render_text(edition, template(), OFFICE)
    shown = text[text.index("[Picture") : text.index("]") + 1].split("\n")
    assert max(columns(line) for line in shown) <= 72
    assert len(shown[-1].strip()) > 1


def test_lines_are_at_most_72_signs_but_for_addresses() -> None:
    text = render(*EVERY_KIND, {"title": "Long " * 40, "body": "word " * 200 + f"[x]({LONG})"}).text
    for line in text.split("\n"):
        assert len(line) <= 72 or "://" in line


def test_addresses_are_never_broken() -> None:
    assert LONG in "\n".join(body_lines(f"See [the page on what it means]({LONG}), or <{LONG}>."))
    assert LONG in render({"title": "T", "links": [{"url": LONG, "text": "Read " * 20}]}).text


def test_words_that_are_the_address_are_not_said_twice() -> None:
    for links in (TextLinks(), TextLinks(numbered=True)):
        assert links.linked("https://example.org/", "https://example.org/") == "https://example.org/"
        assert links.linked("www.example.org", "https://www.example.org/") == "https://www.example.org/"
        assert links.linked("a@example.org", "mailto:a@example.org") == "a@example.org"
        assert links.linked("Write to us", "mailto:a@example.org") == "Write to us <a@example.org>"
        assert links.listing() == []


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


CYRILLIC = "https://www.cms.int/cami/en/news/" + "%D1%81%D0%B0%D0%B9%D0%B3%D0%B0%D0%BA-" * 6


def test_a_cyrillic_address_of_three_hundred_signs_stays_whole_everywhere() -> None:
    address = (CYRILLIC + "x" * 300)[:300]
    rendition = render(
        {"title": "T", "body": f"- See [the page]({address}).\n\n> <{address}>", "links": [{"url": address}]},
        {"kind": "contact", "title": "Us", "website": address},
    )
    assert rendition.text.count(address) == 4
    assert f"<{address}>." in rendition.text


def test_addresses_are_numbered_where_the_template_says_so() -> None:
    links = TextLinks(numbered=True)
    lines = body_lines(
        f"[One](https://example.org/1), [two]({LONG}), [one again](https://example.org/1).", 72, links
    )
    assert lines == ["One [1], two [2], one again [1]."]
    assert links.listing() == ["[1] https://example.org/1", f"[2] {LONG}"]


def test_a_numbered_list_of_addresses_stands_before_the_foot() -> None:
    numbered = replace(template(), text_links="numbered")
    issue = issue_of(
        {
            "title": "T",
            "links": [{"url": LONG, "text": "The page"}, {"url": "mailto:a@example.org", "text": "Write"}],
        }
    )
    edition = edition_of(issue, variant_for(issue, "en", lambda _: True, DAY))
    text = render_text(edition, numbered, OFFICE)
    assert "* The page [1]\n* Write <a@example.org>" in text
    assert f"\n\n\nLinks\n-----\n[1] {LONG}\n\n\n-----" in text


def test_dates_and_deadlines_stand_above_everything_but_the_head() -> None:
    text = render(*EVERY_KIND).text
    assert text.index("* Action by: Monday, 24 April 2017, 18:00 (Europe/Berlin) · Reports") < text.index(
        "%%slot:salutation%%"
    )
    assert text.index("Dates and deadlines") < text.index("In this issue") < text.index("\n1. Lead\n----")


def test_the_contents_number_the_items_as_they_are_numbered_below() -> None:
    text = render(*EVERY_KIND).text
    assert " 1. Lead\n 2. Notice\n 3. Project\n 4. Meeting · 23–28 October 2017\n" in text
    assert "\n4. Meeting\n----------\n" in text


def test_wide_signs_count_twice_and_combining_ones_not_at_all() -> None:
    assert columns("象牙") == 4
    assert columns("e\u0301a\u200d\u200f") == 2
    assert columns("👩\u200d👩\u200d👧") == 2
    assert columns("مرقّط") == 4
    for line in wrap("象" * 500 + " " + "مرقّط " * 100):
        assert columns(line) <= 72
    assert len(wrap("مرقّط" * 17 + " x")) == 1


def test_no_line_of_chinese_begins_with_a_full_stop() -> None:
    lines = wrap("雪豹在岩石上。" * 60)
    assert "".join(lines) == "雪豹在岩石上。" * 60
    assert not any(line.startswith("。") for line in lines)


def test_lines_keep_within_998_octets_whatever_they_hold() -> None:
    zalgo = "a" + "\u0301" * 3000
    address = "https://example.org/" + "я" * 2000
    text = render(
        {"title": zalgo, "body": f"{zalgo} {address}\n\n    {zalgo}", "links": [{"url": address}]}
    ).text
    assert all(len(line.encode()) <= 998 for line in text.split("\n"))
    assert "".join(text.split()).count("\u0301") == 9000


@pytest.mark.parametrize("language", ["en", "ru", "fr", "ar"])
def test_no_line_ends_in_blanks(language: str) -> None:
    text = render(*EVERY_KIND, {"body": "> a\n>\n> b\n\n    code  \n\n1. x\n\n   y"}, language=language).text
    assert not [line for line in text.split("\n") if line != line.rstrip()]


def test_french_sets_a_space_before_its_colons() -> None:
    text = render(*EVERY_KIND, language="fr").text
    assert "Téléphone\u00a0: +49\u00a0228\u00a0815\u00a02401" in text


def test_a_telephone_number_is_never_broken() -> None:
    contact = {
        "name": "A somewhat long name that fills",
        "role": "and a role that fills",
        "phone": "+49 228 815 2401",
    }
    assert (
        "+49\u00a0228\u00a0815\u00a02401"
        in render({"kind": "staff_change", "title": "T", "contact": contact}).text
    )


def test_a_notice_says_what_it_is_before_anything_else() -> None:
    deadline = {"kind": "deadline", "title": "Reports", "due": date(2017, 4, 24)}
    head = {"title": "National reports", "reference": "2016/035", "addressees": "National Focal Points"}
    assert render(deadline, message_class="notice", **head).text.startswith(
        "Steppe News · No. 3\nNotification 2016/035\n19 December 2016\nNational Focal Points\n\n"
        "National reports\n================\n"
    )


@pytest.mark.parametrize(
    ("language", "day"),
    [
        ("en", "Friday, 14 April 2017"),
        ("fr", "vendredi 14 avril 2017"),
        ("ru", "пятница, 14 апреля 2017 г."),
        ("ar", "الجمعة، 14 أبريل 2017"),
    ],
)
def test_weekday_and_day_are_put_together_as_the_language_does(language: str, day: str) -> None:
    due = {"kind": "deadline", "title": "T", "due": date(2017, 4, 14)}
    text = render(due, language=language).text.replace("\u202f", " ")
    assert text.count(day) == 2, "in the list of dates, and with the item"
