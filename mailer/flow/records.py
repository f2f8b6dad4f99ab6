"""The send record of a workspace, and the rule that only one counts."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterable, Mapping

from mailer.config import Workspace
from mailer.content import Receipt
from mailer.errors import LedgerError
from mailer.evidence.signing import public_key
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
            "It was sent from elsewhere, or this ledger was restored from a backup that is older than the sending. "
            "Use the ledger that knows it, or restore a newer backup here.",
        )


def adopt_ledger(workspace: Workspace, ledger: Ledger) -> None:
    """Write this ledger's id and public key into mailer.toml as those that count, leaving the rest of it as it is.

    The key of the ledger before it stays there too: what was signed with it can still be verified.
    """
    settings = workspace.config.ledger
    if "MAILER_LEDGER__RECORD" in os.environ:
        raise _not_changed("record", ledger.id)
    key = evidence_key(ledger)
    values = {"record": f'"{ledger.id}"', "evidence_key": f'"{key}"'}
    if settings.evidence_key not in ("", key):
        kept = dict.fromkeys([settings.evidence_key, *settings.former_evidence_keys])
        values["former_evidence_keys"] = json.dumps([one for one in kept if one != key])
    _write_settings(workspace, values)


def note_key(workspace: Workspace, ledger: Ledger) -> bool:
    """Write the ledger's public key into mailer.toml where it is the ledger of record and none is there yet.

    Whether it was written.
    """
    settings = workspace.config.ledger
    if settings.evidence_key or settings.record != ledger.id:
        return False
    _write_settings(workspace, {"evidence_key": f'"{evidence_key(ledger)}"'})
    return True


def evidence_key(ledger: Ledger) -> str:
    """The public key of the records of notice that this ledger signs."""
    return public_key(evidence_seed(ledger))


def evidence_seed(ledger: Ledger) -> bytes:
    """The secret that signs records of notice; it never leaves the ledger."""
    return ledger.secret("evidence")


def with_settings(text: str, values: Mapping[str, str]) -> str:
    """mailer.toml's text with these keys in its [ledger] table; values as TOML writes them, each on a line."""
    lines = "".join(f"{key} = {value}\n" for key, value in values.items())
    table = re.search(r"^\[ledger\][^\n]*\n(?:(?!\[)[^\n]*(?:\n|\Z))*", text, re.MULTILINE)
    if table is None:
        return text.rstrip("\n") + f"\n\n[ledger]\n{lines}"
    body = table[0]
    for key, value in reversed(list(values.items())):
        line = f"{key} = {value}"
        if re.search(rf"^{key}\s*=", body, re.MULTILINE):
            body = re.sub(rf"^{key}\s*=[^\n]*", line, body, flags=re.MULTILINE)
        else:
            head, _, rest = body.partition("\n")
            body = f"{head}\n{line}\n{rest}"
    return text[: table.start()] + body + text[table.end() :]


def _write_settings(workspace: Workspace, values: Mapping[str, str]) -> None:
    """LedgerError, with nothing written, where mailer.toml would not say so afterwards, or not say the rest."""
    path = workspace.root / "mailer.toml"
    before = read_bytes(path, path.name, MAX_BYTES).decode("utf-8")
    text = with_settings(before, values)
    wanted = {key: json.loads(value) for key, value in values.items()}
    try:
        said = tomllib.loads(text)
        as_wanted = {key: said["ledger"][key] for key in values} == wanted
        said["ledger"] = {key: value for key, value in said["ledger"].items() if key not in values}
        was = tomllib.loads(before)
        kept = {key: value for key, value in was.get("ledger", {}).items() if key not in values}
        unchanged = (was | {"ledger": kept}) == said
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError):
        as_wanted = unchanged = False
    if not (as_wanted and unchanged):
        raise _not_changed(*next(iter(wanted.items())))
    write_atomically(path, text.encode("utf-8"))


def _not_changed(key: str, value: str) -> LedgerError:
    return LedgerError(
        "mailer.toml, or the environment, names the ledger in a way that is not changed by this command.",
        f'Write it yourself: [ledger] {key} = "{value}".',
    )
