"""The two editions of a mended issue: as it should have been, and the same with the box on top. Each is a proof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mailer.config import Workspace
from mailer.content.errata import ErratumFile
from mailer.errors import ProofError
from mailer.flow.approving import approvals_of
from mailer.flow.compose import Composed, compose_issue
from mailer.flow.erratum import Correcting
from mailer.flow.people import People, read_people
from mailer.flow.prove import prove_issue
from mailer.flow.records import unsubscribe_secret
from mailer.flow.wrong import Wrong, everybody_told
from mailer.ledger import Ledger
from mailer.model.proof import Proof
from mailer.proof import load_proof, require_approved, what_changed


@dataclass(frozen=True, slots=True)
class Half:
    """One of the two editions: the issue without the box, or with it."""

    composed: Composed
    proof: Proof

    def missing(self, workspace: Workspace, today: date) -> str:
        """Why it may not go yet, in words; "" where it may."""
        current = self.proof.model_copy(
            update={"findings": self.composed.findings, "authors": self.composed.issue.authors}
        )
        try:
            require_approved(
                current,
                approvals_of(workspace, self.proof),
                workspace.config.approval_rules,
                today,
                workspace.config.office.timezone,
            )
        except ProofError as error:
            return error.message
        return ""


@dataclass(frozen=True, slots=True)
class Correction:
    """Both editions, and what they put right."""

    file: ErratumFile
    wrong: Wrong
    good: Half | None
    """None where nobody is left who has nothing yet."""
    erratum: Half | None
    """None where nobody got the wrong one."""
    correcting: Correcting

    @property
    def halves(self) -> tuple[Half, ...]:
        """Those of the two that there are, the good one first."""
        return tuple(half for half in (self.good, self.erratum) if half is not None)


def prove_both(workspace: Workspace, ledger: Ledger, wrong: Wrong, file: ErratumFile) -> Correction:
    """Both editions under their digests; where an earlier proof of the same is approved and still true, that one.

    ProofError where the issue is still as it was when it went out wrong; ProblemsError as `compose_issue`, and for
    what is wrong in erratum.yaml.
    """
    secret, people = unsubscribe_secret(ledger), read_people(workspace)
    good = _good(workspace, wrong, secret, people) if wrong.own else None
    sent = min(one.created_at for one in wrong.sendings).date()
    correcting = Correcting(
        file, wrong.digests, sent, tuple(everybody_told(workspace, ledger, wrong, people))
    )
    erratum = None
    if correcting.readers:
        boxed = compose_issue(workspace, wrong.slug, secret=secret, people=people, correcting=correcting)
        erratum = _half(workspace, boxed)
    return Correction(file, wrong, good if wrong.has_rest else None, erratum, correcting)


def _good(workspace: Workspace, wrong: Wrong, secret: bytes, people: People) -> Half:
    to, also, except_ = wrong.audience(workspace)
    composed = compose_issue(
        workspace, wrong.slug, to, secret=secret, also=also, except_=except_, people=people
    )
    good = _half(workspace, composed)
    if good.proof.digest in wrong.digests:
        raise ProofError(
            f"The issue is still as it was when it went out: proof {good.proof.seal}.",
            f"Mend what is wrong in issues/{wrong.slug}, then `mailer correct {wrong.slug}` again. Where that "
            "sending was right, name those that were not: --of ID.",
        )
    return good


def _half(workspace: Workspace, composed: Composed) -> Half:
    made = prove_issue(workspace, composed)
    approvals = approvals_of(workspace, made)
    if any(one.digest == made.digest for one in approvals):
        return Half(composed, made)
    variants = {rendition.variant.key for rendition in made.renditions}
    for digest in dict.fromkeys(one.digest for one in reversed(approvals)):
        try:
            known = load_proof(digest, workspace.proofs)
        except ProofError:
            continue
        has_all = variants <= {rendition.variant.key for rendition in known.renditions}
        if known.corrects == made.corrects and has_all and not what_changed(known, made):
            return Half(composed, known)
    return Half(composed, made)
