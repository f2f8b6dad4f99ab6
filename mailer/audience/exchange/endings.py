"""What became of people who are not in a list any more: asked one by one, or written in a small CSV file."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import StringIO
from pathlib import Path

from mailer.audience.exchange.days import read_day
from mailer.audience.exchange.differences import Gone
from mailer.audience.exchange.plainly import UnclearError
from mailer.audience.table import rows_of, text_of
from mailer.errors import Problem, ProblemsError
from mailer.model.audience import Contact, Role, Subscription
from mailer.source import read_bytes
from mailer.source.formulas import guarded
from mailer.source.packed import refuse

COLUMNS = ("email", "name", "ended", "letter", "newsletter", "seen")
_MOST = 4_000_000
_YES = frozenset({"yes", "y", "true", "1", "oui", "да", "sí", "si", "ja"})
_NO = frozenset({"no", "n", "false", "0", "non", "нет", "nein"})


@dataclass(frozen=True, slots=True)
class Ending:
    """That somebody's roles ended: when, by which letter, and whether they go on getting newsletters."""

    contact: Contact
    ended: date
    """The last day."""
    letter: str
    newsletter: bool


def gone_template(gone: Iterable[Gone]) -> str:
    """A CSV file with a row for each of them, to be filled in; who is left empty stays as they are."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in gone:
        if entry.asks:
            row = (entry.contact.email, entry.contact.name, "", "", "", entry.why)
            writer.writerow([guarded(text) for text in row])
    return out.getvalue()


def read_endings(path: Path, gone: Sequence[Gone]) -> tuple[Ending, ...]:
    """What the file says of people who are gone. ProblemsError with every problem at its row."""
    file = path.name
    content = read_bytes(path, file, _MOST)
    problems: list[Problem] = []
    endings: list[Ending] = []
    for row in rows_of(text_of(content, file), file, COLUMNS, ("email", "ended", "newsletter")):
        if isinstance(row, Problem):
            problems.append(row)
            continue
        try:
            if ending := _ending(row.cells, gone):
                endings.append(ending)
        except UnclearError as error:
            problems.append(Problem(f"{error}.", error.hint, file, row.number, rule="file.import"))
    if problems:
        raise ProblemsError(problems)
    twice = {e.contact.address for e in endings if sum(o.contact is e.contact for o in endings) > 1}
    if twice:
        raise refuse(file, f"has {', '.join(sorted(twice))} more than once.", "Keep one row for each.")
    return tuple(endings)


def _ending(cells: dict[str, str], gone: Sequence[Gone]) -> Ending | None:
    ended, letter, stays = cells["ended"], cells.get("letter", ""), cells["newsletter"].casefold()
    if not ended and not letter and not stays:
        return None
    wanted = cells["email"].casefold()
    found = [
        entry.contact for entry in gone if wanted in (entry.contact.email.casefold(), entry.contact.address)
    ]
    if len(found) > 1:
        found = [contact for contact in found if contact.name == cells.get("name", "")]
    if len(found) != 1:
        raise UnclearError(f'"{cells["email"]}" is nobody who is gone from the list', "Take the row out.")
    if not ended:
        raise UnclearError("does not say when the role ended", "Write the last day under `ended`.")
    if stays not in _YES | _NO:
        raise UnclearError(
            "does not say whether they stay on the newsletter", "Write yes or no under `newsletter`."
        )
    return make_ending(found[0], read_day(ended, None), letter, newsletter=stays in _YES)


def make_ending(contact: Contact, ended: date, letter: str, *, newsletter: bool) -> Ending:
    """The ending, tested against what the person holds. UnclearError where it cannot be."""
    if set(letter) & set("{}"):
        raise UnclearError(f'"{letter}" has braces in it', "Write it without { and }.")
    late = [role for role in contact.roles if role.start and role.end is None and role.start > ended]
    if late:
        raise UnclearError(
            f"{late[0].name} of {contact.email} starts on {late[0].start}, after {ended}", "Correct the day."
        )
    return Ending(contact, ended, " ".join(letter.split()), newsletter)


def with_ending(contact: Contact, ending: Ending) -> Contact:
    """The person with that ending: nothing is deleted, what had ended before stays as it was."""
    roles = tuple(_ended_role(role, ending) for role in contact.roles)
    lists = contact.subscriptions
    if not ending.newsletter:
        lists = tuple(_ended_subscription(entry, ending.ended) for entry in lists)
    return replace(contact, roles=roles, subscriptions=lists)


def _ended_role(role: Role, ending: Ending) -> Role:
    if role.end and role.end <= ending.ended:
        return role
    letter = (
        f"{role.letter}, ended by {ending.letter}"
        if role.letter and ending.letter
        else role.letter or ending.letter
    )
    return Role(
        name=role.name,
        subject=role.subject,
        start=role.start,
        end=ending.ended,
        alternate=role.alternate,
        letter=letter,
    )


def _ended_subscription(entry: Subscription, ended: date) -> Subscription:
    last = max(ended, entry.start or date.min)
    if entry.end and entry.end <= last:
        return entry
    return Subscription(list=entry.list, start=entry.start, end=last, source=entry.source)
