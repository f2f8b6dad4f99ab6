"""`mailer versions`: which versions an issue has, and how many readers each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

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
from mailer.flow.versions import Version, list_versions
from mailer.source import language_name


@app.command(rich_help_panel="Write and check")
def versions(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="The issue, or its folder.")],
    to: ToOption = None,
    on: OnOption = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """List the versions of an issue with their readers, before anything is rendered.

    Example: [bold]mailer versions 2016-12-cami --to range-states[/bold]
    """
    found = list_versions(workspace_of(context), slug, tuple(to or ()), on=parse_day(on))
    if format is Format.JSON:
        listed = [_json(version) for version in found.listed]
        print_json({"issue": found.slug, "on": found.day, "readers": found.readers, "versions": listed})
        return
    listing = table(">readers", "version")
    for version in found.listed:
        listing.add_row(f"{version.readers:,}", _described(version))
    console.print(listing)
    many = "version" if len(found.listed) == 1 else "versions"
    console.print(
        f"[bold]{found.slug}[/bold] on {found.day}: {found.readers:,} readers, {len(found.listed)} {many}"
    )


def _json(version: Version) -> Mapping[str, object]:
    return {
        "key": version.variant.key,
        "language": version.variant.language,
        "words": version.words,
        "readers": version.readers,
        "items": version.variant.items,
        "hidden": version.hidden,
        "leading": version.leading,
        "wordings": version.worded,
        "fallen_back": version.fallen_back,
    }


def _described(version: Version) -> RenderableType:
    """The words, and below them what is special about the version; items by their ids."""
    lines = (Text.assemble((f"{what}: ", "dim"), ", ".join(items)) for what, items in _special(version))
    return Group(cell(version.words), *(Padding(line, (0, 0, 0, 2)) for line in lines))


def _special(version: Version) -> Iterator[tuple[str, list[str]]]:
    if version.hidden:
        yield "not in it", list(version.hidden)
    if version.leading:
        yield "further up", list(version.leading)
    if version.worded:
        yield "other words", [f"{item} (wording {number + 1})" for item, number in version.worded.items()]
    by_language: dict[str, list[str]] = defaultdict(list)
    for item, language in version.fallen_back.items():
        by_language[language].append(item)
    for language, items in by_language.items():
        yield f"in {language_name(language)}", items
