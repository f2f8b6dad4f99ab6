"""Our contacts as a workbook to be edited and imported again: people, their roles, their subscriptions."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

from mailer.audience.contact_cells import COLUMNS, contact_cells
from mailer.audience.exchange.grid import CHOICES, GROUP_MARK, MARK
from mailer.audience.exchange.read_me import READ_ME
from mailer.audience.exchange.words import MESSAGES
from mailer.audience.exchange.workbook_names import (
    CONTACT_HEADINGS,
    CONTACTS,
    READ_ME_SHEET,
    ROLE_HEADINGS,
    ROLES,
    SUBSCRIPTION_HEADINGS,
    SUBSCRIPTIONS,
    spoken_roles,
    spoken_subjects,
)
from mailer.errors import MailerError
from mailer.model.audience import Contact
from mailer.model.register import Registers
from mailer.source import language_name
from mailer.source.formulas import guarded

if TYPE_CHECKING:
    from openpyxl import Workbook

_FIRST_DAY = date(1900, 3, 1)
"""Before it, spreadsheets do not agree on dates: such a day is written as text."""
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SPARE_ROWS = 2000


def contacts_workbook(
    contacts: Sequence[Contact], standing: Sequence[Contact], registers: Registers, day: date, group: str = ""
) -> bytes:
    """The bytes of an XLSX workbook of the contacts, made on that day, of the group where one is named.

    Choices and names are drawn from all `standing` contacts. No cell is a formula; days are days.
    """
    from openpyxl import Workbook
    from openpyxl.packaging.custom import StringProperty

    book: Any = Workbook(write_only=True)
    made = _Made(book, standing, registers)
    try:
        made.contacts(contacts)
        made.roles(contacts)
        made.subscriptions(contacts)
        made.read_me(len(contacts), day, group)
        made.choices()
        book.custom_doc_props.append(StringProperty(name=MARK, value="1"))
        if group:
            book.custom_doc_props.append(StringProperty(name=GROUP_MARK, value=group))
        out = BytesIO()
        book.save(out)
    except ValueError as error:
        hint = "Run `mailer contacts check`, and type the cell anew."
        raise MailerError("A contact has a sign that a workbook cannot hold.", hint) from error
    return out.getvalue()


def contacts_csv(contacts: Iterable[Contact]) -> str:
    """The same as CSV, in the form of a contacts file; cells that a spreadsheet would run are guarded."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for contact in contacts:
        cells = contact_cells(contact)
        writer.writerow([guarded(cells[name]) for name in COLUMNS])
    return out.getvalue()


