"""A ladder's letters to look at, each as the first person gets it who would get it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

from mailer.audience import DeadlineFile
from mailer.config import Workspace
from mailer.flow.ladder_proof import Ladder, version_of
from mailer.flow.letter_slots import slots_for
from mailer.flow.people import People
from mailer.model.deadline import days_of
from mailer.model.reminder import DayPlan, Reminder
from mailer.model.rendition import Rendition
from mailer.remind import simulate
from mailer.remind.ladder import end_of
from mailer.render.preview import fill, readdressed
from mailer.source import write_atomically


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
    """Variant key → the personal fields of the first reader of those days who gets that version."""
    first: dict[str, tuple[Reminder, date, str]] = {}
    for plan in days:
        for reminder in plan.reminders:
            language, key = version_of(workspace, people, ladder.letters, reminder, plan.day)
            first.setdefault(key, (reminder, plan.day, language))
    return {
        key: slots_for(ladder.letters, reminder, language=language, day=day, people=people, secret=secret)
        for key, (reminder, day, language) in first.items()
    }


def write_letters(ladder: Ladder, copies: Mapping[str, Mapping[str, str]], out: Path) -> int:
    """Write html, text and calendar entry of every version, filled from `copies`; how many versions there are."""
    out.mkdir(parents=True, exist_ok=True)
    for rendition in ladder.proof.renditions:
        _write(rendition, copies.get(rendition.variant.key, {}), out)
    return len(ladder.proof.renditions)


def _write(rendition: Rendition, slots: Mapping[str, str], out: Path) -> None:
    key = rendition.variant.key
    html = fill(rendition.html, slots, rendition.defaults, escape=True)
    html = readdressed(html, rendition.pictures, lambda picture: picture.file_name)
    text = fill(rendition.text, slots, rendition.defaults, escape=False)
    subject = fill(rendition.subject, slots, rendition.defaults, escape=False)
    write_atomically(out / f"{key}.html", html.encode("utf-8"))
    write_atomically(out / f"{key}.txt", f"{subject}\n\n{text}".encode())
    for picture in rendition.pictures:
        write_atomically(out / picture.file_name, picture.content)
    for attachment in rendition.attachments:
        content = fill(attachment.content, slots, rendition.defaults, escape=False)
        write_atomically(out / f"{key}-{attachment.name}", content.encode("utf-8"))
