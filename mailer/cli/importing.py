"""`mailer import`: what colleagues sent becomes items of an issue."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mailer.cli.app import app, workspace_of
from mailer.cli.output import Format, FormatOption, cell, console, parse_day, print_json

if TYPE_CHECKING:
    from mailer.flow.contributed import ImportPlan, PhotoPlace, PlacedPhoto

Decide = Literal["keep", "accept", "reject"]

_TAKE = "="
"""Typed to take over what a photo's file says."""
_ASKED = {"alt": "what it shows", "credit": "who made it", "rights": "on what terms it may be used"}


@app.command("import", rich_help_panel="Write and check")
def import_(
    context: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Word (.docx), Markdown (.md) or mails (.eml).")
    ],
    into: Annotated[str, typer.Option("--into", metavar="SLUG", help="Add to this issue.")] = "",
    new: Annotated[str, typer.Option("--new", metavar="SLUG", help="Begin this issue with them.")] = "",
    replace: Annotated[
        list[str] | None,
        typer.Option("--replace", metavar="ITEM", help="Renew this item's words; may be repeated."),
    ] = None,
    date: Annotated[
        str, typer.Option("--date", metavar="DATE", help="With --new: its planned day; today where left out.")
    ] = "",
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="Of all new items.")] = "",
    credit: Annotated[
        str, typer.Option("--credit", metavar="NAME", help="Who made the photos that do not say it.")
    ] = "",
    rights: Annotated[
        str, typer.Option("--rights", metavar="TEXT", help="On what terms those photos may be used.")
    ] = "",
    decide: Annotated[
        Decide, typer.Option("--decide", help="What becomes of tracked changes: kept open, or all settled.")
    ] = "keep",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and stop.")] = False,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Make items of what colleagues sent: Word files, Markdown, mails with photos. Several at once.

    Nothing that stands in the issue is overwritten without --replace. What was unsure is listed.

    Example: [bold]mailer import vilm.docx saiga.eml --into 2016-12-cami[/bold]
    """
    from mailer.cli.import_shown import import_json, show_plan, show_written
    from mailer.flow.contributing import plan_import, read_sent, with_answers, write_import

    workspace = workspace_of(context)
    day = parse_day(date)
    contributions = read_sent(files)

    def plan() -> ImportPlan:
        return plan_import(
            workspace,
            contributions,
            into=into,
            new=new,
            day=day,
            replace=tuple(replace or ()),
            decide=decide,
            credit=credit,
            rights=rights,
            kind=kind,
        )

    planned = plan()
    if format is Format.TEXT and not dry_run and sys.stdin.isatty() and (answers := asked_about(planned)):
        contributions = with_answers(contributions, answers)
        planned = plan()
    if format is Format.TEXT:
        show_plan(planned)
    written = None if dry_run else write_import(workspace, planned)
    if format is Format.JSON:
        print_json(import_json(planned, written=written is not None))
    else:
        show_written(workspace, planned, written)


def asked_about(plan: ImportPlan) -> dict[PhotoPlace, dict[str, str]]:
    """What people say of the photos that lack something; Enter leaves it open."""
    answers: dict[PhotoPlace, dict[str, str]] = {}
    titles = {item.id: item.title or item.id for item in plan.items}
    for photo in plan.photos:
        if not photo.missing:
            continue
        console.print(cell(f"Photo {photo.src}, in “{titles[photo.item]}” (Enter leaves a question open)"))
        said = {what: _asked(photo, what) for what in photo.missing}
        if any(said.values()):
            answers[photo.at] = {what: words for what, words in said.items() if words}
    return answers


def _asked(photo: PlacedPhoto, what: str) -> str:
    told = {"credit": photo.credit_told, "rights": photo.rights_told}.get(what, "")
    question = f"  {_ASKED[what]}"
    if told:
        question += f" (its file says “{told}”; {_TAKE} takes that)"
    said = str(typer.prompt(question, default="", show_default=False, err=True)).strip()
    return told if told and said == _TAKE else said
