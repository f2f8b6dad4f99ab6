"""Lists of people for the tests of imports: made on the spot, read, and laid beside contacts of ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from mailer.audience.exchange import Choices, Comparison, Listing, Meanings, Terms, compare, read_list
from mailer.audience.exchange.memory import RememberedMap
from mailer.model.audience import Contact
from mailer.model.register import Country, Registers

DAY = date(2016, 12, 19)
NAMES = {
    "KZ": {"en": "Kazakhstan", "fr": "Kazakhstan", "ru": "Казахстан"},
    "UZ": {"en": "Uzbekistan", "fr": "Ouzbékistan", "ru": "Узбекистан"},
    "MN": {"en": "Mongolia", "fr": "Mongolie", "ru": "Монголия"},
    "IR": {"en": "Iran (Islamic Republic of)", "fr": "Iran (République islamique d')"},
    "RU": {"en": "Russian Federation", "ru": "Российская Федерация"},
    "KP": {"en": "Democratic People's Republic of Korea"},
    "KR": {"en": "Republic of Korea"},
    "NO": {"en": "Norway"},
    "TJ": {"en": "Tajikistan"},
}
REGISTERS = Registers(
    {code: Country(iso2=code, iso3=f"{code}X", names=names) for code, names in NAMES.items()}
)
ROLES = frozenset({"national-focal-point", "press", "scientific-councillor"})
NEWSLETTER = "cami-newsletter"
MEANINGS = Meanings(REGISTERS, ROLES, NEWSLETTER, frozenset({NEWSLETTER, "cms-bulletin"}))


def person(email: str, **fields: Any) -> Contact:
    """A contact of ours."""
    return Contact(email=email, address=email.lower(), **fields)


def xlsx(*rows: Sequence[Any], name: str = "List") -> Workbook:
    """A workbook of one sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    for row in rows:
        sheet.append(row)
    return book


def content(book: Workbook) -> bytes:
    """The workbook's bytes."""
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def read(
    folder: Path,
    given: str | bytes | Workbook,
    *,
    standing: Sequence[Contact] = (),
    maps: Sequence[RememberedMap] = (),
    **choices: Any,
) -> Listing:
    """A file with that content, read as a list."""
    path = folder / ("list.xlsx" if isinstance(given, Workbook) else "list.csv")
    if isinstance(given, Workbook):
        path.write_bytes(content(given))
    else:
        path.write_bytes(given.encode() if isinstance(given, str) else given)
    return read_list(path, Choices(**choices), MEANINGS, standing, maps)


def against(
    folder: Path,
    given: str | bytes | Workbook,
    standing: Sequence[Contact] = (),
    *,
    never: Iterable[str] = (),
    within: Iterable[str] | None = None,
    **choices: Any,
) -> Comparison:
    """The list beside contacts of ours."""
    listing = read(folder, given, standing=standing, **choices)
    inside = None if within is None else frozenset(within)
    terms = Terms(REGISTERS, DAY, "list.xlsx", listing.whole, frozenset(never), NEWSLETTER, inside)
    return compare(standing, listing.people, terms)


def cells(listing: Listing) -> list[dict[str, str]]:
    """What each person of a list would have in a contacts file."""
    return [one.cells for one in listing.people.found]


def told(found: Comparison | Listing) -> str:
    """Everything that is told, a line each."""
    source = found if isinstance(found, Comparison) else found.people
    return "\n".join(str(one) for one in (*source.told, *source.remarks))


def refused(found: Comparison | Listing) -> list[str]:
    """Everything that is refused, in words."""
    source = found if isinstance(found, Comparison) else found.people
    return [str(one) for one in source.refused]
