"""`mailer contacts export` and `import`: a workbook for the office, and strangers' lists."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mailer.cli.app import workspace_of
from mailer.cli.contacts import group
from mailer.cli.output import Format, FormatOption, cell, console, print_json
from mailer.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from mailer.audience.exchange import Choices, Comparison, Ending
    from mailer.flow.contacts_exchange import Proposed
    from mailer.model.audience import Contact

Encoding = Literal["utf-8", "utf-16-le", "utf-16-be", "cp1251", "cp1252"]


@group.command("export")
def export_(
    context: typer.Context,
    xlsx: Annotated[
        Path | None,
        typer.Option("--xlsx", metavar="FILE", help="Write a workbook with choices to pick from."),
    ] = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write CSV UTF-8.")] = None,
    to: Annotated[str, typer.Option("--to", metavar="SEGMENT", help="Only this group, as of today.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
) -> None:
    """Write the contacts as a workbook or CSV file, to be edited and imported again.

    Example: [bold]mailer contacts export --xlsx contacts.xlsx[/bold]
    """
    from mailer.flow.contacts_exchange import choose_contacts, export_csv, export_workbook
    from mailer.source import write_atomically

    targets = [path for path in (xlsx, csv) if path]
    if not targets:
        raise UsageError("Say where to: --xlsx FILE, or --csv FILE.")
    for path in targets:
        if path.exists() and not force:
            raise UsageError(f"{path} is there already.", "Choose another name, or add --force.")
        if not path.parent.is_dir():
            raise UsageError(f"{path.parent} is no folder.", "Make it, or choose another place.")
    day = _today()
    chosen = choose_contacts(workspace_of(context), to, day)
    if xlsx:
        write_atomically(xlsx, export_workbook(chosen, day))
    if csv:
        write_atomically(csv, export_csv(chosen.contacts))
    count = len(chosen.contacts)
    what = f"{count} contact{'s' if count != 1 else ''}"
    console.print(cell(f"{what} written to {' and '.join(str(path) for path in targets)}."))
    console.print(cell("They are personal data: keep the file as you keep contacts.csv."))


@group.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A workbook (.xlsx) or a CSV file.")],
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="COLUMN=FIELD", help="What a column holds; =ignore leaves it out."),
    ] = None,
    sheet: Annotated[str, typer.Option("--sheet", metavar="NAME", help="The sheet to read.")] = "",
    day_first: Annotated[bool, typer.Option("--day-first", help="03/04/2016 is 3 April.")] = False,
    month_first: Annotated[bool, typer.Option("--month-first", help="03/04/2016 is March 4.")] = False,
    encoding: Annotated[
        Encoding | None, typer.Option("--encoding", help="Of a CSV file, where it was guessed wrongly.")
    ] = None,
    within: Annotated[
        str,
        typer.Option(
            "--within", metavar="SEGMENT", help="The list is all of this group: who of it is missing is gone."
        ),
    ] = "",
    gone: Annotated[
        Path | None,
        typer.Option("--gone", metavar="CSV", help="What became of those who are gone, filled in."),
    ] = None,
    write_gone: Annotated[
        Path | None, typer.Option("--write-gone", metavar="CSV", help="Write that file, to be filled in.")
    ] = None,
    skip_refused: Annotated[bool, typer.Option("--skip-refused", help="Go on without refused rows.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and stop.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    all_: Annotated[bool, typer.Option("--all", help="Show every row, however many.")] = False,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Compare a list with contacts.csv, show what would change, and write it if you agree.

    Nobody is deleted, and nobody is subscribed again. With --format json nothing is written without --yes.

    Example: [bold]mailer contacts import list.xlsx --map "Ministry contact=email" --dry-run[/bold]
    """
    from mailer.audience.exchange import gone_template, read_endings
    from mailer.cli.contacts_shown import proposal_json, show_proposal
    from mailer.flow.contacts_exchange import apply_comparison, compare_contacts
    from mailer.source import write_atomically

    choices = _choices(map_ or [], sheet, (day_first, month_first), encoding)
    workspace = workspace_of(context)
    proposed = compare_contacts(workspace, file, choices, _today(), within)
    comparison = proposed.comparison
    endings = read_endings(gone, comparison.gone) if gone else ()
    if write_gone:
        if write_gone.exists():
            raise UsageError(f"{write_gone} is there already.", "Choose another name.")
        write_atomically(write_gone, gone_template(comparison.gone).encode("utf-8-sig"))
    if format is Format.TEXT:
        show_proposal(file.name, proposed, endings, every=all_)
        if write_gone:
            console.print(cell(f"Fill in {write_gone}, and give it with --gone."))
    blocked = bool(comparison.refused) and not skip_refused and (yes or dry_run or format is Format.JSON)
    look_only = dry_run or blocked or (format is Format.JSON and not yes)
    written = 0
    if not look_only:
        if not yes:
            endings = (*endings, *_ask(proposed, endings, skip_refused=skip_refused))
        written = apply_comparison(workspace, proposed, endings, with_refused=True)
    if format is Format.JSON:
        print_json(proposal_json(file.name, proposed, endings, written))
    else:
        _say(written, comparison, asked=not dry_run, blocked=blocked)
    if blocked:
        raise typer.Exit(1)


