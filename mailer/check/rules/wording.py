"""Slips in words that copying from PDF and hurried typing leave behind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from functools import lru_cache

from mailer.check.likeness import different_words
from mailer.check.reading import TextPlace, texts
from mailer.check.rule import NOTE, OWN, WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.base import primary
from mailer.model.finding import Finding, Severity
from mailer.source.slips import ligature_signs, torn_words
from mailer.source.slips import wide_gaps as wide_gaps_in

INVARIABLE = {"sheeps": "sheep", "deers": "deer", "mooses": "moose", "oxes": "oxen", "gooses": "geese"}

_LINE_END_HYPHEN = re.compile(
    r"\b([^\W\d_]{1,30})-\n[ \t]{0,20}(?!(?:and|or|to|und|oder|bis|et|ou|y|o|и|или)\b)([^\W\d_]{1,30})"
)
_LINE_HYPHEN = re.compile(
    r"(?<![\w-])([^\W\d_]{2,30})- (?!(?:and|or|to|und|oder|bis|et|ou|y|o|и|или)\b)([^\W\d_]{2,30})(?![\w-])"
)
_PLURAL = re.compile(rf"\b(?:{'|'.join(INVARIABLE)})\b", re.IGNORECASE)


def ligature(checked: CheckedIssue) -> Iterator[Finding]:
    """A word torn apart, or held together by a sign that searching does not find."""
    for text in texts(checked.issue):
        for found, whole in torn_words(text.text):
            yield _torn(checked, text, found, whole, "is one word torn apart, as copying from PDF does")
        for found, letters in ligature_signs(text.text):
            why = "is one sign for several letters; searching and screen readers miss the word"
            yield _torn(checked, text, found, letters, why)


def wide_gaps(checked: CheckedIssue) -> Iterator[Finding]:
    """Two or more spaces between words, counted by field."""
    for text in texts(checked.issue):
        if gaps := wide_gaps_in(text.text):
            first = _around(text.text, gaps[0])
            times = {1: "once", 2: "twice"}.get(len(gaps), f"{len(gaps)} times")
            yield checked.finding(
                "text.double-space",
                Severity.NOTE,
                f'There are several spaces in a row {times}, first in "{first}".',
                "Leave one.",
                at=text.at(gaps[0].start()),
                words=first,
            )


def line_end_hyphen(checked: CheckedIssue) -> Iterator[Finding]:
    """A word divided at a line's end, which readers see with a space in its middle."""
    for text in texts(checked.issue):
        for found in _LINE_END_HYPHEN.finditer(text.prose) if "-\n" in text.text else ():
            yield _divided(
                checked,
                text,
                found,
                f"{found[1]}-{found[2]}",
                f'Write "{found[1]}{found[2]}"; or put "{found[1]}-{found[2]}" on one line, if it has a hyphen.',
            )
        within = list(_LINE_HYPHEN.finditer(text.prose)) if "- " in text.text else []
        # "Pre- and post-war" is right, and so are many more: only what is a word of the issue tells.
        known = _known_words(checked) if within else frozenset()
        for found in within:
            if found[1].casefold() + found[2] in known:
                yield _divided(checked, text, found, found[0], f'Write "{found[1]}{found[2]}".')


def _divided(checked: CheckedIssue, text: TextPlace, found: re.Match[str], words: str, hint: str) -> Finding:
    return checked.finding(
        "text.line-end-hyphen",
        Severity.NOTE,
        f'Readers see "{found[1]}- {found[2]}", with a space after the hyphen.',
        hint,
        at=text.at(found.start()),
        words=words,
    )


def _known_words(checked: CheckedIssue) -> Set[str]:
    """Words of the issue, and of States' names, in small letters."""
    registers, tag = checked.registers, primary(checked.issue.language)
    names = () if registers is None else (country.name(tag) for country in registers.countries.values())
    return _words((*(text.prose for text in texts(checked.issue)), *names))


@lru_cache(maxsize=16)
def _words(proses: tuple[str, ...]) -> Set[str]:
    return frozenset().union(*(different_words(prose) for prose in proses))


def plural(checked: CheckedIssue) -> Iterator[Finding]:
    """The plural of a word that has none of that form."""
    for text in texts(checked.issue):
        folded = text.prose.casefold()
        if not any(word in folded for word in INVARIABLE):
            continue
        for found in _PLURAL.finditer(text.prose):
            yield checked.finding(
                "text.plural",
                Severity.WARN,
                f'The plural of "{found[0]}" has another form.',
                f'Write "{INVARIABLE.get(found[0].casefold(), "the other form")}".',
                at=text.at(found.start()),
                words=found[0],
            )


def _torn(checked: CheckedIssue, text: TextPlace, found: re.Match[str], whole: str, why: str) -> Finding:
    return checked.finding(
        "text.ligature",
        Severity.WARN,
        f'"{found[0]}" {why}.',
        f'Write "{whole}".',
        at=text.at(found.start()),
        words=found[0],
    )


def _around(text: str, gap: re.Match[str]) -> str:
    before = text[max(0, gap.start() - 40) : gap.start()].rsplit(maxsplit=1)[-1]
    after = text[gap.end() : gap.end() + 40].split(maxsplit=1)[0]
    return f"{before}{gap[0]}{after}"


RULES = (
    Rule("text.ligature", "A word torn at fi, fl or ff", WARN, OWN, ligature, reads_words=True),
    Rule("text.plural", '"Sheeps"', WARN, OWN, plural, reads_words=True),
    Rule("text.double-space", "Several spaces in a row", NOTE, OWN, wide_gaps, reads_words=True),
    Rule(
        "text.line-end-hyphen",
        "A word divided at a line's end",
        NOTE,
        OWN,
        line_end_hyphen,
        reads_words=True,
    ),
)
