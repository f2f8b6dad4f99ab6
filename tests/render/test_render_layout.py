"""The letter as a reader gets it: structure for everybody's eyes and ears, rows, size, footer, pictures."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

import pytest
from render_kit import DAY, EVERY_KIND, OFFICE, issue_of, picture, render, template, tree

from mailer.errors import RenderError
from mailer.model.colour import contrast
from mailer.render import edition_of, render_variant, variant_for


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ru", "ltr"), ("fr", "ltr")])
def test_language_and_direction_stand_on_the_page_and_on_the_letter(language: str, direction: str) -> None:
    page = tree(render(*EVERY_KIND, language=language))
    letter = page.xpath("//div[@role='article']")[0]
    for element in (page, letter):
        assert (element.get("lang"), element.get("dir")) == (language, direction)
    assert letter.get("aria-roledescription") == "email"
    assert page.xpath("//title")[0].text_content()


def test_every_layout_table_says_so_and_every_picture_has_an_alternative() -> None:
    page = tree(render(*EVERY_KIND))
    assert len(page.xpath("//table")) > 10
    assert not page.xpath("//table[not(@role='presentation')]")
    assert not page.xpath("//img[not(@alt)]")
    assert not page.xpath("//img[not(@width)]")


def test_a_data_table_keeps_its_meaning() -> None:
    page = tree(render({"title": "T", "body": "| Day | Place |\n|---|---|\n| Mon | Bonn |"}))
    table = page.xpath("//table[.//th]")[-1]
    assert table.get("role") is None
    assert page.xpath("//th/@scope") == ["col", "col"]


def test_headings_are_in_order_with_one_h1() -> None:
    body = "#### Deep first\n\nx\n\n# Then top\n\nx\n\n### Below\n\nx"
    page = tree(render(*EVERY_KIND, {"title": "Last", "body": body}, title="The issue"))
    levels = [int(h.tag[1]) for h in page.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert page.xpath("//h1")[0].text_content() == "The issue"
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(h.text_content().strip() for h in page.xpath("//h1|//h2|//h3|//h4"))


def test_ids_are_unique_and_contents_lead_to_them() -> None:
    page = tree(render(*EVERY_KIND))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    anchors = [href[1:] for href in page.xpath("//a/@href") if href.startswith("#")]
    assert len(anchors) > 5
    assert set(anchors) <= set(ids)
    assert {f"item-item-{n}" for n in range(1, len(EVERY_KIND) + 1)} <= set(ids)


def test_links_have_words_and_are_not_told_by_colour_alone() -> None:
    page = tree(render(*EVERY_KIND))
    for link in page.xpath("//a[@href]"):
        assert link.text_content().strip()
        assert "text-decoration:none" not in link.get("style", "").replace(" ", "")


def test_words_are_large_enough_to_read() -> None:
    html = render(*EVERY_KIND).html
    body = html[html.index("<h1") :]
    sizes = [float(size) for size in re.findall(r"font(?:-size)?:[^;\"]*?(\d+)px", body)]
    assert min(size for size in sizes if size > 0) >= 14
    assert "line-height:1.6" in html


def test_half_items_pair_and_a_single_one_is_set_wide() -> None:
    halves = [{"title": f"H{n}", "layout": "half"} for n in (1, 2, 3)]
    page = tree(render(*halves))
    columns = page.xpath("//div[contains(@class, 'mj-column-per-50')]")
    assert [column.xpath(".//h2")[0].text_content() for column in columns] == ["H1", "H2"]


def test_side_items_pair_in_one_box() -> None:
    page = tree(render({"title": "A", "layout": "side"}, {"title": "B", "layout": "side"}, {"title": "C"}))
    box = page.xpath("//div[contains(@class, 'tn')][.//h2[text()='A']]")[0]
    assert [h.text_content() for h in box.xpath(".//h2")] == ["A", "B"]


def test_a_heading_parts_pairs() -> None:
    page = tree(
        render(
            {"title": "A", "layout": "half"},
            {"kind": "heading", "title": "S"},
            {"title": "B", "layout": "half"},
        )
    )
    assert not page.xpath("//div[contains(@class, 'mj-column-per-50')]")


def test_headings_with_nothing_below_and_expired_items_are_left_out() -> None:
    issue = issue_of(
        {"id": "h1", "kind": "heading", "title": "Empty"},
        {"id": "h2", "kind": "heading", "title": "All hidden"},
        {"id": "hidden", "show_to": "parties"},
        {"id": "h3", "kind": "heading", "title": "Full"},
        {"id": "old", "expires": date(2016, 12, 18)},
        {"id": "last-day", "expires": DAY},
        {"id": "h4", "kind": "heading", "title": "Trailing"},
    )
    assert variant_for(issue, "en", lambda _: False, DAY).items == ("h3", "last-day")
    assert variant_for(issue, "en", lambda name: name == "parties", DAY).items == (
        "h2",
        "hidden",
        "h3",
        "last-day",
    )
    assert variant_for(issue, "en", lambda _: False, date(2017, 1, 1)).items == ()


def test_an_empty_version_still_is_a_letter() -> None:
    rendition = render()
    assert len(tree(rendition).xpath("//h1")) == 1
    assert "Bureau of Steppes" in rendition.text


def test_deadline_and_event_show_what_matters() -> None:
    words = " ".join(tree(render(*EVERY_KIND)).text_content().split())
    for part in ("Action by", "24 April 2017", "Monday · 18:00 (Europe/Berlin) · Notification 2016/035"):
        assert part in words
    for part in ("23–28 October 2017, Manila, Philippines", "© J. H.", "Funded by Donor X"):
        assert part in words


def test_dates_speak_the_language() -> None:
    words = tree(render(*EVERY_KIND, language="ru")).text_content()
    assert "23–28 октября 2017" in words
    assert "Филиппины" in words


def test_the_footer_says_who_why_and_how_to_leave() -> None:
    footer = tree(render({"title": "T"})).xpath("//div[contains(@class, 'ft')]")[0]
    words = " ".join(footer.text_content().split())
    assert "Bureau of Steppes 1 Grass Road, Bonn" in words or "Bureau of Steppes1 Grass Road, Bonn" in words
    assert "You receive this newsletter from Bureau of Steppes as %%slot:role%%." in words
    assert "https://slot.invalid/unsubscribe" in footer.xpath(".//a/@href")
    assert "browser" not in words


def test_a_notice_cannot_be_unsubscribed() -> None:
    rendition = render({"title": "T"}, message_class="notice")
    assert "unsubscribe" not in rendition.slots
    assert "official message" in rendition.html
    assert "official message" in rendition.text


def test_pictures_are_embedded_or_hosted() -> None:
    item = {"title": "T", "image": {"src": "images/a.jpg", "alt": "A"}}
    embedded = render(item)
    assert embedded.images == "embedded"
    assert {f"cid:{p.cid}" for p in embedded.pictures} == set(tree(embedded).xpath("//img/@src"))
    assert [p.src for p in embedded.pictures] == ["template/images/masthead.jpg", "images/a.jpg"]
    hosted = render(item, options={"public_url": "https://news.example.org/"})
    assert hosted.images == "hosted"
    shown = picture("images/a.jpg").sha256[:16]
    assert f"https://news.example.org/pictures/{shown}.jpg" in tree(hosted).xpath("//img/@src")


def test_only_pictures_of_the_version_are_carried() -> None:
    hidden = {"title": "T", "show_to": "x", "image": {"src": "images/b.jpg", "alt": "B"}}
    issue = issue_of({"title": "S"}, hidden)
    variant = variant_for(issue, "en", lambda _: False, DAY)
    rendition = render_variant(edition_of(issue, variant), template(), [picture("images/b.jpg")], OFFICE)
    assert [p.src for p in rendition.pictures] == ["template/images/masthead.jpg"]


def test_a_picture_that_was_not_read_names_the_item() -> None:
    issue = issue_of({"id": "here", "title": "S", "image": {"src": "images/b.jpg", "alt": "B"}})
    variant = variant_for(issue, "en", lambda _: False, DAY)
    with pytest.raises(RenderError, match=r'Item "here".*images/b\.jpg'):
        render_variant(edition_of(issue, variant), template(), [], OFFICE)


def test_defaults_come_from_the_author_first_and_the_template_else() -> None:
    rendition = render(
        {"title": "For {{name}}", "body": "In {{country|your land}} and {{country|elsewhere}}; {{unknown}}."},
        subject="News for {{ name }}",
    )
    assert rendition.subject == "News for %%slot:name%%"
    assert rendition.defaults["country"] == "your land"
    assert rendition.defaults["name"] == "colleague"
    assert rendition.defaults["role"] == "a subscriber"
    assert "{{unknown}}" in rendition.html
    assert "{{unknown}}" in rendition.text


def test_a_field_inside_an_address_is_left_for_the_checks_to_find() -> None:
    html = render({"title": "T", "body": "[x](https://example.org/?c={{country}})"}).html
    assert "%7B%7Bcountry%7D%7D" in html
    assert "slot:country" not in html


def test_the_unsubscribe_address_for_readers_without_one() -> None:
    rendition = render({"title": "T"}, options={"unsubscribe": "mailto:leave@example.org"})
    assert rendition.defaults["unsubscribe"] == "mailto:leave@example.org"


def test_an_item_that_greets_opens_the_letter() -> None:
    page = tree(
        render(
            {"title": "Welcome", "body": "{{salutation}},\n\nhello."},
            {"title": "B"},
            {"title": "C"},
            {"title": "D"},
        )
    )
    words = page.text_content()
    assert words.count("%%slot:salutation%%") == 1
    assert words.index("Welcome") < words.index("In this issue") < words.index("hello") + 500


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_full_issue_stays_far_below_the_line_where_gmail_clips(language: str) -> None:
    sentence = {"en": "The herd moves north. ", "ru": "Стадо идёт на север. "}[language]
    items = [
        {
            "title": f"{sentence}{n}",
            "body": "\n\n".join([sentence * 20] * 2),
            "layout": ("wide", "half", "half", "side", "side")[n % 5],
            "links": [
                {"url": f"https://example.org/en/news/a-long-address/{n}", "text": "Read the whole story"}
            ],
        }
        | (
            {"image": {"src": f"images/{n}.jpg", "alt": sentence, "caption": "Herd", "credit": "A"}}
            if n < 8
            else {}
        )
        for n in range(20)
    ]
    assert sum(len(item["body"]) for item in items) > 16_000
    rendition = render(*items, language=language)
    assert rendition.html_bytes < {"en": 75_000, "ru": 95_000}[language]


def test_dark_colours_are_there_for_apple_mail_and_outlook() -> None:
    html = render(*EVERY_KIND).html
    page = tree(render(*EVERY_KIND))
    assert page.xpath("//meta[@name='color-scheme']/@content") == ["light dark"]
    dark = template().theme.dark
    assert html.count(f"background: {dark.card} !important") == 2


def test_the_banner_and_the_alternative_texts_have_a_ground_to_stand_on() -> None:
    page = tree(render(*EVERY_KIND))
    assert all("background-color" in style for style in page.xpath("//img/@style"))


def test_contrast_is_the_ratio_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54
