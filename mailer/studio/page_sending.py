"""One sending: how it goes, looked at each second while something is going on, and what can be done with it.

What is shown is read from the send record; what is done is done there, and by workers that are processes of their
own: so the page can be closed, loaded again, or open twice, and nothing changes by it.
"""

from __future__ import annotations

import asyncio
import getpass
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from nicegui import run

from mailer.errors import LedgerError, MailerError
from mailer.flow import ledger_of
from mailer.flow.homes import is_deadline
from mailer.flow.steering import cancel_sending, go_on, pause_sending
from mailer.flow.working import Crew
from mailer.studio.context import Studio
from mailer.studio.kit import Choice, button, el, empty, heading
from mailer.studio.sending_now import NowPanel
from mailer.studio.sending_parts import realm_chip, show_mails, show_story
from mailer.studio.views_account import Story, story_of
from mailer.studio.views_proofs import many
from mailer.studio.views_sending import Head, Now, Watcher
from mailer.studio.views_sendings import PAGE, MailRow, mails

QUIET = 3
"""Where nothing can happen by itself, it is looked at every so many ticks."""
STORY_EVERY = 5.0
"""Seconds between two looks at all rows, at the least; and never more than one part in twenty of the time."""
MAILS_EVERY = 2.0
_crews: list[Crew] = []
"""Workers that this studio started: asked now and then whether they have ended, so that none stays a zombie."""


