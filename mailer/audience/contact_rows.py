"""Rows of a contacts file made people, each cell tested, and every fault told at its row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TypeVar

from mailer.audience.addresses import AddressError, normalise
from mailer.audience.contact_cells import EVERY_MESSAGE, messages_of
from mailer.audience.entries import EntryError, read_day
from mailer.audience.roles import parse_roles
from mailer.audience.subscriptions import parse_subscriptions
from mailer.audience.table import Row
from mailer.errors import Problem, nearest
from mailer.model.audience import Contact, Role, Subscription
from mailer.model.issue import MessageClass
from mailer.model.register import Registers
from mailer.source import is_language

RULE = "file.contacts"
MAX_OTHER_EMAILS = 10

_LONGEST = {
    "title": 60,
    "given_name": 120,
    "family_name": 120,
    "salutation": 200,
    "organization": 300,
    "note": 2000,
}
_SHORTEST_LIMIT = min(_LONGEST.values())

Value = TypeVar("Value")


class _Once(dict[str, Value | None]):
    """Cell → what it says, taken apart when it is first met; what cannot be, None, is tried at every row."""

    def __init__(self, read: Callable[[str], Value | None]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: str) -> Value | None:
        value = self._read(cell)
        if value is not None:
            self[cell] = value
        return value


class ContactRows:
    """What is known while rows are read; `problems` says what was wrong."""

    def __init__(self, file: str, registers: Registers, form_of: Callable[[str], str] = normalise) -> None:
        """`form_of` gives the one form of an address, and raises AddressError where it is none."""
        self.problems: list[Problem] = []
        self._file = file
        self._countries = registers.countries
        self._form_of = form_of
        self._number = 0
        # The same few cells come again and again.
        self._roles = _Once(self._held)
        self._subscriptions = _Once(self._subscribed)
        self._languages = _Once(self._language)
        self._codes = _Once(self._country)
        self._languages[""] = self._codes[""] = None

    def contacts(self, rows: Iterable[Row | Problem]) -> Iterator[Contact]:
        """The contact of every row with which nothing is wrong."""
        for row in rows:
            if isinstance(row, Problem):
                self.problems.append(row)
                continue
            before = len(self.problems)
            self._number = row.number
            contact = self._contact(row.cells)
            if len(self.problems) == before:
                yield contact

    def _tell(self, field: str, message: str, hint: str) -> None:
        self.problems.append(Problem(message, hint, self._file, self._number, field, RULE))

    def _contact(self, cells: dict[str, str]) -> Contact:
        if max(map(len, cells.values())) > _SHORTEST_LIMIT:
            self._lengths(cells)
        email = cells["email"]
        address = self._address("email", email)
        cell = cells.get
        others, messages, since = cell("other_emails"), cell("messages"), cell("since")
        return Contact(
            email=email,
            address=address,
            other_emails=self._others(others, address) if others else (),
            title=cell("title", ""),
            given_name=cell("given_name", ""),
            family_name=cell("family_name", ""),
            salutation=cell("salutation", ""),
            language=self._languages[cell("language", "")],
            country=self._codes[cell("country", "")],
            organization=cell("organization", ""),
            roles=self._roles[cell("roles", "")] or (),
            subscriptions=self._subscriptions[cell("subscriptions", "")] or (),
            messages=self._messages(messages) if messages else EVERY_MESSAGE,
            since=self._since(since) if since else None,
            note=cell("note", ""),
            row=self._number,
        )

    def _lengths(self, cells: dict[str, str]) -> None:
        for field, most in _LONGEST.items():
            if len(cells.get(field, "")) > most:
                self._tell(field, f"is longer than {most} signs.", "Shorten it; is a comma or quote missing?")

    def _address(self, field: str, email: str) -> str:
        try:
            return self._form_of(email)
        except AddressError as error:
            message = f'"{_short(email)}" is not an address to write to: {error}.'
            self._tell(
                field, message, "Mend or remove the row." if field == "email" else "Mend or remove it."
            )
            return ""

    def _others(self, cell: str, main: str) -> tuple[str, ...]:
        emails = [part.strip() for part in cell.split(";") if part.strip()]
        if len(emails) > MAX_OTHER_EMAILS:
            self._tell("other_emails", f"has {len(emails)} addresses.", f"Keep {MAX_OTHER_EMAILS} at most.")
            return ()
        found = [self._address("other_emails", email) for email in emails]
        for number, address in enumerate(found):
            if address and address in (main, *found[:number]):
                self._tell("other_emails", f'"{address}" stands twice in this row.', "Keep it once.")
        return tuple(found)

    def _language(self, tag: str) -> str | None:
        if is_language(tag):
            return tag
        hint = "Write a language (not a country), such as en, ru or kk."
        self._tell("language", f'"{_short(tag)}" is not a language tag.', hint)
        return None

    def _country(self, code: str) -> str | None:
        if re.fullmatch("[A-Z]{2}", code) and (not self._countries or code in self._countries):
            return code
        message = f'"{_short(code)}" is not a country in the register.'
        self._tell("country", message, self._country_hint(code))
        return None

    def _country_hint(self, given: str) -> str:
        names = {
            name.casefold(): code for code, entry in self._countries.items() for name in entry.names.values()
        }
        if given.upper() in self._countries:
            return f'Did you mean "{given.upper()}"?'
        if given.casefold() in names:
            return f'Did you mean "{names[given.casefold()]}"?'
        close = nearest(given.casefold(), names)
        if close.startswith("Did"):
            return f'Did you mean "{names[close.split(chr(34))[1]]}"?'
        return "Write two capital letters, such as KZ, and see that countries.yaml has it."

    def _held(self, cell: str) -> tuple[Role, ...] | None:
        try:
            return parse_roles(cell)
        except EntryError as error:
            hint = "Write `name:subject FROM..TO alternate {letter}`, with semicolons between roles."
            self._tell("roles", f"{error}.", hint)
            return None

    def _subscribed(self, cell: str) -> tuple[Subscription, ...] | None:
        try:
            return parse_subscriptions(cell)
        except EntryError as error:
            hint = "Write `newsletter FROM..TO {source}`, with semicolons between newsletters."
            self._tell("subscriptions", f"{error}.", hint)
            return None

    def _messages(self, cell: str) -> tuple[MessageClass, ...]:
        try:
            return messages_of(cell)
        except ValueError:
            hint = "Write `newsletter`, `notice` or `none`; leave it empty where they may get both."
            self._tell("messages", f'"{_short(cell)}" does not say which messages they may get.', hint)
            return ()

    def _since(self, cell: str) -> date | None:
        try:
            return read_day(cell)
        except EntryError as error:
            self._tell("since", f"{error}.", "Write the day from which they are on file, such as 2015-03-01.")
            return None


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
