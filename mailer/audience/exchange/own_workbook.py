"""Our own workbook read back: the roles and subscriptions of two sheets put with the people of the third."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from mailer.audience.entries import is_slug
from mailer.audience.exchange.found import Incoming, People, Refused
from mailer.audience.exchange.grid import NO_CELL, Cell, Found, Grid, Told
from mailer.audience.exchange.heading_words import answer_of
from mailer.audience.exchange.headings import find_head, folded
from mailer.audience.exchange.incoming import read_rows
from mailer.audience.exchange.meanings import Meanings
from mailer.audience.exchange.plainly import UnclearError
from mailer.audience.exchange.striking_rules import DOUBT, doubt_hint
from mailer.audience.exchange.workbook_names import (
    CONTACTS,
    ROLE_HEADINGS,
    ROLES,
    SUBSCRIPTION_HEADINGS,
    SUBSCRIPTIONS,
    Spoken,
    spoken_roles,
    spoken_subjects,
)
from mailer.audience.roles import write_roles
from mailer.audience.subscriptions import write_subscriptions
from mailer.model.audience import Contact, Role, Subscription

Entry = TypeVar("Entry", Role, Subscription)
_YES = frozenset({"yes", "y", "x", "true", "1", "oui", "да", "ja", "sí", "si"})


def is_ours(found: Found) -> bool:
    """Whether the file is a workbook of our making: its three sheets, with our headings."""
    grids = {grid.name: grid for grid in found.grids}
    return CONTACTS in grids and all(
        name in grids and _columns(grids[name], headings) is not None
        for name, headings in ((ROLES, ROLE_HEADINGS), (SUBSCRIPTIONS, SUBSCRIPTION_HEADINGS))
    )


def read_own(found: Found, meanings: Meanings, standing: Sequence[Contact]) -> People | None:
    """Everybody in our own workbook; None where its sheet of contacts has no head any more."""
    grids = {grid.name: grid for grid in found.grids}
    head = find_head(grids[CONTACTS], {})
    if head is None:
        return None
    people = read_rows(grids[CONTACTS], head, meanings, whole=True)
    for column in head.ignored:
        people.told.append(Told(f'the column "{column}" is none of ours: ignored.', sheet=CONTACTS))
    known = _Known(people)
    roles, subjects = spoken_roles(standing), spoken_subjects(standing)
    sheet = _Sheet(grids[ROLES], ROLE_HEADINGS, people, known, meanings)
    _put(sheet, "roles", write_roles, lambda row: _role(row, roles, subjects))
    sheet = _Sheet(grids[SUBSCRIPTIONS], SUBSCRIPTION_HEADINGS, people, known, meanings)
    _put(sheet, "subscriptions", write_subscriptions, _subscription)
    return people


def _columns(grid: Grid, headings: Mapping[str, int]) -> tuple[int, dict[str, int]] | None:
    """The row of headings, and the column of each; None where any is missing."""
    wanted = {folded(words): words for words in headings}
    for line in grid.lines[:20]:
        found = {
            wanted[key]: at for at, cell in enumerate(line.cells) if (key := folded(cell.text)) in wanted
        }
        if len(found) == len(wanted):
            return line.number, found
    return None


class _Known:
    """Whose row a row of another sheet belongs to: by address, and by name where that is not enough."""

    def __init__(self, people: People) -> None:
        self.by_email: dict[str, list[Incoming]] = {}
        self.by_name: dict[str, list[Incoming]] = {}
        for person in people.found:
            self.by_email.setdefault(person.cells["email"].casefold(), []).append(person)
            self.by_name.setdefault(_name(person), []).append(person)
        absent = [email for left in people.left for email in left.emails]
        absent += [refused.email for refused in people.refused]
        self.absent = frozenset(email.casefold() for email in absent)

    def owner(self, email: str, name: str) -> Incoming | None:
        """The person; None where nobody, or more than one, may be meant."""
        found = self.by_email.get(email.casefold(), [])
        if len(found) != 1:
            found = [
                person for person in found or self.by_name.get(name, []) if _name(person) == name and name
            ]
        return found[0] if len(found) == 1 else None


def _name(person: Incoming) -> str:
    return f"{person.cells.get('given_name', '')} {person.cells.get('family_name', '')}".strip()


@dataclass(slots=True)
class _Row:
    number: int
    cells: Mapping[str, Cell]
    meanings: Meanings
    told: list[str] = field(default_factory=list)

    def text(self, heading: str) -> str:
        return self.cells[heading].text

    def day(self, heading: str) -> date | None:
        cell = self.cells[heading]
        if cell.day or not cell.text:
            return cell.day
        return self.meanings.day(cell.text)


@dataclass(slots=True)
class _Sheet:
    grid: Grid
    headings: Mapping[str, int]
    people: People
    known: _Known
    meanings: Meanings
    untouched: set[int] = field(default_factory=set)
    """People, by identity, of whom a row cannot be read: all that the sheet says of them is left as it is."""

    def rows(self) -> Iterator[tuple[_Row, Incoming]]:
        """Every row that is somebody's; what is hidden or struck out is told of, and those people left alone."""
        found = _columns(self.grid, self.headings)
        first, columns = found if found else (0, {})
        for line in self.grid.lines:
            if line.number <= first or not line.filled:
                continue
            cells = {words: line.cell(at) for words, at in columns.items()}
            email = cells["Email"].text or cells["Email"].struck
            owner = self.known.owner(email, cells["Name"].text or cells["Name"].struck)
            fault = next((cell.fault for cell in cells.values() if cell.fault), "")
            if owner is None:
                if email.casefold() not in self.known.absent:
                    reason = (
                        f'"{email}" is nobody\'s address in the sheet {CONTACTS}'
                        if email
                        else "has no address"
                    )
                    self.refuse(
                        line.number, "Email", fault or reason, "Add the person there, or correct the address."
                    )
            elif fault:
                self.leave(owner, line.number, fault, "Put the value itself there.")
            elif line.doubtful and not line.hidden:
                self.leave(owner, line.number, DOUBT, doubt_hint(line.number))
            elif line.hidden or any(cell.struck for cell in cells.values()):
                how = "hidden" if line.hidden else "struck out"
                hint = "To end something, write its last day in the column To."
                text = f"is {how}: {self.grid.name.lower()} of {email} were left as they are. {hint}"
                self.people.told.append(Told(text, line.number, sheet=self.grid.name))
                self.untouched.add(id(owner))
            else:
                yield (
                    _Row(line.number, {**dict.fromkeys(self.headings, NO_CELL), **cells}, self.meanings),
                    owner,
                )

    def refuse(self, number: int, heading: str, reason: str, hint: str) -> None:
        """Refuse one row of the sheet."""
        self.people.refused.append(Refused((number,), heading, reason, hint, self.grid.name))

    def leave(self, owner: Incoming, number: int, reason: str, hint: str) -> None:
        """Refuse a row, and leave alone whom it is about."""
        self.refuse(number, "", reason, hint)
        self.untouched.add(id(owner))


