"""Every kind of item, in every layout, template, theme and direction, as finished HTML."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from mailer.config import Office, open_template
from mailer.content.kinds import read_kinds
from mailer.model.kinds import issue_model
from mailer.model.rendition import Picture, Rendition
from mailer.render import edition_of, read_template, render_variant, variant_for

TEMPLATES = Path(__file__).parents[2] / "templates"
DAY = date(2016, 12, 19)
TEMPLATE_NAMES = tuple(sorted(folder.name for folder in TEMPLATES.iterdir() if folder.is_dir()))
THEMES = (None, *sorted(path.stem for path in (TEMPLATES / "newsletter" / "themes").glob("*.yaml")))
LAYOUTS = ("wide", "half", "side")
LANGUAGES = (("en", "en"), ("ar", "ar"), ("en", "ar"))
"""The issue's and the reader's: from left to right, from right to left, and untranslated items in the latter."""

MARKDOWN = """\
Words with *stress*, **weight**, ~~struck out~~, `code` and a [link](https://example.org/a).
A line\\
and another; [write to us](mailto:office@example.org) or https://example.org/bare.

## A heading

### A smaller one

- one
- two
  - deeper

3. three
4. four

> Somebody's words.

    as typed

---

| A | B |
|---|--:|
| 1 | 2 |
"""

FACTS: dict[str, dict[str, Any]] = {
    "article": {},
    "announcement": {},
    "project": {"donor": "Donor X", "partners": ["P1"]},
    "event": {
        "start": date(2017, 10, 23),
        "end": date(2017, 10, 28),
        "place": {"name": "Manila", "country": "PH"},
    },
    "event_report": {"start": date(2016, 8, 22), "end": date(2016, 8, 26)},
    "deadline": {
        "due": date(2017, 4, 24),
        "time": "18:00",
        "timezone": "Europe/Berlin",
        "reference": "2016/035",
        "contact": {"name": "H. A.", "email": "h.a@example.org", "phone": "+49 228 1"},
    },
    "heading": {},
    "staff_change": {"contact": {"name": "L. P.", "role": "Officer"}},
    "greeting": {},
    "press": {"outlet": "Paper", "people": [{"name": "S. Z.", "role": "Editor"}]},
    "image": {},
    "quote": {"by": "A herder"},
    "links": {},
    "contact": {
        "address": ["1 Grass Road", "Bonn"],
        "phones": ["+49 228 815 2401"],
        "fax": "+49 228 2",
        "email": "office@example.org",
        "website": "www.example.org",
    },
    "about": {},
    "social": {"links": [{"url": "https://facebook.com/x", "text": "Facebook"}]},
    "call": {
        "call_for": "proposals",
        "closes": date(2017, 3, 15),
        "funding": "Up to EUR 20,000",
        "conditions": MARKDOWN,
        "apply": {"url": "https://example.org/apply", "text": "The form"},
        "contact": {"name": "A. B.", "email": "a.b@example.org", "phone": "+49 228 1"},
    },
}


def items_in(layout: str) -> list[dict[str, Any]]:
    """One item of every kind; half of the layouts make no difference to some kinds, and are tried all the same."""
    made = []
    for number, (kind, facts) in enumerate(FACTS.items()):
        item: dict[str, Any] = {
            "id": f"{kind.replace('_', '-')}-x",
            "kind": kind,
            "title": f"The {kind}",
            "body": MARKDOWN if number % 5 == 0 else "Words, and [more](https://example.org/a).",
            "layout": layout,
            "image": {
                "src": f"images/{number}.jpg",
                "alt": "Two camels",
                "caption": "Camels",
                "credit": "J. H.",
            },
            "links": [
                {"url": "https://example.org/x", "text": "Read more"},
                {"url": "", "text": "No address"},
            ],
        }
        if kind in ("heading", "links", "social"):
            del item["image"]
        made.append(item | facts)
    return made


def rendition(template: str, theme: str | None, languages: tuple[str, str], layout: str) -> Rendition:
    """One page of the matrix."""
    language, read = languages
    head = {
        "id": "matrix",
        "series": "Steppe News",
        "number": "3",
        "date": DAY,
        "subject": "News",
        "preheader": "What happened",
        "language": language,
        "template": template,
    }
    noun = issue_model(read_kinds(open_template(TEMPLATES / template)))
    issue = noun.model_validate(head | {"items": items_in(layout)})
    variant = variant_for(issue, read, lambda _: True, DAY)
    # Every other picture is narrower than the room that it has.
    images = [item.image for item in issue.items if item.image]
    pictures = [_picture(image.src, 120 if place % 2 else 1200) for place, image in enumerate(images)]
    made = read_template(TEMPLATES / template, read, f"templates/{template}", theme)
    spoken = {each: read_template(TEMPLATES / template, each).phrases for each in languages}
    office = Office(name="Bureau", postal_address="1 Grass Road, Bonn", website="https://example.org")
    return render_variant(edition_of(issue, variant), made, pictures, office, web_view=True, phrases=spoken)


def _picture(src: str, width: int) -> Picture:
    sha256 = hashlib.sha256(src.encode()).hexdigest()
    return Picture(
        src=src,
        cid=f"{sha256[:8]}@x.invalid",
        media_type="image/jpeg",
        sha256=sha256,
        width=width,
        height=700,
    )


Page = tuple[str, str | None, tuple[str, str], str]
"""Template, theme, languages and layout."""


def every_page() -> Iterator[Page]:
    """The whole matrix."""
    for template in TEMPLATE_NAMES:
        for theme in THEMES:
            for languages in LANGUAGES:
                for layout in LAYOUTS:
                    yield template, theme, languages, layout


def chosen_pages() -> Iterator[Page]:
    """Each template in each layout and in each pair of languages once, the themes by turns."""
    for number, template in enumerate(TEMPLATE_NAMES):
        for place, layout in enumerate(LAYOUTS):
            theme = THEMES[(number + place) % len(THEMES)]
            yield template, theme, LANGUAGES[(number + place) % len(LANGUAGES)], layout


@lru_cache(maxsize=256)
def read_page(page: Page) -> Rendition:
    """A page, rendered once for all tests."""
    return rendition(*page)
