"""`mailer person`: everything that was sent to somebody, or to a country, and what became of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from mailer.cli.app import app, workspace_of
from mailer.cli.output import Format, FormatOption, cell, console, indented, parse_day, print_json
from mailer.cli.person_asked import Wish, print_answer, send_again, take_note
from mailer.cli.person_json import person_json
from mailer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mailer.flow.person import History, Mail, Owed
    from mailer.model.audience import Contact

PANEL = "Record"
SHOWN = 20
TAKEN_OVER = "taken over"


@app.command(rich_help_panel=PANEL)
def person(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="EMAIL|COUNTRY", help="An address, a country or a name.")],
    everything: Annotated[
        bool, typer.Option("--all", help=f"Every mail, not only the last {SHOWN}.")
    ] = False,
    on: Annotated[
        str, typer.Option("--on", metavar="DATE", help="Roles and reports owed as of that day.")
    ] = "",
    note: Annotated[
        str, typer.Option("--note", metavar="TEXT", help="Write down what was said or found.")
    ] = "",
    answer: Annotated[
        bool, typer.Option("--answer", help='An answer to "we got nothing", in their language, to be pasted.')
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="Send them the same issue once more.")] = False,
    of: Annotated[
        str,
        typer.Option("--of", metavar="ID", help="The sending that is meant; the last one where left out."),
    ] = "",
    to: Annotated[
        str, typer.Option("--to", metavar="ADDRESS", help="With --again: to another address on file.")
    ] = "",
    because: Annotated[str, typer.Option("--because", help="With --again: why, for the record.")] = "",
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who notes it or sends again.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="With --again: do not ask.")] = False,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Show everything that was really sent to somebody and what became of it, newest first.

    For a country: to all its people, also to those who have left, and what it owes. With --answer, --note or --again,
    answer somebody who says that they got nothing.

    Example: [bold]mailer person KZ[/bold]
    """
    from mailer.flow import ledger_of
    from mailer.flow.person import history_of

    _require_sense(note=note, answer=answer, again=again, of=of, to=to, because=because)
    day = parse_day(on) or datetime.now(UTC).date()
    workspace = workspace_of(context)
    with ledger_of(workspace) as ledger:
        found = history_of(workspace, ledger, who, day)
        if note:
            take_note(ledger, found, note, by)
            return
        if answer:
            print_answer(workspace, ledger, found, of)
            return
        if again:
            send_again(workspace, ledger, found, Wish(of, to, because, by, yes), quiet=format is Format.JSON)
            return
    if format is Format.JSON:
        print_json(person_json(found, day))
        return
    _show_head(found, day, everything)
    _show_mails(found, everything)


def _require_sense(*, note: str, answer: bool, again: bool, of: str, to: str, because: str) -> None:
    """UsageError for options that mean nothing together."""
    if sum(map(bool, (note, answer, again))) > 1:
        raise UsageError("--note, --answer and --again each do one thing.", "Run them one after the other.")
    if (to or because) and not again:
        raise UsageError("--to and --because belong to --again.", "Add --again, or leave them out.")
    if of and not (again or answer):
        raise UsageError("--of belongs to --answer and --again.", "Add one of them, or leave it out.")
    if again and not because.strip():
        raise UsageError(
            "Why is it sent again?", 'Say so for the record: --because "not found in spam either".'
        )


def _show_head(found: History, day: date, everything: bool) -> None:
    title = f"{found.title} ({found.country})" if found.country else f"{found.title} <{found.address}>"
    console.print(Text(title, style="bold"))
    if not found.contacts:
        nobody = "Nobody of it is in contacts.csv." if found.country else "Not in contacts.csv (any more)."
        console.print(nobody)
    elif found.country:
        _show_people(found.contacts if everything else found.contacts[:SHOWN], day)
        _show_more(len(found.contacts), everything)
    else:
        for contact in found.contacts:
            _show_contact(contact, day)
    if found.contacts and found.former:
        console.print(cell(f"Written to before, and not in contacts.csv any more: {', '.join(found.former)}"))
    for entry in found.suppressions:
        note = f": {entry.note}" if entry.note else ""
        words = f"On the do-not-mail list: {entry.address} {entry.because} since {entry.at:%Y-%m-%d}{note}"
        console.print(Text(words, "red"))
    for owed in found.owed:
        console.print(cell(f"{'Owes' if owed.obligation.is_owed else 'Owed'}: {_owed_words(owed)}"))


def _show_people(contacts: Iterable[Contact], day: date) -> None:
    """A line a person, with the roles held on the day."""
    from mailer.evidence.rows import roles_in_words

    for contact in contacts:
        roles = roles_in_words(contact, day) or f"no role on {day}"
        indented(f"{contact.name} <{contact.address}>: {roles}", 2)


