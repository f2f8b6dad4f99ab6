"""What an import leaves to people, each with the item it is about."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from babel.core import get_global

from mailer.content.item_text import clean_line
from mailer.flow.contributed_items import Draft
from mailer.model.base import primary
from mailer.model.contribution import Contribution, Doubt
from mailer.model.finding import Finding, Severity
from mailer.model.issue import Issue
from mailer.model.slots import FIELD
from mailer.model.undecided import undecided_in
from mailer.source import language_name

_CHANGE = "import.change"
_FEW = 20
"""Letters from which on a text shows in what script it is written."""
_SCRIPTS = {"Cyrl": "CYRILLIC", "Latn": "LATIN", "Arab": "ARABIC", "Grek": "GREEK", "Hebr": "HEBREW"}
_SCRIPTS |= {"Hans": "CJK", "Hant": "CJK", "Geor": "GEORGIAN", "Armn": "ARMENIAN", "Deva": "DEVANAGARI"}
_SHOWN = {"CJK": "Chinese"}


def findings_of(
    drafts: Sequence[Draft], contributions: Sequence[Contribution], issue: Issue, decide: str, kind: str
) -> Iterator[Finding]:
    """All but what is said of photos."""
    by_piece = {draft.where: draft for draft in drafts}
    for number, contribution in enumerate(contributions):
        for doubt in contribution.doubts:
            draft = by_piece.get((number, doubt.piece)) if doubt.piece is not None else None
            yield _doubted(doubt, contribution.file, draft, decide)
    articles = [draft for draft in drafts if draft.kind == "article" and not draft.replaces]
    if articles and not kind:
        yield _of_kinds(articles)
    titles = {item.title.casefold(): item.id for item in issue.items if item.title}
    for draft in drafts:
        yield from _of_draft(draft, issue, titles)
    for contribution in contributions:
        yield from _of_sender(contribution, issue)


def _doubted(doubt: Doubt, file: str, draft: Draft | None, decide: str) -> Finding:
    message, severity, hint = clean_line(doubt.message), doubt.severity, clean_line(doubt.hint)
    words = clean_line(doubt.words)
    is_said = words.removesuffix("…") in message
    if not is_said and not set(re.findall(r"\w+", words)) <= set(re.findall(r"\w+", message)):
        message = f"{message} “{words}”"
    if doubt.rule == _CHANGE and draft and draft.settled and not _is_open(draft):
        done = "Accepted" if decide == "accept" else "Rejected"
        message, severity, hint = f"{done}: {words or message}", Severity.NOTE, "Look at it once more."
    line = re.fullmatch(r"line (\d{1,9})", doubt.place)
    if doubt.place and not line:
        message = f"{doubt.place}: {message}"
    return Finding(
        rule=doubt.rule,
        severity=severity,
        message=message,
        hint=hint,
        item=draft.id if draft else None,
        file=file,
        line=int(line[1]) if line else None,
        words=words or None,
    )


def _is_open(draft: Draft) -> bool:
    found = (*undecided_in(draft.title, plain=True), *undecided_in(draft.body))
    return any(each.kind in ("insertion", "deletion", "substitution") for each in found)


def _of_kinds(articles: Sequence[Draft]) -> Finding:
    if len(articles) == 1:
        what, one = "This is an article", articles[0].id
    else:
        what, one = f"{len(articles)} new items are articles", None
    return Finding(
        rule="import.kind",
        severity=Severity.NOTE,
        message=f"{what}: a text does not say for certain that it is anything else.",
        hint="Change `kind` in issue.yaml (an event needs its `start`, a deadline its `due`), or import with --kind.",
        item=one,
    )


def _of_draft(draft: Draft, issue: Issue, titles: dict[str, str]) -> Iterator[Finding]:
    def found(rule: str, severity: Severity, message: str, hint: str, field: str | None = None) -> Finding:
        return Finding(
            rule=rule,
            severity=severity,
            message=message,
            hint=hint,
            item=draft.id,
            field=field,
            file=draft.file,
        )

    if not draft.title and not draft.replaces:
        hint = "Write its `title`, or put its words to another item."
        yield found("import.title", Severity.WARN, "What stands before the first heading has no title.", hint)
    same = titles.get(draft.title.casefold())
    if draft.title and same and not draft.replaces:
        hint = f"To renew that one, import with --replace {same}."
        yield found(
            "import.again",
            Severity.WARN,
            f"The item {same} has the same title; this one stands beside it.",
            hint,
        )
    if fields := sorted({field[0] for field in FIELD.finditer(f"{draft.title}\n{draft.body}")}):
        hint = "If it is meant as it stands, write a backslash before each brace."
        shown = ", ".join(fields[:5])
        yield found("import.field", Severity.WARN, f"Each reader gets words of their own for {shown}.", hint)
    if draft.turned:
        hint = "Read it once more, as people see it."
        yield found(
            "import.signs", Severity.WARN, "Signs that turn the direction of writing were taken out.", hint
        )
    if script := _other_script(f"{draft.title} {draft.body}", issue.language):
        yield found(
            "import.language",
            Severity.WARN,
            f"It is written in {script} letters, and the issue is in {language_name(issue.language)}.",
            "Put a translation into issue.LANG.yaml (`mailer translate`), and the issue's own words here.",
        )
    if draft.replaces and not draft.images:
        item = issue.item(draft.id)
        if item.image is not None:
            yield found(
                "import.kept", Severity.NOTE, "Nothing new came for its image, which stays.", "", "image"
            )
    if draft.replaces and issue.item(draft.id).links:
        hint = "Look whether they still belong to the new text."
        yield found("import.kept", Severity.NOTE, "Its links stay as they were.", hint, "links")


def _of_sender(contribution: Contribution, issue: Issue) -> Iterator[Finding]:
    name = clean_line(contribution.sender)
    if name and name.casefold() not in {author.casefold() for author in issue.authors}:
        yield Finding(
            rule="import.author",
            severity=Severity.NOTE,
            message=f"It was sent by {name}, who is not among the issue's `authors`.",
            hint="Add the name if they wrote it: authors do not approve what they wrote.",
            file=contribution.file,
        )


def _other_script(words: str, language: str) -> str:
    """The script in which most of it is written, where the language is never written so; "" otherwise."""
    parts = re.split("[-_]", language)
    likely = get_global("likely_subtags")
    given = next((part.title() for part in parts[1:] if len(part) == 4), "")  # noqa: PLR2004
    known = likely.get("_".join(parts[:2]), "") or likely.get(primary(language), "")
    wanted = _SCRIPTS.get(given or ([*known.split("_"), ""])[1])
    letters = Counter(
        unicodedata.name(sign, "?").partition(" ")[0] for sign in words[:5000] if sign.isalpha()
    )
    if wanted is None or letters.total() < _FEW:
        return ""
    script, count = letters.most_common(1)[0]
    is_other = script != wanted and script in _SCRIPTS.values() and count > 0.6 * letters.total()
    return _SHOWN.get(script, script.title()) if is_other else ""
