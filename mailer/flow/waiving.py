"""Answering for a finding: what stands is looked up, and the waiver is bound to its place and words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from mailer.check import RULES
from mailer.check.followed import FOLLOWED
from mailer.check.listing import some_of
from mailer.config import Workspace
from mailer.content import add_waiver
from mailer.errors import MailerError, UsageError, nearest
from mailer.flow.compose import Composed, compose_issue
from mailer.flow.waivers import why_void
from mailer.model.finding import Finding, Waiver

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
            self.item in ("", finding.item)
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

    UsageError where there is no such rule; MailerError where it cannot be waived, where an author would, where
    name or reason is missing, and where no finding, or more than one, is meant. ProblemsError and RenderError as
    `compose_issue` has them.
    """
    known = {one.id: one for one in RULES}
    if rule in {told[0] for told in FOLLOWED}:
        raise UsageError(
            f"{rule} is found by `mailer check {slug} --links` only, and stops no proof.",
            "To have it no more, write rule, item and words into waivers.yaml by hand.",
        )
    if rule not in known:
        raise UsageError(
            f'There is no rule "{rule}" to waive.', nearest(rule, known) or "See `mailer check`."
        )
    composed = compose_issue(
        # What is found does not depend on the key that signs unsubscribe addresses.
        workspace,
        slug,
        segments,
        secret=b"waive",
        on=on,
        strict=known[rule].is_strict,
    )
    said = Waiver(rule=rule, by=_plain(by), because=_plain(because))
    why, hint = why_void(said, composed.issue.authors)
    if why:
        raise MailerError(why, hint)
    finding = _the_one(rule, which, composed)
    if _UNWRITABLE.search(finding.words or ""):
        raise MailerError("Its words have a sign in them that cannot be written down.", "Mend that first.")
    place = {"item": finding.item, "field": finding.field, "words": finding.words}
    waiver = said.model_copy(update=place)
    add_waiver(composed.file.folder, waiver)
    left = tuple(one for one in composed.standing if not waiver.covers(one))
    return Waived(waiver, finding, composed, left)


def _the_one(rule: str, which: Which, composed: Composed) -> Finding:
    """The finding that is meant; MailerError where none is, or several at different places or in other words."""
    standing = [one for one in composed.standing if one.rule == rule]
    meant = {(f.item, f.field, f.words): f for f in standing if which.means(f)}
    if len(meant) == 1:
        return next(iter(meant.values()))
    if meant:
        raise MailerError(
            f"{len(meant)} findings of that rule stand, and a waiver answers for one of them.",
            f"Say which: {some_of([_options(f) for f in meant.values()], MOST_NAMED)}.",
        )
    if standing:
        raise MailerError(
            "No finding of that rule stands there, or in those words.",
            f"What stands: {some_of([_options(f) for f in standing], MOST_NAMED)}.",
        )
    covered = [f for f in composed.waived if f.rule == rule and which.means(f)]
    if covered:
        waiver = next(one for one in composed.waivers if one.covers(covered[0]))
        raise MailerError(
            f"{waiver.by} answers for that already: {waiver.because}", "There is nothing left to waive."
        )
    raise MailerError(
        "Nothing that this rule finds stands.", f"See what does: `mailer check {composed.file.slug}`."
    )


def _options(finding: Finding) -> str:
    """By what options the finding is named."""
    parts = [f"--item {finding.item}"] if finding.item else []
    parts += [f"--field {finding.field}"] if finding.field else []
    words = _plain(finding.words or "")
    parts += [f'--words "{words}"'] if words and len(words) <= MOST_SHOWN else []
    return " ".join(parts) or "(the whole issue)"


def _plain(text: str) -> str:
    return " ".join(text.split())
