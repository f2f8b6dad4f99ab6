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
from mailer.proof.changed import changed_words, in_words
from mailer.proof.changed_text import changed_text, some_text
from mailer.proof.difference import Difference, PictureChange, WordsChange, difference
from mailer.proof.digest import audience_parts, make_proof, what_changed, what_differs
from mailer.proof.missing import Missing, missing_approvals, missing_words, require_approved, why_not_yet
from mailer.proof.store import freeze_proof, list_proofs, load_proof

__all__ = [
    "Difference",
    "Missing",
    "PictureChange",
    "WordsChange",
    "audience_parts",
    "changed_text",
    "changed_words",
    "difference",
    "freeze_proof",
    "good_approvals",
    "how_given",
    "how_to_approve",
    "in_a_row",
    "in_words",
    "languages_of",
    "list_proofs",
    "load_proof",
    "make_proof",
    "missing_approvals",
    "missing_words",
    "new_approval",
    "require_approved",
    "some_text",
    "warning_of_window",
    "what_changed",
    "what_differs",
    "why_not_yet",
    "window_in_words",
]