class _Made:
    def __init__(self, book: Workbook, standing: Sequence[Contact], registers: Registers) -> None:
        self.book = book
        self.spoken, self.subjects = spoken_roles(standing), spoken_subjects(standing)
        self.countries = _country_choices(standing, registers)
        self.languages = {
            tag: f"{tag} – {language_name(tag)}"
            for tag in sorted(
                {contact.language for contact in standing if contact.language}
                | {country.language for country in registers.countries.values() if country.language}
                | {"ar", "en", "es", "fr", "ru", "zh"}
            )
        }
        self.lists = sorted({entry.list for contact in standing for entry in contact.subscriptions})
        self.choice_columns = {
            "Roles": sorted(self.spoken.of(name) for name in self.spoken.names),
            "Subjects": sorted(self.subjects.of(name) for name in self.subjects.names),
            "Countries": sorted(self.countries.values(), key=lambda words: words[5:].casefold()),
            "Languages": sorted(self.languages.values()),
            "Messages": list(MESSAGES),
            "Lists": self.lists,
            "Alternate": ["yes"],
        }

    def contacts(self, contacts: Sequence[Contact]) -> None:
        """A row a person."""
        widths = [width for _, width in CONTACT_HEADINGS.values()]
        choices = {"language": "Languages", "country": "Countries", "messages": "Messages"}
        columns = {list(CONTACT_HEADINGS).index(field): name for field, name in choices.items()}
        sheet = self._sheet(
            CONTACTS, [words for words, _ in CONTACT_HEADINGS.values()], widths, len(contacts), columns
        )
        said = {cell: words for words, cell in MESSAGES.items()}
        for contact in contacts:
            cells: dict[str, Any] = dict(contact_cells(contact))
            cells["language"] = self.languages.get(cells["language"], cells["language"])
            cells["country"] = self.countries.get(cells["country"], cells["country"])
            cells["messages"] = said.get(cells["messages"], cells["messages"])
            cells["since"] = contact.since
            sheet.append(self._row(sheet, [cells[field] for field in CONTACT_HEADINGS]))

    def roles(self, contacts: Sequence[Contact]) -> None:
        """A row a role."""
        rows = [
            [
                contact.email,
                contact.name,
                self.spoken.of(role.name),
                self.subjects.of(role.subject) if role.subject else "",
                role.start,
                role.end,
                "yes" if role.alternate else "",
                role.letter,
            ]
            for contact in contacts
            for role in contact.roles
        ]
        self._table(ROLES, ROLE_HEADINGS, rows, {2: "Roles", 3: "Subjects", 6: "Alternate"})

    def subscriptions(self, contacts: Sequence[Contact]) -> None:
        """A row a subscription."""
        rows = [
            [contact.email, contact.name, entry.list, entry.start, entry.end, entry.source]
            for contact in contacts
            for entry in contact.subscriptions
        ]
        self._table(SUBSCRIPTIONS, SUBSCRIPTION_HEADINGS, rows, {2: "Lists"})

    def _table(
        self, name: str, headings: dict[str, int], rows: list[list[Any]], choices: dict[int, str]
    ) -> None:
        sheet = self._sheet(name, list(headings), list(headings.values()), len(rows), choices)
        for row in rows:
            sheet.append(self._row(sheet, row))

    def read_me(self, people: int, day: date, group: str) -> None:
        """What a person needs to know before they change anything."""
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Alignment, Font

        sheet: Any = self.book.create_sheet(READ_ME_SHEET)
        sheet.column_dimensions["A"].width = 100
        of = f" of the group {group}" if group else ""
        first = f"{people} {'contact' if people == 1 else 'contacts'}{of}, as of {day}."
        for number, (kind, text) in enumerate([("head", "Contacts"), ("text", first), *READ_ME]):
            cell = WriteOnlyCell(sheet, value=text)
            cell.data_type = "s"
            cell.font = Font(bold=kind == "head", size=14 if not number else 11)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            sheet.append([cell])

    def choices(self) -> None:
        """What the drop-downs offer; a hidden sheet."""
        sheet: Any = self.book.create_sheet(CHOICES)
        sheet.sheet_state = "hidden"
        sheet.append(list(self.choice_columns))
        longest = max(len(words) for words in self.choice_columns.values())
        for index in range(longest):
            words = [column[index] if index < len(column) else "" for column in self.choice_columns.values()]
            sheet.append(self._row(sheet, words))

    def _sheet(
        self, name: str, headings: Sequence[str], widths: Sequence[int], rows: int, choices: dict[int, str]
    ) -> Any:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Alignment, Font, PatternFill
        from openpyxl.utils import get_column_letter

        sheet: Any = self.book.create_sheet(name)
        sheet.freeze_panes = "B2"
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{rows + 1}"
        for index, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(index)].width = width
        for index, of in choices.items():
            if self.choice_columns[of]:
                sheet.data_validations.append(self._drop_down(get_column_letter(index + 1), of, rows))
        head = []
        for words in headings:
            cell = WriteOnlyCell(sheet, value=words)
            cell.font = Font(bold=True, color="FFFFFF")
            cell.fill = PatternFill("solid", fgColor="2F5D50")
            cell.alignment = Alignment(vertical="center")
            head.append(cell)
        sheet.row_dimensions[1].height = 20
        sheet.append(head)
        return sheet

    def _drop_down(self, column: str, of: str, rows: int) -> Any:
        from openpyxl.utils import get_column_letter
        from openpyxl.worksheet.datavalidation import DataValidation

        letter = get_column_letter(list(self.choice_columns).index(of) + 1)
        source = f"{CHOICES}!${letter}$2:${letter}${len(self.choice_columns[of]) + 1}"
        # New roles, subjects and lists may be written; a country or language must be known.
        strict = of in ("Countries", "Languages", "Messages", "Alternate")
        made = DataValidation(type="list", formula1=source, allow_blank=True)
        made.errorStyle = "stop" if strict else "warning"
        made.showErrorMessage = True
        made.errorTitle = "Not in the list"
        made.error = "Choose from the list." if strict else "This is not in the list yet. Keep it?"
        made.add(f"{column}2:{column}{rows + _SPARE_ROWS}")
        return made

    def _row(self, sheet: Any, values: Sequence[Any]) -> list[Any]:
        return list(_cells(sheet, values))


def _cells(sheet: Any, values: Sequence[Any]) -> Iterator[Any]:
    from openpyxl.cell import WriteOnlyCell

    for value in values:
        if isinstance(value, date) and value >= _FIRST_DAY:
            day: Any = value
            cell = WriteOnlyCell(sheet, value=day)
            cell.number_format = "yyyy-mm-dd"
            yield cell
        elif value is None or value == "":
            yield None
        else:
            text = value.isoformat() if isinstance(value, date) else _ESCAPE.sub("_x005F_", value)
            cell = WriteOnlyCell(sheet, value=text)
            # Whatever it begins with, it is text: also after somebody has clicked into it.
            cell.data_type = "s"
            cell.number_format = "@"
            if text[0] in "=+-@'":
                cell.quotePrefix = True
            yield cell


def _country_choices(standing: Sequence[Contact], registers: Registers) -> dict[str, str]:
    codes = {contact.country for contact in standing if contact.country} | set(registers.countries)
    known = registers.countries
    return {
        code: f"{code} – {known[code].name('en')}" if code in known and known[code].name("en") else code
        for code in codes
    }
