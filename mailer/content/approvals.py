"""approvals.yaml beside an issue, with the mails and signatures that are kept for it in approvals/."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

from mailer.content.records import MOST_ENTRIES, append_to, read_record
from mailer.errors import MailerError, Problem, ProblemsError
from mailer.model.files import ApprovalEntry, ApprovalsFile
from mailer.model.proof import Approval, ApprovalKind
from mailer.source import alone_in, read_bytes, write_atomically
from mailer.source.document import Document

APPROVALS_FILE = "approvals.yaml"
KEPT = "approvals"
"""The folder of what was kept, beside the file."""
MOST_EVIDENCE = 30_000_000
"""Bytes of a mail that is kept."""
KEPT_NAME = re.compile(rf"{KEPT}/[A-Za-z0-9][A-Za-z0-9.-]*")
BY_HAND = "Bring back the file as it was, from version control or a backup; or take the entry out."


def read_approvals(folder: Path, root: Path | None = None) -> tuple[Approval, ...]:
    """The approvals beside an issue, none where there is no file.

    ProblemsError, with line and field, where it cannot be used: damaged, changed by hand, or without the very mail or
    signature that an approval was given by.
    """
    found = read_record(ApprovalsFile, folder / APPROVALS_FILE, root, MOST_ENTRIES)
    if found is None:
        return ()
    file, document = found
    if problems := list(_problems(file, document, folder)):
        raise ProblemsError(problems)
    return tuple(_approval(entry) for entry in file.approvals)


def add_approval(folder: Path, approval: Approval, evidence: bytes = b"") -> Approval:
    """Add an approval at the end of the issue's approvals, keep what it was given by, and return it as written.

    MailerError where one of the two cannot be written: then neither is.
    """
    with alone_in(folder):
        read_approvals(folder)
        undo = ExitStack()
        try:
            if evidence:
                approval = _keep(folder, approval, evidence, undo)
            entry = ApprovalEntry.model_validate(approval.model_dump() | {"check": check_of(approval)})
            append_to(folder / APPROVALS_FILE, "approvals", entry)
        except OSError as error:
            # Not at other exceptions: one that comes when the entry stands must leave what it names.
            with suppress(OSError):
                undo.close()
            where, why = f"{folder.parent.name}/{folder.name}", error.strerror or error
            hint = "Nothing was approved. Make room, or see who may write there; then approve again."
            raise MailerError(f"The approval cannot be written in {where}: {why}.", hint) from error
    return approval


def check_of(approval: Approval) -> str:
    """Sixteen hexadecimal digits over all that an approval says."""
    values = approval.model_dump(mode="json", exclude_defaults=True, exclude={"check"})
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def _approval(entry: ApprovalEntry) -> Approval:
    return Approval.model_validate(entry.model_dump(exclude={"check"}))


def _keep(folder: Path, approval: Approval, evidence: bytes, undo: ExitStack) -> Approval:
    digest = hashlib.sha256(evidence).hexdigest()
    signed = approval.signed_in.partition(" ")[0] or "sig"
    ending = "eml" if approval.how is ApprovalKind.ATTACHED else signed
    name = f"{approval.digest[:6]}-{_plain(approval.by)}-{digest[:8]}.{ending}"
    kept = folder / KEPT
    if not kept.is_dir():
        kept.mkdir()
        undo.callback(kept.rmdir)
    if not (kept / name).exists():
        undo.callback((kept / name).unlink, missing_ok=True)
    write_atomically(kept / name, evidence)
    return approval.model_copy(update={"evidence": f"{KEPT}/{name}", "sha256": digest})


def _plain(name: str) -> str:
    """A name as part of a file's name: small ASCII letters, digits, hyphens."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:40] or "approval"


def _problems(file: ApprovalsFile, document: Document, folder: Path) -> Iterator[Problem]:
    checked = False
    for index, entry in enumerate(file.approvals):
        found = ""
        if entry.check and entry.check != check_of(_approval(entry)):
            found, field = f"the approval of {entry.by} was changed by hand.", "check"
        elif not entry.check and (checked or entry.how is not ApprovalKind.STATED):
            found, field = f"the approval of {entry.by} was not written by `mailer approve`.", "check"
        elif found := _lost(entry, folder):
            field = "evidence"
        checked = checked or bool(entry.check)
        if found:
            line = document.line(("approvals", index, field)) or document.line(("approvals", index))
            yield Problem(found, BY_HAND, document.file, line, f"approvals[{index}].{field}", "file.approval")


def _lost(entry: ApprovalEntry, folder: Path) -> str:
    """What is wrong with the mail or the signature that is kept for an approval; "" where it is as it was."""
    if entry.how is ApprovalKind.STATED:
        return ""
    signed = entry.signed_in.partition(" ")[0] or "signature"
    what = "mail" if entry.how is ApprovalKind.ATTACHED else signed
    if not KEPT_NAME.fullmatch(entry.evidence):
        return f"the approval of {entry.by} names no {what} in {KEPT}/."
    path = folder / entry.evidence
    if path.is_symlink():
        return f"{entry.evidence} is a link, not the {what} itself."
    try:
        content = read_bytes(path, entry.evidence, MOST_EVIDENCE)
    except MailerError as error:
        return error.message
    if hashlib.sha256(content).hexdigest() != entry.sha256:
        return f"{entry.evidence} is not the {what} that was kept: it has changed since."
    return ""
