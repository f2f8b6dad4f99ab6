"""The record of notice: gathered from the send record, and held against what the workspace knows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from mailer.audience import read_contacts, read_deadlines, read_registers
from mailer.audience.recipients import CONTACTS_FILE
from mailer.config import Workspace
from mailer.content import read_receipts
from mailer.errors import LedgerError, MailerError, UsageError, nearest
from mailer.evidence.loose import Loose
from mailer.evidence.making import LEDGER, SENDING, Made, Sending, make_record
from mailer.evidence.record import Row
from mailer.evidence.rows import Around, rows_of
from mailer.evidence.signing import require_key
from mailer.evidence.verifying import Known, Note, Verdict, verify
from mailer.flow.deadlines import deadlines_folder
from mailer.flow.homes import deadline_slug, is_deadline, records_folder
from mailer.flow.records import evidence_seed, ledger_of
from mailer.ledger import Ledger
from mailer.model.audience import Contact
from mailer.model.dispatch import Dispatch
from mailer.model.register import Registers

One = TypeVar("One")


def evidence_of(workspace: Workspace, ledger: Ledger, dispatches: Sequence[Dispatch]) -> Made:
    """The signed record of these sendings. UsageError for a rehearsal, in which nobody was told anything."""
    for dispatch in dispatches:
        if dispatch.is_rehearsal:
            raise UsageError(
                f"{dispatch.id} is a rehearsal: nobody was told anything, so there is nothing to record.",
                "`mailer dispatches --real` lists what was really sent.",
            )
    registers = read_registers(workspace.recipients, workspace.root)
    contacts = read_contacts(workspace.recipients / CONTACTS_FILE, workspace.root, registers)
    sendings = [Sending(dispatch, tuple(ledger.notices(dispatch.id))) for dispatch in dispatches]
    return make_record(
        sendings,
        around_of(workspace, ledger, contacts, registers),
        seed=evidence_seed(ledger),
        ledger_id=ledger.id,
        office=workspace.config.office.name,
        at=datetime.now(UTC),
    )


def sendings_of(ledger: Ledger, slug: str) -> tuple[Dispatch, ...]:
    """Every real sending of a deadline's reminders, or of an issue, oldest first. UsageError where there is none."""
    real = ledger.dispatches(include_rehearsals=False)
    found = [dispatch for dispatch in real if dispatch.slug in (slug, deadline_slug(slug))]
    if not found:
        known = {dispatch.slug.removeprefix(deadline_slug("")) for dispatch in real}
        raise UsageError(f'Nothing was really sent for "{slug}".', nearest(slug, known))
    return tuple(reversed(found))


def around_of(
    workspace: Workspace, ledger: Ledger, contacts: Iterable[Contact], registers: Registers
) -> Around:
    """What rows tell that is not in the send record. Groups do not matter, and are not read."""
    files = read_deadlines(deadlines_folder(workspace), workspace.root).values()
    return Around(
        countries={code: country.name("en") or code for code, country in registers.countries.items()},
        contacts=by_address(contacts),
        suppressions=_grouped((entry.address, entry) for entry in ledger.suppressions()),
        deadlines={file.deadline.id: file.deadline for file in files},
        submissions={file.deadline.id: file.submissions for file in files},
    )


def by_address(contacts: Iterable[Contact]) -> Mapping[str, tuple[Contact, ...]]:
    """Every address → those who have it."""
    return _grouped((address, contact) for contact in contacts for address in contact.addresses)


def verify_file(loose: Loose, workspace: Workspace | None, key: str = "") -> Verdict:
    """Hold a file against the office's keys, its receipts, and its send record where that is at hand.

    `key`: the public key to use instead of those in mailer.toml. UsageError where there is none at all.
    """
    settings = workspace.config.ledger if workspace else None
    keys = [key] if key else [settings.evidence_key, *settings.former_evidence_keys] if settings else []
    keys = [require_key(one) for one in keys if one]
    if not keys:
        raise UsageError(
            "There is no public key to verify it with: mailer.toml has no [ledger] evidence_key.",
            "Give it with --key, as the office that sent the file has published it.",
        )
    if workspace is None:
        return verify(loose, Known(tuple(keys)))
    notes, troubles = _notes(workspace, loose)
    verdict = verify(loose, Known(tuple(keys), notes))
    if not verdict.is_intact and (rows := _rows_now(workspace, loose)) is not None:
        verdict = verify(loose, Known(tuple(keys), notes, rows))
    return replace(verdict, troubles=(*verdict.troubles, *troubles))


def _notes(workspace: Workspace, loose: Loose) -> tuple[Mapping[str, Note] | None, tuple[str, ...]]:
    """The receipts of the sendings that the file is about, None where there are none; and what is wrong with them."""
    slugs = {slug for name, slug in loose.statement.items() if name.startswith(f"{SENDING} ")}
    notes: dict[str, Note] = {}
    troubles: list[str] = []
    for folder in filter(None, (_records_folder(workspace, slug) for slug in sorted(slugs))):
        try:
            receipts = read_receipts(folder, workspace.root)
        except MailerError as error:
            troubles.append(str(error))
        else:
            notes |= {one.id: Note(one.evidence, f"{one.finished_at:%Y-%m-%d}") for one in receipts}
    return notes or None, tuple(troubles)


def _records_folder(workspace: Workspace, slug: str) -> Path | None:
    """Where dispatches.yaml lies; the issue, or the deadline, need not be there any more."""
    if is_deadline(slug):
        with suppress(MailerError):
            return records_folder(workspace, slug)
        return None
    return workspace.issues / slug if re.fullmatch(r"[\w-][\w.-]*", slug) else None


def _rows_now(workspace: Workspace, loose: Loose) -> tuple[Row, ...] | None:
    """The rows as the send record has them; None where it is not the one that the file is from."""
    if not workspace.ledger_path.exists():
        return None
    names = [name.removeprefix(f"{SENDING} ") for name in loose.statement if name.startswith(f"{SENDING} ")]
    try:
        with ledger_of(workspace) as ledger:
            if loose.statement.get(LEDGER) != ledger.id:
                return None
            found = [ledger.find_dispatch(name) for name in names if ledger.knows(name)]
            sendings = [(one, tuple(ledger.notices(one.id))) for one in found]
    except LedgerError:
        return None
    return tuple(rows_of(sendings, Around()))


def _grouped(pairs: Iterable[tuple[str, One]]) -> Mapping[str, tuple[One, ...]]:
    found: dict[str, tuple[One, ...]] = {}
    for key, one in pairs:
        found[key] = (*found.get(key, ()), one)
    return found
