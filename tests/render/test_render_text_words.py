"""Nothing is lost: each word that a reader sees in the html stands in the text part too."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from render_kit import ALL_KINDS, OFFICE, TEMPLATE, issue_of, picture, tree

from mailer.content import read_issue
from mailer.model.issue import Issue
from mailer.model.rendition import Rendition
from mailer.model.translation import TranslatedItem, Translation
from mailer.render import Template, edition_of, read_template, render_variant, variant_for

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(path.parent.name for path in TEMPLATE.parent.glob("*/theme.yaml"))
LANGUAGES = ("en", "ru", "fr", "ar")
DRAWN = "td[contains(@class,'mon') or contains(@class,'num') or contains(@class,'yr')]"
"""A calendar leaf: the day beside it says the same in full."""
MARKS = "\u200e\u200f\u2066\u2067\u2068\u2069"


def item_of(kind: str, layout: str, **more: Any) -> dict[str, Any]:
    """An item of that kind in which every field has a word that stands nowhere else."""
    own = f"{kind.replace('_', '')}{layout}"

    def person(name: str) -> dict[str, str]:
        return {"name": f"{own}{name} Abc", "role": f"{own}{name}role", "organization": f"{own}{name}org"}

    item: dict[str, Any] = {
        "kind": kind,
        "layout": layout,
        "title": f"{own}title",
        "body": f"{own}body **{own}bold**\n\n- {own}list\n\n> {own}quoted [{own}linked](https://example.org/b)",
        "links": [{"url": "https://example.org/x?a=%D0%A1", "text": f"{own}link"}],
        "image": {
            "src": "images/a.jpg",
            "alt": f"{own}alt",
            "caption": f"{own}caption",
            "credit": f"{own}credit",
        },
    }
    place = {"name": f"{own}place", "country": "PH"}
    reach = {"email": "a@example.org", "phone": "+49 228 1 2"}
    special: dict[str, dict[str, Any]] = {
        "event": {"start": date(2017, 10, 23), "end": date(2017, 10, 28), "place": place},
        "event_report": {"start": date(2016, 10, 30), "end": date(2016, 11, 2), "place": place},
        "deadline": {
            "due": date(2017, 4, 24),
            "time": "18:00",
            "timezone": "Europe/Berlin",
            "reference": f"{own}reference",
            "contact": person("contact") | reach,
        },
        "staff_change": {"contact": person("contact") | reach},
        "press": {
            "outlet": f"{own}outlet",
            "published": date(2016, 12, 1),
            "people": [person("one"), person("two")],
        },
        "project": {"donor": f"{own}donor", "partners": [f"{own}partner", f"{own}other"]},
        "quote": {"by": f"{own}by", "role": f"{own}role"},
        "contact": {
            "person": person("person"),
            "address": [f"{own}street", f"{own}town"],
            "phones": ["+49 228 815 2401"],
            "fax": "+49 228 2",
            "email": "office@example.org",
            "website": "www.example.org",
        },
        "call": {
            "call_for": "bids",
            "closes": date(2017, 3, 15),
            "open_to": f"{own}open",
            "funding": f"{own}funding",
            "conditions": f"{own}conditions\n\n- {own}condition",
            "apply": {"url": "https://example.org/apply", "text": f"{own}apply"},
            "contact": person("contact") | reach,
        },
    }
    return item | special.get(kind, {}) | more


@lru_cache(maxsize=32)
def template_of(name: str, language: str) -> Template:
    return read_template(TEMPLATE.parent / name, language, f"templates/{name}")


def render_all(issue: Issue, name: str, language: str, translations: Any = None) -> Rendition:
    variant = variant_for(issue, language, lambda _: True, issue.date)
    return render_variant(
        edition_of(issue, variant, translations or {}),
        template_of(name, language),
        [picture(item.image.src) for item in issue.items if item.image],
        OFFICE,
        web_view=True,
        phrases={each: template_of(name, each).phrases for each in LANGUAGES},
    )


def words_in(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub(f"[{MARKS}]", "", text).casefold())


def missing_words(rendition: Rendition) -> list[str]:
    """Words of the html, alternative texts included, that the text part has not."""
    page = tree(rendition)
    seen = "not(ancestor::style) and not(ancestor::div[contains(@style, 'display:none')])"
    shown = page.xpath(f"//body//text()[{seen} and not(ancestor::{DRAWN})]")
    there = set(words_in(rendition.text))
    parts = (*shown, *page.xpath("//body//@alt"))
    return [word for part in parts for word in words_in(str(part)) if word not in there]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("layout", ["wide", "half", "side"])
def test_the_text_has_every_word_of_the_html(name: str, layout: str, language: str) -> None:
    items = [item_of(kind, layout, id=f"item-{kind.replace('_', '-')}") for kind in ALL_KINDS]
    head = {"title": "Headline of all", "reference": "2016/035", "addressees": "National Focal Points"}
    issue = issue_of(*items, language=language, **head)
    assert missing_words(render_all(issue, name, language)) == []


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_every_word_of_an_item_reaches_html_and_text(kind: str) -> None:
    item = item_of(kind, "wide")
    below = {"kind": "about", "title": "What a heading stands over"}
    rendition = render_all(issue_of(item, below), "newsletter", "en")
    written = set(re.findall(rf"{kind.replace('_', '')}wide\w+", str(item)))
    page = tree(rendition)
    html = " ".join([page.xpath("string(//body)"), *page.xpath("//body//@alt")])
    assert len(written) > 4
    assert {word for word in written if word not in rendition.text} == set()
    assert {word for word in written if word not in html} == set()


@pytest.mark.parametrize("name", TEMPLATES)
def test_an_item_in_another_language_is_announced_in_both(name: str) -> None:
    issue = issue_of(
        *(item_of(kind, "wide", id=f"item-{n}") for n, kind in enumerate(ALL_KINDS)), language="en"
    )
    first = issue.items[0].model_copy(update={"title": "Сайгак"})
    russian = Translation("ru", {"title": "Заголовок"}, "", {first.id: TranslatedItem(first, "")})
    rendition = render_all(issue, name, "ru", {"ru": russian})
    assert missing_words(rendition) == []
    notice = "[Язык этого материала: английский]"
    assert rendition.text.count(notice) == len(ALL_KINDS) - 1
    assert "Заголовок" in rendition.text


def test_a_whole_issue_in_arabic_loses_nothing() -> None:
    issue = read_issue(ROOT / "tests/data/issues/steppe-news-ar", ROOT).issue
    rendition = render_all(issue, "newsletter", "ar")
    assert missing_words(rendition) == []
    assert "عمّان، الأردن" in rendition.text
    assert "\u200e+49\u00a0228\u00a0555\u00a00199" in rendition.text
