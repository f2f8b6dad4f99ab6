"""From a saved edit to the new preview, with forty items in three languages; as the studio does it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path

from bench.figures import documents_seen, peak_megabytes, spread, times_of
from bench.made_issue import ITEMS, SLUG, make_issue
from bench.yardstick import Yardstick

EDITS = 200
SEEN_EDITS = 40
WHOLE = 20


def measure(folder: Path, yardstick: Yardstick) -> list[tuple[str, str, str]]:
    """Rows for the table: what, measured, against what. Runs in a process of its own, for its memory's sake."""
    ended = subprocess.run(
        [sys.executable, "-m", "bench.previewing", str(folder)], check=True, capture_output=True, text=True
    )
    found = json.loads(ended.stdout)
    size = f"{found['bytes']:,} bytes of html"
    if yardstick.trouble:
        against = yardstick.trouble
    else:
        times, versions = yardstick.time(found["documents"][:1], EDITS)
        against = f"{versions}, render only: {spread(times)}"
    return [
        (f"edit to new preview, {ITEMS} items, {size}", found["preview"], against),
        (
            "file saved, seen by the watch, new preview",
            found["seen"],
            "20 ms of them waiting for more to change",
        ),
        ("edit to the whole issue, 3 versions, checked", found["whole"], ""),
        (
            "first look at that issue in a new process",
            f"{found['first']:.2f} s",
            f"{found['memory']:.0f} MB at most",
        ),
    ]


def _run(folder: Path) -> dict[str, object]:
    from mailer.config import open_workspace
    from mailer.studio.desk import Desk

    root = make_issue(folder)
    path = root / "issues" / SLUG / "issue.yaml"
    desk = Desk(open_workspace(root))
    with documents_seen() as documents:
        first = times_of(lambda: desk.look(SLUG), 1)[0]
    look = desk.look(SLUG)
    composed = look.composed
    assert composed is not None, look.problems
    version = next(r.variant.key for r in composed.renditions if r.variant.language == "en")
    edits = _edits(path)

    def preview() -> None:
        words = next(edits)
        glance = desk.glance(SLUG, (), version)
        assert glance is not None
        assert words in glance.rendition(version).html

    def whole() -> None:
        words = next(edits)
        state = desk.look(SLUG).composed
        assert state is not None
        assert words in state.rendition(version).html

    previews = times_of(preview, EDITS)
    wholes = times_of(whole, WHOLE)
    seen = asyncio.run(_watched(desk, version, edits))
    english = [document for document in documents if 'lang="en"' in document[:200]]
    return {
        "preview": spread(previews),
        "whole": spread(wholes),
        "seen": spread(seen),
        "first": first,
        "bytes": composed.rendition(version).html_bytes,
        "documents": english,
        "memory": peak_megabytes(),
    }


def _edits(path: Path):  # type: ignore[no-untyped-def]
    """Each step writes other words into another item's text, as an editor saves a file."""
    text = path.read_text(encoding="utf-8")
    number = 0
    while True:
        words = f"{9000 + number} days"
        place = text.index("nine days", text.index(f"id: item-{number * 7 % ITEMS}\n"))
        path.write_text(text[:place] + words + text[place + len("nine days") :], encoding="utf-8")
        yield words
        number += 1


async def _watched(desk, version: str, edits) -> list[float]:  # type: ignore[no-untyped-def]
    """Seconds from saving to the new html, with the studio's own watch in between."""
    from mailer.studio.watch import Bell, watch

    bell, stop, rung = Bell(), asyncio.Event(), asyncio.Event()

    async def listener(what: frozenset[str]) -> None:
        if "issues" in what:
            rung.set()

    bell.listen("bench", listener)
    watching = asyncio.create_task(watch(desk.workspace, bell, stop))
    await asyncio.sleep(1.0)
    times = []
    for _ in range(SEEN_EDITS):
        rung.clear()
        started = time.perf_counter()
        next(edits)
        await asyncio.wait_for(rung.wait(), 10)
        assert await asyncio.to_thread(desk.glance, SLUG, (), version) is not None
        times.append(time.perf_counter() - started)
        await asyncio.sleep(0.1)
    stop.set()
    await watching
    return times


if __name__ == "__main__":
    print(json.dumps(_run(Path(sys.argv[1]))))
