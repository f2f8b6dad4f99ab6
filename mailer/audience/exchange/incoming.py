"""The people of a list: each row as the cells of a contacts file, or what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from mailer.audience.entries import EntryError
from mailer.audience.exchange.found import Incoming, Left, People, Refused
from mailer.audience.exchange.grid import Cell, Grid, Line, Told, short
from mailer.audience.exchange.heading_words import answer_of
from mailer.audience.exchange.headings import FULL_NAME, Head, field_of
from mailer.audience.exchange.meanings import Meanings
from mailer.audience.exchange.names import addresses_in, holds_two_people, may_be_two, split_name
from mailer.audience.exchange.plainly import UnclearError
from mailer.audience.exchange.striking_rules import DOUBT, doubt_hint
from mailer.audience.exchange.words import ANSWER, message_cell, subscription_cell
from mailer.audience.roles import RolesError, parse_roles, write_roles

_WHO = ("email", "given_name", "family_name", FULL_NAME)
"""Struck out in one of these, the person has left."""


def read_rows(grid: Grid, head: Head, meanings: Meanings, *, whole: bool) -> People:
    """Everybody in the rows below the head.

    `whole`: the file is ours, so that an empty cell means that there is nothing, not that nothing is said.
    """
    people = People(told=[told for told in grid.told if told.row is None or told.row >= head.row])
    for line in grid.lines:
        if not line.filled:
            continue
        if line.number < head.row:
            if not line.hidden:
                people.remarks.append(
                    Told(f'"{short(_words(line))}" stands above the headings.', line.number)
                )
        elif line.number > head.row:
            _Row(line, head, meanings, people, grid.filtered, whole).take()
    return people


def _words(line: Line) -> str:
    return " · ".join(cell.text or cell.struck for cell in line.cells if cell.text or cell.struck)


@dataclass(slots=True)
class _Row:
    line: Line
    head: Head
    meanings: Meanings
    people: People
    filtered: bool
    whole: bool

    def take(self) -> None:
        """Sort the row: a person, somebody who has left, a remark, or refused."""
        cells = {name: self.line.cell(column) for column, name in self._columns()}
        if self._is_remark(cells) or self._has_left(cells):
            return
        if self.line.doubtful:
            self._refuse("", DOUBT, doubt_hint(self.line.number))
            return
        for column, name in self._columns():
            if fault := self.line.cell(column).fault:
                self._refuse(name, fault, "Put the value itself there (copy, paste as values).")
                return
        self._tell_struck(cells)
        try:
            values = self._values(cells)
        except _RefusedError as error:
            self._refuse(error.field, error.reason, error.hint)
            return
        except EntryError as error:
            self._refuse("roles" if isinstance(error, RolesError) else "subscriptions", str(error))
            return
        if not self.whole:
            values = {name: text for name, text in values.items() if text}
        self.people.found.append(Incoming((self.line.number,), values))

    def _columns(self) -> list[tuple[int, str]]:
        return [(column, name) for column, name in self.head.fields.items()]

    def _is_remark(self, cells: dict[str, Cell]) -> bool:
        texts = [cell.text for cell in self.line.cells if cell.text]
        if any("@" in (cell.text + cell.struck) or cell.fault for cell in self.line.cells):
            return False
        again = sum(1 for text in texts if field_of(text))
        if again >= 2 and again * 2 > len(texts):  # noqa: PLR2004
            return True  # The head once more, as at the top of a printed page.
        known = [name for name, cell in cells.items() if cell.text or cell.struck]
        named = any(name in _WHO for name in known)
        if len(self.line.filled) > 1 and (named or len(known) > 1):
            return False
        text = short(_words(self.line))
        more = ""
        if "country" not in known and self._is_country(text):
            more = " It is a country's name: give the list a country column if it holds for the rows below."
        self.people.remarks.append(Told(f'"{text}" is a remark, and nobody.{more}', self.line.number))
        return True

    def _is_country(self, text: str) -> bool:
        try:
            return bool(self.meanings.country(text))
        except UnclearError:
            return False

    def _has_left(self, cells: dict[str, Cell]) -> bool:
        how = ""
        if self.line.hidden:
            how = "hidden (by a filter?)" if self.filtered else "hidden"
        elif any(cells[name].gone for name in _WHO if name in cells):
            how = "struck out"
        if not how:
            return False
        seen = " ".join(f"{cell.text} {cell.struck}" for cell in self.line.cells)
        emails = tuple(dict.fromkeys(re.findall(r"[^\s<>;,/()\"']+@[^\s<>;,/()\"']+", seen)))
        self.people.left.append(Left(self.line.number, short(_words(self.line)), how, emails))
        return True

    def _tell_struck(self, cells: dict[str, Cell]) -> None:
        for name, cell in cells.items():
            if cell.struck:
                self._tell(f'{name}: "{short(cell.struck)}" is struck out, and was not taken.')

    def _values(self, cells: dict[str, Cell]) -> dict[str, str]:
        # What is ours comes back sign by sign; a stranger's blanks are of no account.
        read = _on_one_line if self.whole else _collapsed
        values = {name: read(cell.text) for name, cell in cells.items()}
        self._emails(values, cells)
        self._names(values)
        reads = {"country": self.meanings.country, "language": self.meanings.language, "roles": self._roles}
        for name, read in reads.items():
            raw = cells[name].text if name in cells else ""
            if values.get(name):
                values[name] = self._read(name, read, raw)
        if values.get("since"):
            day = cells["since"].day
            values["since"] = (day or self._read_day(cells["since"].text)).isoformat()
        if values.get("messages"):
            values["messages"] = message_cell(values["messages"])
        if values.get("subscriptions"):
            self._subscriptions(values, cells["subscriptions"].text)
        return values

    def _subscriptions(self, values: dict[str, str], text: str) -> None:
        answer = answer_of(text)
        if answer is None:
            known = None if self.whole else self.meanings.newsletters
            values["subscriptions"] = self._read(
                "subscriptions", lambda cell: subscription_cell(cell, known), text
            )
        elif not self.meanings.newsletter:
            raise _RefusedError("subscriptions", f'"{short(text)}" does not say which newsletter', "Name it.")
        else:
            # Nothing is said of other lists.
            del values["subscriptions"]
            values[ANSWER] = "yes" if answer else "no"

    def _roles(self, text: str) -> str:
        return write_roles(parse_roles(text)) if self.whole else self.meanings.role_cell(text)

    def _read(self, name: str, read: Callable[[str], str], text: str) -> str:
        try:
            return read(text)
        except UnclearError as error:
            raise _RefusedError(name, str(error), error.hint) from error

    def _read_day(self, text: str) -> date:
        try:
            return self.meanings.day(text)
        except UnclearError as error:
            raise _RefusedError("since", str(error), error.hint) from error

    def _emails(self, values: dict[str, str], cells: dict[str, Cell]) -> None:
        if self.whole and values["email"]:
            return
        try:
            main = addresses_in(cells["email"].text)
            further: tuple[str, ...] = ()
            for column in self.head.columns_of("other_emails"):
                if text := self.line.cell(column).text:
                    further += addresses_in(text).found
        except UnclearError as error:
            raise _RefusedError("email", str(error), error.hint) from error
        if main.named:
            self._tell(f'"{short(cells["email"].text)}": the name before the address was left out.')
        values["email"] = main.found[0]
        unlike = {address.casefold(): address for address in reversed((*main.found, *further))}
        others = [address for key, address in reversed(unlike.items()) if key != main.found[0].casefold()]
        if len(main.found) > 1:
            names = [values.get(name, "") for name in _WHO[1:]]
            if holds_two_people(*names, *(cells[n].text for n in _WHO[1:] if n in cells)):
                reason = f'has two addresses ("{short(cells["email"].text)}") and two names'
                raise _RefusedError("email", reason, "Give each person a row of their own.")
            self._tell(
                f"{main.found[0]} is the address; {', '.join(main.found[1:])} another of the same person.",
                guess=True,
            )
        if others or "other_emails" in cells:
            values["other_emails"] = "; ".join(others)

    def _names(self, values: dict[str, str]) -> None:
        names = [self.line.cell(column).text for column, name in self._columns() if name in _WHO[1:]]
        if not self.whole and holds_two_people(*names):
            raise _RefusedError(
                "name", f'"{short(" ".join(names))}" looks like two people', "Give each a row of their own."
            )
        whole = values.pop(FULL_NAME, "")
        if not whole or values.get("given_name") or values.get("family_name"):
            return
        if may_be_two(whole):
            hint = "Give each a row of their own, or write given and family name in two columns."
            raise _RefusedError("name", f'"{short(whole)}" may be two people', hint)
        name = split_name(whole, family_first=self.head.family_first)
        values["given_name"], values["family_name"] = name.given, name.family
        if name.title and not values.get("title"):
            values["title"] = name.title
        if name.guess:
            self._tell(
                f'"{short(whole)}": given name "{name.given}", family name "{name.family}".', guess=True
            )

    def _tell(self, text: str, *, guess: bool = False) -> None:
        self.people.told.append(Told(text, self.line.number, guess))

    def _refuse(self, name: str, reason: str, hint: str = "") -> None:
        seen = re.search(r"[^\s<>;,]+@[^\s<>;,]+", _words(self.line))
        self.people.refused.append(
            Refused((self.line.number,), name, reason, hint, email=seen[0] if seen else "")
        )


def _on_one_line(text: str) -> str:
    return re.sub(r"\s*[\r\n\t]\s*", " ", text)


def _collapsed(text: str) -> str:
    return " ".join(text.split())


class _RefusedError(ValueError):
    """The row cannot be taken."""

    def __init__(self, field: str, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.field, self.reason, self.hint = field, reason, hint
