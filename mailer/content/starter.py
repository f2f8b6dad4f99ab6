"""The issue that `mailer new` begins with: short, valid, and explaining itself."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path

from mailer.content.issues import ISSUE_FILE
from mailer.content.places import SHARED
from mailer.errors import MailerError, UsageError
from mailer.source import write_atomically

_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_MAX_SLUG = 80
_NOT_ON_WINDOWS = re.compile(r"con|prn|aux|nul|com\d|lpt\d")

STARTER = """\
# yaml-language-server: $schema=../../schemas/issue.schema.json
#
# One number of the newsletter. An editor that knows YAML completes and checks as you type.
# `mailer check SLUG` says what is wrong, `mailer build SLUG` shows it, and nothing leaves this machine.

id: SLUG                  # never changes and is never used again: nobody gets the same id twice
series: SERIES
date: DAY                 # the planned day of sending
language: LANGUAGE
# authors: [Your Name]    # those who wrote it, and may not approve it
subject: "News of the season, and a meeting to save the date for"
preheader: "What happened, what comes next, and what is due."   # inboxes show it after the subject

# Items stand in the order in which they are read. Kinds: article, announcement, event, deadline,
# event_report, staff_change, greeting, press, project, heading, image, quote, links, contact, about, social.
items:
  - id: first-news        # names the item; keep it when the text changes
    kind: article
    title: "What the most important news is"
    # The body is Markdown: **bold**, *italic*, lists, and [words that say where](https://example.org/news).
    body: |
      Say in two or three sentences what happened, where, and why it matters to the reader.

      A second paragraph tells what comes next and who can answer questions.
    links:
      - url: https://example.org/news
        text: "Read the whole story on our site"
    # A picture lies in this folder, and says what it shows for those who do not see it:
    # image:
    #   src: images/argali.jpg
    #   alt: "An argali ram on a rocky slope"
    #   credit: "Name of the photographer"

  - id: save-the-date
    kind: event
    title: "Save the date: the next meeting"
    layout: half          # wide, half (two beside each other) or side (a small box)
    start: EVENT_START
    end: EVENT_END        # the last day, included
    place: {name: Bonn, country: DE}
    body: |
      The invitation and the agenda follow in the coming weeks.
    expires: EVENT_END    # the last day on which this may still be sent

  - id: report-due
    kind: deadline
    title: "Reports are due"
    layout: half
    due: DUE
    time: "23:59"
    timezone: Europe/Berlin
    # show_to: national-focal-points   # a group from recipients/segments.yaml; everybody where left out
    body: |
      Please send your report by the day shown. If you need help, write to us early.

  - id: how-to-reach-us
    kind: contact
    title: "How to reach us"
    body: |
      We are glad to hear from you. Answers to this message reach us.
    website: https://example.org
"""


def new_issue(
    issues_dir: Path, slug: str, *, day: date, series: str, language: str, text: str = STARTER
) -> Path:
    """Make the folder of a new issue with a starter issue.yaml and an empty images folder; return the folder.

    In `text` the words SLUG, SERIES, DAY, LANGUAGE, EVENT_START, EVENT_END and DUE are filled in, but not in
    comments.

    UsageError where the slug cannot be a folder's name everywhere; MailerError where the folder exists.
    """
    first = first_text(slug, day=day, series=series, language=language, text=text)
    folder = issues_dir / slug
    try:
        folder.mkdir(parents=True)
    except FileExistsError as error:
        raise MailerError(
            f'There is already something called "{slug}" among the issues.', "Choose another name."
        ) from error
    (folder / "images").mkdir()
    write_atomically(folder / ISSUE_FILE, first.encode())
    return folder


def first_text(slug: str, *, day: date, series: str, language: str, text: str = STARTER) -> str:
    """The same file's text, without a folder. UsageError where the slug cannot be a folder's name everywhere."""
    must_name_an_issue(slug)
    return _starter(text, slug, day, series, language)


def must_name_an_issue(slug: str) -> None:
    """UsageError where the slug cannot be the folder's name of an issue everywhere."""
    is_taken = slug == SHARED or _NOT_ON_WINDOWS.fullmatch(slug)
    if len(slug) > _MAX_SLUG or not _SLUG.fullmatch(slug) or is_taken:
        shown = slug if len(slug) <= _MAX_SLUG else f"{slug[: _MAX_SLUG - 1]}…"
        raise UsageError(
            f'"{shown}" cannot name an issue.',
            "Use lower-case letters a-z, digits and single hyphens, such as 2016-12-cami.",
        )


def _starter(text: str, slug: str, day: date, series: str, language: str) -> str:
    start = day + timedelta(days=60)
    # Quoted where a bare word would be read as a number, a day or nothing.
    values = {
        "SLUG": json.dumps(slug) if slug[0].isdigit() or slug in ("null", "true", "false") else slug,
        "SERIES": json.dumps(series, ensure_ascii=False),
        "DAY": day.isoformat(),
        "LANGUAGE": language,
        "EVENT_START": start.isoformat(),
        "EVENT_END": (start + timedelta(days=2)).isoformat(),
        "DUE": (day + timedelta(days=30)).isoformat(),
    }
    lines = [
        re.sub(r"\b([A-Z]+(?:_[A-Z]+)?)\b", lambda found: values.get(found[1], found[1]), line)
        if not line.lstrip().startswith("#")
        else line
        for line in text.splitlines(keepends=True)
    ]
    return "".join(lines)
