"""Where the records of an issue, or of a deadline, lie: approvals and receipts."""

from __future__ import annotations

import re
from pathlib import Path

from mailer.config import Workspace
from mailer.content import find_issue
from mailer.errors import MailerError

DEADLINES = "deadlines"
"""What the slug of a deadline's proof and sendings begins with; and the folder of deadlines."""


def deadline_slug(name: str) -> str:
    """The slug of a deadline's proof and sendings: `deadlines/national-report-cop12`."""
    return f"{DEADLINES}/{name}"


def is_deadline(slug: str) -> bool:
    """Whether it is the slug of a deadline's proof and sendings, not an issue's."""
    return slug.startswith(f"{DEADLINES}/")


def records_folder(workspace: Workspace, slug: str, *, make: bool = False) -> Path:
    """The folder of approvals.yaml and dispatches.yaml: the issue's own, or recipients/deadlines/SLUG.

    A deadline's folder need not be there; `make` makes it. MailerError where there is no such issue, or where the
    slug can be no deadline's.
    """
    kind, slash, name = slug.partition("/")
    if not slash or kind != DEADLINES:
        return find_issue(slug, workspace.issues)
    if not re.fullmatch(r"[a-z0-9]+([-_][a-z0-9]+)*", name):
        raise MailerError(
            f'"{name}" cannot be the name of a deadline.', "Use the name of its file, without .yaml."
        )
    folder = workspace.recipients / DEADLINES / name
    if make:
        folder.mkdir(parents=True, exist_ok=True)
    return folder
