"""contacts.csv: the people who may be written to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from mailer.audience.addresses import AddressError, normalise
from mailer.audience.roles import MAX_SLUG, SLUG, RolesError, parse_roles
from mailer.audience.table import Row, rows_of, text_of
from mailer.config.workspace import shown
from mailer.errors import Problem, ProblemsError, nearest
from mailer.model.audience import Contact, Role, Subscription
from mailer.model.register import Registers
from mailer.source import is_language, read_bytes

COLUMNS = (
    "email",
    "title",
    "given_name",
    "family_name",
    "salutation",
    "language",
    "country",
    "organization",
    "roles",
    "subscriptions",
)
MAX_BYTES = 64_000_000
MAX_PROBLEMS = 200

_LONGEST = {"title": 60, "given_name": 120, "family_name": 120, "salutation": 200, "organization": 300}


def read_contacts(path: Path, root: Path, registers: Registers) -> tuple[Contact, ...]:
    """Everybody in a contacts file, in its order. ProblemsError with every problem at its row.

    UTF-8 with or without a byte order mark, commas; columns may stand in any order, only `email` must be there.
    Countries are tested against the register, where it knows any.
    """
    file = shown(path, root)
    text = text_of(read_bytes(path, file, MAX_BYTES), file)
    reading = _Reading(file, registers)
    contacts = [contact for row in rows_of(text, file, COLUMNS, ("email",)) for contact in reading.take(row)]
    if reading.problems:
        raise ProblemsError(_at_most(reading.problems, file))
    return tuple(contacts)


class _Reading:
    """What is known while rows are read: the addresses so far, and what was wrong."""

    def __init__(self, file: str, registers: Registers) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._countries = registers.countries
        self._rows: dict[str, int] = {}
        # The same few cells come again and again: each is taken apart once.
        self._roles: dict[str, tuple[Role, ...]] = {"": ()}
        self._newsletters: dict[str, tuple[Subscription, ...]] = {"": ()}

    def take(self, row: Row | Problem) -> Iterator[Contact]:
        """The row's contact, or none where something is wrong with it."""
        if isinstance(row, Problem):
            self.problems.append(row)
            return
        before = len(self.problems)
        values = self._values(row)
        if len(self.problems) == before:
            yield Contact.model_validate(values)

    def _values(self, row: Row) -> dict[str, Any]:
        cells = row.cells

        def tell(field: str, message: str, hint: str) -> None:
            self.problems.append(Problem(message, hint, self._file, row.number, field, "file.contacts"))

        for field, most in _LONGEST.items():
            if len(cells.get(field, "")) > most:
                tell(field, f"is longer than {most} signs.", "Shorten it; is a comma or quote missing?")
        return {
            "email": cells["email"],
            "address": self._address(row, tell),
            "title": cells.get("title", ""),
            "given_name": cells.get("given_name", ""),
            "family_name": cells.get("family_name", ""),
            "salutation": cells.get("salutation", ""),
            "language": _language(cells.get("language", ""), tell),
            "country": self._country(cells.get("country", ""), tell),
            "organization": cells.get("organization", ""),
            "roles": self._held(cells.get("roles", ""), tell),
            "subscriptions": self._subscribed(cells.get("subscriptions", ""), tell),
            "row": row.number,
        }

    def _address(self, row: Row, tell: Tell) -> str:
        email = row.cells["email"]
        try:
            address = normalise(email)
        except AddressError as error:
            tell(
                "email",
                f'"{_short(email)}" is not an address to write to: {error}.',
                "Mend or remove the row.",
            )
            return ""
        first = self._rows.setdefault(address, row.number)
        if first != row.number:
            tell("email", f'"{address}" is in rows {first} and {row.number}.', "Keep one of the two rows.")
        return address

    def _country(self, code: str, tell: Tell) -> str | None:
        if not code:
            return None
        if not re.fullmatch("[A-Z]{2}", code) or (self._countries and code not in self._countries):
            tell("country", f'"{_short(code)}" is not a country in the register.', self._country_hint(code))
        return code

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

    def _held(self, cell: str, tell: Tell) -> tuple[Role, ...]:
        if cell not in self._roles:
            try:
                self._roles[cell] = parse_roles(cell)
            except RolesError as error:
                tell("roles", f"{error}.", "Write `name:subject FROM..TO`, with semicolons between roles.")
                return ()
        return self._roles[cell]

    def _subscribed(self, cell: str, tell: Tell) -> tuple[Subscription, ...]:
        if cell in self._newsletters:
            return self._newsletters[cell]
        names = tuple(part.strip() for part in cell.split(";") if part.strip())
        wrong = [name for name in names if len(name) > MAX_SLUG or not SLUG.fullmatch(name)]
        for name in wrong:
            hint = "Use a-z, digits and single hyphens, with semicolons between newsletters."
            tell("subscriptions", f'"{_short(name)}" cannot name a newsletter.', hint)
        if wrong:
            return ()
        self._newsletters[cell] = tuple(Subscription(list=name) for name in names)
        return self._newsletters[cell]


Tell = Callable[[str, str, str], None]


def _language(tag: str, tell: Tell) -> str | None:
    if tag and not is_language(tag):
        hint = "Write a language (not a country), such as en, ru or kk."
        tell("language", f'"{_short(tag)}" is not a language tag.', hint)
    return tag or None


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _at_most(problems: list[Problem], file: str) -> list[Problem]:
    if len(problems) <= MAX_PROBLEMS:
        return problems
    rest = len(problems) - MAX_PROBLEMS
    more = Problem(f"and {rest} more problems.", "Mend these first.", file, rule="file.contacts")
    return [*problems[:MAX_PROBLEMS], more]
