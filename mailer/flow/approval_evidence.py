"""What an approval is given by: whether it is taken when it is recorded, and again whenever it is counted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from mailer.config import Workspace
from mailer.errors import ProofError
from mailer.flow.approval_commit import Signed, require_signed_by
from mailer.flow.approval_mail import ApprovalMail, read_approval_mail
from mailer.flow.approval_signature import BEGINS, Runner, require_signed, statement
from mailer.model.proof import Approval, ApprovalKind, Proof

Look = Callable[[ApprovalMail, tuple[str, ...]], bool]
"""Looks at a mail and at what speaks against it, and says whether it is taken."""


def certain(_mail: ApprovalMail, doubts: tuple[str, ...]) -> bool:
    """Takes only a mail against which nothing speaks."""
    return not doubts


def require_taken(mail: ApprovalMail, by: str, proof: Proof, look: Look) -> None:
    """ProofError where whoever records the mail does not take it for that person's approval."""
    doubts = mail.doubts(by, proof.authors)
    if not look(mail, doubts):
        raise ProofError(
            " ".join(("The mail was not recorded.", *doubts)),
            "Read it. Where it is their approval all the same: --confirm-mail.",
        )


def require_kept(
    workspace: Workspace, proof: Proof, approval: Approval, content: bytes, run: Runner | None = None
) -> None:
    """ProofError where what is kept for an approval would not be taken today, or is not what the record tells of.

    How old a mail is is not asked again: a proof may have been made anew, with the same digest, since then.
    """
    if approval.how is ApprovalKind.ATTACHED:
        mail = read_approval_mail(content, proof, approval.evidence)
        if (mail.sender, mail.dated) != (approval.mail_from, approval.mail_date):
            raise ProofError(
                f"{approval.evidence} is from {mail.sender}, of {mail.dated}: the record says otherwise."
            )
    elif key_of(workspace, proof, approval, content, run) != approval.key:
        raise ProofError(f"{approval.evidence} is signed with another key than the record says.")


def key_of(
    workspace: Workspace, proof: Proof, approval: Approval, content: bytes, run: Runner | None = None
) -> str:
    """The fingerprint of the key by which it is signed, of the very bytes that are kept. ProofError where by none."""
    if approval.signed_in:
        kind, _, name = approval.signed_in.partition(" ")
        return require_signed_by(workspace, Signed(kind, name, content), proof, approval, run)
    if not content.lstrip().startswith(BEGINS):
        raise ProofError(
            "The file is not an SSH signature.", "Name the .sig file that `ssh-keygen -Y sign` has made."
        )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "approval.sig"
        path.write_bytes(content)
        return require_signed(
            workspace, statement(proof, approval.by, approval.languages), path, approval.by, run
        )
