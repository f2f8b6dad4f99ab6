"""Templates, themes and directions: what stands where, and what stays the same."""

from __future__ import annotations

import re
import shutil
from itertools import product
from pathlib import Path

import lxml.html
import pytest
from looks_kit import LANGUAGES, LAYOUTS, OTHER_WAY, TEMPLATES, TEMPLATES_DIR, THEMES, letter, look
from PIL import Image
from render_kit import DAY, OFFICE, issue_of

from mailer.model.colour import contrast
from mailer.model.rendition import Rendition
from mailer.model.translation import Translation
from mailer.render import edition_of, read_template, render_variant, variant_for
from mailer.render.theme import PAIRS

STYLE = re.compile(r"<style\b[^>]*>(.*?)</style>", re.DOTALL)
GMAIL_STYLES = 16_384
CLIPPED = 102_000


def page(rendition: Rendition) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(rendition.html)


def plain(template: str, *items: dict[str, object], language: str = "en", **head: object) -> Rendition:
    issue = issue_of(*items, language=language, **head)
    edition = edition_of(issue, variant_for(issue, language, lambda _: True, DAY))
    return render_variant(edition, look(template, language, "steppe"), [], OFFICE)


@pytest.mark.parametrize(("template", "theme"), list(product(TEMPLATES, THEMES)))
def test_every_template_has_every_theme_and_stays_within_what_gmail_takes(template: str, theme: str) -> None:
    html = letter(template, "ru", "half", theme).html
    colours = look(template, "ru", theme).theme
    assert f"color:{colours.light.text}" in html
    assert f"background: {colours.dark.card} !important" in html
    assert "[data-ogsc]" in html
    assert sum(len(css.encode()) for css in STYLE.findall(html)) < GMAIL_STYLES
    assert len(html.encode()) < CLIPPED
    for css in STYLE.findall(html):
        assert not re.search(r"@[^{}]*\{[^{}]*@", css), (
            "an at-rule in an at-rule: Gmail drops the whole block"
        )


@pytest.mark.parametrize(("template", "theme"), list(product(TEMPLATES, THEMES)))
def test_our_own_colours_keep_seven_to_one(template: str, theme: str) -> None:
    """WCAG 2.2, 1.4.6 (AAA); of other people's colours 4.5 is demanded."""
    colours = look(template, "en", theme).theme
    for palette in (colours.light, colours.dark):
        ratios = {pair: contrast(*(getattr(palette, name) for name in pair)) for pair in PAIRS}
        assert {pair: ratio for pair, ratio in ratios.items() if ratio < 7} == {}


def test_the_two_themes_differ_in_colour_and_in_type() -> None:
    steppe, glacier = (look("newsletter", "en", theme).theme for theme in THEMES)
    assert steppe.light != glacier.light
    assert steppe.dark != glacier.dark
    assert steppe.fonts.heading.startswith("Georgia")
    assert glacier.fonts.heading == glacier.fonts.body


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_letter_from_right_to_left_has_nothing_left_over(template: str) -> None:
    html = page(letter(template, "ar", "half", "steppe"))
    own = html.xpath("//*[@style][not(ancestor-or-self::div[contains(@class, 'alt')])]")
    styles = [element.get("style") for element in own if "mj-column" not in element.get("class", "")]
    assert any("border-right" in style for style in styles)
    assert any("text-align:right" in style for style in styles)
    for style in styles:
        assert not re.search(
            r"border-left|padding-left|text-align: ?left|direction: ?ltr|letter-spacing: ?[1-9]", style
        )


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_has_fallen_back_runs_its_own_way(template: str, language: str) -> None:
    html = page(letter(template, language, "wide", "glacier"))
    (fallen,) = html.xpath("//div[contains(@class, 'alt')]")
    way = "right" if language == "en" else "left"
    assert fallen.get("lang") == OTHER_WAY[language]
    assert f"text-align:{way}" in fallen.get("style")
    if template != "letter":
        assert fallen.xpath(".//table[@dir]/@dir") == [fallen.get("dir")]
    assert html.xpath("//td[@class='fb']")[0].text_content().strip()


