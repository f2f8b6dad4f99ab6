"""`mailer waive`: somebody answers for a finding."""

from __future__ import annotations

from typing import Annotated

import typer

from mailer.cli.app import app, workspace_of
from mailer.cli.output import OnOption, ToOption, cell, console, count_words, hanging, parse_day
from mailer.cli.waived_shown import said_of, what_is_waived


@app.command(rich_help_panel="Write and check")
def waive(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="The issue, or its folder.")],
    rule: Annotated[str, typer.Argument(metavar="RULE", help="What `mailer check` calls it: date.sum.")],
    by: Annotated[
        str, typer.Option("--by", metavar="NAME", help="Who answers for it; not one of the authors.")
    ],
    because: Annotated[str, typer.Option("--because", metavar="TEXT", help="Why it may stay as it is.")],
    item: Annotated[
        str,
        typer.Option(
            "--item",
            metavar="ID",
            help="""The item, where several are meant; "the head" for the issue's own words.""",
        ),
    ] = "",
    field: Annotated[str, typer.Option("--field", metavar="FIELD", help="The field, likewise.")] = "",
    words: Annotated[str, typer.Option("--words", metavar="TEXT", help="The very words, likewise.")] = "",
    to: ToOption = None,
    on: OnOption = "",
) -> None:
    """Answer for what a rule has found, with a reason: for that place and those words only.

    It is written into waivers.yaml beside the issue, and shown in the proof and in the report of the sending. What
    `mailer check --links` shows is waived within an hour of it, and shown there only.

    Example: [bold]mailer waive 2016-12-cami date.sum --by "Head of Unit" --because "Announced so."[/bold]
    """
    from mailer.flow.waiving import Which, waive_finding

    done = waive_finding(
        workspace_of(context),
        slug,
        rule,
        Which(item, field, words),
        by=by,
        because=because,
        segments=tuple(to or ()),
        on=parse_day(on),
    )
    console.print(cell(f"Waived {what_is_waived(done.finding)}"))
    hanging("  ", said_of(done.waiver), 0)
    console.print(cell(f"What stands now: {count_words(done.left)}."))
