"""The finished HTML: nothing left over from the making, and a structure that screen readers understand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from mailer.check.reading import texts
from mailer.check.rule import STOP, WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.check.tree import holds_data, tree
from mailer.check.versions import Trouble, in_versions, page_rule
from mailer.model.finding import Finding, Severity
from mailer.model.rendition import Rendition

_RUST_ESCAPE = re.compile(r"\\u\{[0-9a-fA-F]{1,6}\}")


def escape(checked: CheckedIssue) -> Iterator[Finding]:
    r"""A sign that the MJML compiler wrote as `\u{…}`."""
    own = {found for text in texts(checked.issue) for found in _RUST_ESCAPE.findall(text.text)}

    def troubles(rendition: Rendition) -> Iterator[Trouble]:
        left = (found for found in _RUST_ESCAPE.findall(rendition.html) if found not in own)
        if first := next(left, ""):
            yield Trouble(f'has "{first}" where a sign should be')

    hint = "Put the sign into text, not an attribute."
    yield from in_versions(checked, "html.escape", Severity.STOP, troubles, hint)


def _leftover(page: str) -> Iterator[Trouble]:
    """MJML that was not turned into HTML."""
    if left := re.search(r"</?mj-[a-z-]{1,30}", page):
        yield Trouble(f'still has "{left[0]}" in it')


def _old_doctype(page: str) -> Iterator[Trouble]:
    """HTML that mail programs lay out by the rules of 1998."""
    if page.lstrip()[:15].casefold() != "<!doctype html>":
        yield Trouble("does not start with <!DOCTYPE html>")


def _speechless(page: str) -> Iterator[Trouble]:
    """HTML that does not say its language and direction."""
    root = tree(page)
    lacks = [] if root is None else [name for name in ("lang", "dir") if not root.get(name, "").strip()]
    if lacks:
        yield Trouble(f"has no {' and no '.join(lacks)} on its html element")


def _untitled(page: str) -> Iterator[Trouble]:
    """HTML without a title."""
    root = tree(page)
    if root is not None and not (root.findtext(".//title") or "").strip():
        yield Trouble("has no title")


def _uneven_headings(page: str) -> Iterator[Trouble]:
    """None or several main headings, or a level left out."""
    root = tree(page)
    if root is None:
        return
    levels = [int(str(node.tag)[1]) for node in root.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    left_out = ((above, below) for above, below in pairwise(levels) if below > above + 1)
    if (count := levels.count(1)) != 1:
        yield Trouble(f"has {count or 'no'} main heading{'s' if count else ''} (h1)")
    elif leap := next(left_out, None):
        yield Trouble("goes from heading level {} to {}".format(*leap))


def _read_out_tables(page: str) -> Iterator[Trouble]:
    """A table for layout that is read out as a table of data."""
    root = tree(page)
    all_tables = [] if root is None else root.iter("table")
    others = [table for table in all_tables if table.get("role") not in ("presentation", "none")]
    if bare := sum(not holds_data(table) for table in others):
        yield Trouble(f"has {bare} layout tables without role=presentation")


def _bare_images(page: str) -> Iterator[Trouble]:
    """An img element without alt, whose file name is read out."""
    root = tree(page)
    bare = [] if root is None else [node for node in root.iter("img") if node.get("alt") is None]
    if bare:
        yield Trouble(f'has an img without alt ("{bare[0].get("src", "")[:60]}")')


RULES = (
    page_rule(
        "html.doctype",
        "No `<!DOCTYPE html>`",
        STOP,
        "HTML section 13.1.1",
        _old_doctype,
        hint="Look at the template's layout.",
    ),
    Rule("html.escape", "`\\u{…}` in the HTML", STOP, "the MJML compiler", escape, can_be_waived=False),
    page_rule(
        "html.mjml-left",
        "MJML that was not turned into HTML",
        STOP,
        "the MJML compiler",
        _leftover,
        hint="Look at the template of that item.",
        can_be_waived=False,
    ),
    page_rule(
        "a11y.language",
        "No lang or dir",
        STOP,
        "WCAG 3.1.1",
        _speechless,
        hint="Screen readers choose their voice by it; set it in the template's layout.",
    ),
    page_rule(
        "a11y.title",
        "No title",
        STOP,
        "WCAG 2.4.2",
        _untitled,
        hint="Give the issue a subject, and the layout an mj-title.",
    ),
    page_rule(
        "a11y.headings",
        "Not one h1, or a level left out",
        WARN,
        "WCAG 1.3.1",
        _uneven_headings,
        hint="People who listen go from heading to heading; look at the templates.",
    ),
    page_rule(
        "a11y.table-role",
        "A layout table without its role",
        STOP,
        "WCAG 1.3.1",
        _read_out_tables,
        hint="Give them the role in the template.",
    ),
    page_rule(
        "a11y.image-alt",
        "An img element without alt",
        STOP,
        "WCAG 1.1.1",
        _bare_images,
        hint='Write alt="" if it says nothing.',
    ),
)
