"""SLUG.submissions.csv: what has come in under a deadline, a line each, in the order in which it happened."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date as Date  # noqa: N812
from pathlib import Path

from mailer.audience.addresses import AddressError, normalise
from mailer.audience.contradictions import contradictions
from mailer.audience.table import Row, rows_of, text_of
from mailer.config.workspace import shown
from mailer.errors import Problem, ProblemsError, nearest
from mailer.model.deadline import FORGOTTEN, Deadline, Submission, What, within_reach
from mailer.model.register import Country
from mailer.source import read_bytes

COLUMNS = ("who", "what", "on", "until", "by", "note")
NEEDED = ("who", "what", "on")
MAX_BYTES = 8_000_000
MAX_ROWS = 20_000
RULE = "file.submissions"

_FORGOTTEN = re.compile(rf"{FORGOTTEN}[0-9a-f]{{32}}")
_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)")
_DOTTED = re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4})")
"""What spreadsheets in most of Europe make of a day; with dots, the day always comes first."""


def read_submissions(
    path: Path, root: Path, deadline: Deadline, *, countries: Mapping[str, Country] | None = None
) -> tuple[Submission, ...]:
    """Every line in its order; none where there is no file. ProblemsError with every problem at its row.

    Commas or semicolons, UTF-8 with or without a byte order mark, as spreadsheets save it. What contradicts the
    lines before it is a problem, and so are more lines than MAX_ROWS, or a link that leads to nothing.
    `countries` None: any code will do.
    """
    file = shown(path, root)
    content = log_bytes(path, file)
    return submissions_in(content, file, deadline, countries) if content is not None else ()


def log_bytes(path: Path, file: str) -> bytes | None:
    """What is in the log; None where there is none. ProblemsError for a link that leads to nothing.

    What it led to may be lost, and with it all that has come in.
    """
    if path.is_symlink() and not path.exists():
        message = f"is where the link {path.name} leads, and is not there: what has come in cannot be read."
        raise ProblemsError([Problem(message, "Put the file back, or take the link away.", file, rule=RULE)])
    return read_bytes(path, file, MAX_BYTES) if path.exists() else None


def submissions_in(
    content: bytes, file: str, deadline: Deadline, countries: Mapping[str, Country] | None = None
) -> tuple[Submission, ...]:
    """The same, for bytes at hand."""
    text = text_of(content, file)
    problems: list[Problem] = []
    read: list[Submission] = []
    unclear: set[str] = set()
    for count, row in enumerate(rows_of(text, file, COLUMNS, NEEDED, delimiter=delimiter_of(text)), 1):
        if count > MAX_ROWS:
            message = f"has more than {MAX_ROWS} lines: it cannot be the log of one deadline."
            raise ProblemsError([Problem(message, "Look at what wrote them.", file, rule=RULE)])
        if isinstance(row, Problem):
            problems.append(row)
            continue
        try:
            read.append(_submission(row, file, deadline, countries or {}))
        except ProblemsError as error:
            problems += error.problems
            unclear.add(row.cells["who"].casefold())
    # Whoever has a line that cannot be read would seem to contradict themselves.
    clear = [entry for entry in read if entry.who.casefold() not in unclear]
    problems += contradictions(clear, file, names_of(countries))
    if problems:
        raise ProblemsError(sorted(problems, key=lambda problem: problem.line or 0))
    return tuple(read)


def delimiter_of(text: str) -> str:
    """The sign between the columns: a semicolon where the head has one, else a comma."""
    head = text.split("\n", 1)[0]
    return ";" if ";" in head else ","


def _submission(row: Row, file: str, deadline: Deadline, countries: Mapping[str, Country]) -> Submission:
    """The row's submission; ProblemsError with all that is wrong with it."""
    cells = {name: row.cells.get(name, "") for name in COLUMNS}
    problems: list[Problem] = []

    def tell(field: str, message: str, hint: str) -> None:
        problems.append(Problem(message, hint, file, row.number, field, RULE))

    days: dict[str, Date | None] = {}
    for field in ("on", "until"):
        try:
            days[field] = day_in(cells[field])
        except ValueError:
            days[field] = None
            hint = "Write YYYY-MM-DD, such as 2017-02-01."
            tell(field, f'"{cells[field][:60]}" is not a day in the calendar.', hint)
    if not cells["on"]:
        tell("on", "is empty.", "Write the day on which it happened: YYYY-MM-DD.")
    what = cells["what"].casefold()
    if what not in set(What):
        tell("what", f'"{cells["what"][:60]}" is nothing that can happen to it.', nearest(what, list(What)))
    who, told = _who(cells["who"], deadline, countries)
    if told:
        tell("who", *told)
    if problems or days["on"] is None:
        raise ProblemsError(problems)
    return Submission(
        who=who,
        what=What(what),
        on=days["on"],
        until=days["until"],
        by=cells["by"],
        note=cells["note"],
        row=row.number,
    )


def day_in(cell: str) -> Date | None:
    """A day as a person or a spreadsheet writes it: 2017-02-01 or 01.02.2017. None from ""; else ValueError."""
    if not cell:
        return None
    if found := _ISO.fullmatch(cell):
        day = Date(int(found[1]), int(found[2]), int(found[3]))
    elif found := _DOTTED.fullmatch(cell):
        day = Date(int(found[3]), int(found[2]), int(found[1]))
    else:
        raise ValueError(cell)
    return within_reach(day)


def _who(
    cell: str, deadline: Deadline, countries: Mapping[str, Country]
) -> tuple[str, tuple[str, str] | None]:
    """A code, or an address in its normal form; and what is wrong with it, with the way out."""
    if not cell:
        return "", ("is empty.", "Write who it is about.")
    if deadline.per == "person":
        if _FORGOTTEN.fullmatch(cell):
            return cell, None
        try:
            return normalise(cell), None
        except AddressError as error:
            hint = "Everybody owes it for themselves here: write the person's address."
            return cell, (f'"{cell[:60]}" is not an address: {error}.', hint)
    if re.fullmatch("[A-Z]{2}", cell) and (not countries or cell in countries):
        return cell, None
    code, _ = country_named(cell, countries)
    hint = f'Did you mean "{code}"?' if code else "Write two capital letters, such as KZ."
    return cell, (f'"{cell[:60]}" is not a country in the register.', hint)


def country_named(text: str, countries: Mapping[str, Country]) -> tuple[str, bool]:
    """The code of the country of that code or name, in any language, and whether that is sure.

    Else the code of the one with the nearest name, which is not; "" where none is near.
    """
    wanted = text.strip().casefold()
    names = {
        name.casefold(): code
        for code, country in countries.items()
        for name in (code, country.iso3, *country.names.values(), *country.in_text.values())
    }
    if wanted in names:
        return names[wanted], True
    close = nearest(wanted, names)
    return (names[close.split('"')[1]] if close.startswith("Did") else ""), False


def names_of(countries: Mapping[str, Country] | None) -> dict[str, str]:
    """Code → what people call the country."""
    return {code: country.name("en") or code for code, country in (countries or {}).items()}
