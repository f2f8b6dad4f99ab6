"""A ladder's letters to look at, each as the first person gets it who would get it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from mailer.audience import DeadlineFile
from mailer.config import Workspace
from mailer.flow.ladder_proof import Ladder, version_of
from mailer.flow.letter_slots import slots_for, variant_of
from mailer.flow.people import People
from mailer.model.deadline import days_of
from mailer.model.reminder import DayPlan, Reminder
from mailer.model.rendition import Rendition
from mailer.remind import simulate
from mailer.remind.ladder import end_of
from mailer.render.preview import fill, readdressed
from mailer.source import write_atomically

EXAMPLE_MOVE = timedelta(weeks=4)
"""By how much the date has moved, in a letter that says so to nobody yet."""


def whole_ladder(workspace: Workspace, people: People, file: DeadlineFile) -> tuple[DayPlan, ...]:
    """Every day of a ladder as if it were run from its first step to its end, with what has come in by now."""
    deadline = file.deadline
    first = deadline.due + timedelta(days=min(days_of(step) for step in deadline.ladder) - 30)
    dues = [deadline.due, *(entry.until for entry in file.submissions if entry.until)]
    last = max(end_of(deadline, due) for due in dues)
    return simulate(
        file.deadline,
        file.submissions,
        people.recipients,
        people.scene,
        office=workspace.config.office,
        first=first,
        last=last,
    )


def first_copies(
    workspace: Workspace, people: People, ladder: Ladder, days: Iterable[DayPlan], secret: bytes
) -> dict[str, dict[str, str]]:
    """Variant key → the personal fields of the first reader of those days who gets that version.

    A version that nobody gets as things stand is filled for somebody of the same step and standing, as if they read
    that language, and as if the date had moved by four weeks.
    """
    found: dict[str, tuple[Reminder, date, str]] = {}
    examples: dict[str, tuple[Reminder, date, str]] = {}
    for plan in days:
        for reminder in plan.reminders:
            language, key = version_of(workspace, people, ladder.letters, reminder, plan.day)
            found.setdefault(key, (reminder, plan.day, language))
            moved = replace(reminder, moved_from=reminder.obligations[0].due - EXAMPLE_MOVE)
            for tag in ladder.letters.languages:
                for one in (reminder, moved):
                    of_it = variant_of(ladder.letters, one, tag, plan.day)
                    examples.setdefault(of_it, (one, plan.day, tag))
    return {
        key: slots_for(ladder.letters, reminder, language=language, day=day, people=people, secret=secret)
        for key, (reminder, day, language) in {**examples, **found}.items()
    }


def write_letters(ladder: Ladder, copies: Mapping[str, Mapping[str, str]], out: Path) -> int:
    """Write html, text and calendar entry of every version, filled from `copies`; how many versions there are."""
    out.mkdir(parents=True, exist_ok=True)
    for rendition in ladder.proof.renditions:
        key = rendition.variant.key
        _write(rendition, copies.get(key, {}), out, _file_name(rendition, ladder.proof.words[key]))
    return len(ladder.proof.renditions)


def _file_name(rendition: Rendition, words: str) -> str:
    """`ru-last-days-to-holders` of `Russian · last days · to holders`."""
    said = re.sub(r"[^a-z0-9+]+", "-", words.partition(" · ")[2].lower()).strip("-")
    return f"{rendition.variant.language}-{said}"


def _write(rendition: Rendition, slots: Mapping[str, str], out: Path, name: str) -> None:
    html = fill(rendition.html, slots, rendition.defaults, escape=True)
    html = readdressed(html, rendition.pictures, lambda picture: picture.file_name)
    text = fill(rendition.text, slots, rendition.defaults, escape=False)
    subject = fill(rendition.subject, slots, rendition.defaults, escape=False)
    write_atomically(out / f"{name}.html", html.encode("utf-8"))
    write_atomically(out / f"{name}.txt", f"{subject}\n\n{text}".encode())
    for picture in rendition.pictures:
        write_atomically(out / picture.file_name, picture.content)
    for attachment in rendition.attachments:
        content = fill(attachment.content, slots, rendition.defaults, escape=False)
        write_atomically(out / f"{name}-{attachment.name}", content.encode("utf-8"))
