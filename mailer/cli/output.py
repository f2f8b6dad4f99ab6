"""What commands print: tables for people, JSON for programs, errors with the way out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from mailer.errors import MailerError, ProblemsError, UsageError

if TYPE_CHECKING:
    from mailer.check import Unchecked
    from mailer.model.finding import Finding, Waiver

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Terminal(Console):
    """A console on which no word is a command: control signs in what files, mails and servers say become "?"."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The segments of what is to be printed; those with commands of rich's own stay as they are."""
        for segment in super().render(renderable, options):
            if segment.control is None and _CONTROLS.search(segment.text):
                yield segment._replace(text=_CONTROLS.sub("?", segment.text))
            else:
                yield segment


console = Terminal(highlight=False, soft_wrap=False)
errors = Terminal(stderr=True, highlight=False)

COLOURS = {"stop": "bold red", "warn": "yellow", "note": "cyan"}
"""Severity → how its name is printed; worst first."""


class Format(StrEnum):
    """How to print."""

    TEXT = "text"
    JSON = "json"


FormatOption = Annotated[Format, typer.Option("--format", help="For people, or for programs.")]
OnOption = Annotated[
    str,
    typer.Option(
        "--on", metavar="DATE", help="Work as of that day, such as 2016-12-19; to try only, never for real."
    ),
]
ToOption = Annotated[
    list[str] | None, typer.Option("--to", metavar="SEGMENT", help="A group of readers; may be repeated.")
]


def parse_day(text: str) -> date | None:
    """A day from YYYY-MM-DD; None from "". UsageError where it is neither."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f'"{text}" is not a day.', "Write it as 2016-12-19.") from error


def print_json(value: Any) -> None:
    """Print a value as JSON, dates and enums as text."""
    dumped = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    # JSON lets these stand as they are; terminals take some of them for commands.
    typer.echo(re.sub("[\x7f-\x9f]", lambda found: f"\\u{ord(found[0]):04x}", dumped))


def table(*columns: str) -> Table:
    """A plain table; a column that starts with > is for numbers, one that starts with ! is never broken."""
    made = Table(box=None, pad_edge=False, header_style="dim")
    made.padding = (0, 2, 0, 0)
    for column in columns:
        if column.startswith(">"):
            made.add_column(column[1:], justify="right", no_wrap=True)
        elif column.startswith("!"):
            made.add_column(column[1:], no_wrap=True)
        else:
            made.add_column(column, overflow="fold")
    return made


def cell(text: object) -> Text:
    """Text that is never taken for markup."""
    return Text(str(text))


def command(words: str, by: int = 2) -> None:
    """Print a command on a line of its own, which is never broken: it can be copied as it stands."""
    console.print(Text(" " * by + words, "bold"), soft_wrap=True)


def indented(words: str, by: int, style: str = "") -> None:
    """Print words so far from the margin, on every line of them."""
    hanging("", words, by, style)


def hanging(
    mark: str, words: str | Text, by: int, style: str = "", *, more: int = 0, dim: bool = False
) -> None:
    """Print words behind a mark; every further line of them begins where the first did, or `more` further in."""
    from rich.cells import cell_len

    width = max(console.width - by - cell_len(mark) - more, 20)
    text = Text(words, style) if isinstance(words, str) else words
    lines = text.wrap(console, width, overflow="fold")
    for number, line in enumerate(lines):
        line.rstrip()
        head = (mark, "dim" if dim else style) if number == 0 else (" " * (cell_len(mark) + more), "")
        console.print(Text.assemble(" " * by, head, line), soft_wrap=True)


def show_findings(findings: Iterable[Finding], heading: str = "") -> None:
    """One finding a paragraph: severity and rule, place, message, what to do."""
    if heading:
        console.print(f"[bold]{escape(heading)}[/bold]")
    for finding in findings:
        colour = COLOURS[finding.severity]
        place = ":".join(str(part) for part in (finding.file, finding.line) if part)
        head = Text.assemble(
            (f"{finding.severity:<5}", colour),
            " ",
            (place, "bold"),
            "  " if place else "",
            (finding.rule, "dim"),
        )
        console.print(head)
        where = " · ".join(part for part in (finding.item, finding.field) if part)
        console.print(Text(f"      {where + ': ' if where else ''}{finding.message}"))
        if finding.hint:
            console.print(Text(f"      → {finding.hint}", style="dim"))


def show_waivers(findings: Iterable[Finding], waivers: Iterable[Waiver]) -> None:
    """One line a waived finding: the rule, who answers for it, and why."""
    listed = list(waivers)
    for finding in findings:
        waiver = next((w for w in listed if w.covers(finding)), None)
        if waiver:
            console.print(
                Text(f"waived {finding.rule} ({finding.severity}), by {waiver.by}: {waiver.because}", "dim")
            )


def show_not_checked(unchecked: Iterable[Unchecked]) -> None:
    """What no rule could look at, a line a reason; nothing where there is none."""
    for number, one in enumerate(unchecked):
        if number == 0:
            console.print(Text("Not checked:", "dim"))
        hanging("- ", one.words, 2, "dim")


def finding_json(finding: Finding) -> dict[str, object]:
    """A finding with the keys that programs may rely on."""
    keys = ("rule", "severity", "item", "field", "file", "line", "words", "message", "hint")
    dumped = finding.model_dump(mode="json")
    return {key: dumped[key] for key in keys}


def count_words(findings: Iterable[Finding]) -> str:
    """Such as `2 stops, 1 warning`; `nothing found` where there is none."""
    from mailer.model.finding import counts_of

    return counts_of(findings) or "nothing found"


def show_error(error: MailerError, *, usage: bool = False) -> None:
    """Print an error to the standard error stream: what, and what to do next."""
    if isinstance(error, ProblemsError):
        for problem in error.problems:
            errors.print(Text(str(problem)))
        count = len(error.problems)
        errors.print(f"[bold red]{count} problem{'s' if count != 1 else ''}[/bold red]")
        return
    errors.print(Text.assemble((f"{'Usage' if usage else 'Error'}: ", "bold red"), error.message))
    if error.hint:
        errors.print(Text(f"→ {error.hint}"))
