"""What nobody has decided is not published: changes and comments that stand in a text, with who said what."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from mailer.check import CheckedIssue
from mailer.check.rules.undecided import undecided
from mailer.content import IssueFile
from mailer.errors import Problem, ProblemsError
from mailer.model.base import Language
from mailer.model.finding import Finding
from mailer.model.translation import HEAD_WORDS
from mailer.render import Edition


def refuse_undecided(file: IssueFile, editions: Collection[Edition]) -> None:
    """ProblemsError with every place, in what these editions show, that the rule `text.undecided` finds.

    An item counts as a whole, with the wordings that some group gets. For what is written without an approval: on
    the way to one, the rule stops the issue.
    """
    found = dict.fromkeys(_found(file, editions))
    if found:
        raise ProblemsError(_problem(each) for each in found)


def _found(file: IssueFile, editions: Collection[Edition]) -> Iterator[Finding]:
    """In every language that they show; what a translation has from the source is told of the source."""
    checked = CheckedIssue(
        issue=file.issue,
        locate=file.locate,
        day=file.issue.date,
        translations=file.translations,
        locate_in={language: file.locate_in(language) for language in file.translations},
    )
    own = {_without_place(finding): finding for finding in undecided(checked)}
    for language, local in {file.issue.language: checked, **checked.local}.items():
        for finding in undecided(local):
            if any(_shows(edition, finding, language, file.issue.language) for edition in editions):
                yield own.get(_without_place(finding), finding)


def _shows(edition: Edition, finding: Finding, language: Language, source: Language) -> bool:
    """Whether the item, or the head's word, stands there in that language."""
    shown = edition.variant.language
    if finding.item is not None:
        stands = edition.fallen_back.get(finding.item, shown)
        return finding.item in edition.variant.items and stands == language
    stands = edition.borrowed.get(finding.field or "", shown) if finding.field in HEAD_WORDS else source
    return stands == language


def _without_place(finding: Finding) -> Finding:
    return finding.model_copy(update={"file": None, "line": None})


def _problem(finding: Finding) -> Problem:
    return Problem(
        message=finding.message,
        hint=finding.hint,
        file=finding.file or "",
        line=finding.line,
        field=finding.field or "",
        rule=finding.rule,
        item=finding.item or "",
    )
