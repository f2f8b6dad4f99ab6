"""One number for one thing, wherever the issue speaks of all of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailer.check.reading import TextPlace, texts
from mailer.check.rule import OWN, WARN, Needs, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.base import primary
from mailer.model.finding import Finding, Severity

_ENDING = re.compile(r"(?:ами|ями|ыми|ими|ов|ев|ей|ах|ях|ам|ям|ых|их|ым|им|ы|и|а|я)$")
"""Of a Russian noun or adjective in the plural: changes with its case."""

WORDS = {
    "en": "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
    "dix-neuf vingt",
}
_NUMBER = {
    language: {word: number for number, word in enumerate(words.split(), start=2)}
    for language, words in WORDS.items()
}
_LETTERS = r"[^\W\d_]"
# "All five landscapes of Nepal" are not all five landscapes.
_PART = r"of|in|for|that|which|who|on|under|from|to|with|de|du|des|en|dans|qui|que|pour|в|во|на|из|для|от|при"
_NOUN = rf"(?P<noun>{_LETTERS}[\w-]{{2,30}})(?![\w-])(?!\s{{1,9}}(?:{_PART})\b)"
_DIGITS = r"[1-9]\d{0,2}"
_WHOLE = {
    "en": re.compile(
        rf"\b(?:all|each\s+of\s+the|every\s+one\s+of\s+the|one\s+of\s+the)\s{{1,9}}(?:the\s{{1,9}})?"
        rf"(?P<n>{_DIGITS}|{'|'.join(_NUMBER['en'])})\s{{1,9}}(?P<kind>{_LETTERS}[\w-]{{2,30}}\s{{1,9}})?{_NOUN}",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        rf"\b(?:tou(?:te)?s\s{{1,9}}les|chacune?\s{{1,9}}des|l['’]une?\s{{1,9}}des)\s{{1,9}}"
        rf"(?P<n>{_DIGITS}|{'|'.join(_NUMBER['fr'])})\s{{1,9}}{_NOUN}(?P<kind>)",
        re.IGNORECASE,
    ),
    "ru": re.compile(
        rf"\b(?:вс(?:ех|е|ем|еми)|кажд(?:ого|ый|ому|ым|ом|ой|ая|ую)\s{{1,9}}из)\s{{1,9}}(?P<n>{_DIGITS})\s{{1,9}}"
        rf"(?P<kind>{_LETTERS}{{2,30}}(?:ых|их|ым|им)\s{{1,9}})?{_NOUN}",
        re.IGNORECASE,
    ),
}
"""`all 15 species`, `each of the 15 priority species`: what there is as a whole, so in one number only."""

TIMES = re.compile(
    r"(?:days?|weeks?|months?|years?|hours?|minutes?|times|jours?|semaines?|mois|ans?|heures?|fois)$"
)
"""What is counted anew each time."""


@dataclass(frozen=True, slots=True)
class _Whole:
    text: TextPlace
    offset: int
    words: str
    number: int


def disagree(checked: CheckedIssue) -> Iterator[Finding]:
    """All of a thing here, and all of it in another number there."""
    pattern = _WHOLE.get(primary(checked.issue.language))
    first: dict[str, _Whole] = {}
    for text in texts(checked.issue) if pattern else ():
        for found in pattern.finditer(text.prose) if pattern else ():
            number = _number(found["n"], checked.issue.language)
            for name in _names(found, checked.issue.language):
                whole = first.setdefault(
                    name, _Whole(text, found.start(), " ".join(found[0].split()), number)
                )
                if whole.number != number and whole.text.item != text.item:
                    words = " ".join(found[0].split())
                    yield checked.finding(
                        "text.numbers-disagree",
                        Severity.WARN,
                        f'"{words}" here, and "{whole.words}" in "{whole.text.item or "the head"}".',
                        "See which is right, or say of which they are all.",
                        at=text.at(found.start()),
                        words=words,
                    )
                    break


def _number(written: str, language: str) -> int:
    return int(written) if written.isdigit() else _NUMBER[primary(language)][written.casefold()]


def _names(found: re.Match[str], language: str) -> list[str]:
    """What is counted, with what is said of it: `priority species`. What has no such word stands for itself."""
    noun, kind = found["noun"].casefold(), (found["kind"] or "").strip().casefold()
    if TIMES.fullmatch(noun) or TIMES.fullmatch(kind):
        return []
    if primary(language) == "ru":
        noun, kind = _ENDING.sub("", noun), _ENDING.sub("", kind)
    return [f"{kind} {noun}".strip()]


RULES = (
    Rule(
        "text.numbers-disagree",
        '"All 15 species" here, "all 14 species" there',
        WARN,
        OWN,
        disagree,
        reads_words=True,
        is_strict=True,
        needs=Needs("numbers that disagree", languages=tuple(_WHOLE)),
    ),
)
