"""The dates of an issue: what each mail does with them, and their calendar files to save."""

from __future__ import annotations

from dataclasses import dataclass

from nicegui import ui

from mailer.errors import Problem
from mailer.studio.around import around_page
from mailer.studio.around_parts import save_link, show_problems, worked
from mailer.studio.context import Studio
from mailer.studio.kit import chip, el, empty, heading, worded
from mailer.studio.views_calendar import DateRow, date_rows

LEAD = "Events and deadlines as files that calendars take, in each language that the issue has."
KINDS = frozenset({"issues", "settings"})


@dataclass
class CalendarPage:
    """One open page."""

    studio: Studio
    slug: str
    rows: tuple[DateRow, ...] = ()
    problems: tuple[Problem, ...] = ()

    async def build(self) -> None:
        """Lay the page out and fill it."""
        self._body = el("div", "")
        await self.reload()

    async def reload(self) -> None:
        """Read the issue anew."""
        desk = self.studio.desk
        found, self.problems = await worked(lambda: date_rows(desk.workspace(), self.slug, desk.people()))
        self.rows = found or ()
        self._body.clear()
        with self._body:
            show_problems(self.problems)
            if not self.rows and not self.problems:
                empty(
                    "No dates in this issue",
                    "Items of kind event and deadline have calendar files.",
                    mark="deadlines",
                )
            for row in self.rows:
                self._row(row)

    def _row(self, row: DateRow) -> None:
        with el("section", "sheet"):
            with el("div", "title-row"):
                heading(2, row.title)
                chip(row.kind, "info" if row.kind == "event" else "warn")
            el("p", "", row.when)
            worded("p", "hint", row.how)
            if row.changed:
                el("p", "hint", row.changed)
            with el("div", "row"):
                for file in row.files:
                    address = self.studio.shelf.put(file.name, "text/calendar", file.content)
                    save_link(address, file.language)


def add_pages(studio: Studio) -> None:
    """Register the page."""

    @ui.page("/issues/{slug}/calendar", response_timeout=60)
    async def calendar_page(slug: str) -> None:
        with around_page(studio, slug, "calendar", LEAD) as is_there:
            if is_there:
                page = CalendarPage(studio, slug)
                await page.build()
                studio.on_change(KINDS, page.reload)
