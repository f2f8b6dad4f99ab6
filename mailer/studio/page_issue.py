"""The page of one issue: findings on the left, what readers get in the middle, always as the files are now."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from urllib.parse import quote

from nicegui import run, ui

from mailer.model.audience import Reader
from mailer.model.rendition import Rendition
from mailer.studio.around import around_nav, no_such_issue
from mailer.studio.context import Studio
from mailer.studio.desk import Audience, Look, changed_items
from mailer.studio.kit import arguments, chip, el, emit_value, heading, remember_address
from mailer.studio.panel import SidePanel
from mailer.studio.shell import page_frame
from mailer.studio.sight import look_asked, tab_asked
from mailer.studio.stage import Stage
from mailer.studio.toolbar import Toolbar
from mailer.studio.views_issue import eyebrow, headline, version_rows
from mailer.studio.views_proof_page import PageRow, page_row
from mailer.studio.views_proofs import ProofRow, Standing, day_words, proof_rows, receipts_of, standing_of

KINDS = frozenset({"issues", "templates", "people", "settings", "proofs", "pages"})


HEAD_START = 0.2
"""Seconds between the mail that is looked at and the composing of all the others."""


@dataclass
class Shown:
    """What of the issue is being looked at."""

    audience: Audience
    version: str = ""
    reader: str = ""
    tab: str = "mail"
    look: str = "light"
    images: bool = True
    anchor: str = ""
    """The item to bring into view."""


@dataclass
class IssuePage:
    """One open page: what it shows, and the parts it is made of."""

    studio: Studio
    slug: str
    shown: Shown
    state: Look | None = None
    proofs: tuple[ProofRow, ...] = ()
    proof_page: PageRow | None = None
    standing: Standing = field(default_factory=lambda: Standing("", "quiet"))
    one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def build(self) -> None:
        """Lay the page out and fill it."""
        self.head = el("header", "issue-head")
        with el("div", "issue-grid"):
            self.side = SidePanel(self)
            with el("section", "centre", aria_label="Preview"):
                self.toolbar = Toolbar(self)
                self.stage = Stage(self)
        await self.reload()

    async def reload(self) -> None:
        """Read what changed, in a thread, and bring every part up to date: the mail first, then its proofs."""
        async with self.one_at_a_time:
            before = self.state
            if before:
                await self._hurry(before)
            look = await run.io_bound(self.studio.desk.look, self.slug, self.shown.audience)
            if look is None:
                return
            self.state = look
            if before and look is not before and look.changed:
                self.shown.anchor = look.changed[0]
            if look.composed and self.shown.version not in {r.variant.key for r in look.composed.renditions}:
                self.shown.version = self._same_place(before)
            self.toolbar.show()
            await self.stage.show()
            self.side.show()
            await run.io_bound(self._read_proofs, look)
            self._show_head(look)
            self.side.show_proofs()

    async def _hurry(self, before: Look) -> None:
        """Show the version that is looked at, while the others are still being composed."""
        shown = self.shown
        desk = self.studio.desk
        glance = await run.io_bound(desk.glance, self.slug, shown.audience, shown.version, shown.reader)
        if glance:
            self.stage.hurry(before.revision + 1, changed_items(before.composed, glance))
            # The frame and its pictures are served by this process too: let them go first.
            await asyncio.sleep(HEAD_START)

    def _read_proofs(self, look: Look) -> None:
        desk = self.studio.desk
        self.proofs = proof_rows(desk.workspace(), self.slug, lambda groups: desk.look(self.slug, groups))
        self.proof_page = page_row(desk.workspace(), self.slug, lambda groups: desk.look(self.slug, groups))
        self.standing = standing_of(look, self.proofs, receipts_of(desk.workspace(), self.slug))

    def _same_place(self, before: Look | None) -> str:
        """The version at the place where the one that was shown used to be, else the first."""
        rows = version_rows(self.state.composed) if self.state and self.state.composed else ()
        old = version_rows(before.composed) if before and before.composed else ()
        place = next((row.number for row in old if row.key == self.shown.version), 1)
        return next((row.key for row in rows if row.number == place), rows[0].key if rows else "")

    def reader(self) -> Reader | None:
        """The reader whose copy is shown, if any."""
        composed = self.state.composed if self.state else None
        return composed.reader(self.shown.reader) if composed and self.shown.reader else None

    def rendition(self) -> Rendition | None:
        """The version that is shown."""
        composed = self.state.composed if self.state else None
        if composed is None:
            return None
        return next((r for r in composed.renditions if r.variant.key == self.shown.version), None)

    async def choose(self, **changes: object) -> None:
        """Show something else, and keep it in the address line, so that a reload or a bookmark finds it."""
        for name, value in changes.items():
            setattr(self.shown, name, value)
        self.toolbar.mark()
        await self.stage.show()
        remember_address(self.address())

    async def choose_audience(self, group: str) -> None:
        """Compose for another group."""
        self.shown.audience = (group,) if group else ()
        self.shown.reader = ""
        await self.reload()
        remember_address(self.address())

    def address(self) -> str:
        """This page with what it shows."""
        shown = self.shown
        parts = {
            "to": " ".join(shown.audience) or "-",
            "version": shown.version,
            "reader": shown.reader,
            "tab": shown.tab if shown.tab != "mail" else "",
            "look": shown.look if shown.look != "light" else "",
            "images": "" if shown.images else "off",
        }
        query = "&".join(f"{name}={quote(value)}" for name, value in parts.items() if value)
        return f"/issues/{quote(self.slug)}?{query}"

    def _show_head(self, look: Look) -> None:
        issue = look.composed.issue if look.composed else None
        self.head.clear()
        with self.head:
            with el("div", "issue-title"):
                with el("nav", "crumbs", aria_label="Where you are"):
                    el("a", "", "Issues", href="/")
                    el("span", "", eyebrow(issue) if issue else self.slug)
                with el("div", "title-row"):
                    heading(1, headline(issue, self.slug))
                    chip(self.standing.words, self.standing.tone)
                    if self.standing.detail:
                        el("span", "quiet", self.standing.detail)
            with el("div", "issue-meta"):
                if issue:
                    with el("span", "meta"):
                        el("span", "meta-name", "Planned for")
                        el("time", "", day_words(issue.date), datetime=issue.date.isoformat())
                self._show_audience()
            around_nav(self.slug)

    def _show_audience(self) -> None:
        composed = self.state.composed if self.state else None
        if composed is None:
            return
        with el("label", "meta"):
            el("span", "meta-name", "Group")

            async def chosen(event: object) -> None:
                await self.choose_audience(arguments(event))

            select = el("select", "select", aria_label="Group", data_key="a")
            select.on("change", chosen, js_handler=emit_value())
            with select:
                el("option", "", "Every contact", value="", selected=not self.shown.audience)
                for name, segment in sorted(composed.people.recipients.segments.items()):
                    el(
                        "option",
                        "",
                        segment.title or name,
                        value=name,
                        selected=(name,) == self.shown.audience,
                    )


def add_pages(studio: Studio) -> None:
    """Register the page."""

    @ui.page("/issues/{slug}", response_timeout=120)
    async def issue_page(
        slug: str,
        *,
        to: str = "",
        version: str = "",
        reader: str = "",
        tab: str = "",
        look: str = "",
        images: str = "",
    ) -> None:
        if slug not in studio.desk.slugs():
            no_such_issue(studio, slug)
            return
        known = await run.io_bound(_groups, studio)
        asked = tuple(name for name in to.split() if name in (known or ()))
        audience = asked if asked or to == "-" else studio.desk.default_audience()
        shown = Shown(
            audience,
            version,
            reader,
            tab_asked(tab),
            look_asked(look),
            images != "off",
        )
        page = IssuePage(studio, slug, shown)
        with page_frame(studio, "issues", slug, "issue"):
            await page.build()
        studio.on_change(KINDS, page.reload)


def _groups(studio: Studio) -> frozenset[str]:
    people = studio.desk.people_or_none()
    return frozenset(people.recipients.segments) if people else frozenset()
