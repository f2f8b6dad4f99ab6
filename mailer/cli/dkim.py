"""`mailer dkim …`: the keys that sign what is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailer.cli.app import app, workspace_of
from mailer.cli.output import Format, FormatOption, console, print_json
from mailer.errors import UsageError
from mailer.flow.dkim_keys import Record, make_key, records_of

group = typer.Typer(
    no_args_is_help=True, help="Keys that sign what is sent (DKIM), and their records for the DNS."
)
app.add_typer(group, name="dkim", rich_help_panel="Prove and send")


@group.command()
def new(
    context: typer.Context,
    selector: Annotated[
        str,
        typer.Argument(metavar="SELECTOR", help="A name for the key, such as 2026a; a new one for each key."),
    ],
    domain: Annotated[
        str,
        typer.Option(
            "--domain", metavar="DOMAIN", help="The sender's domain; that of mailer.toml if left out."
        ),
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where the key goes; .mailer/dkim/ if left out."),
    ] = None,
    bits: Annotated[int, typer.Option("--bits", help="2048, 3072 or 4096.")] = 2048,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Make a key, and print the record for the DNS and the lines for mailer.toml.

    Example: [bold]mailer dkim new 2026a[/bold]
    """
    made = make_key(workspace_of(context), selector, domain=domain, out=out, bits=bits)
    if format is Format.JSON:
        print_json(_json(made) | {"key_file": made.key_file})
        return
    typer.echo(f"The key is in {made.key_file}")
    console.print("Nobody else on this machine can read it. Keep a copy in a safe place.")
    console.print("\n[bold]1.[/bold] Put this record into the DNS:\n")
    _show(made)
    console.print("[bold]2.[/bold] When it can be seen there, put these lines into mailer.toml:\n")
    typer.echo(f"[[dkim]]\n{_toml('domain', made.domain)}\n{_toml('selector', made.selector)}")
    typer.echo(f"{_toml('key_file', made.key_file)}\n")
    console.print("From then on all that goes out is signed, but through mail services with")
    console.print("`dkim = false`, which sign themselves. More is in docs/dkim.md.", markup=False)


@group.command()
def show(
    context: typer.Context,
    selector: Annotated[str, typer.Argument(metavar="[SELECTOR]", help="Only this key's record.")] = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Print the records of the keys in mailer.toml, as they must stand in the DNS.

    Example: [bold]mailer dkim show[/bold]
    """
    records = records_of(workspace_of(context))
    chosen = [record for record in records if selector.lower() in ("", record.selector)]
    if selector and not chosen:
        known = ", ".join(record.selector for record in records) or "none"
        raise UsageError(f'mailer.toml has no key "{selector}".', f"It has: {known}.")
    if format is Format.JSON:
        print_json([_json(record) for record in chosen])
        return
    if not chosen:
        console.print("mailer.toml has no keys: nothing is signed here.")
        console.print("→ Make one with [bold]mailer dkim new SELECTOR[/bold].")
    for record in chosen:
        _show(record)


def _show(record: Record) -> None:
    """A record in the two forms that are asked for: by web forms, and by zone files. Lines are never broken."""
    console.print("In a web form (type TXT):", style="dim")
    typer.echo(f"name   {record.name}\nvalue  {record.value}\n")
    console.print("In a zone file:", style="dim")
    strings = "\n    ".join(f'"{string}"' for string in record.strings)
    typer.echo(f"{record.name}. IN TXT (\n    {strings} )\n")
    if record.is_short:
        console.print(
            f"→ {record.bits} bits are few: make a key of 2048 with [bold]mailer dkim new[/bold].\n"
        )


def _json(record: Record) -> dict[str, object]:
    return {
        "domain": record.domain,
        "selector": record.selector,
        "bits": record.bits,
        "name": record.name,
        "value": record.value,
        "strings": list(record.strings),
    }


def _toml(key: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{key} = "{escaped}"'
