"""What is done around an issue, a page each: contributions, translations, calendar, archive, print, next issue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from mailer.studio.context import Studio
from mailer.studio.kit import el, empty, heading
from mailer.studio.shell import page_frame

PAGES = (
    ("add", "Add contributions"),
    ("translations", "Translations"),
    ("calendar", "Calendar"),
    ("archive", "Archive"),
    ("print", "Print"),
    ("next", "Next issue"),
)


def around_nav(slug: str, here: str = "") -> None:
    """The ways to those pages, from the issue and between each other."""
    with el("nav", "around", aria_label="Around this issue"):
        for name, words in PAGES:
            current = "page" if name == here else None
            el("a", "", words, href=f"/issues/{quote(slug)}/{name}", aria_current=current)


@contextmanager
def around_page(studio: Studio, slug: str, here: str, lead: str) -> Iterator[bool]:
    """Build one of these pages; gives False where there is no such issue, which the page then says."""
    title = dict(PAGES)[here]
    if slug not in studio.desk.slugs():
        no_such_issue(studio, slug)
        yield False
        return
    with page_frame(studio, "issues", f"{title} · {slug}", "narrow"):
        with el("header", "page-head"):
            with el("nav", "crumbs", aria_label="Where you are"):
                el("a", "", "Issues", href="/")
                el("a", "", slug, href=f"/issues/{quote(slug)}")
                el("span", "", title)
            heading(1, title)
            el("p", "lead", lead)
            around_nav(slug, here)
        yield True


def no_such_issue(studio: Studio, slug: str) -> None:
    """The page for an issue that is not there."""
    with page_frame(studio, "issues", "No such issue", "narrow"):
        empty(f"There is no issue {slug}", "These are the issues that there are:", mark="issues")
        el("a", "btn", "All issues", href="/")
