"""`mailer backup` and `mailer restore`: all state in one file, and back."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from mailer.cli.app import app, workspace_of
from mailer.cli.output import Format, FormatOption, cell, console, print_json, table
from mailer.dispatch.report import ON_SCREEN
from mailer.errors import UsageError
from mailer.flow.backup import Backup, check_backup, make_backup, taken_at
from mailer.flow.backup_loss import counted, listed
from mailer.flow.restore import Restored, restore_backup
from mailer.model.dispatch import State

PANEL = "Record"
File = Annotated[Path, typer.Argument(metavar="FILE", help="Where it is kept, such as saiga-2026-01-12.zip.")]


@app.command(rich_help_panel=PANEL)
def backup(
    context: typer.Context,
    file: File,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Write nothing; read a backup, every byte, and say whether it is whole."
        ),
    ] = False,
    with_tray: Annotated[bool, typer.Option("--with-tray", help="Take the practice tray along.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE where it is there.")] = False,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Keep the send record and the frozen proofs in one file, and read it back. Works while a sending runs.

    Example: [bold]mailer backup /media/stick/saiga-2026-01-12.zip[/bold]
    """
    if check and (with_tray or force):
        raise UsageError("--check writes nothing: leave --with-tray and --force out.")
    workspace = workspace_of(context)
    made = (
        check_backup(workspace, file)
        if check
        else make_backup(workspace, file, with_tray=with_tray, force=force)
    )
    if format is Format.JSON:
        print_json(_json(made))
        return
    _show(made)
    if not check:
        console.print(
            "It holds people's addresses and the secret keys of the send record: keep it where only you can read it."
        )


@app.command(rich_help_panel=PANEL)
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    replace: Annotated[
        bool,
        typer.Option(
            "--replace", help="Even where the send record here has what the backup has not; it is kept."
        ),
    ] = False,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Put a backup in its place again, after reading all of it. What was open in it is paused, to be looked at.

    Example: [bold]mailer restore /media/stick/saiga-2026-01-12.zip[/bold]
    """
    workspace = workspace_of(context)
    done = restore_backup(workspace, file, replace=replace, by=getpass.getuser())
    if format is Format.JSON:
        print_json(_restored_json(done))
        return
    manifest = done.manifest
    console.print(cell(f"Restored from the backup of {taken_at(manifest)}: send record {manifest.ledger}."))
    listing = table("", "")
    listing.show_header = False
    listing.add_row("sendings", f"{manifest.dispatches:,}, rehearsals too")
    listing.add_row("proofs", f"{done.proofs:,} put back; those that were here and whole stay")
    if manifest.with_tray:
        listing.add_row("practice tray", f"{counted(done.mails, 'mail')} put back")
    console.print(listing)
    _show_after(done)
    if workspace.config.ledger.record != manifest.ledger:
        console.print(
            "It is [bold]not[/bold] the ledger of record that mailer.toml names: only rehearsals go from here. "
            "To change that:\n  [bold]mailer ledger adopt[/bold]"
        )
    if done.kept:
        console.print(cell(f"What stood here before is kept in {workspace.shown(done.kept)}."))


def _show(made: Backup) -> None:
    manifest, standing = made.manifest, made.standing
    real = sum(share.is_real for share in standing.dispatches.values())
    console.print(cell(f"{made.path}: whole, every byte was read back and compared"))
    listing = table("", "")
    listing.show_header = False
    listing.add_row("taken", f"{taken_at(manifest)}, by version {manifest.program}")
    listing.add_row("size", f"{made.size:,} bytes, {manifest.size:,} unpacked")
    listing.add_row("send record", cell(manifest.ledger))
    rehearsals = counted(len(standing.dispatches) - real, "rehearsal")
    listing.add_row("", f"{counted(real, 'real sending')}, {rehearsals}")
    listing.add_row("", ", ".join(f"{count:,} {words}" for words, count in _in_words(made)) or "no mails")
    listing.add_row("do-not-mail", counted(len(standing.suppressed), "entry", "entries"))
    proofs = {name.split("/")[1] for name in manifest.names("proofs")}
    listing.add_row("proofs", f"{len(proofs):,}")
    mails = counted(len(manifest.names("tray")), "mail")
    listing.add_row(
        "practice tray", mails if manifest.with_tray else "not in it (--with-tray takes it along)"
    )
    console.print(listing)


def _show_after(done: Restored) -> None:
    woken = done.woken
    if woken.paused:
        console.print(
            cell(
                f"{counted(len(woken.paused), 'sending')} had not ended and "
                f"{'is' if len(woken.paused) == 1 else 'are'} paused: {listed(woken.paused)}. What went out after "
                "the backup is not in it: ask the mail service, then `mailer resume ID` or `mailer cancel ID`."
            )
        )
    if woken.recovered.unknown:
        console.print(
            f"{counted(woken.recovered.unknown, 'mail')} had just been handed over and "
            f"{'is' if woken.recovered.unknown == 1 else 'are'} in doubt:\n  [bold]mailer report ID[/bold]"
        )
    if done.strange:
        console.print(
            cell(
                f"Receipts tell of {counted(len(done.strange), 'sending')} that this backup does not know: "
                f"{listed(done.strange)}. It is older than they are; their issues cannot be sent for real from here."
            ),
            style="bold",
        )


def _in_words(made: Backup) -> list[tuple[str, int]]:
    sums: dict[str, int] = {}
    for state in State:
        if count := made.standing.counts.get(state, 0):
            sums[ON_SCREEN[state]] = sums.get(ON_SCREEN[state], 0) + count
    return list(sums.items())


def _json(made: Backup) -> dict[str, object]:
    manifest = made.manifest
    return {
        "file": str(made.path),
        "bytes": made.size,
        "unpacked_bytes": manifest.size,
        "created": manifest.created.isoformat(),
        "program": manifest.program,
        "ledger": manifest.ledger,
        "dispatches": manifest.dispatches,
        "counts": manifest.counts,
        "do_not_mail": len(made.standing.suppressed),
        "proofs": sorted({name.split("/")[1] for name in manifest.names("proofs")}),
        "tray": len(manifest.names("tray")) if manifest.with_tray else None,
    }


def _restored_json(done: Restored) -> dict[str, object]:
    return {
        "created": done.manifest.created.isoformat(),
        "ledger": done.manifest.ledger,
        "paused": list(done.woken.paused),
        "waits_again": done.woken.recovered.planned,
        "in_doubt": done.woken.recovered.unknown,
        "proofs": done.proofs,
        "tray": done.mails,
        "kept": str(done.kept) if done.kept else None,
        "unknown_receipts": list(done.strange),
    }
