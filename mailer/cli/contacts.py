"""`mailer contacts …`: whether the standing file is in order, and erasing somebody who asks for it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli.app import app, workspace_of
from mailer.cli.output import (
    Format,
    FormatOption,
    cell,
    console,
    count_words,
    finding_json,
    parse_day,
    print_json,
    show_findings,
)
from mailer.errors import MailerError, UsageError

if TYPE_CHECKING:
    from mailer.flow.contacts import Erased, Erasure

group = typer.Typer(help="The people who may be written to: check the file, take lists in, forget somebody.")
app.add_typer(group, name="contacts", rich_help_panel="People")


@group.command()
def check(
    context: typer.Context,
    on: Annotated[
        str, typer.Option("--on", metavar="DATE", help="Roles as of that day, such as 2016-12-19.")
    ] = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Show what is wrong in the files of recipients/, and what is odd about the people.

    Exit code 1 while anything is wrong: nothing can be sent until it is mended.

    Example: [bold]mailer contacts check[/bold]
    """
    from mailer.flow.contacts import check_contacts

    day = parse_day(on) or datetime.now(UTC).date()
    checked = check_contacts(workspace_of(context), day)
    if format is Format.JSON:
        findings = [finding_json(finding) for finding in checked.findings]
        print_json({"on": day, "people": checked.people, "findings": findings})
    else:
        show_findings(checked.findings)
        people = f"{checked.people:,} people" if checked.people else "contacts.csv cannot be used"
        console.print(cell(f"{people} on {day}: {count_words(checked.findings)}"))
    if any(finding.severity == "stop" for finding in checked.findings):
        raise typer.Exit(1)


@group.command()
def forget(
    context: typer.Context,
    who: Annotated[
        str, typer.Argument(metavar="EMAIL", help='Their address; "Name <address>" where several share it.')
    ],
    because: Annotated[str, typer.Option("--because", metavar="TEXT", help="Why, for the record.")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who decided.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase somebody from contacts.csv, from the send record and from what came in under deadlines, for good.

    The do-not-mail list still holds for them, and the record still counts what went out.

    Example: [bold]mailer contacts forget a.person@example.org --because "asked by letter"[/bold]
    """
    from mailer.flow import ledger_of
    from mailer.flow.contacts import erase, plan_erasure

    workspace = workspace_of(context)
    if not because.strip():
        raise UsageError("Say why, for the record.", 'Such as --because "asked by letter".')
    erasure = plan_erasure(workspace, who)
    _show_plan(erasure)
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("There is no terminal to ask at.", "Add --yes to do it without being asked.")
        typer.confirm("This cannot be undone. Forget them?", abort=True)
    with ledger_of(workspace) as ledger:
        done = erase(workspace, ledger, erasure, because=because, by=by)
    if erasure.contact is None and not done.is_known:
        raise MailerError(
            f"{erasure.addresses[0]} is neither in contacts.csv nor in the send record.",
            "See how it is spelt.",
        )
    for line in _done(erasure, done):
        console.print(cell(line))


def _done(erasure: Erasure, done: Erased) -> Iterator[str]:
    if erasure.contact is not None:
        yield f"Row {erasure.contact.row} is out of contacts.csv."
    mails = sum(each.deliveries for each in done.records)
    waiting = sum(each.skipped for each in done.records)
    if mails:
        yield f"{_mails(mails)} in the send record no longer name{'s' if mails == 1 else ''} them."
    elif erasure.addresses:
        yield f"The send record has no mail to {' or '.join(erasure.addresses)}."
    if waiting:
        yield f"{_mails(waiting)} that waited will not go."
    for name, rows in done.logs.items():
        yield f"{_count(rows, 'row')} of {name} no longer name{'s' if rows == 1 else ''} them."
    yield (
        "Not reached: texts of issues, letters, groups and deadlines (.yaml), lists that were imported or exported, "
        "backups, earlier versions of the files, the practice tray (`mailer outbox clear`), and what went out."
    )


def _show_plan(erasure: Erasure) -> None:
    contact = erasure.contact
    if contact is None:
        console.print(
            cell(f"Nobody in contacts.csv has {erasure.addresses[0]}; the send record may have it.")
        )
        return
    console.print(cell(f"{contact.name or contact.email}, row {contact.row}: {', '.join(contact.addresses)}"))
    for address, names in erasure.shared.items():
        stay = "stays" if len(names) == 1 else "stay"
        console.print(
            cell(f"{' and '.join(names)} {stay} at {address}; what the send record has of it stays too.")
        )


def _mails(count: int) -> str:
    return _count(count, "mail")


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' if count != 1 else ''}"
