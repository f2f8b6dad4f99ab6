"""Which approvals a proof still needs, in words; and the gate that nothing passes for real without them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from mailer.errors import ProofError
from mailer.model.base import Language
from mailer.model.proof import Approval, ApprovalRules, Proof
from mailer.model.same_person import is_among
from mailer.proof.approval import (
    how_to_approve,
    in_a_row,
    is_within,
    languages_of,
    people_of,
    require_clean,
    spoken,
    why_not,
)
from mailer.source import language_name


@dataclass(frozen=True, slots=True)
class Missing:
    """So many approvals that are not there yet, in languages for which the same people may give them."""

    count: int
    needed: int
    languages: tuple[Language, ...]
    """None where it is so for every language of the proof."""
    by: str
    """Who may, in words: `Head of Unit or Deputy`; "" where nobody is named or shut out but the authors."""

    @property
    def words(self) -> str:
        """`1 for Russian by anybody but its translators`."""
        tongues = in_a_row([language_name(one) for one in self.languages], "and")
        return f"{self.count}{f' for {tongues}' if tongues else ''}{f' by {self.by}' if self.by else ''}"


def missing_approvals(
    proof: Proof, approvals: Iterable[Approval], rules: ApprovalRules
) -> tuple[Missing, ...]:
    """What is not approved yet, in the order of the proof's languages; nothing where enough people have."""
    people = people_of(approvals, proof, rules)
    groups: dict[tuple[int, int, str], list[Language]] = {}
    for language in spoken(proof):
        have = sum(any(language in languages_of(one, proof, rules) for one in person) for person in people)
        needed = rules.needed_for(language)
        if have < needed:
            who = _who(proof, rules, language)
            groups.setdefault((needed - have, needed, who), []).append(language)
    everywhere = set(spoken(proof))
    return tuple(
        Missing(count, needed, () if set(languages) == everywhere else tuple(languages), by)
        for (count, needed, by), languages in groups.items()
    )


def missing_words(proof: Proof, approvals: Iterable[Approval], rules: ApprovalRules) -> str:
    """`0 of 1 approval`, or `approvals missing: 1 for Russian by …`; "" where enough people have."""
    missing = missing_approvals(proof, approvals, rules)
    if not missing:
        return ""
    first = missing[0]
    if len(missing) == 1 and not (first.languages or first.by):
        return f"{first.needed - first.count} of {first.needed} approval{'s' * (first.needed != 1)}"
    return f"approvals missing: {', '.join(one.words for one in missing)}"


def why_not_yet(proof: Proof) -> str:
    """Why nobody can approve it yet; "" where somebody can."""
    stops = len(proof.stops)
    are = "1 stop is" if stops == 1 else f"{stops} stops are"
    return f"It cannot be approved while {are} neither mended nor waived." if stops else ""


def require_approved(
    proof: Proof, approvals: Iterable[Approval], rules: ApprovalRules, today: date, zone: str = "UTC"
) -> None:
    """ProofError unless the proof is clean, approved by enough people who may, and within its window.

    `zone`: in which it is that day.
    """
    require_clean(proof)
    given = tuple(approvals)
    if words := missing_words(proof, given, rules):
        own = (one for one in given if one.digest == proof.digest)
        void = dict.fromkeys(why[0] for one in own if (why := why_not(one, proof, rules)))
        raise ProofError(
            " ".join([f"Proof {proof.seal} has {words}.", *void]),
            f"Have it looked at, then: {how_to_approve(proof, rules)}.",
        )
    if not is_within(proof, today):
        raise ProofError(
            f"The approval of {proof.seal} holds from {proof.send_from or 'now'} to {proof.send_until or 'later'},"
            f" and today is {today} ({zone}).",
            "Change send_from or send_until in the issue, and have it approved again.",
        )


def _who(proof: Proof, rules: ApprovalRules, language: Language) -> str:
    translators = proof.translators.get(language, ())
    if named := rules.approvers_for(language):
        barred = (*proof.authors, *translators)
        able = [name for name in named if not is_among(name, barred)]
        return in_a_row(able, "or") or "somebody else than mailer.toml names: all of them wrote it"
    return "anybody but its translators" if translators else ""
