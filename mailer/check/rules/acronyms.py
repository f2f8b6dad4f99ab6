"""Acronyms: with their letters in order, and written out where they come first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mailer.check.reading import TextPlace, texts
from mailer.check.rule import NOTE, OWN, WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity

_IN_BRACKETS = re.compile(r"\(([A-Z]{2,8})s?\)")
_USE = re.compile(r"[A-Z](?<![\w-].)[A-Z]{1,7}(?![\w-])")
_CAPITALISED = re.compile(r"\b[A-Z][\w’'-]{1,30}")
_SENTENCE = re.compile(r"[.!?;:]\s")
SHORTEST = 3
"""Letters: two in the other order are too often the initials of a name."""
_REACH = 140
"""Signs before the bracket in which the words are looked for."""


def letters(checked: CheckedIssue) -> Iterator[Finding]:
    """An acronym whose letters stand in another order than its words."""
    for text in texts(checked.issue):
        for found in _IN_BRACKETS.finditer(text.text):
            if len(found[1]) < SHORTEST:
                continue
            words = _words_before(text.text, found.start())[-len(found[1]) :]
            initials = "".join(word[0] for word in words)
            if initials != found[1] and sorted(initials) == sorted(found[1]):
                yield checked.finding(
                    "text.acronym",
                    Severity.WARN,
                    f'"{found[1]}" stands for words whose first letters are {initials}.',
                    f'Write "({initials})", if that is what the rest of the issue says.',
                    at=text.at(found.start(1)),
                    words=found[1],
                )


def late(checked: CheckedIssue) -> Iterator[Finding]:
    """An acronym that is used in a text, and written out only further on."""
    order = [text for text in texts(checked.issue) if text.item is not None]
    written_out: dict[str, tuple[int, int]] = {}
    for index, text in enumerate(order):
        for found in _IN_BRACKETS.finditer(text.text):
            is_new = found[1] not in written_out
            if is_new and _spells(found[1], _words_before(text.text, found.start())):
                written_out[found[1]] = (index, found.start(1))
    used = _first_uses(order)
    for acronym, (last, offset) in written_out.items():
        first, start = used.get(acronym, (last, offset))
        if (first, start) < (last, offset):
            text = order[first]
            is_same = order[last].item == text.item
            where = "further down in this item" if is_same else f'in "{order[last].item}"'
            yield checked.finding(
                "text.acronym-late",
                Severity.NOTE,
                f'"{acronym}" is used here, and written out only {where}.',
                "Write it out where it comes first.",
                at=text.at(start),
                words=acronym,
            )


def _first_uses(order: list[TextPlace]) -> Mapping[str, tuple[int, int]]:
    """Acronym → the first body that has it, and where."""
    found: dict[str, tuple[int, int]] = {}
    for index, text in enumerate(order):
        for use in _USE.finditer(text.prose) if text.field == "body" else ():
            found.setdefault(use[0], (index, use.start()))
    return found


def _words_before(text: str, end: int) -> list[str]:
    """The capitalised words of the sentence up to `end`."""
    begin = max(0, end - _REACH)
    begin = max(begin, text.rfind("(", begin, end) + 1, text.rfind(")", begin, end) + 1)
    return _CAPITALISED.findall(_SENTENCE.split(text[begin:end])[-1]) if begin < end else []


def _spells(acronym: str, words: list[str]) -> bool:
    """Whether the acronym's letters occur in that order in the words, from the start of one."""
    for first, word in enumerate(words):
        if word[0] == acronym[0]:
            rest = iter("".join(words[first:]).casefold())
            if len(words[first:]) > 1 or len(word) > len(acronym):
                return all(letter in rest for letter in acronym.casefold())
    return False


RULES = (
    Rule(
        "text.acronym",
        "An acronym with its letters in another order",
        WARN,
        OWN,
        letters,
        reads_words=True,
    ),
    Rule(
        "text.acronym-late",
        "An acronym used before it is written out",
        NOTE,
        OWN,
        late,
        reads_words=True,
    ),
)