def test_an_item_in_another_language_has_the_fixed_words_of_that_language() -> None:
    html = page(letter("newsletter", "en", "wide", "steppe"))
    words = html.xpath("//div[contains(@class, 'alt')]")[0].text_content()
    assert look("newsletter", "ar", "steppe").phrases["kind.event"] in words
    assert "Save the date" not in words


def test_outlook_is_told_the_direction_of_its_own_tables() -> None:
    tables = re.findall(
        r"<!--\[if mso \| IE\]>.*?<!\[endif\]-->", letter("newsletter", "ar", "half", "steppe").html
    )
    opened = [tag for comment in tables for tag in re.findall(r"<table[^>]*>", comment)]
    assert len(opened) > 10
    assert all('dir="rtl"' in tag for tag in opened)
    assert "<table dir=" not in letter("newsletter", "en", "half", "steppe").html


def test_addresses_and_numbers_run_from_left_to_right_everywhere() -> None:
    html = page(letter("newsletter", "ar", "wide", "steppe"))
    links = html.xpath("//a[starts-with(@href, 'tel:') or starts-with(@href, 'mailto:')]")
    assert len(links) >= 3
    assert {link.get("dir") for link in links} == {"ltr"}


def test_a_bulletin_numbers_its_headlines_as_its_contents_do() -> None:
    items = [{"title": f"T{n}", "show_to": "some" if n == 2 else None} for n in (1, 2, 3, 4)]
    issue = issue_of(*items)
    variant = variant_for(issue, "en", lambda _: False, DAY)
    html = page(render_variant(edition_of(issue, variant), look("bulletin", "en", "steppe"), [], OFFICE))
    assert [h.text_content() for h in html.xpath("//h2[@id]")] == ["1. T1", "2. T3", "3. T4"]
    assert [a.text_content() for a in html.xpath("//ol[@class='toc']//a")] == ["T1", "T3", "T4"]
    targets = {href[1:] for href in html.xpath("//ol[@class='toc']//a/@href")}
    assert targets == set(html.xpath("//h2/@id"))


def test_the_first_link_of_a_bulletins_item_is_a_button_that_outlook_shows_too() -> None:
    links = [{"url": f"https://example.org/{n}", "text": f"Read {n}"} for n in (1, 2)]
    html = page(plain("bulletin", {"title": "T", "links": links}))
    (button,) = html.xpath("//td[@class='btn']")
    assert button.text_content() == "Read 1"
    assert "mso-padding-alt:11px 20px" in button.get("style")
    assert "background-color:#0a525d" in button.get("style")
    assert html.xpath("//a[text()='Read 2']/@class") == ["tap"]


def test_a_notice_says_at_its_head_what_must_be_seen_first() -> None:
    html = page(
        plain(
            "notice",
            {"title": "Later", "kind": "deadline", "due": "2017-05-02"},
            {"title": "First", "kind": "deadline", "due": "2017-04-24", "time": "18:00"},
            reference="2016/035",
            addressees="National Focal Points",
            message_class="notice",
        )
    )
    rows = {
        row.xpath("string(th)").strip(): " ".join(row.xpath("string(td)").split())
        for row in html.xpath("//table[contains(@class, 'facts')]//tr")
    }
    assert rows == {
        "Reference": "2016/035",
        "Date": "19 December 2016",
        "To": "National Focal Points",
        "Action by": "24 April 2017Monday · 18:00",
    }
    assert html.xpath("//th/@scope") == ["row"] * 4
    assert not html.xpath("//img")
    assert "nsubscribe" not in html.text_content()


def test_addressees_of_a_notice_are_translated_with_the_rest_of_its_head() -> None:
    issue = issue_of({"title": "T"}, addressees="National Focal Points", message_class="notice")
    words = Translation("ru", head={"addressees": "Национальным координаторам"})
    edition = edition_of(issue, variant_for(issue, "ru", lambda _: True, DAY), {"ru": words})
    phrases = {language: look("notice", language, "steppe").phrases for language in ("en", "ru")}
    html = render_variant(edition, look("notice", "ru", "steppe"), [], OFFICE, phrases=phrases).html
    assert "Национальным координаторам" in html
    assert "National Focal Points" not in html


