"""Cards of an issue's proofs: the page to look at, and those that are kept."""

from __future__ import annotations

from collections.abc import Sequence

from mailer.proof import changed_words
from mailer.studio.kit import chip, el, heading, svg
from mailer.studio.proof_pages import proof_page_address
from mailer.studio.views_proof_page import PageRow
from mailer.studio.views_proofs import ProofRow, approval_words

MOST_NAMED = 4
SHORT = 24
"""Signs of what is missing that a chip has room for."""


def no_proof_page() -> None:
    """That there is none; the command that writes one stands among the steps."""
    heading(3, "Proof page", "panel-title")
    el("p", "hint", "There is none yet. Freezing a proof writes it.")


def proof_page_card(slug: str, row: PageRow) -> None:
    """The page that was written last, with the way to it."""
    heading(3, "Proof page", "panel-title")
    with el("div", "proof proof-page"):
        with el("div", "proof-head"):
            el("span", "seal" if row.tone == "ok" else "seal quiet", row.seal, title=row.digest)
            chip(row.state, row.tone)
        el("p", "quiet", f"Made {row.made_at:%d %B %Y, %H:%M} UTC")
        for words in row.approvals:
            el("p", "", words)
        if row.missing:
            el("p", "hint", f"It has {row.missing}.")
        _changed(row.changed)
        if row.note:
            el("p", "hint", row.note)
        with el("a", "btn", href=proof_page_address(slug), target="_blank", rel="noopener"):
            svg("open")
            el("span", "", "Open the proof page")


def proof_card(row: ProofRow) -> None:
    """A proof that is kept: its seal, whether it holds, who approved it."""
    with el("div", "proof"):
        with el("div", "proof-head"):
            el("span", "seal" if row.is_true else "seal void", row.seal, title=row.digest)
            if row.is_approved:
                chip("approved", "ok")
            elif row.is_true:
                chip(row.missing if len(row.missing) < SHORT else "approvals missing", "warn")
            else:
                chip("no longer true", "quiet")
        el(
            "p",
            "quiet",
            f"{row.made_at:%d %B %Y, %H:%M} UTC, for {', '.join(row.audience) or 'single readers'}",
        )
        for approval in row.approvals:
            el("p", "", approval_words(approval))
        if row.is_true and len(row.missing) >= SHORT:
            el("p", "hint", f"It has {row.missing}.")
        if row.trouble:
            el("p", "hint", f"The record of approvals cannot be used: {row.trouble}")
        _changed(changed_words(row.changed) if row.changed else ())


def _changed(words: Sequence[str]) -> None:
    if words:
        shown = ", ".join(words[:MOST_NAMED]) + (" and more" if len(words) > MOST_NAMED else "")
        el("p", "hint", f"Changed since: {shown}.")
