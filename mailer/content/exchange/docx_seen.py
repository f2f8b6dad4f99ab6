"""What a cell of a Word file that came back has besides plain words, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mailer.content.exchange.returned import Trouble
from mailer.model.finding import Severity

TABLE = "a table"
"""Of its words nobody can tell what belongs to the piece."""
SHOWN = 200
"""Signs of a change or comment that are said again."""


@dataclass(slots=True)
class Seen:
    """What was met in a cell besides its words."""

    inserted: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    is_formed: bool = False
    lists: int = 0


def troubles_of(seen: Seen) -> Iterator[Trouble]:
    """What is said of all that was met in the cell of the translation."""
    if seen.inserted or seen.deleted:
        changes = [f"inserted “{_short(words)}”" for words in seen.inserted]
        changes += [f"deleted “{_short(words)}”" for words in seen.deleted]
        yield Trouble(
            "translation.tracked-change",
            Severity.STOP,
            f"Open tracked changes: {', '.join(changes)}.",
            "Accept or reject them in Word (Review), save, and import again.",
        )
    yield from (comment(words) for words in seen.comments)
    for what in sorted(set(seen.others)):
        yield Trouble(
            "translation.not-words",
            Severity.STOP if what == TABLE else Severity.WARN,
            f"Has {what}, which is not taken over.",
            "Only words come into a translation.",
        )
    for words, address in seen.links:
        yield Trouble(
            "translation.word-link",
            Severity.WARN,
            f"“{_short(words)}” carries a link made in Word, to {_short(address)}: only its words were taken.",
            "Write it as [words](address).",
            address,
        )
    if seen.is_formed:
        message, hint = (
            "Bold or italic type from Word is not taken over.",
            "Write **words** or *words* instead.",
        )
        yield Trouble("translation.word-format", Severity.NOTE, message, hint)
    if seen.lists:
        yield Trouble(
            "translation.word-list",
            Severity.NOTE,
            f"Word made a list of {seen.lists} paragraphs: each was taken as an entry that begins with “- ”.",
            "See that this is meant.",
        )


def comment(words: str) -> Trouble:
    """A comment beside a cell."""
    return Trouble(
        "translation.comment",
        Severity.WARN,
        f"A comment: {_short(words)}",
        "Answer it; it is not taken over.",
    )


def merged(words: str) -> Trouble:
    """A row of which nobody can tell what belongs where."""
    return Trouble(
        "translation.merged-cells",
        Severity.STOP,
        f"Cells of this row were merged or split, so that nobody can tell what belongs where: “{_short(words)}”.",
        "Split them again in Word, or put the words into the file as it was exported.",
    )


def row_changed(word: str) -> Trouble:
    """A row that was put in or taken out while changes were tracked."""
    message = f"The whole row was {word} while changes were tracked."
    hint = "Accept or reject it in Word (Review), save, and import again."
    return Trouble("translation.tracked-change", Severity.STOP, message, hint)


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= SHOWN else f"{flat[: SHOWN - 1]}…"
