"""`mailer build`: what readers get, as files to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group
from rich.text import Text

from mailer.cli.app import app, workspace_of
from mailer.cli.output import OnOption, ToOption, cell, console, parse_day, table
from mailer.errors import MailerError, nearest
from mailer.flow import Composed, compose_issue, ledger_of
from mailer.flow.build import build_calendar, build_for_reader, build_public, build_variants
from mailer.flow.records import unsubscribe_secret

PUBLIC = "public"


@app.command(rich_help_panel="Write and check")
def build(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="The issue, or its folder.")],
    to: ToOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where to; build/SLUG where left out.")] = None,
    as_: Annotated[str, typer.Option("--as", metavar="EMAIL", help="Only what this reader gets.")] = "",
    public: Annotated[
        bool,
        typer.Option(
            "--public", help="Pages and pictures for the web site, as `public` = static needs them."
        ),
    ] = False,
    on: OnOption = "",
) -> None:
    """Write what each kind of reader gets: html, text and the message itself; dates as calendar files.

    Example: [bold]mailer build 2016-12-cami --as aigerim.sadykova@example.org[/bold]
    """
    workspace = workspace_of(context)
    with ledger_of(workspace) as ledger:
        secret = unsubscribe_secret(ledger)
    composed = compose_issue(workspace, slug, tuple(to or ()), secret=secret, on=parse_day(on))
    folder = out or workspace.build / (PUBLIC if public else composed.file.slug)
    if public:
        pages = build_public(workspace, composed, folder)
        console.print(cell(f"{len(pages)} pages in {workspace.shown(folder)}; hand over the whole folder"))
        return
    entries: list[Path] = []
    if as_:
        reader = composed.reader(as_)
        if reader is None:
            raise _unknown_reader(as_, composed)
        files = [build_for_reader(workspace, composed, reader, folder)]
    else:
        files = build_variants(workspace, composed, folder)
        entries = build_calendar(workspace, composed, folder)
    listing = table(">readers", ">html bytes", "version, and its folder")
    for built in sorted(files, key=lambda b: -b.readers):
        version = Group(cell(built.words), Text(workspace.shown(built.index.parent), "dim"))
        listing.add_row(f"{built.readers:,}", f"{built.html_bytes:,}", version)
    console.print(listing)
    if entries:
        files_of = "1 calendar file" if len(entries) == 1 else f"{len(entries)} calendar files"
        console.print(cell(f"{files_of} in {workspace.shown(folder / 'calendar')}"))


def _unknown_reader(address: str, composed: Composed) -> MailerError:
    """What to say where nobody whom the issue is for has that address: the nearest who has, and where all are."""
    wanted = address.strip().casefold()
    known = {contact.address for contact in composed.people.recipients.contacts}
    if wanted in known:
        hint = f"See which groups they belong to: `mailer audience --explain {wanted}`."
        return MailerError(f"{address} is in none of the groups that this is for.", hint)
    close = nearest(wanted, [reader.address for reader in composed.readers][:5000])
    close = f"{close} " if close.startswith("Did") else ""
    return MailerError(
        f"{address} is not among the readers.", f"{close}All people are listed in recipients/contacts.csv."
    )
