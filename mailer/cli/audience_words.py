"""A group, and one person before it, in words that fit a terminal, and as data for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mailer.audience.coverage import Coverage, Meaning
from mailer.audience.effects import Effect, effects_in
from mailer.audience.left_out import LeftOut
from mailer.audience.survey import Overlap, Survey
from mailer.cli.output import cell, console, table
from mailer.model.register import Registers
from mailer.source import language_name

MOST_PEOPLE, MOST_COUNTRIES, MOST_OVERLAPS = 8, 14, 4

EXTENTS = {
    "no rule": "It has no rule and filters nothing: everybody belongs to it.",
    "everybody": "It filters nobody out: its rule holds for everybody on file.",
    "nobody": "It has nobody on that day.",
}


def print_survey(found: Survey, registers: Registers) -> None:
    """All about a group, the most important first."""
    if found.title:
        console.print(Text(found.title, "bold"))
    console.print(
        Text.assemble(
            (found.name, "bold" if not found.title else ""),
            f" on {found.day}: {found.counts.total} of {_people(found.on_file)}",
        )
    )
    if found.extent in EXTENTS:
        console.print(Text(EXTENTS[found.extent], "yellow"))
    console.print()
    console.print(label_lines(_said(found, registers)))
    if found.effect:
        console.print()
        console.print(_effects(found.effect))


def _said(found: Survey, registers: Registers) -> Iterator[tuple[str, str]]:
    for label, numbers in _counts(found, registers).items():
        if numbers:
            yield label, ", ".join(f"{name} {number}" for name, number in numbers)
    reached = [entry.reached for entry in found.coverage]
    for meaning in found.meanings:
        if meaning.states not in reached:
            yield "means", _meaning(meaning, registers)
    for coverage in found.coverage:
        yield "reaches", _coverage(coverage, registers)
    for words in _overlaps(found):
        yield "overlaps", words
    for entry in found.by_date:
        yield "left out", _left_out(entry)
    for entry in found.unwritable:
        yield "of these", _left_out(entry)


def survey_json(found: Survey, registers: Registers) -> dict[str, Any]:
    """The same as data; countries by their codes, `names` says what they are called."""
    counts = found.counts
    codes = {*counts.by_country, *(code for entry in found.coverage for code in entry.reached)}
    codes |= {code for entry in found.coverage for code in (*entry.left_out, *entry.nobody_there)}
    codes |= {code for entry in found.meanings for code in (*entry.states, *entry.others)}
    return {
        "segment": found.name,
        "title": found.title,
        "on": found.day,
        "readers": counts.total,
        "of": found.on_file,
        "extent": found.extent,
        "by": {"country": counts.by_country, "role": counts.by_role, "language": counts.by_language},
        "names": {code: country_name(code, registers) for code in sorted(codes) if code},
        "rule": _effect_json(found.effect) if found.effect else None,
        "meanings": [asdict(entry) for entry in found.meanings],
        "coverage": [asdict(entry) | {"total": entry.total} for entry in found.coverage],
        "overlaps": [asdict(entry) for entry in found.overlaps],
        "left_out": [_left_out_json(entry) for entry in found.by_date],
        "unwritable": [_left_out_json(entry) for entry in found.unwritable],
    }


def _counts(found: Survey, registers: Registers) -> dict[str, list[tuple[str, int]]]:
    counts = found.counts
    return {
        "by country": [(country_name(code, registers), number) for code, number in counts.by_country.items()],
        "by role": [(role or "no role", number) for role, number in counts.by_role.items()],
        "by language": [
            (language_name(tag) if tag else "not known", number) for tag, number in counts.by_language.items()
        ],
    }


def country_name(code: str | None, registers: Registers) -> str:
    country = registers.countries.get(code or "")
    return (country.name("en") if country else "") or code or "no country"


def _coverage(coverage: Coverage, registers: Registers) -> str:
    words = f"{len(coverage.reached)} of {coverage.total} {coverage.what}"
    for label, codes in (("left out", coverage.left_out), ("nobody on file in", coverage.nobody_there)):
        if codes:
            words += f"; {label}: {_named(codes, registers)}"
    return words


def _meaning(meaning: Meaning, registers: Registers) -> str:
    """Which of the Range States; those that it does not mean where they are fewer."""
    states, others = meaning.states, meaning.others
    words = f"{meaning.what}: {len(states)} of {len(states) + len(others)} Range States"
    if not others:
        return words
    if len(others) < len(states):
        return f"{words}, all but {_named(others, registers)}"
    return f"{words}: {_named(states, registers)}" if states else words


def _named(codes: Iterable[str], registers: Registers) -> str:
    return _few(sorted(country_name(code, registers) for code in codes), MOST_COUNTRIES)


def _overlaps(found: Survey) -> Iterable[str]:
    total = found.counts.total
    same = [entry for entry in found.overlaps if entry.is_same]
    if same:
        yield f"the very same people as {_few([entry.name for entry in same])}"
    others = [entry for entry in found.overlaps if not entry.is_same and entry.people < found.on_file]
    for entry in others[:MOST_OVERLAPS]:
        yield f"{_shared(entry, total)} {entry.name}"


def _shared(entry: Overlap, total: int) -> str:
    if entry.shared == total:
        return f"all {total} are among the {entry.people} of"
    if entry.shared == entry.people:
        return f"{entry.shared} of these are all of"
    return f"{entry.shared} are also among the {entry.people} of"


def _left_out(entry: LeftOut) -> str:
    people = [one.name or one.address for one in entry.people]
    if entry.days:
        people = [f"{name} ({day})" for name, day in zip(people, entry.days, strict=True)]
    return f"{len(people)} {entry.why}" + (f": {_few(people)}" if len(people) <= MOST_PEOPLE else "")


def _left_out_json(entry: LeftOut) -> dict[str, Any]:
    people: list[dict[str, Any]] = [
        {"address": one.address, "name": one.name, "country": one.country} for one in entry.people
    ]
    for person, day in zip(people, entry.days, strict=False):
        person["day"] = day
    return {"why": entry.why, "number": len(people), "people": people}


def _effects(effect: Effect) -> Table:
    shown = table("what the rule does", ">lets in", ">keeps out", "this part alone")
    for depth, part in effects_in(effect):
        line = Padding(cell(part.words), (0, 0, 0, 2 * depth))
        shown.add_row(line, str(part.lets_in), str(part.keeps_out), cell(_alone(part) if depth else ""))
    return shown


def _alone(part: Effect) -> str:
    said = []
    if part.only_in:
        said.append(f"lets in {part.only_in}")
    if part.only_out:
        said.append(f"keeps out {part.only_out}")
    return ", ".join(said) or "changes nothing"


def _effect_json(effect: Effect) -> dict[str, Any]:
    own = {key: value for key, value in asdict(effect).items() if key != "parts"}
    return own | {"is_idle": effect.is_idle, "parts": [_effect_json(part) for part in effect.parts]}


def _people(number: int) -> str:
    return f"{number} {'person' if number == 1 else 'people'}"


def _few(names: list[str], most: int = MOST_PEOPLE) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def label_lines(said: Iterable[tuple[str, str]]) -> Table:
    """Labels and what stands beside them; a label that would stand under itself is left out."""
    lines = Table.grid(padding=(0, 2, 0, 0))
    lines.add_column(no_wrap=True, style="dim")
    lines.add_column(overflow="fold")
    above = ""
    for label, words in said:
        lines.add_row("" if label == above else label, cell(words))
        above = label
    return lines
