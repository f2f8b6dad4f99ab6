"""Sendings: what went out or was rehearsed, with the send record's own counts."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from nicegui import run, ui

from mailer.errors import LedgerError, MailerError
from mailer.flow.homes import is_deadline
from mailer.studio.context import Studio
from mailer.studio.kit import Choice, button, chip, command_line, el, empty, heading
from mailer.studio.shell import page_frame
from mailer.studio.views_proofs import many
from mailer.studio.views_sendings import PAGE, MailRow, SendingRow, ago, mails, sending, sendings, shares

EVERY = 2.0
"""Seconds between two looks at the send record while a page is open."""


def add_pages(studio: Studio) -> None:
    """Register the list of sendings and the page of one."""

    @ui.page("/sendings", response_timeout=60)
    async def sendings_page() -> None:
        with page_frame(studio, "sendings", "Sendings", "narrow"):
            with el("header", "page-head"):
                heading(1, "Sendings")
                el("p", "lead", "Every figure is counted in the send record at this moment.")
            holder = el("div", "", data_list=True)
        seen: list[object] = []

        async def show() -> None:
            rows = await run.io_bound(_all, studio)
            if rows is None or seen == [rows]:
                return
            seen[:] = [rows]
            holder.clear()
            with holder:
                _list(rows)

        await show()
        ui.timer(EVERY, show, immediate=False)

    @ui.page("/sendings/{dispatch_id}", response_timeout=60)
    async def sending_page(dispatch_id: str) -> None:
        page = SendingPage(studio, dispatch_id)
        with page_frame(studio, "sendings", f"Sending {dispatch_id}", "narrow"):
            await page.build()
        ui.timer(EVERY, page.reload, immediate=False)


def _all(studio: Studio) -> tuple[SendingRow, ...] | str:
    try:
        return sendings(studio.desk.workspace())
    except MailerError as error:
        return str(error)


def _list(rows: tuple[SendingRow, ...] | str) -> None:
    if isinstance(rows, str):
        el("p", "banner bad", rows, role="alert")
        return
    if not rows:
        empty(
            "Nothing was sent yet",
            "A first rehearsal goes to the practice tray:",
            "mailer send SLUG --to GROUP",
            "sendings",
        )
        return
    with el("table", "table sendings"):
        with el("thead", ""), el("tr", ""):
            for name in ("Sending", "State", "Mails", "When"):
                el("th", "", name, scope="col")
        with el("tbody", ""):
            for row in rows:
                _row(row)


def _row(row: SendingRow) -> None:
    with el("tr", ""):
        with el("td", "sending-name"):
            el("a", "strong", row.slug, href=f"/sendings/{quote(row.id)}", data_row=True)
            with el("span", "sending-line"):
                _realm(row)
                el("code", "", row.id)
                el("span", "quiet", f"to {', '.join(row.groups) or 'single readers'}")
        with el("td", ""):
            el("span", "", row.state)
            if row.why:
                el("span", "quiet block", row.why)
        with el("td", "counts-cell"):
            _counts(row)
        with el("td", ""):
            el("time", "quiet", ago(row.made_at), datetime=row.made_at.isoformat())


def _realm(row: SendingRow) -> None:
    chip("rehearsal" if row.is_rehearsal else "real", "quiet" if row.is_rehearsal else "real")


def _counts(row: SendingRow) -> None:
    parts = shares(row.counts)
    with el("span", "split", aria_hidden="true"):
        for _, tone, _, percent in parts:
            el("i", f"fill {tone}").style(f"width: {percent:.2f}%")
    with el("span", "split-words"):
        for words, tone, count, _ in parts:
            with el("span", f"count {tone}"):
                el("b", "", f"{count:,}")
                el("span", "", words)


@dataclass
class SendingPage:
    """One sending, looked at again every couple of seconds."""

    studio: Studio
    id: str
    words: str = ""
    """Only mails in the state with these words."""
    page: int = 0

    async def build(self) -> None:
        """Lay the page out and fill it."""
        self.seen: object = None
        self.head = el("header", "page-head")
        self.filter = el("div", "")
        self.body = el("div", "", data_list=True)
        await self.reload()

    async def reload(self) -> None:
        """Read the send record, and draw again what differs from before."""
        found = await run.io_bound(self._read)
        if found is None or found == self.seen:
            return
        self.seen = found
        self.head.clear()
        self.filter.clear()
        self.body.clear()
        row, rows = found
        if isinstance(row, str):
            with self.head:
                empty("This sending is not in the send record", row, "mailer dispatches", "sendings")
            return
        with self.head:
            self._show_head(row)
        with self.filter:
            self._show_filter(row)
        with self.body:
            self._show_mails(row, rows)

    def _read(self) -> tuple[SendingRow | str, tuple[MailRow, ...]]:
        workspace = self.studio.desk.workspace()
        try:
            return sending(workspace, self.id), mails(workspace, self.id, self.words, self.page)
        except LedgerError as error:
            return str(error), ()

    def _show_head(self, row: SendingRow) -> None:
        with el("nav", "crumbs", aria_label="Where you are"):
            el("a", "", "Sendings", href="/sendings")
            el("span", "", row.id)
        with el("div", "title-row"):
            heading(1, row.slug)
            _realm(row)
            chip(row.state, "info" if row.is_live else "done")
        el(
            "p",
            "lead",
            f"{many(row.total, 'mail')} to {', '.join(row.groups) or 'single readers'}, proof {row.seal}, "
            f"through {row.relay}, {row.made_at:%d %B %Y, %H:%M} UTC",
        )
        if row.why:
            el("p", "notice", row.why)
        with el("div", "big-split"):
            _counts(row)
        if any(words == "in doubt" for words, _ in row.counts):
            el(
                "p",
                "notice",
                "In doubt: the link was lost before the answer came. It is never sent again by itself; decide each:",
            )
            command_line(f"mailer settle {row.id} EMAIL --accepted")
        elif row.is_live:
            el("p", "hint", "To go on with it after a stop:")
            command_line(f"mailer resume {row.id}")

    def _show_filter(self, row: SendingRow) -> None:
        async def choose(words: str) -> None:
            self.words, self.page = words, 0
            await self.reload()

        with el("div", "filter-row"):
            if len(row.counts) > 1:
                states = Choice("State", choose)
                states.add("", f"All {row.total:,}")
                for words, count in row.counts:
                    states.add(words, f"{words} {count:,}")
                states.show(self.words)
            if is_deadline(row.slug):
                el("a", "btn", "Its deadline", href=f"/{quote(row.slug)}")
            if row.is_rehearsal:
                el("a", "btn", "Its mails in the practice tray", href=f"/tray?sending={quote(row.id)}")

    def _show_mails(self, row: SendingRow, rows: tuple[MailRow, ...]) -> None:
        with el("table", "table mails"):
            with el("thead", ""), el("tr", ""):
                for name in ("Reader", "State", "Answer", "Tries", "At"):
                    el("th", "", name, scope="col")
            with el("tbody", ""):
                for mail in rows:
                    _mail(mail)
        if not rows:
            el("p", "quiet pad", "No mail is in this state.")
        self._show_paging(row, len(rows))

    def _show_paging(self, row: SendingRow, listed: int) -> None:
        in_all = dict(row.counts).get(self.words, 0) if self.words else row.total
        if in_all <= PAGE:
            return

        async def turn(by: int) -> None:
            self.page += by
            await self.reload()

        first = self.page * PAGE
        with el("nav", "paging", aria_label="Pages of mails"):
            button("", "Earlier", disabled=self.page == 0).on("click", lambda: turn(-1), [])
            el("span", "quiet", f"{first + 1:,} to {first + listed:,} of {in_all:,}")
            button("", "Later", disabled=first + listed >= in_all).on("click", lambda: turn(1), [])


def _mail(mail: MailRow) -> None:
    with el("tr", ""):
        with el("td", ""):
            el("span", "strong block", mail.name or mail.address)
            if mail.name:
                el("span", "quiet block", mail.address)
        with el("td", ""):
            chip(mail.state, mail.tone)
        el("td", "answer-cell", mail.answer or "–")
        el("td", "number", str(mail.tries))
        with el("td", ""):
            el(
                "time",
                "quiet",
                f"{mail.at:%H:%M:%S}",
                datetime=mail.at.isoformat(),
                title=f"{mail.at:%d %B %Y} UTC",
            )
