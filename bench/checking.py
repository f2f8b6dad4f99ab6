"""Checks of the sample issue: all rules after an edit, as the studio asks them; the dearest rules; the command."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench.figures import spread, times_of, told

EDITS = 20
DEAREST = 6
GOAL_SECONDS = 0.15


def measure(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Rows for the table: what, measured, against what. Runs in a process of its own."""
    ended = subprocess.run(
        [sys.executable, "-m", "bench.checking", str(folder)], check=True, capture_output=True, text=True
    )
    found = json.loads(ended.stdout)
    middle = sorted(found["checks"])[EDITS // 2]
    yield (
        f"all {found['rules']} rules, {found['versions']} versions, after an edit",
        spread(found["checks"]),
        f"goal under {GOAL_SECONDS * 1000:.0f} ms: {told(middle < GOAL_SECONDS)}",
    )
    yield "the same, nothing changed", spread(found["again"]), ""
    for rule, seconds in found["dearest"]:
        yield f"  {rule}", f"{seconds * 1000:.1f} ms", ""
    command = [sys.executable, "-m", "mailer", "-w", found["root"], "check", found["slug"]]
    yield "`mailer check`, a new process", spread(times_of(lambda: _run_command(command), 5)), ""


def _run_command(command: list[str]) -> None:
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)


def _run(folder: Path) -> dict[str, object]:
    """What the checks cost, apart from the rendering before them."""
    from mailer.check import RULES, CheckedIssue
    from mailer.config import open_workspace
    from mailer.flow import compose, compose_issue
    from mailer.flow.starter import SAMPLE, make_workspace
    from mailer.model.finding import Finding

    workspace = open_workspace(make_workspace(folder, sample=True).root)
    path = workspace.issues / SAMPLE / "issue.yaml"
    whole = path.read_text(encoding="utf-8")
    seen: list[CheckedIssue] = []

    def catch(checked: CheckedIssue, **_how: object) -> list[Finding]:
        seen.append(checked)
        return []

    compose.check_issue = catch  # type: ignore[attr-defined]
    checks: list[float] = []
    again: list[float] = []
    spent: Counter[str] = Counter()
    rules = [rule for rule in RULES if not rule.is_strict]
    for number in range(EDITS + 1):
        path.write_text(whole.replace("Saiga", f"Saiga{number}", 1), encoding="utf-8")
        composed = compose_issue(workspace, SAMPLE, secret=b"bench")
        took = {rule.id: times_of(lambda rule=rule: list(rule.check(seen[-1])), 1)[0] for rule in rules}  # type: ignore[misc]
        if number:
            checks.append(sum(took.values()))
            spent.update(took)
            again += times_of(lambda: [list(rule.check(seen[-1])) for rule in rules], 1)
    return {
        "root": str(workspace.root),
        "slug": SAMPLE,
        "rules": len(rules),
        "versions": len(composed.renditions),
        "checks": checks,
        "again": again,
        "dearest": [(name, seconds / EDITS) for name, seconds in spent.most_common(DEAREST)],
    }


if __name__ == "__main__":
    print(json.dumps(_run(Path(sys.argv[1]))))
