"""`mailer check`: findings, worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from mailer.cli.app import app, workspace_of
from mailer.cli.output import (
    Format,
    FormatOption,
    OnOption,
    ToOption,
    console,
    count_words,
    finding_json,
    parse_day,
    print_json,
    show_findings,
    show_waivers,
)
from mailer.cli.translating import progress_json, progress_line
from mailer.errors import Problem, ProblemsError, RenderError

if TYPE_CHECKING:
    from mailer.config import Workspace
    from mailer.model.finding import Finding, Waiver
    from mailer.model.translation import Progress


@app.command(rich_help_panel="Write and check")
def check(
    context: typer.Context,
    slug: Annotated[
        str, typer.Argument(metavar="SLUG", help="The issue, or its folder; every issue where left out.")
    ] = "",
    to: ToOption = None,
    on: OnOption = "",
    strict: Annotated[
        bool, typer.Option("--strict", help="Ask every rule, also those that are right less often.")
    ] = False,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Show what is wrong with an issue, worst first. Exit code 1 while anything stops it.

    Example: [bold]mailer check 2016-12-cami[/bold]
    """
    from mailer.content import list_issues

    workspace = workspace_of(context)
    slugs = [slug] if slug else list_issues(workspace.issues)
    standing: list[Finding] = []
    waived: list[Finding] = []
    languages: list[dict[str, object]] = []
    for name in slugs:
        found, covered, waivers, progress = _check(workspace, name, tuple(to or ()), on, strict=strict)
        if format is Format.TEXT:
            show_findings(found)
            show_waivers(covered, waivers)
            if progress:
                console.print(escape(progress_line(progress)), highlight=False)
            quiet = f", {len(covered)} waived" if covered else ""
            console.print(f"[bold]{escape(name)}[/bold]: {count_words(found)}{quiet}")
        standing += found
        waived += covered
        languages += [{"issue": name} | progress_json(each) for each in progress]
    if format is Format.JSON:
        print_json(
            {
                "findings": [finding_json(f) for f in standing],
                "waived": [finding_json(f) for f in waived],
                "languages": languages,
            }
        )
    if any(finding.severity == "stop" for finding in standing):
        raise typer.Exit(1)


def _check(
    workspace: Workspace, slug: str, to: tuple[str, ...], on: str, *, strict: bool
) -> tuple[list[Finding], list[Finding], tuple[Waiver, ...], tuple[Progress, ...]]:
    from mailer.flow import compose_issue
    from mailer.model.finding import Finding

    try:
        # The findings do not depend on the key that signs unsubscribe addresses.
        composed = compose_issue(workspace, slug, to, secret=b"check", on=parse_day(on), strict=strict)
    except ProblemsError as error:
        return [Finding.from_problem(problem) for problem in error.problems], [], (), ()
    except RenderError as error:
        return [Finding.from_problem(Problem(error.message, error.hint))], [], (), ()
    return list(composed.standing), list(composed.waived), composed.waivers, composed.progress