def _say(written: int, comparison: Comparison, *, asked: bool, blocked: bool) -> None:
    """What was done in the end."""
    if blocked and asked:
        hint = "Mend the refused rows, or go on without them: --skip-refused."
        console.print(cell(f"Nothing was written. {hint}"))
    elif asked:
        console.print(cell(_written(written, comparison)))


def _written(written: int, comparison: Comparison) -> str:
    if written:
        return f"{written} {'person was' if written == 1 else 'people were'} written to contacts.csv."
    gone = len(comparison.gone)
    this = "all else" if gone or comparison.refused else "all this"
    words = f"Nothing was written: contacts.csv says {this} already."
    if gone == 1:
        words += " 1 person is gone from the list and stays as they are."
    elif gone:
        words += f" {gone} people are gone from the list and stay as they are."
    return words


def _today() -> date:
    from datetime import UTC, datetime

    return datetime.now(UTC).date()


def _choices(given: list[str], sheet: str, order: tuple[bool, bool], encoding: str | None) -> Choices:
    from mailer.audience.exchange import FIELDS, IGNORE, Choices, unknown_fields

    columns: dict[str, str] = {}
    for text in given:
        heading, sign, field = (part.strip() for part in text.rpartition("="))
        if not sign or not heading or not field:
            raise UsageError(
                f'--map "{text}" is not COLUMN=FIELD.', 'Such as --map "Ministry contact=email".'
            )
        columns[heading] = field.lower()
    if wrong := unknown_fields(columns.values()):
        raise UsageError(f'There is no field "{wrong[0]}".', nearest(wrong[0], (*FIELDS, IGNORE), most=20))
    if all(order):
        raise UsageError("--day-first and --month-first say opposite things.", "Keep one.")
    days: Literal["day-first", "month-first"] | None = None
    if any(order):
        days = "day-first" if order[0] else "month-first"
    return Choices(columns, sheet, days, encoding or "")


def _ask(proposed: Proposed, endings: tuple[Ending, ...], *, skip_refused: bool) -> tuple[Ending, ...]:
    """Ask whether to write, and what became of those who are gone. Aborts where the answer is no."""
    comparison = proposed.comparison
    if not (comparison.changes_anything or comparison.gone or endings):
        return ()
    if not sys.stdin.isatty():
        raise UsageError("There is no terminal to ask at.", "Look with --dry-run, then add --yes.")
    told = {id(ending.contact) for ending in endings}
    open_ = [entry for entry in comparison.gone if entry.asks and id(entry.contact) not in told]
    asked: list[Ending] = []
    if open_:
        many = "1 person who is gone" if len(open_) == 1 else f"{len(open_)} people who are gone"
        if typer.confirm(f"Say now what became of {many}?", default=False, err=True):
            asked = list(_ask_about(entry.contact for entry in open_))
    parts = [
        f"{len(entries)} {word}"
        for word, entries in (("added", comparison.added), ("changed", comparison.changed))
        if entries
    ]
    ended = len(endings) + len(asked)
    if ended:
        parts.append(f"{ended} ended")
    if not parts:
        return ()
    without = len(comparison.refused)
    question = f"Write {', '.join(parts)} to contacts.csv"
    if without and not skip_refused:
        question += f", without the {without} refused"
    typer.confirm(f"{question}?", abort=True, err=True)
    return tuple(asked)


def _ask_about(contacts: Iterable[Contact]) -> Iterator[Ending]:
    """Ask about one after the other, until somebody has had enough."""
    from mailer.audience.exchange import UnclearError, make_ending

    for contact in contacts:
        console.print(cell(f"{contact.name or contact.email} <{contact.email}>"))
        ended = _ask_day(contact)
        if ended == "enough":
            return
        while ended:
            letter = typer.prompt("  by which letter", default="", show_default=False)
            stays = typer.confirm("  stays on the newsletter?")
            try:
                yield make_ending(contact, ended, letter, newsletter=stays)
                break
            except UnclearError as error:
                console.print(cell(f"  {error}. {error.hint}"))


def _ask_day(contact: Contact) -> date | Literal["enough"] | None:
    """The last day, which can be that of this person; None where nothing changes."""
    from mailer.audience.exchange import UnclearError, make_ending, read_day

    question = "  last day of the role (Enter: nothing changes; q: no more questions)"
    while True:
        text = typer.prompt(question, default="", show_default=False).strip()
        if not text:
            return None
        if text.casefold() == "q":
            return "enough"
        try:
            return make_ending(contact, read_day(text, None), "", newsletter=True).ended
        except UnclearError as error:
            console.print(cell(f"  {error}. {error.hint}"))
