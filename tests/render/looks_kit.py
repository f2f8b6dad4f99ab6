"""Letters in every template, theme, language and layout, for tests of how they look."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image
from render_kit import DAY, EVERY_KIND, OFFICE, issue_of, picture

from mailer.model.rendition import Rendition
from mailer.render import Template, edition_of, read_template, render_variant, variant_for

TEMPLATES_DIR = Path(__file__).parents[2] / "templates"
TEMPLATES = ("newsletter", "bulletin", "notice", "letter", "reminder")
NOTICES = ("notice", "reminder")
"""Those for official messages."""
LANGUAGES = ("en", "ru", "fr", "ar")
LAYOUTS = ("wide", "half", "side")
THEMES = ("steppe", "glacier")
MODES = ("light", "dark")
OTHER_WAY = {"en": "ar", "ru": "ar", "fr": "ar", "ar": "en"}
"""Language of the letter → one that is written the other way."""

WORDS: Mapping[str, tuple[str, str]] = {
    "en": (
        "The herds move north",
        "Save the date in **Manila**, and read [the agenda](https://example.org/a).",
    ),
    "ru": (
        "Стада идут на север",
        "Сохраните дату: **Манила**. Читайте [повестку дня](https://example.org/a).",
    ),
    "fr": (
        "Les troupeaux vont au nord",
        "Réservez la date, et lisez [l'ordre du jour](https://example.org/a).",
    ),
    "ar": (
        "القطعان تتجه شمالًا",
        "احفظوا الموعد في **مانيلا**، واقرأوا [جدول الأعمال](https://example.org/a).",
    ),
}
RICH = "\n\n- one\n- two\n\n1. first\n2. second\n\n> quoted\n\n## Inside\n\n| Day | Place |\n|---|---|\n| 1 | 2 |"
LONG = {
    "id": "long",
    "kind": "article",
    "title": "Naturschutzgrossflächenverträglichkeitsprüfungsverordnung",
    "body": "Достопримечательностивысокопревосходительство https://example.org/"
    + "a-very-long-address-without-any-break/" * 4
    + "\n\n| Naturschutzgrossflächen | Verträglichkeitsprüfung |\n|---|---|\n| verordnungsentwurf | 1 |",
    "links": [
        {"url": "https://example.org/long", "text": "Verträglichkeitsprüfungsverordnungsentwurf_2016_035"}
    ],
}


@cache
def look(template: str, language: str, theme: str) -> Template:
    """A shipped template in one of its themes; "steppe" is its own."""
    chosen = None if theme == "steppe" else theme
    return read_template(TEMPLATES_DIR / template, language, f"templates/{template}", theme=chosen)


def items_in(language: str, layout: str) -> list[dict[str, Any]]:
    """Every kind, all in one layout, with a picture here and there, the texts in that language."""
    title, body = WORDS[language]
    items = []
    for number, item in enumerate(EVERY_KIND, start=1):
        words = {"title": f"{title} {number}"} if item.get("title") else {}
        rich = body + RICH if item["kind"] == "article" else body
        items.append({"id": f"kind-{number}"} | item | words | {"body": rich, "layout": layout})
    return items


def letter(template: str, language: str, layout: str, theme: str) -> Rendition:
    """A letter with every kind, one item that has fallen back to a language of the other direction, and one
    with the longest words there are."""
    title, body = WORDS[OTHER_WAY[language]]
    fallen = {"id": "fallen", "kind": "event", "title": title, "body": body, "start": DAY, "layout": layout}
    issue = issue_of(
        *items_in(language, layout),
        fallen,
        LONG | {"layout": layout},
        language=language,
        title=WORDS[language][0],
        reference="2016/035",
        addressees=WORDS[language][0],
        message_class="notice" if template in NOTICES else "newsletter",
    )
    variant = variant_for(issue, language, lambda _: True, DAY)
    edition = replace(edition_of(issue, variant), fallen_back={"fallen": OTHER_WAY[language]})
    phrases = {each: look(template, each, theme).phrases for each in edition.languages}
    pictures = [picture(item.image.src) for item in issue.items if item.image]
    return render_variant(
        edition, look(template, language, theme), pictures, OFFICE, web_view=True, phrases=phrases
    )


@cache
def _grey() -> str:
    content = io.BytesIO()
    Image.new("RGB", (60, 35), "#8a938f").save(content, "PNG")
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"


def page_of(rendition: Rendition) -> str:
    """The html as a browser shows it with no network: pictures are there, personal fields are filled."""
    html = rendition.html
    for shown in rendition.pictures:
        html = html.replace(f"cid:{shown.cid}", _grey())
    for name, words in rendition.defaults.items():
        html = html.replace(f"%%slot:{name}%%", words)
    return html
