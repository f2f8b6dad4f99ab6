"""The command about groups: who is in one, what its rule does, and why somebody is in it or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.audience import Crowd
from mailer.cli.app import app, workspace_of
from mailer.cli.output import Format, FormatOption, OnOption, cell, console, parse_day, print_json, table
from mailer.errors import MailerError, UsageError, nearest
from mailer.flow import People, ledger_of, read_people

if TYPE_CHECKING:
    from mailer.config import Workspace
    from mailer.model.audience import Contact
    from mailer.model.suppression import Suppression

PANEL = "People"
MOST_COMPARED = 5_000
"""More addresses than these are not all compared with a mistyped one."""


@app.command(rich_help_panel=PANEL)
def audience(
    context: typer.Context,
    segment: Annotated[
        str, typer.Argument(metavar="SEGMENT", help="A group; all groups where left out.")
    ] = "",
    explain: Annotated[
        str, typer.Option("--explain", metavar="EMAIL", help="Why this person is in it, or not.")
    ] = "",
    on: OnOption = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Show who is in a group, what its rule does and whom it leaves out; or why somebody is in it or not.

    Example: [bold]mailer audience cms-parties --explain aigerim.sadykova@example.org[/bold]
    """
    day = parse_day(on) or datetime.now(UTC).date()
    workspace = workspace_of(context)
    people = read_people(workspace)
    known = people.recipients.segments
    if segment and segment not in known:
        raise UsageError(f'There is no group "{segment}".', nearest(segment, known))
    # The whole view compares a group with every other one.
    crowd = Crowd(people.recipients.contacts, people.scene(day, (segment,) if explain and segment else None))
    if explain:
        _explain(workspace, people, crowd, [segment] if segment else list(known), explain, format)
    elif segment:
        _survey(workspace, crowd, segment, format)
    else:
        _list(crowd, format)


def _list(crowd: Crowd, printed: Format) -> None:
    """Every group with its head-count."""
    groups = crowd.scene.segments
    rows = [(name, crowd.group(name).bit_count(), groups[name].title) for name in groups]
    if printed is Format.JSON:
        print_json([{"segment": name, "readers": size, "title": title} for name, size, title in rows])
        return
    listing = table("group", ">people", "title")
    for name, size, title in rows:
        listing.add_row(cell(name), str(size), cell(title))
    console.print(listing)
    console.print(f"[dim]as of {crowd.scene.day}; {len(crowd.contacts)} people on file[/dim]")


def _survey(workspace: Workspace, crowd: Crowd, segment: str, printed: Format) -> None:
    from mailer.audience.survey import survey
    from mailer.cli.audience_words import print_survey, survey_json

    found = survey(segment, crowd, _suppressed(workspace, crowd.contacts), workspace.config.newsletter.list)
    if printed is Format.JSON:
        print_json(survey_json(found, crowd.scene.registers))
    else:
        print_survey(found, crowd.scene.registers)


def _explain(
    workspace: Workspace, people: People, crowd: Crowd, names: list[str], address: str, printed: Format
) -> None:
    from mailer.cli.audience_person import explanation_json, print_explanation

    contacts = _people_at(address, people.recipients.contacts)
    suppressed = _suppressed(workspace, contacts)
    if printed is Format.JSON:
        told = [explanation_json(contact, names, crowd.scene, suppressed) for contact in contacts]
        print_json({"on": crowd.scene.day, "people": told})
        return
    for position, contact in enumerate(contacts):
        newsletter = workspace.config.newsletter.list
        if position:
            console.print()
        print_explanation(contact, names, crowd.scene, suppressed, newsletter)


def _people_at(address: str, contacts: tuple[Contact, ...]) -> list[Contact]:
    """Everybody who has that address. MailerError, naming the nearest, where nobody has."""
    wanted = address.strip().casefold()
    found = [one for one in contacts if wanted in (*one.addresses, one.email.casefold())]
    if not found:
        raise MailerError(f"{address} is not in contacts.csv.", _nearest_address(wanted, contacts))
    return found


def _nearest_address(wanted: str, contacts: tuple[Contact, ...]) -> str:
    """By what stands before the @: most people of an office have the same after it."""
    own = wanted.partition("@")[0]
    known = {one.address.partition("@")[0]: one.address for one in contacts}
    # Comparing all of a very long list would take seconds: those that begin alike come first.
    alike = [name for name in known if name[:2] == own[:2]] if len(known) > MOST_COMPARED else list(known)
    close = get_close_matches(own, alike, n=1)
    return f'Did you mean "{known[close[0]]}"?' if close else ""


def _suppressed(workspace: Workspace, contacts: Iterable[Contact]) -> Mapping[str, Suppression]:
    """What the do-not-mail list says of these people, by address; nothing where there is no send record yet."""
    if not workspace.ledger_path.exists():
        return {}
    with ledger_of(workspace) as ledger:
        if not ledger.suppressions():
            return {}
        # For newsletters every entry counts.
        return ledger.suppressed([address for one in contacts for address in one.addresses], "newsletter")
