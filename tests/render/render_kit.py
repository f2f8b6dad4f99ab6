"""The shipped template, an office, and issues made of a few lines."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import lxml.html

from mailer.config import Office, open_template
from mailer.content.kinds import read_kinds
from mailer.model.issue import KINDS, Issue
from mailer.model.kinds import issue_model
from mailer.model.rendition import Picture, Rendition
from mailer.render import Template, edition_of, read_template, render_variant, variant_for

TEMPLATE = Path(__file__).parents[2] / "templates" / "newsletter"
OFFICE = Office(name="Bureau of Steppes", postal_address="1 Grass Road, Bonn", website="https://example.org")
DAY = date(2016, 12, 19)
DECLARED = read_kinds(open_template(TEMPLATE, "templates/newsletter"))
"""The kinds that the template declares in files."""
ALL_KINDS = (*KINDS, *DECLARED)


def picture(src: str) -> Picture:
    sha256 = hashlib.sha256(src.encode()).hexdigest()
    return Picture(
        src=src, cid=f"{sha256[:8]}@x.invalid", media_type="image/jpeg", sha256=sha256, width=1200, height=700
    )


def issue_of(*items: dict[str, Any], **head: Any) -> Issue:
    """An issue with these items; ids are made up where there are none."""
    named = [{"id": f"item-{n}", "kind": "article"} | item for n, item in enumerate(items, start=1)]
    base = {"id": "test-1", "series": "Steppe News", "number": "3", "date": DAY, "subject": "News"}
    values = base | {"preheader": "What happened"} | head | {"items": named}
    return issue_model(DECLARED).model_validate(values)


_templates: dict[str, Template] = {}


def template(language: str = "en") -> Template:
    if language not in _templates:
        _templates[language] = read_template(TEMPLATE, language, "templates/newsletter")
    return _templates[language]


def render(*items: dict[str, Any], language: str = "en", options: Any = None, **head: Any) -> Rendition:
    issue = issue_of(*items, **{"language": language, **head})
    variant = variant_for(issue, language, lambda _: True, DAY)
    pictures = [picture(item.image.src) for item in issue.items if item.image]
    return render_variant(edition_of(issue, variant), template(language), pictures, OFFICE, **(options or {}))


def tree(rendition: Rendition) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(rendition.html)


EVERY_KIND: tuple[dict[str, Any], ...] = (
    {"kind": "article", "title": "Lead", "body": "A *fine* day.\n\n## Inside\n\nMore."},
    {"kind": "announcement", "title": "Notice", "body": "Words.", "layout": "half"},
    {"kind": "project", "title": "Project", "donor": "Donor X", "partners": ["P1"], "layout": "half"},
    {
        "kind": "event",
        "title": "Meeting",
        "start": date(2017, 10, 23),
        "end": date(2017, 10, 28),
        "place": {"name": "Manila", "country": "PH"},
    },
    {
        "kind": "deadline",
        "title": "Reports",
        "due": date(2017, 4, 24),
        "time": "18:00",
        "timezone": "Europe/Berlin",
        "reference": "2016/035",
        "contact": {"name": "H. A.", "email": "h.a@example.org", "phone": "+49 228 1"},
    },
    {"kind": "heading", "title": "Meetings"},
    {
        "kind": "event_report",
        "title": "Workshop",
        "start": date(2016, 8, 22),
        "end": date(2016, 8, 26),
        "image": {"src": "images/a.jpg", "alt": "Two camels", "caption": "Camels", "credit": "J. H."},
    },
    {"kind": "staff_change", "title": "People", "contact": {"name": "L. P."}, "layout": "side"},
    {"kind": "greeting", "title": "Wishes", "body": "All the best.", "layout": "side"},
    {"kind": "press", "title": "Seen", "outlet": "Paper", "people": [{"name": "S. Z."}], "layout": "side"},
    {"kind": "image", "image": {"src": "images/b.jpg", "decorative": True}},
    {"kind": "quote", "body": "Walk far.", "by": "A herder"},
    {"kind": "links", "title": "Addresses", "links": [{"url": "https://example.org/x", "text": "A site"}]},
    {
        "kind": "contact",
        "title": "Contact",
        "address": ["1 Grass Road", "Bonn"],
        "phones": ["+49 228 815 2401"],
        "fax": "+49 228 2",
        "email": "office@example.org",
        "website": "www.example.org",
    },
    {"kind": "about", "title": "About us", "body": "We are.", "layout": "side"},
    {"kind": "social", "links": [{"url": "https://example.org/s", "text": "Us there"}], "layout": "side"},
    {
        "kind": "call",
        "title": "Small grants",
        "call_for": "proposals",
        "closes": date(2017, 3, 15),
        "open_to": "Institutes",
        "funding": "Up to EUR 20,000",
        "conditions": "- one *page*",
        "apply": {"url": "https://example.org/apply", "text": "The form"},
        "contact": {"name": "A. B.", "email": "a.b@example.org", "phone": "+49 228 1"},
    },
    {
        "kind": "erratum",
        "title": "The right day",
        "body": "The *wrong* day stood there.",
        "sent": date(2016, 12, 1),
        "links": [{"url": "https://example.org/right", "text": "All dates"}],
    },
)
