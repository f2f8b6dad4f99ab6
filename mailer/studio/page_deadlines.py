"""Deadlines: what is due, who owes it, and how far its reminders have come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import quote

from nicegui import run, ui
from nicegui.element import Element

from mailer.errors import MailerError, Problem
from mailer.studio.context import Studio
from mailer.studio.kit import (
    arguments,
    button,
    chip,
    el,
    emit_value,
    empty,
    heading,
    remember_address,
    set_attribute,
)
from mailer.studio.ladder_desk import DeadlineLook
from mailer.studio.panel import finding_card
from mailer.studio.shell import page_frame
from mailer.studio.views_deadlines import (
    DeadlineCard,
    Named,
    OwingGroup,
    StepRow,
    day_asked,
    deadline_card,
    problem_rows,
    problems_of,
)
from mailer.studio.views_letters import ladder_standing
from mailer.studio.views_proofs import Standing, day_words, many

KINDS = frozenset({"people", "settings", "templates", "proofs"})
MOST_NAMED = 60
MOST_OPEN = 24
"""More who owe it are listed only where somebody asks."""
EVERY = 2.0
"""Seconds between two looks at whether the send record has changed."""
Found = tuple[tuple[DeadlineLook, ...], tuple[Problem, ...]]


@dataclass
class DeadlinesPage:
    """One open page: as of a day, or of today."""

    studio: Studio
    day: date | None = None
    trouble: str = ""

    async def build(self) -> None:
        """Lay the page out and fill it."""
        with el("header", "page-head deadlines-head"):
            with el("div", ""):
                heading(1, "Deadlines")
                el("p", "lead", "What is due, who owes it, and how far its reminders have come.")
            self._as_of = el("div", "as-of")
        self._trouble = el("div", "", role="status", aria_live="polite")
        self._cards = el("div", "deadlines", data_list=True)
        self._show_day()
        await self.reload()

    async def look_again(self) -> None:
        """Bring the page up to date where a reminder was sent or answered meanwhile."""
        if self.studio.ladders.record() != self._record:
            await self.reload()

    async def reload(self) -> None:
        """Read the files and the send record, in a thread; then say of each ladder whether it is approved."""
        asked = self.day
        found = await run.io_bound(self.studio.ladders.on_day, asked)
        self._record = self.studio.ladders.record()
        if found is None or asked != self.day:
            return
        self._cards.clear()
        with self._cards:
            chips = _list(found, asked)
        for look, place in chips:
            standing = await run.io_bound(_standing, self.studio, look)
            if standing is None or place.is_deleted:
                return
            with place:
                chip(standing.words, standing.tone)
                if standing.detail:
                    el("span", "quiet", standing.detail)
            set_attribute(place, "aria_busy", "false")

    def _show_day(self) -> None:
        self._as_of.clear()
        self._trouble.clear()
        with self._trouble:
            if self.trouble:
                el("p", "banner bad", self.trouble)
        with self._as_of:
            with el("label", "meta"):
                el("span", "meta-name", "As of")
                value = self.day.isoformat() if self.day else ""
                field = el("input", "select", type="date", value=value, aria_label="As of", data_search=True)
                field.on("change", self._chosen, js_handler=emit_value())
            if self.day or self.trouble:
                button("", "Today").on("click", self._today, [])
            else:
                el("span", "quiet", "today")

    async def _chosen(self, event: object) -> None:
        await self._show(arguments(event))

    async def _today(self) -> None:
        await self._show("")

    async def _show(self, text: str) -> None:
        self.day, self.trouble = day_asked(text)
        self._show_day()
        remember_address(f"/deadlines?on={self.day}" if self.day else "/deadlines")
        await self.reload()


def add_pages(studio: Studio) -> None:
    """Register the page."""

    @ui.page("/deadlines", response_timeout=120)
    async def deadlines_page(on: str = "") -> None:
        page = DeadlinesPage(studio, *day_asked(on))
        with page_frame(studio, "deadlines", "Deadlines", "narrow"):
            await page.build()
        studio.on_change(KINDS, page.reload)
        ui.timer(EVERY, page.look_again, immediate=False)


def _standing(studio: Studio, look: DeadlineLook) -> Standing:
    if look.state is None:
        return Standing("cannot be read", "bad")
    try:
        ladder = studio.ladders.draft(look.slug)
    except (MailerError, OSError) as error:
        words = error.message if isinstance(error, MailerError) else str(error)
        return Standing("its letters cannot be made", "bad", words)
    standing = ladder_standing(studio.ladders.workspace(), ladder, look.state.plan.day)
    if look.state.is_over and standing.tone == "warn":
        # Nobody need approve what goes no more.
        return replace(standing, tone="quiet")
    return standing


def _list(found: Found, day: date | None) -> list[tuple[DeadlineLook, Element]]:
    """Draw every card; where the word about its ladder is to stand."""
    looks, problems = found
    for row in problem_rows(problems):
        finding_card(row)
    if not looks and not problems:
        empty(
            "No deadlines yet",
            "A deadline is a file in recipients/deadlines/. Begin one:",
            "mailer deadlines new SLUG --due DATE --to GROUP",
            "deadlines",
        )
    return [(look, _card(look, day)) for look in looks]


def _card(look: DeadlineLook, day: date | None) -> Element:
    with el("article", "card deadline"):
        if look.state is None:
            return _broken(look)
        card = deadline_card(look.state, look.findings)
        with el("div", "card-top"):
            el("span", "eyebrow", card.reference or "Deadline")
            chip(card.left, card.tone)
        with heading(2):
            address = f"/deadlines/{quote(card.slug, safe='')}" + (f"?on={day}" if day else "")
            el("a", "", card.title, href=address, data_row=True, lang=card.language, dir="auto")
        with el("p", "due-line"):
            el("span", "quiet", "Due ")
            el("time", "strong", card.due, datetime=card.due_iso)
            el("span", "quiet", f" · as of {day_words(look.state.plan.day)}")
        for missing in card.unreached:
            with el("p", "notice bad unreached"):
                el("strong", "", f"Nobody can be reached for {missing.name}:")
                el("span", "", missing.remark)
        _shares(card)
        _ladder(card.steps)
        with el("div", "owing"):
            for group in card.groups:
                _group(group, card.slug)
        _findings(card)
        with el("div", "facts ladder-facts"):
            standing = el("span", "standing", aria_busy="true")
            el("a", "", "See its letters", href=address)
            if card.link.startswith(("https://", "http://")):
                el(
                    "a",
                    "",
                    "Where it is handed in",
                    href=card.link,
                    target="_blank",
                    rel="noopener noreferrer",
                )
            el("code", "quiet", card.slug)
    return standing


def _broken(look: DeadlineLook) -> Element:
    with el("div", "card-top"):
        el("span", "eyebrow", "Deadline")
        standing = el("span", "standing", aria_busy="true")
    heading(2, look.slug)
    with el("div", "findings"):
        for row in problems_of(look):
            finding_card(row)
    return standing


def _shares(card: DeadlineCard) -> None:
    if not card.shares:
        el("p", "quiet", "Nobody owes it on this day.")
        return
    with el("div", "owing-bar"):
        with el("span", "split", aria_hidden="true"):
            for _, tone, _, percent in card.shares:
                el("i", f"fill {tone}").style(f"width: {percent:.2f}%")
        with el("span", "split-words"):
            for words, tone, count, _ in card.shares:
                with el("span", f"count {tone}"):
                    el("b", "", f"{count:,}")
                    el("span", "", words)


def _ladder(steps: tuple[StepRow, ...]) -> None:
    with el("ol", "ladder", aria_label="Reminder dates"):
        for step in steps:
            with el("li", f"rung {step.kind}"):
                el("span", "rung-offset", step.offset)
                el("time", "rung-day", step.day, datetime=step.iso)
                el("span", "rung-words", step.words)
                if step.moved:
                    el("span", "rung-moved", step.moved)


def _group(group: OwingGroup, slug: str) -> None:
    is_open = group.tone in ("warn", "info") and len(group.listed) <= MOST_OPEN
    with el("details", "owing-group", open=is_open):
        with el("summary", ""):
            chip(f"{len(group.listed):,}", group.tone)
            el("span", "strong", group.title)
        with el("ul", "named"):
            for one in group.listed[:MOST_NAMED]:
                _named(one)
            if len(group.listed) > MOST_NAMED:
                more = f"and {len(group.listed) - MOST_NAMED:,} more: mailer deadlines outstanding {slug}"
                el("li", "quiet", more)


def _named(one: Named) -> None:
    with el("li", ""):
        el("span", "", one.name)
        if one.remark:
            el("span", "quiet", one.remark)


def _findings(card: DeadlineCard) -> None:
    if not card.findings:
        return
    stops = any(row.severity.value == "stop" for row in card.findings)
    with el("details", "waived", open=stops):
        el("summary", "", f"{many(len(card.findings), 'finding')} to look at")
        with el("div", "findings"):
            for row in card.findings:
                finding_card(row)
