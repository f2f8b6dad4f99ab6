"""What came back beside what stands: which pieces may go in, which stay out, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mailer.content.exchange.pieces import Piece, as_sent, digest_of
from mailer.content.exchange.returned import Returned, Row, Trouble
from mailer.model.finding import Finding, Severity

_SHOWN = 160


@dataclass(frozen=True, slots=True)
class Candidate:
    """A piece whose words changed, and may go in."""

    piece: Piece
    words: str
    is_outdated: bool = False
    """Whether the source has changed since the file was made."""
    is_doubtful: bool = False
    """Whether nobody can tell which words of the source were translated."""


@dataclass(slots=True)
class Matched:
    """A whole file beside the pieces of its issue."""

    candidates: list[Candidate] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    kept_out: set[str] = field(default_factory=set)
    """Keys of pieces that would change, and may not."""
    missing: set[str] = field(default_factory=set)
    """Keys of pieces that the file has not."""
    confirmed: set[str] = field(default_factory=set)
    """Keys of pieces that came back as they were, and are said to be right."""
    sent: dict[str, str] = field(default_factory=dict)
    """Key of a piece → the digest of its item's source when the file was made."""
    same: int = 0
    empty: int = 0
    """Pieces that have no words yet, here and there."""


def match(pieces: Sequence[Piece], returned: Returned, *, theirs: bool = False) -> Matched:
    """Compare each piece with its row, wherever that stands. `theirs` lets words in that replace what somebody has
    changed here meanwhile."""
    found = Matched()
    rows = _by_piece(pieces, returned.rows, found)
    for piece in pieces:
        own = rows.get(piece.key, [])
        if not own:
            found.missing.add(piece.key)
            what = "stays as it is" if piece.present else "stays without a translation"
            found.findings.append(
                finding(piece, Trouble("translation.missing-row", Severity.NOTE, f"Not in the file: {what}."))
            )
            continue
        _take(piece, own, found, theirs=theirs)
    return found


def finding(piece: Piece, trouble: Trouble) -> Finding:
    """A row's trouble at the place of its piece."""
    return Finding(
        rule=trouble.rule,
        severity=trouble.severity,
        message=trouble.message,
        hint=trouble.hint,
        item=piece.item_id,
        field=piece.field,
        words=trouble.words or None,
    )


def _by_piece(pieces: Sequence[Piece], rows: Iterable[Row], found: Matched) -> dict[str, list[Row]]:
    """Piece's key → its rows; what belongs to no piece is told."""
    keys = {_plain(piece.key): piece.key for piece in pieces}
    given: dict[str, list[Row]] = {}
    strays = []
    for row in rows:
        if key := keys.get(_plain(row.key)):
            given.setdefault(key, []).append(row)
        else:
            strays.append(row)
    for row in strays:
        free = [piece for piece in pieces if piece.key not in given]
        fitting = [piece for piece in free if row.mark is not None and piece.mark == row.mark]
        fitting = fitting or [piece for piece in free if piece.source == as_sent(row.source)]
        if len(fitting) == 1:
            given[fitting[0].key] = [row]
            message = f"Its name was changed in the file ({row.place}); it was known by its source."
            found.findings.append(
                finding(fitting[0], Trouble("translation.key-changed", Severity.NOTE, message))
            )
        elif row.words.strip() or row.troubles:
            found.findings.append(_extra(row))
    return given


def _plain(key: str) -> str:
    """A key without what programs correct by themselves: capitals and dashes."""
    return re.sub(r"[‐‑‒–—−]", "-", re.sub(r"\s", "", key)).casefold()


def _extra(row: Row) -> Finding:
    words = _short(row.words)
    return Finding(
        rule="translation.extra-row",
        severity=Severity.WARN,
        message=f"The file has words that belong to no piece of the issue ({row.place}): “{words}”.",
        hint="Put them into the row of their piece; if the piece was taken out of the issue, nothing is lost.",
        words=words or None,
    )


