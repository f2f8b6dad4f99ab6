"""Proofs: renditions, findings and audience rule under one digest, frozen, and approved.

`make_proof` computes the digest; `freeze_proof` keeps the very pieces that will be sent; `load_proof` gives
them back only if not a byte has changed; `require_approved` says who must still look, and `difference` at what.
"""

from mailer.proof.approval import (
    good_approvals,
    how_given,
    how_to_approve,
    in_a_row,
    languages_of,
    new_approval,
    warning_of_window,
    window_in_words,
)
from mailer.proof.changed import changed_words
from mailer.proof.difference import Difference, PictureChange, WordsChange, difference
from mailer.proof.digest import audience_parts, make_proof, what_changed, what_differs
from mailer.proof.missing import Missing, missing_approvals, missing_words, require_approved
from mailer.proof.store import freeze_proof, list_proofs, load_proof

__all__ = [
    "Difference",
    "Missing",
    "PictureChange",
    "WordsChange",
    "audience_parts",
    "changed_words",
    "difference",
    "freeze_proof",
    "good_approvals",
    "how_given",
    "how_to_approve",
    "in_a_row",
    "languages_of",
    "list_proofs",
    "load_proof",
    "make_proof",
    "missing_approvals",
    "missing_words",
    "new_approval",
    "require_approved",
    "warning_of_window",
    "what_changed",
    "what_differs",
    "window_in_words",
]
