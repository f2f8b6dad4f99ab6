"""`mailer compat`: in which mail programs an issue works, and what readers see where something is missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mailer.check.compat import Compatibility, Lack, State, Verdict, support_table
from mailer.cli.app import app, workspace_of
from mailer.cli.output import (
    Format,
    FormatOption,
    OnOption,
    ToOption,
    cell,
    console,
    parse_day,
    print_json,
    table,
)
from mailer.flow import compose_issue
from mailer.flow.compat import compatibility_of, wanted_clients

COLOURS = {State.WORKS: "green", State.FALLBACK: "green", State.FAILS: "bold red"}
InOption = Annotated[
    list[str] | None,
    typer.Option(
        "--in", metavar="PROGRAM", help="Only this program or family, and all it lacks; may be repeated."
    ),
]


@app.command(rich_help_panel="Write and check")
def compat(
    context: typer.Context,
    slug: Annotated[
        str,
        typer.Argument(metavar="SLUG", help="The issue, or its folder; the list of programs where left out."),
    ] = "",
    in_: InOption = None,
    to: ToOption = None,
    on: OnOption = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Show in which mail programs an issue works, and what readers see where something is missing.

    Exit code 1 while a wanted program (`clients` in mailer.toml) loses something for which there is no fallback.

    Example: [bold]mailer compat 2016-12-cami --in outlook.windows[/bold]
    """
    if not slug:
        if format is Format.JSON:
            print_json(_programs_json())
        else:
            _show_programs()
        return
    workspace = workspace_of(context)
    wanted = tuple(in_ or ()) or wanted_clients(workspace)
    support_table().named(wanted)
    composed = compose_issue(workspace, slug, tuple(to or ()), secret=b"compat", on=parse_day(on))
    found = compatibility_of(composed.renditions, wanted)
    if format is Format.JSON:
        print_json(_as_json(composed.file.slug, found))
    else:
        _show(composed.file.slug, len(composed.renditions), found, in_detail=bool(in_))
    if found.working < len(found.verdicts):
        raise typer.Exit(1)


def _show_programs() -> None:
    data = support_table()
    listing = table("!name", "mail program", ">features tested")
    for client in data.clients:
        listing.add_row(client.name, client.title, str(client.tested))
    console.print(listing)
    console.print(f"[dim]caniemail, data of {data.date}. Too little is known of:[/dim]")
    console.print(Text(", ".join(client.title for client in data.too_little), "dim"))


def _programs_json() -> dict[str, Any]:
    data = support_table()
    programs = [{"name": each.name, "title": each.title, "tested": each.tested} for each in data.clients]
    unknown = [{"name": each.name, "title": each.title, "tested": each.tested} for each in data.too_little]
    return {"date": data.date, "source": data.source, "programs": programs, "too_little_known": unknown}


def _show(slug: str, versions: int, found: Compatibility, *, in_detail: bool) -> None:
    console.print(
        f"[bold]{escape(slug)}[/bold]: works in {found.working} of {len(found.verdicts)} mail programs, "
        f"score [bold]{found.score}[/bold]"
    )
    many = "1 version" if versions == 1 else f"{versions} versions"
    console.print(f"[dim]{many}; caniemail, data of {found.date}[/dim]\n")
    if in_detail:
        for verdict in found.verdicts:
            _show_program(verdict)
        return
    numbers = _numbered(found.verdicts)
    listing = table("mail program", ">has", "!how it fares", "what readers see instead")
    for verdict in found.verdicts:
        seen = sorted({numbers[row.instead] for row in verdict.fallbacks})
        how = Text("fallbacks" if verdict.state is State.FALLBACK else verdict.state, COLOURS[verdict.state])
        listing.add_row(verdict.client.title, f"{verdict.native} %", how, " ".join(map(str, seen)))
    console.print(listing)
    _show_lost(found.verdicts)
    if numbers:
        console.print("\n[bold]What readers see instead[/bold]")
        legend = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
        legend.add_column(justify="right", no_wrap=True)
        for instead, number in numbers.items():
            legend.add_row(str(number), cell(instead))
        console.print(legend)
    console.print("\n[dim]`has`: the share of what the mail uses that the program has itself.[/dim]")


def _numbered(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """Each thing that is seen instead, with a number, in the order of the table of fallbacks."""
    from mailer.check.compat import FALLBACKS

    seen = {row.instead for verdict in verdicts for row in verdict.fallbacks}
    ordered = dict.fromkeys(row.instead for row in FALLBACKS if row.instead in seen)
    return {instead: number for number, instead in enumerate(ordered, start=1)}


def _show_lost(verdicts: Iterable[Verdict]) -> None:
    lost: dict[str, list[str]] = {}
    for verdict in verdicts:
        for lack in verdict.failing:
            lost.setdefault(f"{_name(lack)} in {lack.use.words}", []).append(verdict.client.title)
    if lost:
        console.print("\n[bold red]What is lost[/bold red]")
    for what, where in lost.items():
        console.print(cell(what))
        console.print(Padding(Text(", ".join(where), "dim"), (0, 0, 0, 4)))


def _show_program(verdict: Verdict) -> None:
    console.print(
        Text.assemble(
            (verdict.client.title, "bold"),
            f" has {verdict.native} % of what the mail uses; ",
            (verdict.state.value, COLOURS[verdict.state]),
        )
    )
    listing = table("lacks", "readers see")
    for lack in sorted(verdict.lacking, key=lambda lack: lack.fallback is not None):
        seen = cell(lack.fallback.instead) if lack.fallback else Text("nothing in its place", "red")
        listing.add_row(cell(_name(lack)), seen)
    if verdict.lacking:
        console.print(listing)
    console.print()


def _name(lack: Lack) -> str:
    return f"{lack.title} {lack.use.trait}".strip()


def _as_json(slug: str, found: Compatibility) -> dict[str, Any]:
    data = support_table()
    return {
        "issue": slug,
        "score": found.score,
        "working": found.working,
        "of": len(found.verdicts),
        "date": found.date,
        "source": data.source,
        "programs": [_program_json(verdict) for verdict in found.verdicts],
    }


def _program_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "name": verdict.client.name,
        "title": verdict.client.title,
        "state": verdict.state,
        "has": verdict.native,
        "lacks": [
            {
                "feature": lack.use.slug,
                "title": lack.title,
                "how": lack.use.trait,
                "support": lack.answer.letter,
                "note": lack.why,
                "instead": lack.fallback.instead if lack.fallback else None,
                "where": lack.use.words,
            }
            for lack in verdict.lacking
        ],
    }
