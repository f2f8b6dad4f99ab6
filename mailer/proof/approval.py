"""Who may approve, and whether enough have."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from operator import itemgetter

from mailer.errors import ProofError
from mailer.model.base import Language
from mailer.model.proof import Approval, ApprovalKind, ApprovalRules, Proof
from mailer.model.same_person import has_unseen, is_among, name_key, why_no_name
from mailer.source import language_name

ANYBODY = ApprovalRules()
"""One approval, by anybody who did not write it."""
BARE = {
    ApprovalKind.STATED: "was typed in",
    ApprovalKind.ATTACHED: "was given by mail",
    ApprovalKind.VERIFIED: "was signed",
}
ASKED = {ApprovalKind.ATTACHED: "a mail that is kept", ApprovalKind.VERIFIED: "a signature"}
OPTIONS = {
    ApprovalKind.STATED: "",
    ApprovalKind.ATTACHED: " --mail FILE.eml",
    ApprovalKind.VERIFIED: " --signed FILE.sig",
}
"""What `mailer approve` needs to record one of that kind."""


def new_approval(
    proof: Proof,
    by: str,
    at: datetime,
    words: str = "",
    *,
    rules: ApprovalRules = ANYBODY,
    how: ApprovalKind = ApprovalKind.STATED,
    languages: Iterable[Language] = (),
) -> Approval:
    """An approval of exactly this proof. ProofError where it would not count, or a `stop` finding stands."""
    name, words = require_name(by), " ".join(words.split())
    if has_unseen(words):
        raise ProofError("The words have a sign that cannot be seen.", "Type them anew.")
    only = tuple(dict.fromkeys(languages))
    if unknown := [one for one in only if one not in proof.languages]:
        raise ProofError(
            f"Proof {proof.seal} has nothing in {language_name(unknown[0])}.",
            f"It has {', '.join(proof.languages)}.",
        )
    approval = Approval(digest=proof.digest, by=name, at=at, how=how, words=words, languages=only)
    if why := why_not(approval, proof, rules):
        raise ProofError(*why)
    require_clean(proof)
    return approval


def require_name(by: str) -> str:
    """The name with single blanks. ProofError where nobody can be known by it."""
    name = " ".join(by.split())
    if not name:
        raise ProofError("An approval needs a name.", "Say who approves: --by NAME.")
    if why := why_no_name(name):
        raise ProofError(f"The name {why}.", "Type it anew, on one keyboard.")
    return name


def good_approvals(
    proof: Proof, approvals: Iterable[Approval], rules: ApprovalRules = ANYBODY
) -> tuple[Approval, ...]:
    """The approvals that count: of its digest, by somebody who may, given as asked; each person's once."""
    given = tuple(approvals)
    kept: list[Approval] = []
    for person in people_of(given, proof, rules):
        covered: set[Language] = set()
        for approval in sorted(person, key=lambda one: -one.how.rank):
            if adds := set(languages_of(approval, proof, rules)) - covered:
                covered |= adds
                kept.append(approval)
    counted = {id(one) for one in kept}
    return tuple(one for one in given if id(one) in counted)


def require_new(
    approval: Approval, given: Iterable[Approval], proof: Proof, rules: ApprovalRules = ANYBODY
) -> None:
    """ProofError where it adds nothing to what that person has given already, or is another person's."""
    before = [
        one
        for one in given
        if one.digest == proof.digest and one.marks & approval.marks and not why_not(one, proof, rules)
    ]
    for one in before:
        if name_key(one.by) != name_key(approval.by):
            shared = "key" if one.key and one.key == approval.key else "mail"
            if shared == "mail" and one.sha256 != approval.sha256:
                shared = "address"
            raise ProofError(
                f"By that {shared}, {one.by} has approved {proof.seal} already.",
                f"One {shared} is one person's: {approval.by} needs another.",
            )
    as_good = [one for one in before if one.how.rank >= approval.how.rank]
    covered = {language for one in as_good for language in languages_of(one, proof, rules)}
    if covered >= set(languages_of(approval, proof, rules)):
        best = max(as_good, key=lambda one: one.how.rank)
        raise ProofError(
            f"{best.by} has approved {proof.seal} already: {how_given(best)}.",
            "Nothing was added: one person's approval counts once.",
        )