def _show_contact(contact: Contact, day: date) -> None:
    """Who they are, and every role with its days."""
    from mailer.evidence.rows import role_words

    language = f"writes in {contact.language}" if contact.language else ""
    name = f"{contact.title} {contact.name}".strip()
    facts = (name, contact.organization, contact.country, language)
    console.print(cell(", ".join(filter(None, facts))))
    for role in sorted(contact.roles, key=lambda one: not one.held_on(day)):
        days = f": {role.start or '…'} to {role.end or 'now'}" if role.start or role.end else ""
        letter = f", letter {role.letter}" if role.letter else ""
        over = "" if role.held_on(day) else f"; not on {day}"
        indented(f"{role_words(role)}{days}{letter}{over}", 2)
    lists = [entry.list for entry in contact.subscriptions if entry.holds_on(day)]
    if lists:
        indented(f"subscribed to {', '.join(lists)}", 2)
    if len(contact.addresses) > 1:
        indented(f"also at {', '.join(contact.addresses)}", 2)


def _show_more(count: int, everything: bool) -> None:
    if not everything and count > SHOWN:
        console.print(f"  … and {count - SHOWN} more: [bold]--all[/bold]")


def _owed_words(owed: Owed) -> str:
    obligation = owed.obligation
    title = owed.deadline.title.get("en") or next(iter(owed.deadline.title.values()), owed.deadline.id)
    words = f"{title}, due {obligation.due}" + (" (extended)" if obligation.extended else "")
    if obligation.done_on:
        return f"{words}: handed in on {obligation.done_on}"
    back = ", was sent back" if obligation.returned else ""
    return f"{words}{back}" + (f"; no reminders: {obligation.held}" if obligation.held else "")


def _show_mails(found: History, everything: bool) -> None:
    if not found.mails:
        console.print("\nNothing was really sent there.")
        console.print("Why: [bold]mailer audience GROUP --explain EMAIL[/bold]")
    else:
        over = sum(TAKEN_OVER in f"{mail.became} {mail.later}" for mail in found.mails)
        mails = f"{len(found.mails)} mail{'s' if len(found.mails) != 1 else ''}"
        console.print(cell(f"\n{mails}, {over} taken over by the mail service; newest first, in UTC"))
    for mail in found.mails if everything else found.mails[:SHOWN]:
        _show_mail(mail, named=bool(found.country))
    _show_more(len(found.mails), everything)
    for event in found.events:
        by = f" by {event.by}" if event.by else ""
        console.print(cell(f"{event.at:%Y-%m-%d %H:%M}  {event.kind}{by}: {event.why}".removesuffix(": ")))
    if found.notes:
        console.print(Text("\nNotes", "bold"))
    for event in found.notes if everything else found.notes[:SHOWN]:
        by = f" ({event.by})" if event.by else ""
        indented(f"{event.at:%Y-%m-%d %H:%M} UTC{by}: {event.why}", 2)
    _show_more(len(found.notes), everything)


def _show_mail(mail: Mail, *, named: bool) -> None:
    to = f"to {mail.person} <{mail.email}>" if named else f"to {mail.email}"
    told = [
        f"{to}, in {mail.language}, sending {mail.dispatch.id}",
        _their_time(mail),
        mail.answer,
        mail.later,
    ]
    told += _earlier_tries(mail)
    told += [
        f"{name}: {text}" for name, text in (("bounced", mail.bounced), ("answered", mail.answered)) if text
    ]
    line = Table.grid(padding=(0, 2, 0, 0))
    line.add_column(no_wrap=True)
    line.add_column(overflow="fold")
    told = list(filter(None, told))
    words = Text.assemble((mail.became, "bold"), f": {mail.what}", ("\n" + "\n".join(told), "dim"))
    line.add_row(f"{mail.at:%Y-%m-%d %H:%M}", words)
    console.print(line)


def _their_time(mail: Mail) -> str:
    """When that was by their clocks; "" where nobody knows."""
    if mail.clock is None:
        return ""
    whose = f"the capital's time in {mail.country}" if mail.clock.is_capital else f"in {mail.country}"
    return f"{mail.clock.at:%Y-%m-%d %H:%M} {whose} ({mail.clock.offset})"


def _earlier_tries(mail: Mail) -> list[str]:
    """The tries before the last one, each with its answer."""
    return [
        f"try {one.n}, {one.at:%Y-%m-%d %H:%M}: {one.reply or one.detail or one.verdict}"
        for one in mail.tries[:-1]
    ]
