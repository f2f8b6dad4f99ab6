"""`mailer translate`: beginning translations, and keeping them true to their source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.text import Text

from mailer.cli.app import app, workspace_of
from mailer.cli.output import Format, FormatOption, cell, console, print_json
from mailer.errors import MailerError, UsageError

if TYPE_CHECKING:
    from mailer.config import Workspace
    from mailer.content import IssueFile
    from mailer.model.issue import Issue
    from mailer.model.translation import Progress

translate = typer.Typer(
    name="translate",
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Translations of an issue: begin one, see how far each is, note what is done.",
)
app.add_typer(translate, rich_help_panel="Write and check")

SlugArgument = Annotated[str, typer.Argument(metavar="SLUG", help="The issue, or its folder.")]
LanguageArgument = Annotated[str, typer.Argument(metavar="LANG", help="The language's tag, such as ru.")]


@translate.command()
def status(context: typer.Context, slug: SlugArgument, format: FormatOption = Format.TEXT) -> None:  # noqa: A002
    """Show how far each translation is, and what its source has left behind.

    Example: [bold]mailer translate status 2016-12-cami[/bold]
    """
    from mailer.content import find_issue, read_issue
    from mailer.model.translation import progress_of
    from mailer.source import language_name

    workspace = workspace_of(context)
    file = read_issue(find_issue(slug, workspace.issues), workspace.root)
    listed = [progress_of(file.issue, each) for each in file.translations.values()]
    if format is Format.JSON:
        print_json({"issue": file.slug, "languages": [progress_json(each) for each in listed]})
        return
    if not listed:
        console.print(f"{escape(file.slug)} is in {language_name(file.issue.language)} only.")
        console.print(f"Begin a translation: [bold]mailer translate start {escape(file.slug)} LANG[/bold]")
    for progress in listed:
        console.print(Text.assemble((language_name(progress.language), "bold"), f"  {progress.words}"))
        for what, names in _left(progress):
            console.print(Text(f"  {what:<15} {names}"))


@translate.command()
def start(context: typer.Context, slug: SlugArgument, language: LanguageArgument) -> None:
    """Begin a translation: a file with the issue's words as comments, and empty keys to fill in.

    Example: [bold]mailer translate start 2016-12-cami kk[/bold]
    """
    from mailer.content import find_issue, read_issue, start_translation

    workspace = workspace_of(context)
    file = read_issue(find_issue(slug, workspace.issues), workspace.root)
    for number, path in enumerate(start_translation(file, language)):
        more = ", whose words stand in every issue that names it" if number else ""
        console.print(cell(f"Made {workspace.shown(path)}{more}; what stays empty is not translated yet"))
    if trouble := _trouble_with_template(workspace, file.issue, language):
        console.print(cell(trouble))
    console.print(f"See how far it is: [bold]mailer translate status {escape(file.slug)}[/bold]")


@translate.command()
def add(context: typer.Context, slug: SlugArgument, language: LanguageArgument) -> None:
    """Add empty keys for the items that a translation does not have yet; what is there stays as it is.

    Example: [bold]mailer translate add 2016-12-cami fr[/bold]
    """
    from mailer.content import extend_translation, find_issue, read_issue

    workspace = workspace_of(context)
    file = read_issue(find_issue(slug, workspace.issues), workspace.root)
    added = extend_translation(file, language)
    console.print(cell(f"added  {', '.join(added)}" if added else "It has every item already"))


@translate.command()
def stamp(
    context: typer.Context,
    slug: SlugArgument,
    language: LanguageArgument,
    items: Annotated[
        list[str] | None, typer.Argument(metavar="ITEM", help="Items that you have looked at.")
    ] = None,
    head: Annotated[bool, typer.Option("--head", help="Series, title, subject and preheader.")] = False,
    all_: Annotated[bool, typer.Option("--all", help="Everything that is translated.")] = False,
) -> None:
    """Note that a translation fits its source as it is now, once somebody has compared the two.

    Example: [bold]mailer translate stamp 2016-12-cami ru staff-change[/bold]
    """
    from mailer.content import find_issue, read_issue, stale_names, stamp_translation
    from mailer.content.translating import HEAD

    workspace = workspace_of(context)
    file = read_issue(find_issue(slug, workspace.issues), workspace.root)
    named = [*([HEAD] if head else []), *(items or ())]
    if bool(named) == all_:
        left = ", ".join(f"--{name}" if name == HEAD else name for name in stale_names(file, language))
        hint = f"Not noted yet: {left}." if left else _nothing_left(file, language)
        raise UsageError("Name the items that you have compared, or --all.", hint)
    stamped = stamp_translation(file, language, named, everything=all_)
    if not stamped.anew and not stamped.already:
        console.print(cell(_nothing_left(file, language)))
    for name in stamped.anew:
        console.print(cell(f"noted  {name}"))
    if stamped.already:
        count = len(stamped.already)
        console.print(cell(f"{count} {'was' if count == 1 else 'were'} noted already"))


def _nothing_left(file: IssueFile, language: str) -> str:
    """Why there is nothing to note: all is noted, or not a word is there."""
    from mailer.source import language_name

    words = file.translations[language]
    if words.head or words.items:
        return "All of it is noted already."
    return f"Nothing is in {language_name(language)} yet: fill in the empty keys in {file.overlays[language].file}."


def progress_line(listed: Iterable[Progress]) -> str:
    """Such as `Russian 20 of 20 · French 9 of 20, 1 stale`; "" where there is no translation."""
    from mailer.source import language_name

    return " · ".join(f"{language_name(each.language)} {each.words}" for each in listed)


def progress_json(progress: Progress) -> dict[str, object]:
    """How far a translation is, with the keys that programs may rely on."""
    from mailer.source import language_name

    return {
        "language": progress.language,
        "name": language_name(progress.language),
        "items": len(progress.items),
        "translated": len(progress.translated),
        "stale": list(progress.stale),
        "partial": {item: list(fields) for item, fields in progress.partial.items()},
        "missing": list(progress.missing),
        "unstamped": list(progress.unstamped),
        "head": {
            "stale": progress.head_is_stale,
            "missing": list(progress.head_missing),
            "unstamped": progress.head_is_unstamped,
        },
    }


def _left(progress: Progress) -> Iterator[tuple[str, str]]:
    head = ("head",) if progress.head_is_stale else ()
    bare = ("head",) if progress.head_is_unstamped else ()
    partial = tuple(f"{item} ({', '.join(fields)})" for item, fields in progress.partial.items())
    for what, names in (
        ("source changed", head + progress.stale),
        ("in part", partial),
        ("head lacks", progress.head_missing),
        ("not translated", progress.missing if progress.translated else ("all of it",)),
        ("not noted", bare + progress.unstamped),
    ):
        if names:
            yield what, ", ".join(names)


def _trouble_with_template(workspace: Workspace, issue: Issue, language: str) -> str:
    """Why the template cannot be used in that language yet; "" where it can."""
    from mailer.render import read_template

    folder = workspace.templates / issue.template
    try:
        read_template(folder, language, workspace.shown(folder), issue.theme)
    except MailerError as error:
        return f"Before it can be sent: {error}"
    return ""
