"""Telephone numbers: whole, and written in one way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailer.check.reading import Place, texts
from mailer.check.rule import NOTE, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity

FEWEST, MOST = 6, 15
"""Digits: a short local number, and the longest that E.164 allows."""

_FIELD = re.compile(r"(?:^|\.)(?:phones\[\d+\]|fax|phone)$")
_IN_TEXT = re.compile(r"(?<![\w+/])\+\d[\d \t()./-]{6,30}\d(?![\w/])")
_EXTENSION = re.compile(
    r"(?:,|;)?\s{0,3}(?:ext\.?|extension|poste|доб\.?|x)\s{0,3}\d{1,6}\s{0,3}$", re.IGNORECASE
)
_LABEL = re.compile(r"^[^\W\d_]{1,12}[.:]?\s{0,3}(?=[+(\d])")
_LETTER, _NO_DIGIT = re.compile(r"[^\W\d_]"), re.compile(r"\D")
_PLUS_NOUGHT = re.compile(r"\(?\+\s?0")
_TWO_NUMBERS = re.compile(r"\d\s?/\s?\d")
_SECOND_ENDING = re.compile(r"(?:\s?/\s?\d{1,3}){1,4}$")
"""The "/02" of "815 2401/02": a second line, and no other manner of writing the first."""


@dataclass(frozen=True, slots=True)
class _Number:
    place: Place
    written: str
    bare: str
    """Without the label before it and the extension behind it."""


def broken(checked: CheckedIssue) -> Iterator[Finding]:
    """A number that no telephone dials."""
    for number in _numbers(checked):
        # Two numbers in one have a rule of their own.
        trouble = "" if _TWO_NUMBERS.search(number.bare) else _trouble(number.bare)
        if trouble:
            yield checked.finding(
                "contact.phone-broken",
                Severity.NOTE,
                f'"{" ".join(number.written.split())}" {trouble}.',
                "Write it as it is dialled from abroad: +49 228 815 2401.",
                at=number.place,
                words=" ".join(number.written.split()),
            )


def formats(checked: CheckedIssue) -> Iterator[Finding]:
    """Numbers written in several ways within one issue."""
    uses: dict[str, list[_Number]] = {}
    for number in _numbers(checked):
        bare = _SECOND_ENDING.sub("", number.bare) if "/" in number.bare else number.bare
        uses.setdefault(_manner(bare), []).append(number)
    if len(uses) > 1:
        ranked = sorted(uses.values(), key=len, reverse=True)
        usual, odd = ranked[0][0], ranked[-1][0]
        yield checked.finding(
            "contact.phone-formats",
            Severity.NOTE,
            f'Telephone numbers are written in {len(uses)} ways: "{_told(usual)}" and "{_told(odd)}".',
            "Write all of them one way, best as they are dialled from abroad: +49 228 815 2401.",
            at=odd.place,
            words=_told(odd),
        )


def _told(number: _Number) -> str:
    return " ".join(number.written.split())


def _numbers(checked: CheckedIssue) -> Iterator[_Number]:
    for text in texts(checked.issue):
        if _FIELD.search(text.field):
            bare = _EXTENSION.sub("", _LABEL.sub("", text.text.strip()))
            yield _Number(text.at(), text.text, bare)
        else:
            for found in _IN_TEXT.finditer(text.prose):
                yield _Number(text.at(found.start()), found[0], found[0])


def _trouble(number: str) -> str:
    if _LETTER.search(number):
        return "has letters in it"
    if number.count("(") != number.count(")"):
        return "has a bracket that is not closed"
    if "+" in number.lstrip("( ")[1:]:
        return 'has a "+" within it'
    if _PLUS_NOUGHT.match(number):
        return 'has "+0", and no country\'s number begins with 0'
    digits = _NO_DIGIT.sub("", number)
    if len(digits) < FEWEST:
        return f"has {len(digits)} digits only"
    if len(digits.removeprefix("00")) > MOST + 1:
        return f"has {len(digits)} digits, more than any number"
    return ""


def _manner(number: str) -> str:
    """How a number is written: how it begins, and which signs part its digits."""
    begins = next((start for start in ("(+", "+", "00", "(0", "0") if number.startswith(start)), "")
    signs = set("-./(").intersection(number[1:])
    return begins + "".join(sorted(signs))


RULES = (
    Rule(
        "contact.phone-broken",
        "A telephone number that cannot be dialled",
        NOTE,
        "ITU-T E.164",
        broken,
        reads_words=True,
    ),
    Rule(
        "contact.phone-formats",
        "Telephone numbers written in several ways",
        NOTE,
        "ITU-T E.123",
        formats,
        reads_words=True,
    ),
)
