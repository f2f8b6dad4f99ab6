"""Sendings: what went out or was rehearsed, with the send record's own counts."""

from __future__ import annotations

from urllib.parse import quote

from nicegui import run, ui

from mailer.errors import MailerError
from mailer.studio.context import Studio
from mailer.studio.kit import el, empty, heading
from mailer.studio.page_sending import SendingPage
from mailer.studio.sending_parts import realm_chip, split_bar
from mailer.studio.shell import page_frame
from mailer.studio.views_sendings import SendingRow, ago, sendings

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
        ui.timer(1.0, page.tick, immediate=False)


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
                realm_chip(row.is_rehearsal)
                el("code", "", row.id)
                el("span", "quiet", f"to {', '.join(row.groups) or 'single readers'}")
        with el("td", ""):
            el("span", "", row.state)
            if row.why:
                el("span", "quiet block", row.why)
        with el("td", "counts-cell"):
            split_bar(row.counts)
        with el("td", ""):
            el("time", "quiet", ago(row.made_at), datetime=row.made_at.isoformat())
