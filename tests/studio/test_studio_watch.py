"""What is written into a folder that has only just appeared is told to open pages as well."""

from __future__ import annotations

import asyncio
from pathlib import Path

from mailer.config import open_workspace
from mailer.flow.starter import make_workspace
from mailer.studio.watch import Bell, watch


async def test_what_comes_into_a_new_folder_before_it_is_watched_is_told(tmp_path: Path) -> None:
    make_workspace(tmp_path / "office")
    workspace = open_workspace(tmp_path / "office", {})
    page = workspace.build / "one" / "proof" / "index.html"
    bell, stop, told = Bell(), asyncio.Event(), asyncio.Event()

    async def listener(_what: frozenset[str]) -> None:
        if page.exists():
            told.set()
        else:
            # The folder has been seen, and nobody looks into it yet.
            page.parent.mkdir(parents=True)
            page.write_text("A proof", encoding="utf-8")

    bell.listen("page", listener)
    watching = asyncio.create_task(watch(lambda: workspace, bell, stop))
    try:
        await asyncio.sleep(0.3)
        workspace.build.mkdir()
        await asyncio.wait_for(told.wait(), 10)
    finally:
        stop.set()
        await watching
