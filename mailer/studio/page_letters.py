"""The letters of one deadline: every reminder as its first reader gets it, and the commands that send them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote

from nicegui import run, ui

from mailer.flow.deadlines import today
from mailer.model.rendition import Rendition
from mailer.studio.context import Studio
from mailer.studio.frames import letter_address
from mailer.studio.kit import chip, el, empty, heading, remember_address, svg
from mailer.studio.ladder_desk import LettersLook
from mailer.studio.panel import finding_card, step_list
from mailer.studio.shell import page_frame
from mailer.studio.sight import Sight, VersionPicker, look_asked, sight_notes, tab_asked
from mailer.studio.stage import show_envelope, show_pane
from mailer.studio.views_deadlines import day_asked, finding_in, problems_of
from mailer.studio.views_issue import VersionRow
from mailer.studio.views_letters import fields_of, ladder_standing, letter_rows, letter_steps, letters_title
from mailer.studio.views_proofs import Standing, Step, day_words, many

KINDS = frozenset({"people", "settings", "templates", "proofs"})


@dataclass
class ShownLetter:
    """What of the letters is being looked at."""

    version: str = ""
    tab: str = "mail"
    look: str = "light"
    images: bool = True


@dataclass
class LettersPage:
    """One open page: what it shows, and the parts it is made of."""

    studio: Studio
    slug: str
    shown: ShownLetter
    day: date | None = None
    """The day that the list of deadlines was looked at, where it was not today."""
    state: LettersLook | None = None
    rows: tuple[VersionRow, ...] = ()
    one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def build(self) -> None:
        """Lay the page out and fill it."""
        self._head = el("header", "issue-head")
        with el("div", "issue-grid"):
            with el("aside", "side", aria_label="Next steps and findings"):
                self._side = el("div", "side-body")
            with el("section", "centre", aria_label="Preview"):
                with el("div", "toolbar", role="toolbar", aria_label="What to show"):
                    with el("div", "bar-row"):
                        self._picker = VersionPicker("Letter", "mail", self._choose_version)
                    self._sight = Sight(self.shown, self.choose)
                self._notes = el("div", "notes", role="status", aria_live="polite")
                self._envelope = el("div", "envelope")
                self._frame = el("div", "stage", data_title="The reminder as its reader gets it")
                self._pane = el("div", "pane", tabindex="0", aria_label="Contents")
        await self.reload()

    async def reload(self) -> None:
        """Read what changed, in a thread, and bring every part up to date."""
        async with self.one_at_a_time:
            look = await run.io_bound(self.studio.ladders.letters, self.slug)
            if look is None:
                return
            self.state = look
            self.rows = letter_rows(look.ladder) if look.ladder else ()
            if self.shown.version not in {row.key for row in self.rows}:
                self.shown.version = self.rows[0].key if self.rows else ""
            self._picker.fill(self.rows)
            await self.show()
            standing, steps = await run.io_bound(self._next, look) or (Standing("", "quiet"), ())
            self._show_head(look, standing)
            self._show_side(look, steps)

    async def choose(self, **changes: object) -> None:
        """Show something else, and keep it in the address line, so that a reload or a bookmark finds it."""
        for name, value in changes.items():
            setattr(self.shown, name, value)
        await self.show()
        remember_address(self.address())

    async def show(self) -> None:
        """Bring the preview to what is chosen."""
        rendition = self.rendition()
        copy = self.state.copies.get(self.shown.version, {}) if self.state else {}
        self._sight.mark(self._mail())
        self._picker.mark(self.rows, self.shown.version)
        self._show_notes()
        self._envelope.clear()
        self._pane.clear()
        is_mail = self.shown.tab == "mail" and rendition is not None
        self._frame.set_visibility(is_mail)
        self._pane.set_visibility(not is_mail)
        if rendition is None or self.state is None or self.state.ladder is None:
            with self._pane:
                empty("No letters yet", "What must be mended first stands beside this.", mark="deadlines")
            return
        with self._envelope:
            limit = self.studio.desk.workspace().config.clip_bytes
            show_envelope(rendition, self.state.ladder.letters.sender.name, copy, limit)
        if is_mail:
            # The address comes last: the frame loads when it changes.
            self._frame.props["data-look"] = self.shown.look
            self._frame.props["data-src"] = self._mail()
            return
        with self._pane:
            await show_pane(self.shown.tab, rendition, copy)

    def rendition(self) -> Rendition | None:
        """The letter that is shown."""
        ladder = self.state.ladder if self.state else None
        if ladder is None:
            return None
        return next((r for r in ladder.letters.renditions if r.variant.key == self.shown.version), None)

    def address(self) -> str:
        """This page with what it shows."""
        shown = self.shown
        parts = {
            "on": self.day.isoformat() if self.day else "",
            "version": shown.version,
            "tab": shown.tab if shown.tab != "mail" else "",
            "look": shown.look if shown.look != "light" else "",
            "images": "" if shown.images else "off",
        }
        query = "&".join(f"{name}={quote(value)}" for name, value in parts.items() if value)
        return f"/deadlines/{quote(self.slug, safe='')}?{query}"

    async def _choose_version(self, key: str) -> None:
        await self.choose(version=key)

    def _mail(self) -> str:
        """Where the frame finds what is shown; "" where there is nothing."""
        if self.state is None or not self.shown.version:
            return ""
        return letter_address(
            self.slug,
            self.shown.version,
            look=self.shown.look,
            images=self.shown.images,
            revision=self.state.revision,
        )

    def _next(self, look: LettersLook) -> tuple[Standing, tuple[Step, ...]]:
        workspace = self.studio.desk.workspace()
        if look.problems or look.ladder is None:
            return Standing("cannot be read", "bad", many(len(look.problems), "problem")), ()
        standing = ladder_standing(workspace, look.ladder, self.day or today(look.ladder.file.deadline))
        return standing, letter_steps(workspace, look.ladder, standing, self.day)

    def _show_notes(self) -> None:
        self._notes.clear()
        with self._notes:
            if self.state and self.state.problems and self.state.ladder:
                with el("p", "notice bad"):
                    el("strong", "", "Last good state. ")
                    el("span", "", "The files cannot be used now: see the problems beside this.")
            sight_notes(self.shown)
            if self.rendition() is not None:
                self._show_reader()

    def _show_reader(self) -> None:
        state, version = self.state, self.shown.version
        copy = state.copies.get(version, {}) if state else {}
        rendition = self.rendition()
        who = copy.get("name") or copy.get("addressee", "")
        has_readers = state is not None and state.ladder is not None and state.ladder.proof.heads.get(version)
        with el("div", "notice reader"):
            with el("div", ""):
                if has_readers:
                    el("strong", "", f"The copy of {who}")
                    el("span", "quiet", "its first reader, if the ladder runs from its first step")
                else:
                    el("strong", "", "Nobody gets this letter as things stand.")
                    el("span", "", "It is for another language, a date that moves, or what may yet come in.")
                    if who:
                        el("span", "quiet", f"It is shown as {who} would get it.")
            for number, file in enumerate(rendition.attachments if rendition else ()):
                address = f"/letter-file/{number}/{quote(self.slug, safe='')}/{quote(version, safe='')}"
                with el("a", "file", href=address, download=file.name):
                    svg("save")
                    el("span", "", file.name)
            if copy:
                with el("details", "own-fields"):
                    el("summary", "", "What is this reader's own")
                    with el("dl", "own-list"):
                        for name, value in fields_of(copy):
                            el("dt", "", name)
                            el("dd", "", value, dir="auto")

    def _show_head(self, look: LettersLook, standing: Standing) -> None:
        self._head.clear()
        ladder = look.ladder
        with self._head:
            with el("div", "issue-title"):
                with el("nav", "crumbs", aria_label="Where you are"):
                    el("a", "", "Deadlines", href=f"/deadlines?on={self.day}" if self.day else "/deadlines")
                    el("span", "", (ladder.file.deadline.reference if ladder else "") or self.slug)
                with el("div", "title-row"):
                    heading(1, letters_title(ladder, self.slug))
                    if standing.words:
                        chip(standing.words, standing.tone)
                    if standing.detail:
                        el("span", "quiet", standing.detail)
            if ladder:
                due = ladder.file.deadline.due
                with el("div", "issue-meta"), el("span", "meta"):
                    el("span", "meta-name", "Due")
                    el("time", "", day_words(due), datetime=due.isoformat())

    def _show_side(self, look: LettersLook, steps: tuple[Step, ...]) -> None:
        self._side.clear()
        with self._side:
            if look.problems:
                heading(3, "To mend", "panel-title")
            with el("div", "findings"):
                for row in problems_of(look):
                    finding_card(row)
            if steps:
                heading(3, "Next steps", "panel-title")
                el("p", "hint", "Reminders are approved and sent by command. Each is ready to copy.")
                step_list(steps)
            if look.ladder and look.ladder.proof.findings and not look.problems:
                heading(3, "Findings", "panel-title")
                with el("div", "findings"):
                    for finding in look.ladder.proof.findings:
                        finding_card(finding_in(finding))


def add_pages(studio: Studio) -> None:
    """Register the page."""

    @ui.page("/deadlines/{slug}", response_timeout=180)
    async def letters_page(
        slug: str, *, on: str = "", version: str = "", tab: str = "", look: str = "", images: str = ""
    ) -> None:
        if slug not in studio.ladders.slugs():
            with page_frame(studio, "deadlines", "No such deadline", "narrow"):
                empty(
                    f"There is no deadline {slug}",
                    "These are the deadlines that there are:",
                    mark="deadlines",
                )
                el("a", "btn", "All deadlines", href="/deadlines")
            return
        day, _ = day_asked(on)
        shown = ShownLetter(version, tab_asked(tab), look_asked(look), images != "off")
        page = LettersPage(studio, slug, shown, day)
        with page_frame(studio, "deadlines", slug, "issue"):
            await page.build()
        studio.on_change(KINDS, page.reload)
