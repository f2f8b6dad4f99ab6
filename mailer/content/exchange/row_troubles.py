"""What speaks for or against words that came back, said to whoever takes them in."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.content.exchange.pieces import Piece, digest_of
from mailer.content.exchange.returned import Row, Trouble
from mailer.model.finding import Severity

_SHOWN = 160


def double(versions: list[str], count: int) -> Trouble:
    """A piece that is there more than once."""
    rule = "translation.double-row"
    if len(versions) == 1:
        return Trouble(rule, Severity.NOTE, f"Is {count} times in the file, with the same words.")
    shown = " / ".join(f"“{short(each)}”" for each in versions)
    message = f"Is {count} times in the file, with different words: {shown}."
    return Trouble(rule, Severity.STOP, message, "Leave one of the rows.")


def outdated(*, goes_in: bool) -> Trouble:
    """The source changed after the file had gone out."""
    message = "The source has changed since the file was made"
    message += ": the words go in, and stay marked as stale." if goes_in else "."
    hint = "Compare the two, then `mailer translate stamp`."
    return Trouble("translation.stale", Severity.WARN, message, hint)


def swapped(row: Row) -> Trouble:
    """The source stands where the translation should."""
    return Trouble(
        "translation.swapped-columns",
        Severity.STOP,
        f"The source stands in the column of the translation, and in its own: “{short(row.source)}”.",
        "Put the two columns back in their order.",
    )


def source_changed(row: Row) -> Trouble:
    """The source's column says something else than was sent out."""
    return Trouble(
        "translation.source-column",
        Severity.WARN,
        f"The source's words were changed in the file: “{short(row.source)}”.",
        "The issue stays as it is. See which words were translated; it is not noted as up to date.",
    )


def clashes(piece: Piece, row: Row, words: str, *, theirs: bool) -> Iterator[Trouble]:
    """What speaks against putting changed words in: nothing came, or somebody was there meanwhile."""
    if not words:
        message, hint = (
            "Is empty in the file; the present translation stays.",
            "Write it in there again. If readers are to get the source's words, ask whoever keeps the issue's files "
            "to take the translation out.",
        )
        yield Trouble("translation.emptied", Severity.STOP, message, hint)
        return
    if row.mark is None:
        if piece.present:
            yield _unknown_age(piece, words, theirs=theirs)
        return
    if row.mark.present == digest_of(piece.present):
        return
    if digest_of(words) == row.mark.present and not theirs:
        message = "Was changed here since the file was made, and not there: the words here stay."
        yield Trouble("translation.changed-here", Severity.NOTE, message)
    elif theirs:
        message = f"Was changed here too since the file was made: “{short(piece.present)}” is replaced."
        yield Trouble("translation.conflict", Severity.WARN, message)
    else:
        message = f"Was changed here too since the file was made: here “{short(piece.present)}”, "
        message += f"there “{short(words)}”."
        hint = "Put one of them into the YAML file, or take all that the file says: --theirs."
        yield Trouble("translation.conflict", Severity.STOP, message, hint)


def _unknown_age(piece: Piece, words: str, *, theirs: bool) -> Trouble:
    """Other words than stand here, and nobody can tell which of them are newer."""
    rule = "translation.mark-lost"
    message = "The file does not say any more from which words it was made"
    if theirs:
        return Trouble(rule, Severity.WARN, f"{message}: “{short(piece.present)}” is replaced.")
    message += (
        f", so that nobody can tell which are newer: here “{short(piece.present)}”, there “{short(words)}”."
    )
    hint = "Put one of them into the YAML file, or take all that the file says: --theirs."
    return Trouble(rule, Severity.STOP, message, hint)


def short(words: str) -> str:
    """Words on one line, cut where they are long."""
    flat = " ".join(words.split())
    return flat if len(flat) <= _SHOWN else f"{flat[: _SHOWN - 1]}…"
