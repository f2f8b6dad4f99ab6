"""Records beside an issue: waivers and receipts. Adding leaves what was there as it was."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, TypeVar

from pydantic import AwareDatetime
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from mailer.config.workspace import shown
from mailer.errors import MailerError, Problem, ProblemsError
from mailer.model.base import Noun, Slug
from mailer.model.files import WaiversFile
from mailer.model.finding import Waiver
from mailer.source import Document, alone_in, as_noun, dump_round_trip, is_there, load_round_trip, read_yaml

WAIVERS_FILE = "waivers.yaml"
RECEIPTS_FILE = "dispatches.yaml"
MOST_ENTRIES = 2_000
"""Waivers, or approvals, of one issue."""


class Receipt(Noun):
    """What a finished real dispatch leaves beside its issue."""

    id: str
    """The dispatch's id."""
    digest: str
    """Of the proof that was sent."""
    ledger: str
    """Id of the ledger that holds the record."""
    finished_at: AwareDatetime
    counts: dict[str, int]
    """State → number of deliveries."""
    relay: str
    segments: tuple[Slug, ...]
    evidence: str = ""
    """`sha256:` and the head over what never changes of its mails: a record of notice must agree with it."""
    chain_head: str = ""
    """SHA-256 over the receipt before it and this one: a receipt taken out or changed shows."""


class ReceiptsFile(Noun):
    """dispatches.yaml: what has been sent."""

    dispatches: tuple[Receipt, ...]


File = TypeVar("File", bound=Noun)


def read_waivers(folder: Path, root: Path | None = None) -> tuple[Waiver, ...]:
    """The waivers beside an issue, none where there is no file. ProblemsError where it cannot be used."""
    return tuple(waiver for waiver, _ in read_placed_waivers(folder, root))


def read_placed_waivers(folder: Path, root: Path | None = None) -> tuple[tuple[Waiver, int | None], ...]:
    """The same, each with the line on which it begins."""
    found = read_record(WaiversFile, folder / WAIVERS_FILE, root, MOST_ENTRIES)
    if found is None:
        return ()
    file, document = found
    return tuple((waiver, document.line(("waivers", n))) for n, waiver in enumerate(file.waivers))


def read_receipts(folder: Path, root: Path | None = None) -> tuple[Receipt, ...]:
    """The receipts beside an issue, oldest first; ProblemsError also where their chain is broken."""
    path = folder / RECEIPTS_FILE
    found = read_record(ReceiptsFile, path, root)
    receipts = found[0].dispatches if found else ()
    previous = ""
    for index, receipt in enumerate(receipts):
        if receipt.chain_head != chain_head(previous, receipt):
            raise ProblemsError([_broken(receipt, index, shown_in(path, root))])
        previous = receipt.chain_head
    return receipts


def add_waiver(folder: Path, waiver: Waiver) -> None:
    """Add a waiver at the end of the issue's waivers."""
    with alone_in(folder):
        read_waivers(folder)
        append_to(folder / WAIVERS_FILE, "waivers", waiver)


def add_receipt(folder: Path, receipt: Receipt) -> Receipt:
    """Add a receipt to the chain and return it as written; one that is there already is left as it is."""
    with alone_in(folder):
        receipts = read_receipts(folder)
        for known in receipts:
            if known.id == receipt.id:
                if known.model_copy(update={"chain_head": ""}) != receipt.model_copy(
                    update={"chain_head": ""}
                ):
                    raise MailerError(
                        f"{RECEIPTS_FILE} already has another receipt for the sending {receipt.id}.",
                        "Look at `mailer report` of that sending; do not change the file by hand.",
                    )
                return known
        head = chain_head(receipts[-1].chain_head if receipts else "", receipt)
        chained = receipt.model_copy(update={"chain_head": head})
        append_to(folder / RECEIPTS_FILE, "dispatches", chained)
        return chained


def chain_head(previous: str, receipt: Receipt) -> str:
    """SHA-256 (hex) over the head before and the receipt as JSON with sorted keys."""
    # Receipts from before there was `evidence` were chained without it.
    left_out = {"chain_head"} if receipt.evidence else {"chain_head", "evidence"}
    values = receipt.model_dump(mode="json", exclude=left_out)
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def read_record(
    model: type[File], path: Path, root: Path | None = None, most: int | None = None
) -> tuple[File, Document] | None:
    """A record beside an issue, None where there is no file; `most` entries of a list.

    ProblemsError where it is a link to nothing, or cannot be used.
    """
    file = shown_in(path, root)
    if not is_there(path, file):
        return None
    document = read_yaml(path, file)
    if most is not None and isinstance(document.data, dict):
        for key, entries in document.data.items():
            if isinstance(entries, list) and len(entries) > most:
                raise ProblemsError([_too_many(key, most, document)])
    return as_noun(model, document), document


def shown_in(path: Path, root: Path | None) -> str:
    """What to call the file: its path in the workspace, or with its folder where that is not known.

    A link is called by its own name: where it leads may be nothing, or itself.
    """
    return f"{shown(path.parent, root) if root else path.parent.name}/{path.name}"


def _too_many(key: str, most: int, document: Document) -> Problem:
    hint = "Take out those that are of no use any more, or bring back the file as it was."
    words = f"has more than {most:,} entries."
    return Problem(words, hint, document.file, document.line((key,)), key, "file.value")


def _broken(receipt: Receipt, index: int, file: str) -> Problem:
    return Problem(
        f"the receipt of the sending {receipt.id}, or one before it, was changed or taken out.",
        "Bring back the file as it was, from version control or a backup.",
        file,
        None,
        f"dispatches[{index}].chain_head",
        "file.receipt",
    )


def append_to(path: Path, key: str, noun: Noun) -> None:
    data = load_round_trip(path, path.name)
    if not isinstance(data.get(key), CommentedSeq):
        data[key] = CommentedSeq()
    if not data[key]:
        data[key].fa.set_block_style()
    data[key].append(_written(noun))
    # issues/SLUG, or recipients/deadlines/SLUG.
    up = "../../.." if path.parent.parent.name == "deadlines" else "../.."
    dump_round_trip(path, data, head=f"# yaml-language-server: $schema={up}/schemas/{key}.schema.json\n")


def _written(noun: Noun) -> Any:
    values = noun.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return CommentedMap(values)
