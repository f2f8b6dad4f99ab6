"""Commands about people: audience, and the do-not-mail list."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from mailer.audience import AddressError, Explanation, Scene, count, explain, normalise, resolve
from mailer.cli.app import app, workspace_of
from mailer.cli.output import Format, FormatOption, OnOption, cell, console, parse_day, print_json, table
from mailer.config import Workspace
from mailer.errors import MailerError, UsageError, nearest
from mailer.flow import People, ledger_of, read_people
from mailer.model.suppression import Because

PANEL = "People"


@app.command(rich_help_panel=PANEL)
def audience(
    context: typer.Context,
    segment: Annotated[
        str, typer.Argument(metavar="SEGMENT", help="A group; all groups where left out.")
    ] = "",
    explain_: Annotated[
        str, typer.Option("--explain", metavar="EMAIL", help="Why this person is in it, or not.")
    ] = "",
    on: OnOption = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Show who is in a group: how many by country, role and language; or why somebody is or is not.

    Example: [bold]mailer audience cms-parties --explain aigerim.sadykova@example.org[/bold]
    """
    from datetime import UTC, datetime

    day = parse_day(on) or datetime.now(UTC).date()
    workspace = workspace_of(context)
    people = read_people(workspace)
    known = people.recipients.segments
    if segment and segment not in known:
        raise UsageError(f'There is no group "{segment}".', nearest(segment, known))
    scene = people.scene(day)
    if explain_:
        _explain(workspace, people, segment, explain_, scene, format)
        return
    if not segment:
        rows = [(name, len(resolve((name,), people.recipients, scene)), s.title) for name, s in known.items()]
        if format is Format.JSON:
            print_json([{"segment": name, "readers": size, "title": title} for name, size, title in rows])
            return
        listing = table("group", ">people", "title")
        for name, size, title in rows:
            listing.add_row(cell(name), str(size), cell(title))
        console.print(listing)
        console.print(f"[dim]as of {day}[/dim]")
        return
    contacts = resolve((segment,), people.recipients, scene)
    counts = count(contacts, scene)
    parts = {"country": counts.by_country, "role": counts.by_role, "language": counts.by_language}
    if format is Format.JSON:
        print_json({"segment": segment, "on": day, "readers": len(contacts), "by": parts})
        return
    console.print(
        f"[bold]{segment}[/bold] on {day}: {len(contacts)} of {len(people.recipients.contacts)} people"
    )
    for title, numbers in parts.items():
        shown = ", ".join(f"{name or '–'} {number}" for name, number in numbers.items())
        console.print(cell(f"by {title}: {shown}"))


def _explain(
    workspace: Workspace, people: People, segment: str, address: str, scene: Scene, printed: Format
) -> None:
    wanted = address.strip().casefold()
    contact = next(
        (c for c in people.recipients.contacts if wanted in (c.address.casefold(), c.email.casefold())), None
    )
    if contact is None:
        close = nearest(wanted, [c.address for c in people.recipients.contacts][:5000])
        raise MailerError(f"{address} is not in contacts.csv.", close if close.startswith("Did") else "")
    names = [segment] if segment else list(people.recipients.segments)
    if printed is Format.JSON:
        print_json({name: asdict(explain(contact, name, scene)) for name in names})
        return

    def show(step: Explanation, depth: int) -> None:
        because = f" ({step.because})" if step.because else ""
        mark = "[green]yes[/green]" if step.holds else "[red]no [/red]"
        console.print(f"{'  ' * depth}{mark} ", end="")
        console.print(cell(step.words + because))
        for inner in step.children:
            show(inner, depth + 1)

    for name in names:
        show(explain(contact, name, scene), 0)
    config = workspace.config
    if not contact.subscribes_to(config.newsletter.list, scene.day):
        console.print(cell(f"Gets no newsletter: not subscribed to {config.newsletter.list}."))
    with ledger_of(workspace) as ledger:
        entries = [entry for entry in ledger.suppressions() if entry.address == contact.address]
    for entry in entries:
        what = "no newsletter" if entry.because is Because.UNSUBSCRIBED else "nothing"
        console.print(
            cell(f"Gets {what}: on the do-not-mail list ({entry.because}) since {entry.at:%Y-%m-%d}.")
        )


@app.command(rich_help_panel=PANEL)
def suppress(
    context: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The address that must not be mailed.")],
    note: Annotated[str, typer.Option("--because", help="Why, for the record.")],
    reason: Annotated[
        Because, typer.Option("--reason", help="unsubscribed holds for newsletters only.")
    ] = Because.MANUAL,
) -> None:
    """Put an address on the do-not-mail list.

    Example: [bold]mailer suppress a.person@example.org --because "asked by telephone"[/bold]
    """
    workspace = workspace_of(context)
    try:
        address = normalise(address.strip())
    except AddressError as error:
        raise UsageError(f'"{address}" is not an address: {error}.') from error
    with ledger_of(workspace) as ledger:
        ledger.suppress(address, reason, note)
    console.print(cell(f"{address} is on the do-not-mail list ({reason})."))
    known = [contact.address for contact in read_people(workspace).recipients.contacts]
    if address not in known:
        console.print(cell(f"Nobody in contacts.csv has this address. {nearest(address, known)}".strip()))


@app.command(rich_help_panel=PANEL)
def unsuppress(
    context: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The address to mail again.")],
) -> None:
    """Take an address off the do-not-mail list.

    Example: [bold]mailer unsuppress a.person@example.org[/bold]
    """
    with ledger_of(workspace_of(context)) as ledger:
        if not ledger.unsuppress(address):
            raise MailerError(f"{address} is not on the do-not-mail list.", "See `mailer suppressions`.")
    console.print(cell(f"{address} is off the do-not-mail list."))


@app.command(rich_help_panel=PANEL)
def suppressions(context: typer.Context, format: FormatOption = Format.TEXT) -> None:  # noqa: A002
    """Show the do-not-mail list.

    Example: [bold]mailer suppressions --format json[/bold]
    """
    with ledger_of(workspace_of(context)) as ledger:
        listed = ledger.suppressions()
    if format is Format.JSON:
        print_json([{"address": s.address, "because": s.because, "note": s.note, "at": s.at} for s in listed])
        return
    if not listed:
        console.print("Nobody is on the do-not-mail list.")
        return
    listing = table("address", "kind", "why", "since")
    for entry in listed:
        listing.add_row(cell(entry.address), entry.because, cell(entry.note), f"{entry.at:%Y-%m-%d}")
    console.print(listing)
