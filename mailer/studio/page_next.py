"""The next issue from this one: what stays, what goes and why, and what has to be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from nicegui import ui

from mailer.errors import Problem
from mailer.flow.following import NextIssue, plan_next, write_next
from mailer.flow.following_items import Fate
from mailer.studio.around import around_page
from mailer.studio.around_parts import field, give_button, show_findings, show_problems, worked
from mailer.studio.context import Studio
from mailer.studio.kit import arguments, chip, el, heading
from mailer.studio.views_next import suggested
from mailer.studio.views_proofs import many

LEAD = "Standing texts and dates still to come are carried over; what was of its time stays behind."


@dataclass
class NextPage:
    """One open page."""

    studio: Studio
    slug: str
    name: str = ""
    day: str = ""
    plan: NextIssue | None = None
    problems: tuple[Problem, ...] = ()
    is_busy: bool = False

    async def build(self) -> None:
        """Lay the page out and fill it."""
        self.name, self.day = suggested(self.slug, self.studio.desk.slugs())
        with el("div", "sheet"):
            with el("div", "row"):
                field("Name of its folder", self.name, self._named, autocomplete="off", spellcheck="false")
                field("Planned for", self.day, self._dated, type="date")
            self._top = el("div", "wide")
        self._body = el("div", "")
        await self._look()

    def show(self) -> None:
        """Draw it as things are now."""
        self._top.clear()
        self._body.clear()
        with self._top:
            show_problems(self.problems)
            if self.plan:
                words = f"Begin {self.plan.slug} with {many(len(self.plan.stays), 'item')}"
                give_button(words, self._write, busy=self.is_busy)
        with self._body:
            if self.plan:
                _fates("Carried over", self.plan.stays, "ok")
                _fates("Left behind", self.plan.goes, "quiet")
                if self.plan.findings:
                    heading(2, "To look at in the new issue")
                    show_findings(self.plan.findings)

    async def _named(self, event: object) -> None:
        self.name = arguments(event).strip()
        await self._look()

    async def _dated(self, event: object) -> None:
        self.day = arguments(event)
        await self._look()

    async def _look(self) -> None:
        try:
            day = date.fromisoformat(self.day)
        except ValueError:
            self.plan = None
            self.problems = (Problem("The day is not one of the calendar.", "Choose the planned day."),)
        else:
            workspace, name = self.studio.desk.workspace(), self.name
            self.plan, self.problems = await worked(lambda: plan_next(workspace, name, self.slug, day))
        self.show()

    async def _write(self) -> None:
        plan = self.plan
        if plan is None or self.is_busy:
            return
        self.is_busy = True
        self.show()
        workspace = self.studio.desk.workspace()
        # What is written is what was shown: the plan holds the files whole.
        made, self.problems = await worked(lambda: write_next(workspace, plan))
        self.is_busy = False
        if made:
            # The button that was pressed has been drawn anew, so that the page is not known by it.
            with self._body:
                ui.navigate.to(f"/issues/{quote(plan.slug)}")
        else:
            self.plan = None
            self.show()


def _fates(title: str, listed: tuple[Fate, ...], tone: str) -> None:
    if not listed:
        return
    with el("section", "sheet"):
        heading(2, f"{title}: {len(listed)}")
        with el("ul", "list"):
            for fate in listed:
                with el("li", ""):
                    with el("div", "row"):
                        el("strong", "", fate.title or fate.item)
                        chip(fate.kind.replace("_", " "), tone)
                    el("span", "quiet", fate.reason)


def add_pages(studio: Studio) -> None:
    """Register the page."""

    @ui.page("/issues/{slug}/next", response_timeout=60)
    async def next_page(slug: str) -> None:
        with around_page(studio, slug, "next", LEAD) as is_there:
            if is_there:
                await NextPage(studio, slug).build()
