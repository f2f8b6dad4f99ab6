"""`mailer build`: what readers get, as files to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group
from rich.text import Text

from mailer.cli.app import app, workspace_of
from mailer.cli.output import OnOption, ToOption, cell, console, parse_day, table
from mailer.config import Workspace
from mailer.errors import MailerError, UsageError, nearest
from mailer.flow import Composed, compose_issue, ledger_of
from mailer.flow.build import build_for_reader, build_public, build_variants
from mailer.flow.calendar import build_calendar
from mailer.flow.records import unsubscribe_secret

PUBLIC = "public"


@app.command(rich_help_panel="Write and check")
def build(
    context: typer.Context,
    slug: Annotated[
        str,
        typer.Argument(metavar="SLUG", help="The issue, or its folder; --archive alone: all that were sent."),
    ] = "",
    to: ToOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Where to; build/SLUG, or build/archive, where left out."),
    ] = None,
    as_: Annotated[str, typer.Option("--as", metavar="EMAIL", help="Only what this reader gets.")] = "",
    public: Annotated[
        bool,
        typer.Option(
            "--public", help="Pages, pictures and dates for the web site, as `public` = static needs them."
        ),
    ] = False,
    archive: Annotated[
        bool,
        typer.Option("--archive", help="Its pages for everybody in the archive, with index and news feed."),
    ] = False,
    though_changed: Annotated[
        bool,
        typer.Option(
            "--though-changed",
            help="Archive also what was kept out when it was sent, and what is not any more.",
        ),
    ] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Its print edition, as a PDF file.")] = False,
    language: Annotated[
        str,
        typer.Option("--language", metavar="LANG", help="Of the print edition; the issue's own if left out."),
    ] = "",
    on: OnOption = "",
) -> None:
    """Write what each kind of reader gets: html, text and the message itself; dates as calendar files.

    Example: [bold]mailer build 2016-12-cami --as aigerim.sadykova@example.org[/bold]
    """
    workspace = workspace_of(context)
    beside = any((to, as_, public, on, archive and (pdf or language)))
    _require_fitting(
        archive=archive, pdf=pdf, beside=beside, though_changed=though_changed, language=language
    )
    if archive:
        _archive(workspace, slug, out, though_changed=though_changed)
        return
    if pdf:
        _print(workspace, slug, out, language or None)
        return
    if not slug:
        raise _no_slug()
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


def _require_fitting(*, archive: bool, pdf: bool, beside: bool, though_changed: bool, language: str) -> None:
    """UsageError where an option stands without the one that it is for, or beside one that it does not go with."""
    if though_changed and not archive:
        raise UsageError("--though-changed is for the archive.", "Add --archive.")
    if language and not (pdf or archive):
        raise UsageError("--language is for the print edition.", "Add --pdf.")
    if beside and (archive or pdf):
        message = f"--{'archive' if archive else 'pdf'} makes one edition, for everybody."
        also = ", --pdf, --language" if archive else ""
        raise UsageError(message, f"Leave out --to, --as, --public{also} and --on.")


def _archive(workspace: Workspace, slug: str, out: Path | None, *, though_changed: bool) -> None:
    from mailer.cli.archiving import archive as build_archive

    build_archive(workspace, slug, out, though_changed=though_changed)


def _print(workspace: Workspace, slug: str, out: Path | None, language: str | None) -> None:
    from mailer.cli.printing import print_edition

    if not slug:
        raise _no_slug()
    print_edition(workspace, slug, language, out)


def _no_slug() -> UsageError:
    return UsageError("Say which issue: SLUG.", "They are the folders in issues/.")


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
