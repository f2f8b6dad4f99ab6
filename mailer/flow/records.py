"""The send record of a workspace, and the rule that only one counts."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable

from mailer.config import Workspace
from mailer.content import Receipt
from mailer.errors import LedgerError
from mailer.ledger import Ledger, open_ledger
from mailer.source import MAX_BYTES, read_bytes, write_atomically


def ledger_of(workspace: Workspace) -> Ledger:
    """Open the workspace's ledger; made at the first call. A context manager."""
    workspace.ledger_path.parent.mkdir(parents=True, exist_ok=True)
    return open_ledger(workspace.ledger_path)


def unsubscribe_secret(ledger: Ledger) -> bytes:
    """The key that signs unsubscribe addresses."""
    return ledger.secret("unsubscribe")


def require_record(workspace: Workspace, ledger: Ledger, receipts: Iterable[Receipt]) -> None:
    """LedgerError unless this is the ledger of record and knows every receipt beside the issue."""
    record = workspace.config.ledger.record
    if record != ledger.id:
        said = f"names {record} as the ledger of record" if record else "names no ledger of record"
        raise LedgerError(
            f"mailer.toml {said}, and this one is {ledger.id}: nothing was sent.",
            "Send from the machine that has the ledger of record, or, if this is to be the one from now on, "
            "run `mailer ledger adopt`.",
        )
    strange = [receipt.id for receipt in receipts if not ledger.knows(receipt.id)]
    if strange:
        raise LedgerError(
            f"dispatches.yaml has a sending that this ledger does not know: {', '.join(strange)}.",
            "It was sent from elsewhere. Use that ledger, or restore its backup here.",
        )


def adopt_ledger(workspace: Workspace, ledger: Ledger) -> None:
    """Write this ledger's id into mailer.toml as the ledger of record, leaving the rest of the file as it is."""
    path = workspace.root / "mailer.toml"
    text = with_record(read_bytes(path, path.name, MAX_BYTES).decode("utf-8"), ledger.id)
    try:
        written = tomllib.loads(text)["ledger"]["record"]
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        written = ""
    if written != ledger.id or "MAILER_LEDGER__RECORD" in os.environ:
        raise LedgerError(
            "mailer.toml, or the environment, names the ledger in a way that is not changed by this command.",
            f'Write it yourself: [ledger] record = "{ledger.id}".',
        )
    write_atomically(path, text.encode("utf-8"))


def with_record(text: str, ledger_id: str) -> str:
    """mailer.toml's text with `record` in its [ledger] table set to the id."""
    line = f'record = "{ledger_id}"'
    table = re.search(r"^\[ledger\][^\n]*\n(?:(?!\[)[^\n]*(?:\n|\Z))*", text, re.MULTILINE)
    if table is None:
        return text.rstrip("\n") + f"\n\n[ledger]\n{line}\n"
    body = table[0]
    if re.search(r"^record\s*=", body, re.MULTILINE):
        body = re.sub(r"^record\s*=[^\n]*", line, body, flags=re.MULTILINE)
    else:
        head, _, rest = body.partition("\n")
        body = f"{head}\n{line}\n{rest}"
    return text[: table.start()] + body + text[table.end() :]
