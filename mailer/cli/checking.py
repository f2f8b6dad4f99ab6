"""`mailer check`: findings, worst first; mending what is certain, and following links, where that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from mailer.cli.app import app, workspace_of
from mailer.cli.links_shown import follow_with_progress, show_links, visit_json
from mailer.cli.mending import mend_issue
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
    show_not_checked,
    show_waivers,
)
from mailer.cli.translating import progress_json, progress_line
from mailer.errors import Problem, ProblemsError, RenderError, UsageError

if TYPE_CHECKING:
    from mailer.check import Unchecked
    from mailer.config import Workspace
    from mailer.flow.links import Followed
    from mailer.model.finding import Finding, Waiver
    from mailer.model.translation import Progress


@dataclass(frozen=True, slots=True)
class _Checked:
    """What was found about an issue."""

    standing: tuple[Finding, ...]
    waived: tuple[Finding, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    progress: tuple[Progress, ...] = ()
    followed: Followed | None = None
    not_checked: tuple[Unchecked, ...] = ()


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
    links: Annotated[
        bool, typer.Option("--links", help="Ask every web address whether it answers; two minutes at most.")
    ] = False,
    fix: Annotated[
        bool,
        typer.Option(
            "--fix", help="Mend what is certain first: blanks, torn words, hidden hyphens. Shown, then asked."
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --fix: write without asking.")] = False,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Show what is wrong with an issue, worst first. Exit code 1 while anything stops it.

    Example: [bold]mailer check 2016-12-cami[/bold]
    """
    from mailer.content import list_issues

    if fix and format is Format.JSON:
        raise UsageError("--fix shows its changes to people.", "Leave --format json out, or check by itself.")
    if yes and not fix:
        raise UsageError("--yes answers the question that --fix asks.", "Add --fix, or leave it out.")
    workspace = workspace_of(context)
    checked: dict[str, _Checked] = {}
    for name in [slug] if slug else list_issues(workspace.issues):
        if fix:
            mend_issue(workspace, name, yes=yes)
        checked[name] = _check(workspace, name, tuple(to or ()), on, strict=strict, links=links)
        if format is Format.TEXT:
            _show(name, checked[name], links=links)
    if format is Format.JSON:
        print_json(_as_json(checked, links=links))
    if any(finding.severity == "stop" for each in checked.values() for finding in each.standing):
        raise typer.Exit(1)


def _check(
    workspace: Workspace, slug: str, to: tuple[str, ...], on: str, *, strict: bool, links: bool
) -> _Checked:
    from mailer.flow import compose_issue
    from mailer.model.finding import Finding, worst_first

    try:
        # The findings do not depend on the key that signs unsubscribe addresses.
        composed = compose_issue(workspace, slug, to, secret=b"check", on=parse_day(on), strict=strict)
    except ProblemsError as error:
        return _Checked(tuple(Finding.from_problem(problem) for problem in error.problems))
    except RenderError as error:
        return _Checked((Finding.from_problem(Problem(error.message, error.hint)),))
    followed = follow_with_progress(workspace, composed) if links else None
    return _Checked(
        standing=tuple(worst_first([*composed.standing, *(followed.standing if followed else ())])),
        waived=composed.waived + (followed.waived if followed else ()),
        waivers=composed.waivers,
        progress=composed.progress,
        followed=followed,
        not_checked=composed.not_checked,
    )


def _show(slug: str, checked: _Checked, *, links: bool) -> None:
    show_findings(checked.standing)
    show_waivers(checked.waived, checked.waivers)
    if checked.progress:
        console.print(escape(progress_line(checked.progress)), highlight=False)
    if checked.followed:
        show_links(checked.followed)
    elif links:
        console.print("Links: not asked; the files have to be usable first")
    show_not_checked(checked.not_checked)
    quiet = f", {len(checked.waived)} waived" if checked.waived else ""
    console.print(f"[bold]{escape(slug)}[/bold]: {count_words(checked.standing)}{quiet}")


def _as_json(checked: dict[str, _Checked], *, links: bool) -> dict[str, object]:
    """Everything found; what links showed only where they were to be followed, null where they could not be."""
    values: dict[str, object] = {
        "findings": [finding_json(f) for each in checked.values() for f in each.standing],
        "waived": [finding_json(f) for each in checked.values() for f in each.waived],
        "languages": [
            {"issue": slug} | progress_json(progress)
            for slug, each in checked.items()
            for progress in each.progress
        ],
        "not_checked": [
            {"issue": slug, "what": one.what, "why": one.why, "rules": one.rules}
            for slug, each in checked.items()
            for one in each.not_checked
        ],
    }
    if links:
        values["links"] = {
            slug: [visit_json(visit) for visit in each.followed.visits] if each.followed else None
            for slug, each in checked.items()
        }
    return values
