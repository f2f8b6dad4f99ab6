"""`mailer approve`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from mailer.cli.app import app, workspace_of
from mailer.cli.approvals_shown import look_at_mail, show_approvals, show_difference
from mailer.cli.output import cell, console
from mailer.cli.proving import show_proof, show_window
from mailer.config import Workspace
from mailer.errors import UsageError
from mailer.flow import approvals_of, approve_proof
from mailer.flow.approval_signature import statement
from mailer.flow.approving import difference_to_approved
from mailer.model.proof import Approval, Proof
from mailer.proof import good_approvals, languages_of, load_proof, missing_approvals
from mailer.proof.approval import require_name, spoken
from mailer.source import language_name


@app.command(rich_help_panel="Prove and send")
def approve(
    context: typer.Context,
    digest: Annotated[str, typer.Argument(metavar="DIGEST", help="The proof's digest, or how it starts.")],
    by: Annotated[
        str, typer.Option("--by", metavar="NAME", help="Who approves; not one of the authors.")
    ] = "",
    words: Annotated[str, typer.Option("--words", help="A remark to keep with it.")] = "",
    for_: Annotated[
        list[str] | None,
        typer.Option("--for", metavar="LANGUAGE", help="Only what is in this language; may be repeated."),
    ] = None,
    mail: Annotated[
        Path | None,
        typer.Option("--mail", metavar="FILE", help="Their reply (.eml) that names the seal; it is kept."),
    ] = None,
    signed: Annotated[
        Path | None,
        typer.Option("--signed", metavar="FILE", help="Their signature (.sig) of the --statement."),
    ] = None,
    commit: Annotated[
        str, typer.Option("--commit", metavar="NAME", help="Their signed commit that says the --statement.")
    ] = "",
    tag: Annotated[
        str, typer.Option("--tag", metavar="NAME", help="Their signed tag that says the --statement.")
    ] = "",
    statement_: Annotated[
        bool, typer.Option("--statement", help="Print exactly what --by is to sign, and stop.")
    ] = False,
    confirm_mail: Annotated[
        bool,
        typer.Option(
            "--confirm-mail", help="Take the mail although another seems to write it, or it seems to refuse."
        ),
    ] = False,
) -> None:
    """Approve exactly the bytes of a proof. Any change to them later makes the approval void.

    Shows what has changed since the issue was approved last. Without --by it shows that and approves nothing.

    Example: [bold]mailer approve 3f2a91 --by "Head of Unit"[/bold]
    """
    workspace = workspace_of(context)
    made = load_proof(digest, workspace.proofs)
    languages = tuple(for_ or ())
    if statement_:
        typer.echo(statement(made, require_name(by), languages).decode(), nl=False)
        return
    if found := difference_to_approved(workspace, made):
        show_difference(found)
    elif not by:
        show_proof(made, workspace.config.office)
    if not by:
        if mail or signed or commit or tag or words:
            raise UsageError("An approval needs a name.", "Say who approves: --by NAME.")
        given = good_approvals(made, approvals_of(workspace, made), workspace.config.approval_rules)
        show_approvals(workspace, made, given)
        return
    made, approval = approve_proof(
        workspace,
        digest,
        by,
        words,
        mail=mail,
        signed=signed,
        commit=commit,
        tag=tag,
        languages=languages,
        look=partial(look_at_mail, confirmed=confirm_mail),
    )
    console.print(cell(f"Approved {made.seal} of {made.slug} by {approval.by}."))
    _show_missing(workspace, made, approval)
    show_window(made, workspace.config.office)


def _show_missing(workspace: Workspace, made: Proof, approval: Approval) -> None:
    """For what of it the approval does not count, and what is still needed."""
    rules = workspace.config.approval_rules
    mine = languages_of(approval, made, rules)
    asked = [one for one in spoken(made) if approval.is_for(one)]
    if without := [language_name(one) for one in asked if one not in mine]:
        console.print(cell(f"It does not count for {', '.join(without)}: somebody else has to approve that."))
    missing = missing_approvals(made, approvals_of(workspace, made), rules)
    if len(missing) == 1 and not (missing[0].languages or missing[0].by):
        count = missing[0].count
        needed = "1 more approval is" if count == 1 else f"{count} more approvals are"
        console.print(f"{needed} needed, by somebody else.")
    elif missing:
        console.print(cell(f"Still needed: {', '.join(one.words for one in missing)}."))
