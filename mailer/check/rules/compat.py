"""Mail programs: what an author's own template, words or pictures use and a wanted program lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from mailer.check.compat import (
    Lack,
    items_using,
    judge,
    may_fail,
    nested_rules,
    support_table,
    unbalanced,
    used_features,
)
from mailer.check.compat.pictures import picture_kinds
from mailer.check.listing import some_of
from mailer.check.reading import Place
from mailer.check.rule import STOP, WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity
from mailer.model.rendition import Rendition

MOST_NAMED = 4
"""Programs that a finding names; more are counted."""

_SHORT_COLOUR = re.compile(r"""bgcolor\s*=\s*["']?(#[0-9a-fA-F]{3})(?![0-9a-fA-F])""")

ADVICE = {
    "image-gif": "Make sure that its first frame says everything.",
    "image-webp": "Save it as JPEG or PNG.",
    "image-avif": "Save it as JPEG or PNG.",
    "image-heif": "Save it as JPEG or PNG.",
    "image-svg": "Save it as PNG.",
    "image-apng": "Save it as PNG or GIF.",
    "image-tiff": "Save it as JPEG or PNG.",
    "image-base64": "Name the picture as a file instead.",
    "html-style": "Begin that style block with /* inline */, so that it is copied onto the elements.",
    "html-mailto-links": "Name all addresses in the text as well.",
}
"""What to do about a feature, where there is something better than leaving it out."""


def client(checked: CheckedIssue) -> Iterator[Finding]:
    """A feature that a wanted program lacks, and for which the table of fallbacks has nothing."""
    table = support_table()
    wanted = table.named(checked.clients)
    for lack, names, rendition in _failing(checked):
        use = lack.use
        how = f" {use.trait}" if use.trait else ""
        message = (
            f"{len(names)} of {len(wanted)} mail programs lack {lack.title}{how}, used in {use.words}: "
            f"{some_of(names, MOST_NAMED)} (data of {table.date})."
        )
        advice = ADVICE.get(use.slug) or lack.why or "Leave it out, or make sure that nothing hangs on it."
        field = (
            "image.src" if use.slug.startswith("image-") else "body" if use.slug.startswith("html-") else None
        )
        items = items_using(rendition.html, use, picture_kinds(rendition.pictures))
        for place in [Place(item, field) for item in items] or [Place(None, None)]:
            hint = advice if place.item else f"Look at templates/{checked.issue.template}: {advice}"
            yield checked.finding(
                "compat.client", Severity.WARN, message, hint, at=place, words=_name(use.slug, use.trait)
            )


def background(checked: CheckedIssue) -> Iterator[Finding]:
    """Words on a background picture without a colour under it: unreadable wherever the picture is not shown."""
    found = {
        use.words
        for rendition in checked.renditions
        for use in used_features(rendition.html, picture_kinds(rendition.pictures))
        if use.trait == "no colour"
    }
    for words in sorted(found):
        yield checked.finding(
            "compat.bg-fallback",
            Severity.WARN,
            f"A background picture has no colour under it: {words}.",
            "Outlook and all who leave pictures off show no background there; add background-color.",
            at=Place(None, None),
            words=words,
        )


def short_colours(checked: CheckedIssue) -> Iterator[Finding]:
    """A colour of three digits in a bgcolor attribute, which older programs read as another one."""
    found = {colour for rendition in checked.renditions for colour in _short_in(rendition.html)}
    for colour in sorted(found):
        full = "#" + "".join(sign * 2 for sign in colour[1:])
        yield checked.finding(
            "compat.hex3",
            Severity.WARN,
            f"bgcolor is {colour}, which older mail programs take for another colour.",
            f"Write {full} in the template.",
            at=Place(None, None),
            words=colour,
        )


@lru_cache(maxsize=256)
def _short_in(page: str) -> frozenset[str]:
    return frozenset(_SHORT_COLOUR.findall(page))


def nested(checked: CheckedIssue) -> Iterator[Finding]:
    """An at-rule inside another: Gmail drops the whole style element."""
    found = {words for rendition in checked.renditions for words in nested_rules(rendition.html)}
    for words in sorted(found):
        yield checked.finding(
            "css.nested-at",
            Severity.STOP,
            f"The styles have {words}; Gmail drops the whole style element for it.",
            "Write the two after each other in the template, not one inside the other.",
            at=Place(None, None),
            words=words,
        )


def conditions(checked: CheckedIssue) -> Iterator[Finding]:
    """A conditional comment that is not whole: Outlook, or all others, would lose the rest of the letter."""
    found = {torn for rendition in checked.renditions if (torn := unbalanced(rendition.html))}
    for torn in sorted(found):
        yield checked.finding(
            "html.mso",
            Severity.STOP,
            f"A comment for Outlook is not whole: {torn}.",
            "Close each <!--[if …]> with <![endif]--> in the template.",
            at=Place(None, None),
            words=torn,
        )


def _failing(checked: CheckedIssue) -> Iterator[tuple[Lack, list[str], Rendition]]:
    """Each thing that is lost, in which programs, and a version that has it."""
    table = support_table()
    wanted = table.named(checked.clients)
    found: dict[tuple[str, str], tuple[Lack, dict[str, None], Rendition]] = {}
    for rendition in checked.renditions:
        uses = used_features(rendition.html, picture_kinds(rendition.pictures))
        doubtful = [use for use in uses if may_fail(use.way) and use.trait != "no colour"]
        for verdict in judge(doubtful, wanted, table).verdicts:
            for lack in verdict.failing:
                key = (lack.use.slug, lack.use.trait)
                _, names, _ = found.setdefault(key, (lack, {}, rendition))
                names[verdict.client.title] = None
    for lack, names, rendition in found.values():
        yield lack, list(names), rendition


def _name(slug: str, trait: str) -> str:
    return f"{slug} {trait}" if trait else slug


RULES = (
    Rule("html.mso", "A comment for Outlook that is not whole", STOP, "Outlook", conditions),
    Rule(
        "css.nested-at",
        "An at-rule inside another",
        STOP,
        "Gmail (hteumeuleu/caniemail 144)",
        nested,
    ),
    Rule(
        "compat.client",
        "Something that a mail program lacks, without a fallback; docs/mail-programs.md",
        WARN,
        "caniemail",
        client,
    ),
    Rule(
        "compat.bg-fallback",
        "A background picture without a colour under it",
        WARN,
        "Outlook, pictures off",
        background,
    ),
    Rule("compat.hex3", "A bgcolor of three digits", WARN, "older programs", short_colours),
)