def test_a_notice_without_deadline_or_reference_leaves_their_lines_out() -> None:
    html = page(plain("notice", {"title": "T"}, message_class="notice"))
    assert [head.text_content() for head in html.xpath("//th")] == ["Date"]


def test_a_letter_is_signed_and_has_neither_contents_nor_banner() -> None:
    items = [{"title": f"T{n}"} for n in range(4)]
    person = {"name": "A. B.", "role": "Executive Secretary", "email": "a.b@example.org"}
    html = page(plain("letter", *items, {"kind": "contact", "person": person}, addressees="Partners"))
    assert html.xpath("//b[text()='A. B.']")
    assert "Partners" in html.text_content()
    assert not html.xpath("//*[contains(@class, 'toc')]")
    assert not html.xpath("//img")


def test_accounts_have_their_icons_and_other_sites_a_general_one() -> None:
    links = [
        {"url": "https://www.facebook.com/a", "text": "A on Facebook"},
        {"url": "https://forum.example.org/a", "text": "Our forum"},
        {"url": "javascript:x", "text": "No link"},
    ]
    rendition = plain("newsletter", {"kind": "social", "title": "Follow", "links": links})
    shown = [p.src for p in rendition.pictures if "icons" in p.src]
    assert shown == ["template/icons/facebook.png", "template/icons/link.png"]
    icons = page(rendition).xpath("//td[@class='icon']/img")
    assert [(i.get("width"), i.get("height"), i.get("alt")) for i in icons] == [("28", "28", "")] * 2
    assert "No link" in rendition.html


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_logo_stands_on_a_plate_that_stays_light_in_the_dark(template: str, tmp_path: Path) -> None:
    shutil.copytree(TEMPLATES_DIR, tmp_path / "templates")
    house = tmp_path / "templates" / "house"
    (house / "images").mkdir(parents=True)
    Image.new("RGBA", (240, 80), (10, 40, 40, 255)).save(house / "images/logo.png")
    (house / "template.yaml").write_text(f"base: {template}\n")
    (house / "theme.yaml").write_text("logo: {src: images/logo.png, alt: Bureau of Steppes, width: 120}\n")
    issue = issue_of({"title": "T"})
    edition = edition_of(issue, variant_for(issue, "en", lambda _: True, DAY))
    html = page(render_variant(edition, read_template(house, "en"), [], OFFICE))
    (plate,) = html.xpath("//td[@class='plate']")
    (logo,) = plate.xpath("img")
    assert plate.get("bgcolor") == "#ffffff"
    assert (logo.get("alt"), logo.get("width")) == ("Bureau of Steppes", "120")
    assert "color:#1d2a3a" in logo.get("style")
    assert not any(".plate" in css for css in html.xpath("//style/text()"))


def test_a_list_of_contents_isolates_entries_of_the_other_direction() -> None:
    html = page(letter("newsletter", "en", "wide", "steppe"))
    (entry,) = html.xpath("//ul[@class='toc']/li[a[@lang='ar']]")
    assert entry.xpath("*[@dir]/@dir") == ["rtl", "rtl"]


@pytest.mark.parametrize(("language", "layout"), list(product(LANGUAGES, LAYOUTS)))
def test_anchors_are_unique_and_lead_somewhere(language: str, layout: str) -> None:
    for template in TEMPLATES:
        html = page(letter(template, language, layout, "steppe"))
        ids = html.xpath("//@id")
        assert len(ids) == len(set(ids))
        assert {href[1:] for href in html.xpath("//a/@href") if href.startswith("#")} <= set(ids)


def test_every_picture_says_how_wide_it_is_and_what_it_shows() -> None:
    html = page(letter("newsletter", "fr", "half", "glacier"))
    pictures = html.xpath("//img")
    assert len(pictures) >= 3
    assert all(int(picture.get("width")) <= 600 for picture in pictures)
    assert not html.xpath("//img[not(@alt)]")
