"""An issue written for a test, for the checks to look at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from checked_cases import as_checked, put_pictures

from mailer.check import CheckedIssue

HEAD = """\
id: trial
series: Trial
date: 2016-12-19
subject: A subject that says enough
preheader: Forty signs or so that say what else is inside.
"""

Checked = Callable[..., CheckedIssue]


@pytest.fixture
def checked(tmp_path: Path) -> Checked:
    """Write an issue with these items (YAML) and this head, with its pictures; return it as rules see it."""

    def write(items: str, head: str = HEAD, **known: Any) -> CheckedIssue:
        folder = tmp_path / "issues" / "trial"
        folder.mkdir(parents=True, exist_ok=True)
        text = head + "items:\n" + items
        (folder / "issue.yaml").write_text(text, encoding="utf-8")
        put_pictures(folder)
        return as_checked(folder, tmp_path, **known)

    return write
