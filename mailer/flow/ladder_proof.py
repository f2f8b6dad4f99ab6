"""The proof of a ladder: every reminder of a deadline in every language, approved once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from mailer.audience import DeadlineFile, language_for
from mailer.audience.recipients import obliged_groups
from mailer.config import Workspace
from mailer.errors import ProofError
from mailer.flow.approving import approvals_of, last_approved
from mailer.flow.deadlines import deadline_findings
from mailer.flow.homes import deadline_slug
from mailer.flow.letter_slots import variant_of
from mailer.flow.letters import Letters, compose_letters
from mailer.flow.people import People
from mailer.flow.prove import personal_facts
from mailer.model.deadline import Deadline
from mailer.model.proof import Proof
from mailer.model.reminder import DayPlan, Reminder
from mailer.proof import (
    audience_parts,
    changed_text,
    freeze_proof,
    in_words,
    make_proof,
    require_approved,
    what_changed,
    what_differs,
)
from mailer.proof.approval import require_clean


@dataclass(frozen=True, slots=True)
class Ladder:
    """A deadline with all its reminders, frozen under one digest."""

    file: DeadlineFile
    letters: Letters
    proof: Proof


def prove_ladder(
    workspace: Workspace, people: People, file: DeadlineFile, days: Iterable[DayPlan] = ()
) -> Ladder:
    """Compose every reminder of a deadline, put them under their digest, and keep the pieces that will be sent.

    The mails of `days` are counted by version; the counts are shown, not hashed. What has come in, extensions and
    holds are not part of it: a ladder is approved once. Its date, words, steps, groups and sender are.
    """
    ladder = draft_ladder(workspace, people, file, days)
    freeze_proof(ladder.proof, workspace.proofs)
    return ladder


def draft_ladder(
    workspace: Workspace, people: People, file: DeadlineFile, days: Iterable[DayPlan] = ()
) -> Ladder:
    """The same, not kept anywhere."""
    letters = compose_letters(workspace, file, people)
    deadline = file.deadline
    mails = Counter(
        version_of(workspace, people, letters, reminder, plan.day)[1]
        for plan in days
        for reminder in plan.reminders
    )
    proof = make_proof(
        slug=deadline_slug(file.slug),
        issue=letters.issue,
        sender=letters.sender,
        envelope_sender=workspace.config.envelope_sender,
        list_id="",
        personal=personal_facts(workspace, people),
        phrases=letters.phrases,
        segments=(deadline.obliged,),
        day=deadline.due,
        renditions=letters.renditions,
        audience=audience_parts(
            (deadline.obliged,),
            people.recipients.segments,
            people.registers,
            letters.issue,
            workspace.config.fallbacks,
            obliged=obliged_groups(workspace.recipients, workspace.root),
        )
        | {"deadline": _facts(deadline)},
        findings=deadline_findings(workspace, people, file),
        heads={rendition.variant.key: mails[rendition.variant.key] for rendition in letters.renditions},
        words=letters.words,
        made_at=datetime.now(UTC).replace(microsecond=0),
    )
    return Ladder(file, letters, proof)


def version_of(
    workspace: Workspace, people: People, letters: Letters, reminder: Reminder, day: date
) -> tuple[str, str]:
    """The language in which somebody is reminded on that day, and the key of their version."""
    language = language_for(
        reminder.contact,
        people.registers,
        letters.languages,
        reminder.deadline.language,
        workspace.config.fallbacks,
    )
    return language, variant_of(letters, reminder, language, day)


def require_ladder_approved(workspace: Workspace, ladder: Ladder, today: date) -> None:
    """ProofError where a finding stops the deadline, or not enough people have approved exactly this ladder."""
    require_clean(ladder.proof, "deadline", f"mailer deadlines check {ladder.file.slug}")
    approvals, rules = approvals_of(workspace, ladder.proof), workspace.config.approval_rules
    if not any(one.digest == ladder.proof.digest for one in approvals):
        _require_same(workspace, ladder)
    require_approved(ladder.proof, approvals, rules, today)


def _require_same(workspace: Workspace, ladder: Ladder) -> None:
    """ProofError, with what has changed, where the ladder was approved as it was before."""
    before = last_approved(workspace, ladder.proof)
    if before is None:
        return
    changed = what_changed(before, ladder.proof) or what_differs(before.parts, ladder.proof.parts)
    words = in_words(changed, changed_text(before, ladder.proof))
    raise ProofError(
        f"Something has changed since proof {before.seal} was approved: {words}.",
        f"Make a new one with `mailer deadlines proof {ladder.file.slug}`, and have it approved.",
    )


def _facts(deadline: Deadline) -> str:
    return hashlib.sha256(deadline.model_dump_json(by_alias=True).encode("utf-8")).hexdigest()
