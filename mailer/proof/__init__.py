"""Proofs: renditions, findings and audience rule under one digest, frozen, and approved.

`make_proof` computes the digest; `freeze_proof` keeps the very pieces that will be sent; `load_proof` gives
them back only if not a byte has changed; `require_approved` says who must still look.
"""

from mailer.proof.approval import (
    good_approvals,
    is_author,
    new_approval,
    require_approved,
    warning_of_window,
    window_in_words,
)
from mailer.proof.digest import audience_parts, make_proof, what_changed, what_differs
from mailer.proof.store import freeze_proof, list_proofs, load_proof

__all__ = [
    "audience_parts",
    "freeze_proof",
    "good_approvals",
    "is_author",
    "list_proofs",
    "load_proof",
    "make_proof",
    "new_approval",
    "require_approved",
    "warning_of_window",
    "what_changed",
    "what_differs",
    "window_in_words",
]
