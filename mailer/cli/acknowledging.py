"""Commands about answers to official messages: acknowledge, silent."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from mailer.cli.app import app, workspace_of
from mailer.cli.output import Format, FormatOption, cell, console, print_json, table
from mailer.flow import ledger_of
from mailer.model.dispatch import Answer

PANEL = "Deadlines"
SAID = {
    Answer.HANDED_IN: "it is handed in",
    Answer.LATER: "it will come later",
    Answer.NOT_ME: "no longer in that office",
    Answer.SEEN: "seen",
}


@app.command(rich_help_panel=PANEL)
def acknowledge(
    context: typer.Context,
    code: Annotated[
        list[str],
        typer.Argument(
            metavar="CODE", help="The code of the message, or the whole subject of the answer that has it."
        ),
    ],
    answer: Annotated[Answer, typer.Option("--answer", help="What they answered.")],
    words: Annotated[
        str, typer.Option("--words", metavar="TEXT", help="What they added: a day, a successor.")
    ] = "",
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who records it.")] = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Record an answer to a reminder that came by mail or by telephone.

    Example: [bold]mailer acknowledge 7KQF-9M2X-3TPA-W8DE-R5HN --answer handed-in[/bold]
    """
    from mailer.flow.answering import record_answer
    from mailer.remind.answers import read_code

    workspace = workspace_of(context)
    with ledger_of(workspace) as ledger:
        done = record_answer(workspace, ledger, " ".join(code), answer=answer, words=words, by=by)
    delivery, recorded = done.delivery, done.acknowledgement
    if format is Format.JSON:
        print_json(
            {
                "code": read_code(delivery.code),
                "email": delivery.email,
                "country": delivery.country,
                "deadline": done.slug,
                "occasions": list(delivery.occasions),
                "answer": recorded.answer,
                "words": recorded.words,
                "at": recorded.at.isoformat(),
                "by": recorded.by,
                "rehearsal": done.is_rehearsal,
                "next": list(done.next_steps),
            }
        )
        return
    who = f"{delivery.name} <{delivery.email}>" if delivery.name else delivery.email
    country = f" ({delivery.country})" if delivery.country else ""
    about = f" on “{done.title}”" if done.title else ""
    added = f" – {recorded.words}" if recorded.words else ""
    console.print(Text(f"Recorded: {who}{country} answered{about}: {SAID[recorded.answer]}{added}."))
    if done.is_rehearsal:
        console.print(
            "That message is only a rehearsal, in the practice tray: nobody answered, and it counts for nothing."
        )
    for step in done.next_steps:
        console.print(Text(f"→ {step}", style="dim"))


@app.command("silent", rich_help_panel=PANEL)
def silent_(
    context: typer.Context,
    dispatch_id: Annotated[str, typer.Argument(metavar="ID", help="The sending's id, or how it starts.")],
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """List who has not answered to a sending of reminders, with a draft of what to write to them.

    Example: [bold]mailer silent 7f3c[/bold]
    """
    from mailer.flow.silent import silent
    from mailer.remind.answers import read_code

    workspace = workspace_of(context)
    with ledger_of(workspace) as ledger:
        found = silent(workspace, ledger, dispatch_id)
    rows = [(d.country, d.name, d.email, d.language, read_code(d.code)) for d in found.silent]
    if format is Format.JSON:
        names = ("country", "name", "email", "language", "code")
        drafts = {tag: {"subject": d.subject, "words": d.words} for tag, d in found.drafts.items()}
        listed = [dict(zip(names, row, strict=True)) for row in rows]
        print_json({"dispatch": found.dispatch.id, "asked": found.asked, "silent": listed, "drafts": drafts})
        return
    if not found.asked:
        console.print("Nobody was asked for an answer in that sending.")
        return
    console.print(f"{found.asked - len(rows)} of {found.asked} have answered.")
    if not rows:
        return
    listing = table("!country", "name", "email", "!reads")
    for country, name, email, language, _ in rows:
        listing.add_row(cell(country), cell(name), cell(email), language)
    console.print(listing)
    for tag, draft in found.drafts.items():
        console.print()
        console.print(Text(f"Draft ({tag}): {draft.subject}", style="bold"))
        console.print(Text(draft.words))