def _take(piece: Piece, rows: list[Row], found: Matched, *, theirs: bool) -> None:
    row, words = rows[0], _words(piece, rows[0])
    is_changed = words != piece.present
    is_outdated = row.mark is not None and row.mark.source != piece.mark.source
    is_doubtful = _is_source_changed(piece, row, is_outdated=is_outdated)
    troubles = [each for one in rows for each in one.troubles]
    if len(rows) > 1:
        troubles.append(_double(list(dict.fromkeys(_words(piece, each) for each in rows)), len(rows)))
    if is_outdated:
        troubles.append(_outdated(goes_in=is_changed))
    if is_doubtful:
        troubles.append(_source_changed(row))
    if is_changed:
        troubles += _clashes(piece, row, words, theirs=theirs)
    if row.mark is not None:
        found.sent[piece.key] = row.mark.item
    found.findings += [finding(piece, each) for each in troubles]
    if any(each.severity is Severity.STOP for each in troubles):
        found.kept_out.add(piece.key)
    elif not is_changed:
        found.same += bool(words)
        found.empty += not words
        if row.is_confirmed and not is_outdated and not is_doubtful:
            found.confirmed.add(piece.key)
    elif theirs or row.mark is None or digest_of(words) != row.mark.present:
        found.candidates.append(Candidate(piece, words, is_outdated, is_doubtful))


def _double(versions: list[str], count: int) -> Trouble:
    """A piece that is there more than once."""
    rule = "translation.double-row"
    if len(versions) == 1:
        return Trouble(rule, Severity.NOTE, f"Is {count} times in the file, with the same words.")
    shown = " / ".join(f"“{_short(each)}”" for each in versions)
    message = f"Is {count} times in the file, with different words: {shown}."
    return Trouble(rule, Severity.STOP, message, "Leave one of the rows.")


def _words(piece: Piece, row: Row) -> str:
    """A row's words, without blanks around them that neither the source has nor the present words."""
    words = as_sent(row.words)
    if not words.strip():
        return ""
    if words.strip() == piece.present.strip():
        return piece.present
    return words if piece.source != piece.source.strip() else words.strip()


def _is_source_changed(piece: Piece, row: Row, *, is_outdated: bool) -> bool:
    """Whether the column of the source says something else than was sent out."""
    given = " ".join(as_sent(row.source).split())
    if row.mark is None:
        return given != " ".join(piece.source.split())
    if any(each.rule == "translation.merged-cells" for each in row.troubles):
        return False
    if not is_outdated:
        return given != " ".join(piece.source.split())
    return digest_of(as_sent(row.source)) not in (row.mark.source, piece.mark.source)


def _outdated(*, goes_in: bool) -> Trouble:
    message = "The source has changed since the file was made"
    message += ": the words go in, and stay marked as stale." if goes_in else "."
    hint = "Compare the two, then `mailer translate stamp`."
    return Trouble("translation.stale", Severity.WARN, message, hint)


def _source_changed(row: Row) -> Trouble:
    return Trouble(
        "translation.source-column",
        Severity.WARN,
        f"The source's words were changed in the file: “{_short(row.source)}”.",
        "The issue stays as it is. See which words were translated; it is not noted as up to date.",
    )


def _clashes(piece: Piece, row: Row, words: str, *, theirs: bool) -> Iterator[Trouble]:
    """What speaks against putting changed words in: nothing came, or somebody was there meanwhile."""
    if not words:
        message, hint = (
            "Is empty in the file; the present translation stays.",
            "Delete it in the YAML file if meant.",
        )
        yield Trouble("translation.emptied", Severity.STOP, message, hint)
        return
    if row.mark is None:
        if piece.present:
            message = (
                "The file does not say any more what it was made from: see that nothing newer is replaced."
            )
            yield Trouble("translation.mark-lost", Severity.WARN, message)
        return
    if row.mark.present == digest_of(piece.present):
        return
    if digest_of(words) == row.mark.present and not theirs:
        message = "Was changed here since the file was made, and not there: the words here stay."
        yield Trouble("translation.changed-here", Severity.NOTE, message)
    elif theirs:
        message = f"Was changed here too since the file was made: “{_short(piece.present)}” is replaced."
        yield Trouble("translation.conflict", Severity.WARN, message)
    else:
        message = f"Was changed here too since the file was made: here “{_short(piece.present)}”, "
        message += f"there “{_short(words)}”."
        hint = "Put one of them into the YAML file, or take all that the file says: --theirs."
        yield Trouble("translation.conflict", Severity.STOP, message, hint)


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= _SHOWN else f"{flat[: _SHOWN - 1]}…"
