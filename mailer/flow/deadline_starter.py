"""Beginning a deadline: a file that is valid as it stands and explains itself."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Literal

from mailer.audience.deadline_findings import STARTER_WORDS
from mailer.audience.deadlines import SUFFIX
from mailer.config import Workspace
from mailer.errors import MailerError, UsageError, nearest
from mailer.flow.deadlines import deadlines_folder, planned
from mailer.flow.people import People
from mailer.source import write_atomically

_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_MAX_SLUG = 80
_NOT_ON_WINDOWS = re.compile(r"con|prn|aux|nul|com\d|lpt\d")

STARTER = """\
# yaml-language-server: $schema=../../schemas/deadline.schema.json
# What is due, who owes it, and when they are reminded. An editor that knows YAML completes as you type.
# `mailer deadlines check SLUG` says what is wrong. Nothing goes out before somebody has approved it.

id: SLUG                      # never changes: with the due date it keeps anybody from being reminded twice
# reference: 2019/004         # the number of the notification that announced it
language: LANGUAGE                  # what the words below are written in; add further languages as you need them

title:
  LANGUAGE: TITLE
# Within a sentence, and without its owner: "the national report" of Kazakhstan.
owed:
  LANGUAGE: OWED

due: DUE
time: "23:59"
timezone: UTC                 # the last hour is reckoned there, such as Europe/Berlin
# announced: {days: 180, before: 2020-02-17, event: COP13}    # checked; it never changes the due date

obliged: SEGMENT              # the group that owes it
per: PER                  # country: one for all its people; person: everybody for themselves

# Days before (-) and after (+) the due date. On a day off, the working day before.
ladder: [-90d, -30d, -14d, -7d, -1d, +3d]
# alternates_from: -14d       # the first step that alternates get too
# escalation: {role: scientific-councillor, of: cms, from: +3d}    # who is told besides, when it is overdue
# confirm: each-step          # ask before each step; where left out, an approved ladder goes by itself

# link: https://              # where it is handed in
# contact: {name: Ms. First Last, role: Officer, email: first.last@example.org}

# Stands in every reminder. Markdown.
body:
  LANGUAGE: |
    BODY

# What single reminders say in place of the usual opening:
# steps:
#   +3d:
#     body:
#       LANGUAGE: It has not come in. Please hand it in now, or tell us when it will come.
"""


def new_deadline(
    workspace: Workspace,
    people: People,
    slug: str,
    due: date,
    segment: str,
    *,
    per: Literal["country", "person"] = "country",
) -> Path:
    """Write SLUG.yaml for that group and day, and return its path.

    UsageError for a name that no file can have and for an unknown group; MailerError where the file exists.
    """
    if not _SLUG.fullmatch(slug) or len(slug) > _MAX_SLUG or _NOT_ON_WINDOWS.fullmatch(slug):
        hint = "Use lower-case letters a-z, digits and single hyphens, such as national-report-cop13."
        raise UsageError(f'"{slug[:_MAX_SLUG]}" cannot name a deadline.', hint)
    known = people.recipients.segments
    if segment not in known:
        raise UsageError(f'There is no group "{segment}".', nearest(segment, known))
    path = deadlines_folder(workspace) / f"{slug}{SUFFIX}"
    if path.exists():
        raise MailerError(f"{workspace.shown(path)} exists already.", "Choose another name.")
    path.parent.mkdir(parents=True, exist_ok=True)
    words = {
        "SLUG": slug,
        "LANGUAGE": workspace.config.languages[0],
        "DUE": planned(due).isoformat(),
        "SEGMENT": segment,
        "PER": per,
    } | {name.upper(): text for name, text in STARTER_WORDS.items()}
    text = re.sub("|".join(words), lambda found: words[found[0]], STARTER)
    write_atomically(path, text.encode())
    return path
