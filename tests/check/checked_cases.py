"""Issues in folders, read as any issue is, as the rules see them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

from PIL import Image

from mailer.check import CheckedIssue
from mailer.content import read_issue


def as_checked(folder: Path, root: Path, **known: Any) -> CheckedIssue:
    file = read_issue(folder, root)
    groups = frozenset(name for item in file.issue.items for name in item.groups)
    values = {
        "day": date(2016, 12, 19),
        "known_segments": groups,
        "translations": file.translations,
        "locate_in": {language: file.locate_in(language) for language in file.translations},
        "shared": frozenset(file.shared),
        "slug": file.slug,
    } | known
    return CheckedIssue(issue=file.issue, locate=file.locate, **values)


def put_pictures(folder: Path) -> None:
    """A small picture under every name that the issue's file uses and that is not there."""
    text = (folder / "issue.yaml").read_text(encoding="utf-8")
    for number, src in enumerate(re.findall(r"src: ([^\s,}]+)", text)):
        path = folder / src
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (1200, 800), (number * 9 % 256, 90, 120)).save(path)
