"""What the page of a deadline's letters shows: whether the ladder may go, its versions, and the commands for it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import date

from mailer.config import Workspace
from mailer.errors import MailerError, ProblemsError
from mailer.flow.approving import approvals_of
from mailer.flow.homes import deadline_slug
from mailer.flow.ladder_proof import Ladder, require_ladder_approved
from mailer.proof import good_approvals, list_proofs, missing_words
from mailer.remind.calendar import title_of
from mailer.studio.desk import problems_in
from mailer.studio.views_issue import VersionRow
from mailer.studio.views_proofs import Standing, Step, finding_words, kept_proofs, many

FIELDS = ("date", "name", "addressee", "owed", "due", "days_left", "due_before", "holders", "code")
"""What a reminder says of its reader alone, in the order in which it is shown."""


def ladder_standing(workspace: Workspace, ladder: Ladder, day: date) -> Standing:
    """Whether the ladder may go: exactly what `mailer remind` asks before it sends."""
    proof = ladder.proof
    if stops := len(proof.stops):
        return Standing(f"{many(stops, 'finding')} to mend", "bad", finding_words(proof.standing))
    names: list[str] = []
    missing = ""
    try:
        rules, given = workspace.config.approval_rules, approvals_of(workspace, proof)
        names = [approval.by for approval in good_approvals(proof, given, rules)]
        missing = missing_words(proof, given, rules)
        require_ladder_approved(workspace, ladder, day)
    except (MailerError, OSError) as error:
        return _not_approved(workspace, ladder, missing, error)
    return Standing("approved", "ok", f"seal {proof.seal}, by {', '.join(names)}")


def letter_steps(
    workspace: Workspace, ladder: Ladder, standing: Standing, on: date | None
) -> tuple[Step, ...]:
    """The commands that take a ladder further, in order; reminders are sent by command only."""
    proof, name = ladder.proof, shlex.quote(ladder.file.slug)
    frozen = proof.digest in list_proofs(workspace.proofs)
    digest = proof.digest[:12] if frozen else "DIGEST"
    another_day = f" --on {on} --relay outbox" if on else ""
    return (
        Step("Mend what stops it", f"mailer deadlines check {name}", standing.tone != "bad"),
        Step(
            "Freeze every reminder",
            f"mailer deadlines proof {name}",
            frozen,
            f"seal {proof.seal}" if frozen else "",
        ),
        Step("Have it approved", f'mailer approve {digest} --by "NAME"', standing.tone == "ok"),
        Step("See what is due", f"mailer remind {name} --dry-run{another_day}", note="Sends nothing."),
        Step("Remind", f"mailer remind {name}", note="Every day; shows who gets it, and asks first."),
    )


def letter_rows(ladder: Ladder) -> tuple[VersionRow, ...]:
    """The letters in the order of the ladder: first those that somebody would get as things stand."""
    made = ladder.proof
    ordered = sorted(made.renditions, key=lambda rendition: not made.heads[rendition.variant.key])
    return tuple(
        VersionRow(r.variant.key, made.words[r.variant.key], made.heads[r.variant.key], number)
        for number, r in enumerate(ordered, start=1)
    )


def fields_of(copy: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What a reader's letter says of them alone: field and value, those that say something."""
    return tuple((name.replace("_", " "), copy[name]) for name in FIELDS if copy.get(name))


def letters_title(ladder: Ladder | None, slug: str) -> str:
    """What a deadline is called."""
    return title_of(ladder.file.deadline) if ladder else slug


def _not_approved(workspace: Workspace, ladder: Ladder, missing: str, error: Exception) -> Standing:
    proof = ladder.proof
    if proof.digest in list_proofs(workspace.proofs):
        if not missing or isinstance(error, ProblemsError):
            # Something else is in the way than that too few have approved it.
            return Standing("cannot go", "bad", problems_in(error)[0].message)
        return Standing("waiting for approval", "warn", f"seal {proof.seal}, {missing}")
    if kept := kept_proofs(workspace.proofs, deadline_slug(ladder.file.slug)):
        return Standing("changed since its proof", "warn", f"seal {kept[0].seal} no longer holds")
    return Standing("no proof yet", "warn", finding_words(proof.standing))
