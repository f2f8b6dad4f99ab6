"""The finished HTML: nothing left over from the making, and a structure that screen readers understand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from mailer.check.reading import texts
from mailer.check.rule import STOP, WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.check.tree import Element, tree
from mailer.check.versions import Trouble, in_versions
from mailer.model.finding import Finding, Severity
from mailer.model.rendition import Rendition

_RUST_ESCAPE = re.compile(r"\\u\{[0-9a-fA-F]{1,6}\}")


def escape(checked: CheckedIssue) -> Iterator[Finding]:
    r"""A sign that the MJML compiler wrote as `\u{…}`."""
    own = {found for text in texts(checked.issue) for found in _RUST_ESCAPE.findall(text.text)}

    def trouble(page: str) -> str:
        left = [found for found in _RUST_ESCAPE.findall(page) if found not in own]
        return f'has "{left[0]}" where a sign should be' if left else ""

    yield from _each(
        checked, "html.escape", Severity.STOP, trouble, "Put the sign into text, not an attribute."
    )


def leftover(checked: CheckedIssue) -> Iterator[Finding]:
    """MJML that was not turned into HTML."""

    def trouble(page: str) -> str:
        left = re.search(r"</?mj-[a-z-]{1,30}", page)
        return f'still has "{left[0]}" in it' if left else ""

    yield from _each(checked, "html.mjml-left", Severity.STOP, trouble, "Look at the template of that item.")


def doctype(checked: CheckedIssue) -> Iterator[Finding]:
    """HTML that mail programs lay out by the rules of 1998."""

    def trouble(page: str) -> str:
        starts = page.lstrip()[:15].casefold() == "<!doctype html>"
        return "" if starts else "does not start with <!DOCTYPE html>"

    yield from _each(checked, "html.doctype", Severity.STOP, trouble, "Look at the template's layout.")


def language(checked: CheckedIssue) -> Iterator[Finding]:
    """HTML that does not say its language and direction."""

    def trouble(page: str) -> str:
        root = tree(page)
        lacks = [] if root is None else [name for name in ("lang", "dir") if not root.get(name, "").strip()]
        return f"has no {' and no '.join(lacks)} on its html element" if lacks else ""

    hint = "Screen readers choose their voice by it; set it in the template's layout."
    yield from _each(checked, "a11y.language", Severity.STOP, trouble, hint)


def title(checked: CheckedIssue) -> Iterator[Finding]:
    """HTML without a title."""

    def trouble(page: str) -> str:
        root = tree(page)
        titled = root is None or (root.findtext(".//title") or "").strip()
        return "" if titled else "has no title"

    hint = "Give the issue a subject, and the layout an mj-title."
    yield from _each(checked, "a11y.title", Severity.STOP, trouble, hint)


def headings(checked: CheckedIssue) -> Iterator[Finding]:
    """None or several main headings, or a level left out."""

    def trouble(page: str) -> str:
        root = tree(page)
        if root is None:
            return ""
        levels = [int(str(node.tag)[1]) for node in root.iter("h1", "h2", "h3", "h4", "h5", "h6")]
        if levels.count(1) != 1:
            return f"has {levels.count(1) or 'no'} main heading{'s' if levels.count(1) else ''} (h1)"
        for above, below in pairwise(levels):
            if below > above + 1:
                return f"goes from heading level {above} to {below}"
        return ""

    hint = "People who listen go from heading to heading; look at the templates."
    yield from _each(checked, "a11y.headings", Severity.WARN, trouble, hint)


def tables(checked: CheckedIssue) -> Iterator[Finding]:
    """A table for layout that is read out as a table of data."""

    def trouble(page: str) -> str:
        root = tree(page)
        if root is None:
            return ""
        bare = [
            table
            for table in root.iter("table")
            if table.get("role") not in ("presentation", "none") and not _holds_data(table)
        ]
        return f"has {len(bare)} layout tables without role=presentation" if bare else ""

    yield from _each(
        checked, "a11y.table-role", Severity.STOP, trouble, "Give them the role in the template."
    )


def images(checked: CheckedIssue) -> Iterator[Finding]:
    """An img element without alt, whose file name is read out."""

    def trouble(page: str) -> str:
        root = tree(page)
        bare = [] if root is None else [node for node in root.iter("img") if node.get("alt") is None]
        return f'has an img without alt ("{bare[0].get("src", "")[:60]}")' if bare else ""

    yield from _each(checked, "a11y.image-alt", Severity.STOP, trouble, 'Write alt="" if it says nothing.')


def _holds_data(table: Element) -> bool:
    """Whether the table has heads or a caption of its own, not those of a table inside it."""
    marks = table.iter("th", "caption")
    return any(next(mark.iterancestors("table"), None) is table for mark in marks)


def _each(
    checked: CheckedIssue, rule: str, severity: Severity, trouble: Callable[[str], str], hint: str
) -> Iterator[Finding]:
    """One finding for each kind of trouble, naming the versions that have it."""

    def troubles(rendition: Rendition) -> Iterator[Trouble]:
        if says := trouble(rendition.html):
            yield Trouble(says)

    yield from in_versions(checked, rule, severity, troubles, hint)


RULES = (
    Rule("html.doctype", "No `<!DOCTYPE html>`", STOP, "HTML section 13.1.1", doctype),
    Rule("html.escape", "`\\u{…}` in the HTML", STOP, "the MJML compiler", escape, can_be_waived=False),
    Rule(
        "html.mjml-left",
        "MJML that was not turned into HTML",
        STOP,
        "the MJML compiler",
        leftover,
        can_be_waived=False,
    ),
    Rule("a11y.language", "No lang or dir", STOP, "WCAG 3.1.1", language),
    Rule("a11y.title", "No title", STOP, "WCAG 2.4.2", title),
    Rule("a11y.headings", "Not one h1, or a level left out", WARN, "WCAG 1.3.1", headings),
    Rule("a11y.table-role", "A layout table without its role", STOP, "WCAG 1.3.1", tables),
    Rule("a11y.image-alt", "An img element without alt", STOP, "WCAG 1.1.1", images),
)
