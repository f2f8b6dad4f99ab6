"""A new workspace in its office's own words, as a real sending wants it."""

from __future__ import annotations

from pathlib import Path

from mailer.flow.starter import make_workspace


def make_office(root: Path) -> None:
    """Make a workspace, and replace what `mailer init` wrote for somebody to replace."""
    make_workspace(root)
    settings = root / "mailer.toml"
    text = settings.read_text(encoding="utf-8").replace("Your office", "Our office")
    settings.write_text(
        text.replace("Street 1, 12345 City, Country", "Platz 1, 53113 Bonn, Germany"), encoding="utf-8"
    )
