"""What the studio says of an issue's proof page: when it was made, whether it is still true, who approved it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailer.config import Workspace
from mailer.flow.proof_page_kept import kept_page
from mailer.proof import changed_words
from mailer.studio.views_proofs import ComposeFor, approval_words, kept_proof, proof_row

GONE = "Its proof is not kept here any more: whether it is still true cannot be told."
SINGLE = "It is for single readers too; only the sending itself holds that against the files."


@dataclass(frozen=True, slots=True)
class PageRow:
    """The page that was written last."""

    seal: str
    digest: str
    made_at: datetime
    state: str
    tone: str
    """ok, warn or quiet."""
    approvals: tuple[str, ...] = ()
    """Those that count, in words."""
    missing: str = ""
    """What is still needed: `0 of 1 approval`."""
    changed: tuple[str, ...] = ()
    """What is no longer as the page shows it."""
    note: str = ""


def page_row(workspace: Workspace, slug: str, compose_for: ComposeFor) -> PageRow | None:
    """The page of an issue, held against what the files give now; None where there is none."""
    page = kept_page(workspace.build, slug)
    if page is None:
        return None
    proof = kept_proof(workspace.proofs, page.digest)
    seal = page.digest[:6]
    if proof is None or proof.slug != slug:
        return PageRow(seal, page.digest, page.made_at, "cannot be told", "quiet", note=GONE)
    row = proof_row(workspace, proof, compose_for)
    note = f"The record of approvals cannot be used: {row.trouble}" if row.trouble else ""
    if proof.also or proof.except_:
        note = note or SINGLE
        state, tone = "cannot be told", "quiet"
    elif row.is_true:
        state, tone = "as it is now", "ok"
    else:
        state, tone = "changed since", "warn"
    return PageRow(
        seal=seal,
        digest=page.digest,
        made_at=page.made_at,
        state=state,
        tone=tone,
        approvals=tuple(map(approval_words, row.approvals)),
        missing=row.missing,
        changed=changed_words(row.changed) if row.changed else (),
        note=note,
    )
