"""How long composing takes: cold as a command, warm as in the studio, beside bare mjml-python."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from mailer.config import open_workspace
from mailer.flow import compose_issue
from mailer.flow.starter import SAMPLE, make_workspace

RUNS = 5


def measure(folder: Path) -> list[tuple[str, str, str]]:
    """Rows for the table: what, measured, against what."""
    root = make_workspace(folder, sample=True).root
    workspace = open_workspace(root)
    composed = compose_issue(workspace, SAMPLE, secret=b"bench")
    warm = timed(lambda: compose_issue(workspace, SAMPLE, secret=b"bench"))
    cold = timed(lambda: command(root, "build", SAMPLE))
    bare = timed(lambda: command(root, "ledger", "show"))
    versions = len(composed.renditions)
    largest = max(r.html_bytes for r in composed.renditions)
    return [
        (
            f"mailer build, cold, {versions} versions",
            f"{cold:.2f} s",
            f"{bare:.2f} s for the smallest command",
        ),
        ("compose and check again, warm", f"{warm:.2f} s", f"{warm / versions * 1000:.0f} ms a version"),
        ("largest version", f"{largest:,} bytes", "102,000 bytes, where Gmail clips"),
    ]


def timed(call: Callable[[], object]) -> float:
    """Median seconds of a few runs."""
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def command(root: Path, *arguments: str) -> None:
    """Run a command as a user does."""
    subprocess.run(
        [sys.executable, "-m", "mailer", "-w", str(root), *arguments], check=True, stdout=subprocess.DEVNULL
    )