@dataclass
class SendingPage:
    """An open page of a sending."""

    studio: Studio
    id: str
    words: str = ""
    """Only mails in the state with these words."""
    page: int = 0
    _ticks: int = 0
    _now: Now | None = None
    _story: Story | None = None
    _story_due: float = 0.0
    _story_of: object = None
    _mails_due: float = 0.0
    _mails_of: object = None
    _shown_rows: object = None
    _watcher: Watcher = field(init=False)

    def __post_init__(self) -> None:
        self._watcher = Watcher(self.id)

    async def build(self) -> None:
        """Lay the page out and fill it."""
        self._top = el("header", "page-head")
        self._panel: NowPanel | None = None
        self._panel_place = el("div", "")
        self._story_place = el("div", "")
        self._filter = el("div", "filter-row")
        self._list = el("div", "", data_list=True)
        await self.tick()

    async def tick(self) -> None:
        """Look again, and show what has changed."""
        self._ticks += 1
        if self._now is not None and not self._now.is_lively and self._ticks % QUIET:
            return
        found = await run.io_bound(self._look)
        if found is None:
            return
        if isinstance(found, str):
            self._show_missing(found)
            return
        head, now = found
        if self._panel is None:
            self._lay_out(head, now)
        assert self._panel is not None
        self._panel.show(now, self._story)
        changed, self._now = self._now is None or self._now.counts != now.counts, now
        await self._tell_story(now)
        await self._list_mails(now, at_once=not changed)

    def _look(self) -> tuple[Head, Now] | str:
        # Asking reaps those that have ended.
        _crews[:] = [crew for crew in _crews if crew.is_alive]
        try:
            return self._watcher.look(self.studio.desk.workspace())
        except LedgerError as error:
            return str(error)

    def _show_missing(self, words: str) -> None:
        if self._panel is None and self._now is None:
            self._top.clear()
            with self._top:
                empty("This sending is not in the send record", words, "mailer dispatches", "sendings")

    def _lay_out(self, head: Head, now: Now) -> None:
        self._top.clear()
        with self._top:
            with el("nav", "crumbs", aria_label="Where you are"):
                el("a", "", "Sendings", href="/sendings")
                el("span", "", head.id)
            with el("div", "title-row"):
                heading(1, head.slug)
                realm_chip(head.is_rehearsal)
            el(
                "p",
                "lead",
                f"{many(now.total, 'mail')} to {', '.join(head.groups) or 'single readers'}, proof {head.seal}, "
                f"through {head.relay}, made {head.made_at:%-d %B %Y, %H:%M} UTC",
            )
        with self._panel_place:
            self._panel = NowPanel(self._pause, self._go_on, self._cancel)
            if is_deadline(head.slug) or head.is_rehearsal:
                with el("p", "filter-row"):
                    if is_deadline(head.slug):
                        el("a", "btn", "Its deadline", href=f"/{quote(head.slug)}")
                    if head.is_rehearsal:
                        el(
                            "a",
                            "btn",
                            "Its mails in the practice tray",
                            href=f"/tray?sending={quote(head.id)}",
                        )

    async def _tell_story(self, now: Now) -> None:
        """Refusals, doubts and tables: all rows are looked at for them, so seldom, and never when nothing changed."""
        if self._story_of == (now.counts, now.state) or (
            now.is_lively and time.monotonic() < self._story_due
        ):
            return
        began = time.monotonic()
        story = await run.io_bound(self._read_story)
        if story is None:
            return
        took = time.monotonic() - began
        self._story_due = time.monotonic() + max(STORY_EVERY, 20 * took)
        self._story_of = (now.counts, now.state)
        if story != self._story:
            self._story = story
            self._story_place.clear()
            with self._story_place:
                show_story(story, self.id)
            if self._panel is not None:
                self._panel.show(now, story)

    def _read_story(self) -> Story | None:
        try:
            return story_of(self.studio.desk.workspace(), self.id)
        except LedgerError:
            return None

    async def _list_mails(self, now: Now, *, at_once: bool = True) -> None:
        wanted = (now.counts, self.words, self.page)
        if wanted == self._mails_of or (not at_once and time.monotonic() < self._mails_due):
            return
        rows = await run.io_bound(self._read_mails)
        if rows is None:
            return
        self._mails_of, self._mails_due = wanted, time.monotonic() + MAILS_EVERY
        self._show_filter(now)
        if rows == self._shown_rows:
            return
        self._shown_rows = rows
        self._list.clear()
        with self._list:
            show_mails(rows)
            self._show_paging(now, len(rows))

    def _read_mails(self) -> tuple[MailRow, ...] | None:
        try:
            return mails(self.studio.desk.workspace(), self.id, self.words, self.page)
        except LedgerError:
            return None

    def _show_filter(self, now: Now) -> None:
        self._filter.clear()
        with self._filter:
            heading(2, "Mails")
            if len(now.counts) > 1:
                states = Choice("State", self._choose)
                states.add("", f"All {now.total:,}")
                for words, count in now.counts:
                    states.add(words, f"{words} {count:,}")
                states.show(self.words)

    async def _choose(self, words: str) -> None:
        self.words, self.page = words, 0
        if self._now is not None:
            await self._list_mails(self._now)

    def _show_paging(self, now: Now, listed: int) -> None:
        in_all = dict(now.counts).get(self.words, 0) if self.words else now.total
        if in_all <= PAGE:
            return

        async def turn(by: int) -> None:
            self.page += by
            await self._list_mails(now)

        first = self.page * PAGE
        with el("nav", "paging", aria_label="Pages of mails"):
            button("", "Earlier", disabled=self.page == 0).on("click", lambda: turn(-1), [])
            el("span", "quiet", f"{first + 1:,} to {first + listed:,} of {in_all:,}")
            button("", "Later", disabled=first + listed >= in_all).on("click", lambda: turn(1), [])

    async def _pause(self, why: str) -> str:
        if not why:
            return "Say why: it is kept in the send record."
        return await self._do(lambda: self._with_ledger_pause(why))

    def _with_ledger_pause(self, why: str) -> None:
        with ledger_of(self.studio.desk.workspace()) as ledger:
            pause_sending(ledger, self.id, why, getpass.getuser())

    async def _go_on(self) -> str:
        return await self._do(self._start)

    def _start(self) -> None:
        workspace = self.studio.desk.workspace()
        with ledger_of(workspace) as ledger:
            crew = asyncio.run(go_on(workspace, ledger, self.id, getpass.getuser()))
        if crew is not None:
            _crews.append(crew)
            self._watcher.started()

    async def _cancel(self, why: str) -> str:
        return await self._do(lambda: self._with_ledger_cancel(why or "asked to"))

    def _with_ledger_cancel(self, why: str) -> None:
        workspace = self.studio.desk.workspace()
        with ledger_of(workspace) as ledger:
            cancel_sending(workspace, ledger, self.id, why, getpass.getuser())

    async def _do(self, action: Callable[[], None]) -> str:
        """Do it in a thread and look again; what is wrong, in words, or ""."""

        def tried() -> str:
            try:
                action()
            except MailerError as error:
                return str(error)
            return ""

        said = await run.io_bound(tried)
        self._ticks = -1
        await self.tick()
        return said or ""
