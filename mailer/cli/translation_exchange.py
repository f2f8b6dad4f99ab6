"""`mailer translate export` and `import`: translations by people who do not see YAML."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.text import Text

from mailer.cli.app import workspace_of
from mailer.cli.output import (
    Format,
    FormatOption,
    cell,
    console,
    finding_json,
    indented,
    print_json,
    show_findings,
)
from mailer.cli.translating import LanguageArgument, SlugArgument, translate
from mailer.errors import UsageError

if TYPE_CHECKING:
    from mailer.flow.translation_exchange import Change, TranslationReturn

Kind = Literal["docx", "xliff"]
ENDINGS = {"docx": "docx", "xliff": "xlf"}


@translate.command("export")
def export_(
    context: typer.Context,
    slug: SlugArgument,
    language: LanguageArgument,
    kind: Annotated[
        Kind,
        typer.Option(
            "--format", help="A table for Word and LibreOffice, or XLIFF 2 for translation programs."
        ),
    ] = "docx",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where to; build/SLUG/SLUG.LANG.docx if left out."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file named by --out.")] = False,
) -> None:
    """Write a file for a translator: each piece with its source and its present translation.

    Example: [bold]mailer translate export 2016-12-cami fr[/bold]
    """
    from mailer.content import find_issue
    from mailer.flow.translation_exchange import export_translation
    from mailer.source import write_atomically

    workspace = workspace_of(context)
    if out is not None and out.exists() and not force:
        raise UsageError(f"{out} is there already.", "Choose another name, or add --force.")
    if out is not None and not out.parent.is_dir():
        raise UsageError(f"{out.parent} is no folder.", "Make it, or choose another place.")
    content = export_translation(workspace, slug, language, kind)
    if out is None:
        name = find_issue(slug, workspace.issues).name
        folder = workspace.build / name
        folder.mkdir(parents=True, exist_ok=True)
        out = folder / f"{name}.{language}.{ENDINGS[kind]}"
    write_atomically(out, content)
    console.print(cell(f"Made {workspace.shown(out)}"))
    console.print("When it comes back: [bold]mailer translate import FILE[/bold]")


@translate.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .docx or .xlf file that came back.")],
    by: Annotated[
        str, typer.Option("--by", metavar="NAME", help="Who translated it; they cannot approve it then.")
    ] = "",
    theirs: Annotated[
        bool,
        typer.Option("--theirs", help="Take the file's words also where they were changed here meanwhile."),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and stop.")] = False,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Take a translation that came back into the issue: what is broken stays out, and is told.

    The file says itself which issue it is of. Ends with 1 where a piece was kept out.

    Example: [bold]mailer translate import 2016-12-cami.fr.docx --by "A. Dupont" --dry-run[/bold]
    """
    from mailer.content.exchange import MAX_FILE
    from mailer.flow.translation_exchange import plan_return, write_return
    from mailer.source import read_bytes

    workspace = workspace_of(context)
    plan = plan_return(
        workspace, read_bytes(file, file.name, MAX_FILE), file.name, theirs=theirs, by=by.strip()
    )
    if not dry_run:
        write_return(workspace, plan)
    named = [workspace.shown(each.path) for each in plan.files]
    if format is Format.JSON:
        path = workspace.shown(plan.path)
        print_json(return_json(plan, path, named, written=not dry_run and bool(named)))
    else:
        _show(plan, named, dry_run=dry_run)
    if plan.kept_out:
        raise typer.Exit(1)


def return_json(
    plan: TranslationReturn, path: str, files: Sequence[str], *, written: bool
) -> dict[str, object]:
    """What a file that came back changes, with the keys that programs may rely on.

    `file` is the issue's own; `files` are those that change, of shared items too.
    """
    return {
        "issue": plan.slug,
        "language": plan.language,
        "file": path,
        "files": list(files),
        "written": written,
        "changes": [
            {"item": each.item, "field": each.field, "before": each.before, "after": each.after}
            for each in plan.changes
        ],
        "kept_out": list(plan.kept_out),
        "same": plan.same,
        "empty": plan.empty,
        "stamped": list(plan.stamped),
        "stale": list(plan.stale),
        "findings": [finding_json(each) for each in plan.findings],
    }


def _show(plan: TranslationReturn, files: Sequence[str], *, dry_run: bool) -> None:
    from mailer.source import language_name

    console.print(cell(f"{plan.slug}, {language_name(plan.language)}"))
    for change in plan.changes:
        _show_change(change)
    show_findings(plan.findings)
    counts = [f"{len(plan.changes)} new or changed", f"{plan.same} as before"]
    counts += [f"{len(plan.kept_out)} kept out"] if plan.kept_out else []
    counts += [f"{plan.empty} still without words"] if plan.empty else []
    console.print(cell(", ".join(counts)))
    if not files:
        console.print("Nothing to write: all stays as it is.")
    for path in files:
        console.print(cell(f"{'Would write' if dry_run else 'Wrote'} {path}"))


def _show_change(change: Change) -> None:
    console.print(Text.assemble((f"{change.item or 'the head'} · {change.field}", "bold")))
    if change.before:
        indented(f"- {change.before}", 2, "dim")
    indented(f"+ {change.after}", 2)