def people_of(approvals: Iterable[Approval], proof: Proof, rules: ApprovalRules) -> list[list[Approval]]:
    """All that count, by person: one name, one key, one address, one mail are one person's, whatever else differs."""
    of_mark: dict[str, list[tuple[int, Approval]]] = {}
    for count, approval in enumerate(approvals):
        if approval.digest != proof.digest or why_not(approval, proof, rules):
            continue
        same = {id(known): known for mark in approval.marks if (known := of_mark.get(mark)) is not None}
        # The longest is added to, so that of thousands none is moved often.
        person, *others = sorted(same.values(), key=len, reverse=True) or [[]]
        joined = [(count, approval), *(one for other in others for one in other)]
        person += joined
        of_mark |= {mark: person for _, one in joined for mark in one.marks}
    people = {id(person): person for person in of_mark.values()}.values()
    return [[one for _, one in sorted(person, key=itemgetter(0))] for person in people]


def languages_of(approval: Approval, proof: Proof, rules: ApprovalRules = ANYBODY) -> tuple[Language, ...]:
    """The proof's languages for which it counts: not those that its giver has translated, or may not approve."""
    return tuple(
        language
        for language in spoken(proof)
        if approval.is_for(language)
        and not is_among(approval.by, proof.translators.get(language, ()))
        and _is_named(approval.by, rules.approvers_for(language))
    )


def spoken(proof: Proof) -> tuple[Language, ...]:
    """Its languages; `all` where it has no version at all."""
    return proof.languages or ("all",)


def why_not(approval: Approval, proof: Proof, rules: ApprovalRules) -> tuple[str, str] | None:
    """Why an approval of this proof does not count at all, and what to do; None where it counts."""
    name = approval.by
    if why := why_no_name(name):
        return f"The name of an approval {why}.", "Have it given anew, under a name that can be read."
    if is_among(name, proof.authors):
        return f"{name} is an author of this issue and cannot approve it.", "Ask somebody else."
    if approval.how.rank < rules.kind.rank:
        return (
            f"The approval of {name} {BARE[approval.how]}; mailer.toml asks for {ASKED[rules.kind]}.",
            f"Use {how_to_approve(proof, rules)}.",
        )
    if languages_of(approval, proof, rules):
        return None
    wanted = [language for language in spoken(proof) if approval.is_for(language)]
    if not wanted:
        return f"The approval of {name} is for none of the languages of this proof.", "Give it anew."
    if all(_is_named(name, rules.approvers_for(language)) for language in wanted):
        tongues = in_a_row([language_name(language) for language in wanted], "and")
        return f"{name} translated it into {tongues} and cannot approve that.", "Ask somebody else."
    named = dict.fromkeys(one for language in wanted for one in rules.approvers_for(language))
    return (
        f"{name} is not among the approvers that mailer.toml names.",
        f"They are {in_a_row(list(named), 'and')}.",
    )


def how_to_approve(proof: Proof, rules: ApprovalRules) -> str:
    """The command that records an approval of the kind that is asked for, as the end of a sentence."""
    begins = f"`mailer approve {proof.digest[:12]} --by NAME"
    if rules.kind is ApprovalKind.VERIFIED:
        return f"{begins} --signed FILE.sig`, or with `--commit NAME` or `--tag NAME`"
    return f"{begins}{OPTIONS[rules.kind]}`"


def how_given(approval: Approval) -> str:
    """`by mail from Irina <i@example.org> of 2016-12-19, kept as approvals/…`; `typed in`; `signed with SHA256:…`."""
    only = in_a_row([language_name(one) for one in approval.languages], "and")
    part = f"for {only} only, " if only else ""
    match approval.how:
        case ApprovalKind.ATTACHED:
            dated = f" of {approval.mail_date:%Y-%m-%d}" if approval.mail_date else ""
            return f"{part}by mail from {approval.mail_from}{dated}, kept as {approval.evidence}"
        case ApprovalKind.VERIFIED:
            kind, _, name = approval.signed_in.partition(" ")
            commit = f", by the {kind} {name[:12]}" if kind else ""
            return f"{part}signed with the key {approval.key}{commit}, kept as {approval.evidence}"
        case ApprovalKind.STATED:
            return f"{part}typed in"


def require_clean(proof: Proof, what: str = "issue", see: str = "") -> None:
    """ProofError where a finding that stops it stands without a waiver. `see`: the command that shows them all."""
    if stops := proof.stops:
        found = "1 finding stops" if len(stops) == 1 else f"{len(stops)} findings stop"
        raise ProofError(
            f"{found} this {what}, the first: {stops[0].message}",
            f"See them all with `{see or f'mailer check {proof.slug}'}`.",
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


def in_a_row(words: list[str], last: str) -> str:
    """`A, B and C`."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _is_named(name: str, approvers: tuple[str, ...]) -> bool:
    return not approvers or is_among(name, approvers)
