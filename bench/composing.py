"""How long composing takes: every version in every language, warm and in a new process; and whole commands."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from bench.figures import documents_seen, peak_megabytes, spread, timed, times_of
from bench.yardstick import Yardstick
from mailer.config import open_workspace
from mailer.flow import Composed, compose_issue
from mailer.flow.starter import SAMPLE, make_workspace

EDITS = 20
CLIP = 102_000


def measure(folder: Path, yardstick: Yardstick) -> list[tuple[str, str, str]]:
    """Rows for the table: what, measured, against what."""
    root = make_workspace(folder, sample=True).root
    ended = subprocess.run(
        [sys.executable, "-m", "bench.composing", str(root)], check=True, capture_output=True, text=True
    )
    found = json.loads(ended.stdout)
    count = len(found["documents"])
    if yardstick.trouble:
        against = yardstick.trouble
    else:
        times, versions = yardstick.time(found["documents"], EDITS)
        against = f"{versions}, render only, warm: {spread(times)}"
    build = timed(lambda: command(root, "build", SAMPLE), 3)
    smallest = timed(lambda: command(root, "--version"))
    asked = timed(lambda: command(root, "check", SAMPLE, "--help"))
    ledger = timed(lambda: command(root, "ledger", "show"), 3)
    return [
        (f"all {count} versions of the sample issue, after an edit, checked", found["warm"], against),
        ("the same where nothing changed", f"{found['again'] * 1000:.0f} ms", ""),
        (
            "the same for the first time in a new process",
            f"{found['first']:.2f} s",
            f"{found['memory']:.0f} MB at most",
        ),
        *(
            (f"sizes, {language}: {words}", "bytes", f"{CLIP:,}, where Gmail clips")
            for language, words in found["sizes"]
        ),
        ("mailer build, cold", f"{build:.2f} s", f"{ledger:.2f} s for `mailer ledger show`"),
        ("mailer --version, cold", f"{smallest:.2f} s", f"{asked:.2f} s for `mailer check SLUG --help`"),
    ]


def _run(root: Path) -> dict[str, object]:
    workspace = open_workspace(root)
    path = root / "issues" / SAMPLE / "issue.yaml"
    text = path.read_text(encoding="utf-8")

    def compose() -> None:
        composed.append(compose_issue(workspace, SAMPLE, secret=b"bench"))

    composed: list[Composed] = []
    with documents_seen() as documents:
        first = times_of(compose, 1)[0]
    first_documents = list(documents)
    steps = iter(range(EDITS + 1))

    def edit_and_compose() -> None:
        # The opening note: every English version shows it.
        path.write_text(
            text.replace("We hope that", f"We hope, {next(steps)} times over, that"), encoding="utf-8"
        )
        compose()

    edited = times_of(edit_and_compose, EDITS)
    sizes: dict[str, list[int]] = defaultdict(list)
    for rendition in composed[0].renditions:
        sizes[rendition.variant.language].append(rendition.html_bytes)
    return {
        "first": first,
        "warm": spread(edited),
        "again": timed(compose),
        "documents": first_documents,
        "sizes": [(code, f"{len(of)} of {min(of):,} to {max(of):,}") for code, of in sizes.items()],
        "memory": peak_megabytes(),
    }


def command(root: Path, *arguments: str) -> None:
    """Run a command as a user does."""
    subprocess.run(
        [sys.executable, "-m", "mailer", "-w", str(root), *arguments], check=True, stdout=subprocess.DEVNULL
    )


if __name__ == "__main__":
    print(json.dumps(_run(Path(sys.argv[1]))))
