"""Pictures as the finished HTML shows them, and whether it is made for dark mode."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.check.page.looks import looks_of
from mailer.check.page.pixels import is_lost_on
from mailer.check.rule import WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.check.tree import Element, owner, tree
from mailer.check.versions import Trouble, in_versions, page_rule
from mailer.model.finding import Finding, Severity
from mailer.model.rendition import Rendition

LARGE = 300
"""Pixels of width from which a picture is large."""
FEWEST = 150
"""Signs of words for each large picture, below which a mail is mostly pictures."""
DARK_PAGE = "#1e1e1e"
"""About what mail programs put under a letter that brings no dark colours of its own."""
SHOWN = 60

_WIDTH = re.compile(r"(?:^|;)\s{0,9}(?:max-)?width\s{0,9}:\s{0,9}(\d{1,5})px")


def logo(checked: CheckedIssue) -> Iterator[Finding]:
    """A dark picture with clear parts, which cannot be seen on a dark page."""

    def troubles(rendition: Rendition) -> Iterator[Trouble]:
        looks = looks_of(rendition.html)
        for shown in looks.pictures:
            ground = shown.look.dark_ground if looks.has_dark else DARK_PAGE
            for picture in rendition.pictures:
                is_it = picture.cid in shown.src or shown.src.endswith(picture.file_name)
                if is_it and ground and is_lost_on(picture, ground):
                    says = f'has a dark picture with clear parts, lost on {ground} in dark mode ("{picture.src}")'
                    yield Trouble(says, shown.item, picture.src)

    hint = "Put a light plate under it, or an outline around what is dark in it."
    yield from in_versions(checked, "dark.logo", Severity.WARN, troubles, hint)


def _unfit(page: str) -> Iterator[Trouble]:
    """A picture without a width, or wider than what it stands in: Outlook shows it as large as it is."""
    root = tree(page)
    for image in [] if root is None else root.iter("img"):
        own, room = _own_width(image), _room(image)
        name = image.get("src", "")[:SHOWN]
        if own is None and not (image.get("width") or "").strip():
            yield Trouble(f'has a picture without a width ("{name}")', owner(page, image), name)
        elif own is not None and room is not None and own > room:
            says = f'has a picture {own} pixels wide in a column of {room} ("{name}")'
            yield Trouble(says, owner(page, image), name)


def _wordless(page: str) -> Iterator[Trouble]:
    """A mail that is mostly pictures: nothing of it is read out, found or shown while pictures are off."""
    root = tree(page)
    large = sum((_own_width(image) or 0) >= LARGE for image in ([] if root is None else root.iter("img")))
    signs = len(looks_of(page).words)
    if large and signs < FEWEST * large:
        yield Trouble(f"has {signs} signs of words beside {large} large picture{'s' * (large > 1)}")


def _undecided(page: str) -> Iterator[Trouble]:
    """A mail that does not say how it looks in dark mode, so that each program decides by itself."""
    root = tree(page)
    if root is None or root.find("body") is None:
        return
    metas = [meta for meta in root.iter("meta") if (meta.get("name") or "").lower() == "color-scheme"]
    says_dark = any("dark" in (meta.get("content") or "").lower() for meta in metas)
    if not metas:
        yield Trouble('has no <meta name="color-scheme">')
    elif says_dark and not looks_of(page).has_dark:
        yield Trouble("says that it has dark colours, and has no styles for dark mode")


def _own_width(image: Element) -> int | None:
    value = (image.get("width") or "").strip().removesuffix("px")
    return int(value) if value.isdecimal() and len(value) < 6 else None  # noqa: PLR2004


def _room(image: Element) -> int | None:
    """Pixels of the nearest element around it whose width is given in them."""
    for around in image.iterancestors():
        given = (around.get("width") or "").strip() if around.tag in ("td", "table") else ""
        found = re.fullmatch(r"(\d{1,5})(?:px)?", given) or _WIDTH.search(around.get("style") or "")
        if found:
            return int(found[1])
    return None


RULES = (
    page_rule(
        "image.width",
        "A picture without a width, or wider than its column",
        WARN,
        "Outlook",
        _unfit,
        hint='Write <img width="…"> in the template, no larger than the column.',
    ),
    page_rule(
        "image.only",
        "Fewer than 150 signs of words for each large picture",
        WARN,
        "WCAG 1.4.5; junk filters",
        _wordless,
        hint="Say in words what the pictures say.",
        is_strict=True,
    ),
    page_rule(
        "dark.scheme",
        "No color-scheme, or no styles for dark mode",
        WARN,
        "Apple Mail",
        _undecided,
        hint='Write <meta name="color-scheme" content="light dark"> and styles under '
        "@media (prefers-color-scheme: dark) into the layout.",
    ),
    Rule(
        "dark.logo",
        "A dark picture with clear parts on a dark page",
        WARN,
        "dark mode",
        logo,
        is_strict=True,
    ),
)
