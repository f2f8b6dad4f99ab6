"""What changed on disk, told to every open page within a moment."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from watchfiles import awatch

from mailer.config import Workspace

log = logging.getLogger(__name__)

DEBOUNCE_MS = 50
STEP_MS = 20
SETTLE = 0.5
"""Seconds after which a folder that has appeared is surely watched."""
Listener = Callable[[frozenset[str]], Awaitable[None]]


class Bell:
    """Calls every listener with what changed: issues, templates, people, settings, proofs, tray or pages."""

    def __init__(self) -> None:
        self._listeners: dict[str, Listener] = {}

    def listen(self, name: str, listener: Listener) -> None:
        """Call it from now on; a listener of the same name is replaced."""
        self._listeners[name] = listener

    def forget(self, name: str) -> None:
        """Call it no more."""
        self._listeners.pop(name, None)

    async def ring(self, what: frozenset[str]) -> None:
        """Tell everybody. One listener's trouble does not keep the others from hearing."""
        listeners = list(self._listeners.values())
        for answer in await asyncio.gather(
            *(listener(what) for listener in listeners), return_exceptions=True
        ):
            if isinstance(answer, Exception):
                log.error("a page could not be brought up to date", exc_info=answer)


def watched(workspace: Workspace) -> dict[Path, str]:
    """The folders that matter, and what a change in each is called."""
    return {
        workspace.issues: "issues",
        workspace.templates: "templates",
        workspace.recipients: "people",
        workspace.outbox: "tray",
        workspace.proofs: "proofs",
        workspace.build: "pages",
    }


async def watch(workspace_now: Callable[[], Workspace], bell: Bell, stop: asyncio.Event) -> None:
    """Ring the bell at every change until `stop` is set. Folders that appear later are found."""
    root = workspace_now().root
    for folder in (workspace_now().outbox, workspace_now().proofs):
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
    again = asyncio.Event()
    late: list[asyncio.Task[None]] = []
    while not stop.is_set():
        again.clear()
        folders = {folder: name for folder, name in watched(workspace_now()).items() if folder.is_dir()}
        inner = asyncio.create_task(_watch_folders(folders, bell, again))
        outer = asyncio.create_task(_watch_root(root, folders, bell, workspace_now, again))
        waits = [asyncio.create_task(stop.wait()), asyncio.create_task(again.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        again.set()
        for wait in waits:
            wait.cancel()
        await asyncio.gather(inner, outer, *waits, return_exceptions=True)
        late = [each for each in late if not each.done()] + [
            asyncio.create_task(_ring_late(workspace_now, bell))
        ]
    for each in late:
        each.cancel()
    await asyncio.gather(*late, return_exceptions=True)


async def _ring_late(workspace_now: Callable[[], Workspace], bell: Bell) -> None:
    """What was written into a new folder before it was watched would never be told otherwise."""
    await asyncio.sleep(SETTLE)
    await bell.ring(frozenset(watched(workspace_now()).values()))


async def _watch_folders(folders: dict[Path, str], bell: Bell, stop: asyncio.Event) -> None:
    if not folders:
        return
    resolved = {folder.resolve(): name for folder, name in folders.items()}
    async for changes in awatch(
        *resolved, watch_filter=None, debounce=DEBOUNCE_MS, step=STEP_MS, stop_event=stop, recursive=True
    ):
        paths = [Path(path) for _, path in changes]
        names = {
            name
            for folder, name in resolved.items()
            if any(path.is_relative_to(folder) and not _is_in_scratch(path, folder) for path in paths)
        }
        if names:
            await bell.ring(frozenset(names))


async def _watch_root(
    root: Path,
    folders: dict[Path, str],
    bell: Bell,
    workspace_now: Callable[[], Workspace],
    again: asyncio.Event,
) -> None:
    """mailer.toml, and folders that come or go: these are seen in the folder around them."""
    async for changes in awatch(
        root, watch_filter=None, debounce=DEBOUNCE_MS, step=STEP_MS, stop_event=again, recursive=False
    ):
        if any(Path(path).name == "mailer.toml" for _, path in changes):
            await bell.ring(frozenset({"settings"}))
        if {folder for folder in watched(workspace_now()) if folder.is_dir()} != folders.keys():
            again.set()
            await bell.ring(frozenset(watched(workspace_now()).values()))


def _is_in_scratch(path: Path, folder: Path) -> bool:
    return any(is_scratch(Path(part)) for part in path.relative_to(folder).parts)


def is_scratch(path: Path) -> bool:
    """Whether an editor or we ourselves only write there on the way."""
    return path.name.startswith((".", "~", "#")) or path.name.endswith(("~", ".swp", ".tmp", ".lock"))
