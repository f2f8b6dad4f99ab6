"""The studio's application: guard, plain routes, pages, and the watch on the files, put together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui import ui

from mailer.config import Workspace
from mailer.errors import MailerError
from mailer.studio import (
    page_add,
    page_archive,
    page_calendar,
    page_deadlines,
    page_groups,
    page_issue,
    page_issues,
    page_letters,
    page_next,
    page_print,
    page_sendings,
    page_translations,
    page_tray,
)
from mailer.studio.archive_files import archive_routes
from mailer.studio.context import Studio
from mailer.studio.desk import Desk
from mailer.studio.frames import SIGNED, frame_routes
from mailer.studio.guard import Guard, Keys
from mailer.studio.ladder_desk import LadderDesk
from mailer.studio.marks import FAVICON
from mailer.studio.proof_pages import proof_page_routes
from mailer.studio.sent import sent_routes
from mailer.studio.shelf import shelf_routes
from mailer.studio.shell import HEAD
from mailer.studio.watch import Bell, watch

PAGES = (
    page_issues,
    page_issue,
    page_add,
    page_translations,
    page_calendar,
    page_archive,
    page_print,
    page_next,
    page_tray,
    page_sendings,
    page_groups,
    page_deadlines,
    page_letters,
)


@dataclass
class _Made:
    once: bool = False


_made = _Made()


def create_studio(workspace: Workspace, *, token: str, port: int) -> FastAPI:
    """The studio of a workspace, for `port` on loopback and whoever has `token`. Once a process.

    RuntimeError at a second call: NiceGUI keeps its pages for the whole process.
    """
    if _made.once:
        raise RuntimeError("one process has one studio")
    _made.once = True
    keys = Keys(token)
    desk = Desk(workspace)
    studio = Studio(desk=desk, ladders=LadderDesk(desk), bell=Bell())
    app = FastAPI(
        title="Saiga studio", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_watching(studio)
    )
    app.include_router(frame_routes(desk, studio.ladders, keys))
    app.include_router(proof_page_routes(desk))
    app.include_router(archive_routes(desk))
    app.include_router(sent_routes(studio.sent))
    app.include_router(shelf_routes(studio.shelf))
    for page in PAGES:
        page.add_pages(studio)
    # One link to the server, always by WebSocket: the guard looks at its handshake.
    nicegui_app.config.socket_io_js_transports = ["websocket"]
    ui.add_head_html(HEAD, shared=True)
    ui.run_with(
        app,
        title="Saiga studio",
        favicon=FAVICON,
        dark=None,
        language="en-US",
        tailwind=False,
        reconnect_timeout=30,
        show_welcome_message=False,
        gzip_middleware_factory=None,
        binding_refresh_interval=None,
        cache_control_directives="private, max-age=86400",
    )
    app.add_middleware(Guard, keys=keys, port=port, signed=SIGNED)
    return app


def _watching(studio: Studio):  # type: ignore[no-untyped-def]
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        stop = asyncio.Event()
        tasks = [
            asyncio.create_task(watch(studio.desk.workspace, studio.bell, stop)),
            asyncio.create_task(asyncio.to_thread(_warm_up, studio.desk)),
        ]
        try:
            yield
        finally:
            stop.set()
            await asyncio.wait(tasks, timeout=2)

    return lifespan


def _warm_up(desk: Desk) -> None:
    """Compose the newest issue before anybody asks: the first run loads the inliner and the stylesheet parser."""
    with suppress(MailerError, OSError):
        for slug in desk.slugs()[:1]:
            desk.look(slug, desk.default_audience())
