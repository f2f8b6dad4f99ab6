"""What a program left in the place of words: `None`, `undefined`, `[[…]]`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from mailer.check.page.looks import looks_of
from mailer.check.reading import texts
from mailer.check.rule import STOP, Rule
from mailer.check.subject import CheckedIssue
from mailer.check.tree import tree
from mailer.check.versions import Trouble, in_versions
from mailer.model.finding import Finding, Severity
from mailer.model.rendition import Rendition

ATTRIBUTES = ("href", "src", "alt", "title", "width", "height", "lang", "aria-label")
EMPTY = frozenset({"None", "undefined", "NaN", "[object Object]"})
"""What programs write for nothing."""
SHOWN = 60
SIGNS = ("None", "undefined", "NaN", "[object", "[[", "<%", "&lt;%", "${")

_FOR_NOTHING = re.compile(r"(?:^|: ?|[(\"'«„“] ?)(None|undefined|NaN|\[object Object\])[.,;)\"'»“”]?$")
_BRACKETS = re.compile(r"\[\[[^\[\]\n]{0,80}(?:\]\])?|<%[^%\n]{0,80}%>|\$\{[^{}\n]{0,80}\}")


def left(checked: CheckedIssue) -> Iterator[Finding]:
    """Signs of a template, or of a value that is not there, in what readers get."""
    authors = _written(checked)

    def troubles(rendition: Rendition) -> Iterator[Trouble]:
        for where, words in _left_in(rendition.subject, rendition.preheader, rendition.html, rendition.text):
            if words not in authors:
                yield Trouble(f'has "{words[:SHOWN]}" in its {where}, where words should be', words=words)

    hint = "Look where the template writes a value without asking whether it is there."
    yield from in_versions(checked, "output.left-over", Severity.STOP, troubles, hint, what="mail")


class _Written:
    """All that authors wrote: what stands there is meant."""

    def __init__(self, parts: Iterable[str]) -> None:
        self.text = "\n".join(parts)

    def __contains__(self, words: str) -> bool:
        return words in self.text


def _written(checked: CheckedIssue) -> _Written:
    every = (checked, *checked.local.values())
    return _Written(text.text for each in every for text in texts(each.issue))


@lru_cache(maxsize=256)
def _left_in(subject: str, preheader: str, page: str, text: str) -> tuple[tuple[str, str], ...]:
    """Where something is left, and what; each once."""
    found: dict[tuple[str, str], None] = {}
    wholes = {"subject": subject, "preheader": preheader, "HTML": page, "text part": text}
    lines = {
        "subject": [subject],
        "preheader": [preheader],
        "HTML": [block.words for block in looks_of(page).blocks],
        "text part": text.split("\n"),
    }
    for where, parts in lines.items():
        for part in parts if _may_have(wholes[where]) else ():
            found.update(dict.fromkeys((where, words) for words in _left(part)))
    root = tree(page) if any(f'"{nothing}"' in page for nothing in EMPTY) else None
    for element in [] if root is None else root.iter("*"):
        for name in ATTRIBUTES:
            if (element.get(name) or "") in EMPTY:
                found["HTML", f'{name}="{element.get(name)}"'] = None
    return tuple(found)


def _may_have(whole: str) -> bool:
    return any(sign in whole for sign in SIGNS)


def _left(words: str) -> Iterator[str]:
    words = words.strip()
    if nothing := _FOR_NOTHING.search(words[-40:]):
        yield nothing[1]
    yield from (bracket[0] for bracket in _BRACKETS.finditer(words))


RULES = (
    Rule(
        "output.left-over",
        "`None`, `undefined`, `[[…]]` in what readers get",
        STOP,
        "templates",
        left,
        can_be_waived=False,
    ),
)
