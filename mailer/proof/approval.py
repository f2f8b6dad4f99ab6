"""Who may approve, and whether enough have."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from mailer.errors import ProofError
from mailer.model.finding import Severity
from mailer.model.proof import Approval, Proof


def new_approval(proof: Proof, by: str, at: datetime, words: str = "") -> Approval:
    """An approval of exactly this proof. ProofError where an author approves, or a `stop` finding stands."""
    name, words = " ".join(by.split()), " ".join(words.split())
    if not name:
        raise ProofError("An approval needs a name.", "Say who approves: --by NAME.")
    if not (name + words).isprintable():
        raise ProofError("The name or the words have a sign in them that cannot be seen.", "Type them anew.")
    if is_author(name, proof.authors):
        raise ProofError(f"{name} is an author of this issue and cannot approve it.", "Ask somebody else.")
    require_clean(proof)
    return Approval(digest=proof.digest, by=name, at=at, words=words)


def good_approvals(proof: Proof, approvals: Iterable[Approval]) -> tuple[Approval, ...]:
    """The approvals that hold for this proof: its digest, no author, each person once."""
    good: dict[str, Approval] = {}
    for approval in approvals:
        if approval.digest == proof.digest and not is_author(approval.by, proof.authors):
            good.setdefault(approval.by.casefold(), approval)
    return tuple(good.values())


def require_clean(proof: Proof) -> None:
    """ProofError where a finding that stops the issue stands without a waiver."""
    stops = [finding for finding in proof.standing if finding.severity is Severity.STOP]
    if stops:
        found = "1 finding stops" if len(stops) == 1 else f"{len(stops)} findings stop"
        raise ProofError(
            f"{found} this issue, the first: {stops[0].message}",
            f"See them all with `mailer check {proof.slug}`.",
        )


def require_approved(proof: Proof, approvals: Iterable[Approval], needed: int, today: date) -> None:
    """ProofError unless the proof is clean, approved by enough people, and within its window."""
    require_clean(proof)
    have = good_approvals(proof, approvals)
    if len(have) < needed:
        raise ProofError(
            f"Proof {proof.seal} has {len(have)} of {needed} approval{'s' if needed != 1 else ''}.",
            f"Have it looked at, then: `mailer approve {proof.digest[:12]} --by NAME`.",
        )
    if not is_within(proof, today):
        raise ProofError(
            f"The approval of {proof.seal} holds from {proof.send_from or 'now'} to {proof.send_until or 'later'},"
            f" and today is {today}.",
            "Change send_from or send_until in the issue, and have it approved again.",
        )


def is_within(proof: Proof, today: date) -> bool:
    """Whether its approval holds on that day."""
    return (proof.send_from or today) <= today <= (proof.send_until or today)


def window_in_words(proof: Proof) -> str:
    """Between which days it may be sent; "" where nothing is said of that."""
    parts = (("from", proof.send_from), ("until", proof.send_until))
    said = [f"{word} {day}" for word, day in parts if day]
    return f"May be sent {' '.join(said)}." if said else ""


def warning_of_window(proof: Proof, today: date) -> str:
    """What is to be done where those days have passed or lie ahead; "" where today is one of them."""
    if is_within(proof, today):
        return ""
    if proof.send_until and today > proof.send_until:
        return (
            f"That has passed: today is {today}. Change send_until in the issue, and have it approved again."
        )
    return f"That lies ahead: today is {today}, and it cannot be sent before then."


def is_author(name: str, authors: Iterable[str]) -> bool:
    """Whether the name is one of the authors', however it is spaced or capitalised."""
    return " ".join(name.split()).casefold() in {" ".join(n.split()).casefold() for n in authors}