def _put(
    sheet: _Sheet, name: str, write: Callable[[Sequence[Entry]], str], read: Callable[[_Row], Entry]
) -> None:
    entries: dict[int, list[Entry]] = {id(person): [] for person in sheet.people.found}
    for row, owner in sheet.rows():
        try:
            entries[id(owner)].append(read(row))
        except UnclearError as error:
            sheet.leave(owner, row.number, str(error), error.hint)
        sheet.people.told += [Told(text, row.number, guess=True, sheet=sheet.grid.name) for text in row.told]
    for person in sheet.people.found:
        if id(person) not in sheet.untouched:
            person.cells[name] = write(entries[id(person)])


def _role(row: _Row, roles: Spoken, subjects: Spoken) -> Role:
    name = roles.back(row.text("Role"))
    if not is_slug(name):
        raise UnclearError(f'"{row.text("Role")}" cannot name a role', "Choose one from the list.")
    if name not in roles.names:
        row.told.append(f'"{name}" is a role that nobody had before.')
    subject = subjects.back(row.text("Subject")) if row.text("Subject") else ""
    if any(sign in subject for sign in " :;[]{}"):
        raise UnclearError(f'"{subject}" cannot be what a role is about', "Use a-z, digits and hyphens.")
    start, end = _days(row)
    alternate = row.text("Alternate").casefold() in _YES
    return Role(
        name=name, subject=subject, start=start, end=end, alternate=alternate, letter=_remark(row, "Letter")
    )


def _subscription(row: _Row) -> Subscription:
    name = row.text("List")
    if not is_slug(name) or answer_of(name) is not None:
        raise UnclearError(f'"{name}" cannot name a newsletter', "Choose one from the list.")
    start, end = _days(row)
    return Subscription(list=name, start=start, end=end, source=_remark(row, "Source"))


def _days(row: _Row) -> tuple[date | None, date | None]:
    start, end = row.day("From"), row.day("To")
    if start and end and end < start:
        raise UnclearError(f"ends ({end}) before it starts ({start})", "Correct the days.")
    return start, end


def _remark(row: _Row, heading: str) -> str:
    text = " ".join(row.text(heading).splitlines())
    if "{" in text or "}" in text:
        raise UnclearError(f'"{text}" has braces in it', "Write it without { and }.")
    return text
