"""Somebody's word for a proof: recorded beside its issue with what it was given by; and what is new in a proof."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from mailer.config import Workspace
from mailer.content import add_approval, read_approvals
from mailer.content.approvals import APPROVALS_FILE, BY_HAND, MOST_EVIDENCE
from mailer.errors import MailerError, Problem, ProblemsError, ProofError
from mailer.flow.approval_commit import read_signed
from mailer.flow.approval_evidence import Look, certain, key_of, require_kept, require_taken
from mailer.flow.approval_mail import read_approval_mail, require_written_after
from mailer.flow.approval_signature import Runner
from mailer.flow.homes import records_folder
from mailer.model.base import Language
from mailer.model.proof import Approval, ApprovalKind, Proof
from mailer.proof import Difference, difference, load_proof, new_approval
from mailer.proof.approval import require_new
from mailer.source import read_bytes, read_yaml

MOST_LOOKED_AT = 6
"""Approved proofs among which one of the same readers is looked for."""


def approve_proof(
    workspace: Workspace,
    digest: str,
    by: str,
    words: str = "",
    *,
    mail: Path | None = None,
    signed: Path | None = None,
    commit: str = "",
    tag: str = "",
    languages: Iterable[Language] = (),
    look: Look = certain,
    run: Runner | None = None,
) -> tuple[Proof, Approval]:
    """Write somebody's approval beside the issue, or into the deadline's folder, with what it is given by.

    That is a mail, a signature, or a signed commit or tag of the repository. ProofError where they may not approve or
    have approved already, a `stop` stands, the mail does not name the proof or `look` does not take it, or the
    signature is not theirs: then nothing is written.
    """
    by_what = [one for one in (mail, signed, commit, tag) if one]
    if len(by_what) > 1:
        raise MailerError(
            "An approval is given by a mail, a signature, a commit or a tag, not by two of them.", "Name one."
        )
    how = ApprovalKind.ATTACHED if mail else ApprovalKind.VERIFIED if by_what else ApprovalKind.STATED
    proof, rules = load_proof(digest, workspace.proofs), workspace.config.approval_rules
    approval = new_approval(
        proof,
        by,
        datetime.now(UTC).replace(microsecond=0),
        words,
        rules=rules,
        how=how,
        languages=languages,
    )
    evidence, update = b"", dict[str, object]()
    if mail:
        evidence = read_bytes(mail, str(mail), MOST_EVIDENCE)
        read = read_approval_mail(evidence, proof, str(mail))
        require_written_after(read, proof, str(mail))
        require_taken(read, approval.by, proof, look)
        update = {"mail_from": read.sender, "mail_date": read.dated}
    elif signed:
        evidence = read_bytes(signed, str(signed), MOST_EVIDENCE)
    elif commit or tag:
        found = read_signed(workspace, commit, tag, run)
        evidence, update = found.content, {"signed_in": found.named}
    if evidence:
        update["sha256"] = hashlib.sha256(evidence).hexdigest()
    approval = approval.model_copy(update=update)
    if how is ApprovalKind.VERIFIED:
        approval = approval.model_copy(update={"key": key_of(workspace, proof, approval, evidence, run)})
    folder = records_folder(workspace, proof.slug, make=True)
    require_new(approval, read_approvals(folder, workspace.root), proof, rules)
    return proof, add_approval(folder, approval, evidence)


def approvals_of(workspace: Workspace, proof: Proof, run: Runner | None = None) -> tuple[Approval, ...]:
    """Every approval written beside the proof's issue, or in its deadline's folder.

    ProblemsError where the file, a mail or a signature is not as it was, or where a mail or a signature of this proof
    would not be taken today: its key may have been withdrawn.
    """
    folder = records_folder(workspace, proof.slug)
    approvals = read_approvals(folder, workspace.root)
    if problems := list(_not_taken(workspace, proof, approvals, folder, run)):
        raise ProblemsError(problems)
    return approvals


def last_approved(workspace: Workspace, proof: Proof) -> Proof | None:
    """The proof of the same issue that was approved last, if it is still kept: of the same readers, if there is one.

    A correction is only held against a correction.
    """
    given = read_approvals(records_folder(workspace, proof.slug), workspace.root)
    digests = dict.fromkeys(one.digest for one in reversed(given))
    kept = list(islice(_kept(workspace, proof, digests), MOST_LOOKED_AT))
    same = (one for one in kept if (one.segments, one.also, one.except_) == _asked(proof))
    return next(same, kept[0] if kept else None)


def difference_to_approved(workspace: Workspace, proof: Proof) -> Difference | None:
    """What is new since the issue was approved last; None where nothing of it has been."""
    before = last_approved(workspace, proof)
    return difference(before, proof) if before else None


def _asked(proof: Proof) -> tuple[tuple[str, ...], ...]:
    return proof.segments, proof.also, proof.except_


def _kept(workspace: Workspace, proof: Proof, digests: Iterable[str]) -> Iterator[Proof]:
    for digest in digests:
        if digest == proof.digest:
            continue
        try:
            known = load_proof(digest, workspace.proofs)
        except ProofError:
            continue
        if known.slug == proof.slug and bool(known.corrects) == bool(proof.corrects):
            yield known


def _not_taken(
    workspace: Workspace, proof: Proof, approvals: Iterable[Approval], folder: Path, run: Runner | None
) -> Iterator[Problem]:
    for index, one in enumerate(approvals):
        if one.how is ApprovalKind.STATED or one.digest != proof.digest:
            continue
        try:
            require_kept(
                workspace, proof, one, read_bytes(folder / one.evidence, one.evidence, MOST_EVIDENCE), run
            )
        except ProofError as error:
            path = folder / APPROVALS_FILE
            file = workspace.shown(path)
            line = read_yaml(path, file).line(("approvals", index, "evidence"))
            field = f"approvals[{index}].evidence"
            yield Problem(error.message, BY_HAND, file, line, field, "file.approval")
