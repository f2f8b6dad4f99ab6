"""Answering for a finding: what stands is looked up, and the waiver is bound to its place and words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from mailer.check.listing import some_of
from mailer.config import Workspace
from mailer.content import add_waiver
from mailer.errors import MailerError, UsageError
from mailer.flow.compose import Composed, compose_issue
from mailer.flow.links import lately_found
from mailer.flow.waivers import KNOWN, OF_LINKS, no_such_rule, why_void
from mailer.model.finding import HEAD, Finding, Waiver, standing

MOST_NAMED = 6
MOST_SHOWN = 60
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Signs that no file of ours may hold."""


@dataclass(frozen=True, slots=True)
class Which:
    """Which of a rule's findings is meant; "" where it does not matter."""

    item: str = ""
    field: str = ""
    words: str = ""

    def means(self, finding: Finding) -> bool:
        """Whether that finding is meant; words are compared without regard to spaces."""
        return (
            self.item in ("", finding.within)
            and self.field in ("", finding.field)
            and (not self.words or _plain(self.words) == _plain(finding.words or ""))
        )


@dataclass(frozen=True, slots=True)
class Waived:
    """A waiver that was written down, for whom, and what is left."""

    waiver: Waiver
    finding: Finding
    composed: Composed
    left: tuple[Finding, ...]
    """Findings that stand now."""


def waive_finding(
    workspace: Workspace,
    slug: str,
    rule: str,
    which: Which,
    *,
    by: str,
    because: str,
    segments: tuple[str, ...] = (),
    on: date | None = None,
) -> Waived:
    """Write into the issue's waivers.yaml that somebody answers for the one finding of that rule that is meant.

    What following the links showed is taken from memory: no site is asked.
    UsageError where there is no such rule; MailerError where it cannot be waived, where an author would, where
    name or reason is missing, and where no finding, or more than one, is meant. ProblemsError and RenderError as
    `compose_issue` has them.
    """
    why, hint = no_such_rule(rule)
    if why:
        raise UsageError(why, hint or "See `mailer check`.")
    composed = compose_issue(
        # What is found does not depend on the key that signs unsubscribe addresses.
        workspace,
        slug,
        segments,
        secret=b"waive",
        on=on,
        strict=rule in KNOWN and KNOWN[rule].is_strict,
    )
    said = Waiver(rule=rule, by=_plain(by), because=_plain(because))
    why, hint = why_void(said, composed.issue.authors)
    if why:
        raise MailerError(why, hint)
    found = composed.findings + (lately_found(workspace, composed) if rule in OF_LINKS else ())
    finding = _the_one(rule, which, found, composed)
    if _UNWRITABLE.search(finding.words or ""):
        raise MailerError("Its words have a sign in them that cannot be written down.", "Mend that first.")
    place = {"item": finding.within, "field": finding.field, "words": finding.words}
    waiver = said.model_copy(update={**place, "severity": finding.severity})
    add_waiver(composed.file.folder, waiver)
    return Waived(waiver, finding, composed, standing(found, (*composed.waivers, waiver)))


def _the_one(rule: str, which: Which, found: tuple[Finding, ...], composed: Composed) -> Finding:
    """The finding that is meant; MailerError where none is, or several at different places or in other words."""
    of_rule = [one for one in found if one.rule == rule]
    stands = standing(of_rule, composed.waivers)
    meant = {(f.item, f.field, f.words): f for f in stands if which.means(f)}
    if len(meant) == 1:
        return next(iter(meant.values()))
    if meant:
        raise MailerError(
            f"{len(meant)} findings of that rule stand, and a waiver answers for one of them.",
            f"Say which: {some_of([_options(f) for f in meant.values()], MOST_NAMED)}.",
        )
    if stands:
        raise MailerError(
            "No finding of that rule stands there, or in those words.",
            f"What stands: {some_of([_options(f) for f in stands], MOST_NAMED)}.",
        )
    for waiver in composed.waivers:
        if any(waiver.covers(one) and which.means(one) for one in of_rule):
            raise MailerError(
                f"{waiver.by} answers for that already: {waiver.because}", "There is nothing left to waive."
            )
    if rule in OF_LINKS:
        raise MailerError(
            "Nothing that this rule finds is known from the last hour.",
            f"`mailer check {composed.file.slug} --links` asks the sites; waive what it shows within an hour.",
        )
    raise MailerError(
        "Nothing that this rule finds stands.", f"See what does: `mailer check {composed.file.slug}`."
    )


def _options(finding: Finding) -> str:
    """By what options the finding is named."""
    parts = [f"--item {finding.item}"] if finding.item else []
    parts += [f'--item "{HEAD}"'] if finding.within == HEAD else []
    parts += [f"--field {finding.field}"] if finding.field else []
    words = _plain(finding.words or "")
    # Addresses tell links apart, however long they are.
    is_shown = words and (len(words) <= MOST_SHOWN or finding.rule in OF_LINKS)
    parts += [f'--words "{words}"'] if is_shown else []
    return " ".join(parts) or "(the whole issue)"


def _plain(text: str) -> str:
    return " ".join(text.split())
