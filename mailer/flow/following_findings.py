"""What somebody has to look at in the next issue, at its lines of the new files."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from mailer.check.calendar_names import written_day
from mailer.check.reading import TextPlace, texts
from mailer.check.subject import Locate
from mailer.check.time_words import passed_words
from mailer.content import IssueFile
from mailer.model.base import Language
from mailer.model.finding import Finding, Severity
from mailer.model.issue import Issue

EMPTIED = ("number", "title", "reference")
"""What every issue has of its own, and only people know."""
KEPT_WORDS = ("series", "addressees")


def window(issue: Issue, day: date) -> dict[str, date]:
    """The days between which an approval holds, moved along with the date."""
    days = {"send_from": issue.send_from, "send_until": issue.send_until}
    return {key: given + (day - issue.date) for key, given in days.items() if given}


def head_findings(old: Issue, new: IssueFile, day: date) -> Iterator[Finding]:
    """What was done to the head, each at its line."""

    def finding(key: str, severity: Severity, message: str, hint: str, words: str | None = None) -> Finding:
        file, line = new.locate(None, key)
        return Finding(
            rule="next.head",
            severity=severity,
            message=message,
            hint=hint,
            field=key,
            file=file,
            line=line,
            words=words,
        )

    for key in EMPTIED:
        if was := getattr(old, key):
            hint = "Write this issue's own, or take the line out."
            yield finding(key, Severity.NOTE, f'is empty now; it was "{was}".', hint, was)
    for key in ("subject", "preheader"):
        if getattr(old, key):
            yield finding(
                key, Severity.WARN, "is to be written: a real sending stops on it.", "Write it last."
            )
    for key, moved in window(old, day).items():
        message = f"moved along with the date, to {written_day(moved)}."
        yield finding(key, Severity.NOTE, message, "Correct it where that is not meant.", moved.isoformat())


def passing_findings(old: IssueFile, new: IssueFile, gone: Collection[str], day: date) -> Iterator[Finding]:
    """Words of their time in what stays, in the source and in every translation."""
    then = old.issue.date

    def findings(place: TextPlace, language: Language, locate: Locate) -> Iterator[Finding]:
        if place.item in gone or (place.item is None and place.field not in KEPT_WORDS):
            return
        for found in passed_words(place.prose, language, then, day):
            at = place.at(found.offset)
            file, line = locate(at.item, at.field)
            yield Finding(
                rule="next.time",
                severity=Severity.WARN,
                message=f'"{found.words}": {found.why}.',
                hint="Say what is so now, or take it out.",
                item=at.item,
                field=at.field,
                file=file,
                line=None if line is None else line + at.below,
                words=found.words,
            )

    said = {(place.item, place.field): place.text for place in texts(old.issue)}
    for place in texts(old.issue):
        yield from findings(place, old.issue.language, new.locate)
    for language, words in old.translations.items():
        items = tuple(words.items[item.id].item for item in old.issue.items if item.id in words.items)
        local = old.issue.model_copy(update={**words.head, "items": items})
        for place in texts(local):
            if said.get((place.item, place.field)) != place.text:
                yield from findings(place, language, new.locate_in(language))
