"""Where an issue stands on its way out: proofs, approvals, sendings; and the commands that take it further."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from mailer.config import Workspace
from mailer.content import Receipt, read_receipts
from mailer.errors import MailerError
from mailer.flow import Composed
from mailer.flow.approving import approvals_of
from mailer.flow.prove import draft_proof
from mailer.model.finding import Finding, Severity, counts_of
from mailer.model.proof import Approval, Proof
from mailer.proof import good_approvals, how_given, list_proofs, load_proof, missing_words, what_changed
from mailer.studio.desk import Audience, Look, problems_in

MOST_PROOFS = 4
ASKS = "Shows who gets it, and asks first."
PRACTICE = "Into the practice tray as well, until mailer.toml names a mail service."
ComposeFor = Callable[[Audience], Look]


@dataclass(frozen=True, slots=True)
class ProofRow:
    """A proof of the issue: whether it is still true, and who approved it."""

    seal: str
    digest: str
    audience: Audience
    made_at: datetime
    approvals: tuple[Approval, ...]
    """Those that count."""
    missing: str
    """What is still needed, in words: `0 of 1 approval`; "" where nothing is."""
    trouble: str
    """Why the record of approvals cannot be used; "" where it can."""
    changed: tuple[str, ...]
    """What is no longer as the proof shows it; nothing while it is true."""

    @property
    def is_true(self) -> bool:
        """Whether the files still give exactly these bytes."""
        return not self.changed

    @property
    def is_approved(self) -> bool:
        """Whether enough people have approved it, and it is still true."""
        return self.is_true and not self.missing


@dataclass(frozen=True, slots=True)
class Standing:
    """How an issue stands, in a word or two and a tone: bad, warn, ok, done or quiet."""

    words: str
    tone: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do next, by a command."""

    words: str
    command: str
    done: bool = False
    note: str = ""


def proof_rows(workspace: Workspace, slug: str, compose_for: ComposeFor) -> tuple[ProofRow, ...]:
    """The newest proofs kept of an issue, each held against what the files give now."""
    return tuple(proof_row(workspace, proof, compose_for) for proof in kept_proofs(workspace.proofs, slug))


def proof_row(workspace: Workspace, proof: Proof, compose_for: ComposeFor) -> ProofRow:
    """A proof, held against what the files give now."""
    rules = workspace.config.approval_rules
    look = compose_for(proof.segments) if not (proof.also or proof.except_) else None
    given, trouble = _approvals(workspace, proof)
    return ProofRow(
        seal=proof.seal,
        digest=proof.digest,
        audience=proof.segments,
        made_at=proof.made_at,
        approvals=good_approvals(proof, given, rules),
        missing=missing_words(proof, given, rules),
        trouble=trouble,
        changed=_changed(workspace, proof, look),
    )


def receipts_of(workspace: Workspace, slug: str) -> tuple[Receipt, ...]:
    """Real sendings that are finished, as written beside the issue; none where the file cannot be used."""
    try:
        return tuple(read_receipts(workspace.issues / slug, workspace.root))
    except (MailerError, OSError):
        return ()


def standing_of(look: Look, proofs: Iterable[ProofRow], receipts: Iterable[Receipt]) -> Standing:
    """The one thing to know about an issue now."""
    if look.problems:
        return Standing("cannot be read", "bad", many(len(look.problems), "problem"))
    findings = look.composed.standing if look.composed else ()
    counts = finding_words(findings)
    if sent := list(receipts):
        return Standing("sent", "done", f"{sent[-1].counts.get('accepted', 0)} taken over")
    stops = sum(f.severity is Severity.STOP for f in findings)
    if stops:
        return Standing(f"{many(stops, 'finding')} to mend", "bad", counts)
    kept = list(proofs)
    if approved := next((row for row in kept if row.is_approved), None):
        return Standing("approved", "ok", _for(approved))
    if waiting := next((row for row in kept if row.is_true), None):
        return Standing("waiting for approval", "warn", _for(waiting))
    if kept:
        return Standing("changed since its proof", "warn", f"seal {kept[0].seal} no longer holds")
    return Standing("being written", "quiet", counts)


def finding_words(findings: Iterable[Finding]) -> str:
    """`2 stops, 1 note`, or that there is nothing."""
    return counts_of(findings) or "no findings"


def next_steps(
    slug: str, audience: Audience, proofs: Iterable[ProofRow], *, clean: bool, practice: bool
) -> tuple[Step, ...]:
    """The commands from here to a sending, for these groups, in order.

    `practice` says that mailer.toml names no mail service yet, so that nothing would leave the machine.
    """
    name = shlex.quote(slug)
    to = " ".join(f"--to {shlex.quote(group)}" for group in audience) or "--to GROUP"
    mine = next((row for row in proofs if set(row.audience) == set(audience) and row.is_true), None)
    digest = mine.digest[:12] if mine else "DIGEST"
    approved = mine is not None and mine.is_approved
    have = mine.missing if mine else ""
    return (
        Step("Mend what stops it", f"mailer check {name}", clean),
        Step(
            "Freeze a proof",
            f"mailer proof {name} {to}",
            mine is not None,
            f"seal {mine.seal}" if mine else "",
        ),
        Step("Have it approved", f'mailer approve {digest} --by "NAME"', approved, have),
        Step("Rehearse into the practice tray", f"mailer send {name} {to} --relay outbox"),
        Step("Send", f"mailer send {name} {to} --digest {digest}", note=PRACTICE if practice else ASKS),
    )


def many(count: int, noun: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def day_words(day: date) -> str:
    """`19 December 2016`."""
    return f"{day.day} {day:%B %Y}"


def _for(row: ProofRow) -> str:
    return f"seal {row.seal}, for {', '.join(row.audience) or 'single readers'}"


def _changed(workspace: Workspace, proof: Proof, look: Look | None) -> tuple[str, ...]:
    if look is None:
        # Single readers were added or taken out; only the sending itself holds that against the files.
        return ()
    if look.problems or look.composed is None:
        return ("the issue cannot be read",)
    return what_changed(proof, _draft(workspace, look.composed))


def _draft(workspace: Workspace, composed: Composed) -> Proof:
    return draft_proof(workspace, composed)


def approval_words(approval: Approval) -> str:
    """Who approved, how that was given, and what they said."""
    return f"Approved by {approval.by}, {how_given(approval)}" + (
        f": {approval.words}" if approval.words else ""
    )


def _approvals(workspace: Workspace, proof: Proof) -> tuple[tuple[Approval, ...], str]:
    """What is on record, and why it cannot be used."""
    try:
        return approvals_of(workspace, proof), ""
    except (MailerError, OSError) as error:
        return (), problems_in(error)[0].message


def kept_proofs(proofs: Path, slug: str) -> list[Proof]:
    """The newest proofs kept of an issue, or of a deadline; those that are damaged are left out."""
    found: list[Proof] = []
    for digest in list_proofs(proofs):
        proof = kept_proof(proofs, digest)
        if proof and proof.slug == slug:
            found.append(proof)
        if len(found) == MOST_PROOFS:
            break
    return found


def kept_proof(proofs: Path, digest: str) -> Proof | None:
    """The proof of that whole digest; None where it is not kept, or damaged: that is no proof."""
    try:
        # `mailer send` says what is wrong with it when it is named.
        return _load(digest, proofs, (proofs / digest / "proof.json").stat().st_mtime_ns)
    except (MailerError, OSError):
        return None


@lru_cache(maxsize=64)
def _load(digest: str, proofs: Path, _changed_at: int) -> Proof:
    return load_proof(digest, proofs)
