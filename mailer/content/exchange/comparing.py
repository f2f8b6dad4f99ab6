"""What came back beside what stands: which pieces may go in, which stay out, and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mailer.content.exchange.pieces import Piece, as_sent, digest_of
from mailer.content.exchange.returned import Returned, Row, Trouble
from mailer.content.exchange.row_troubles import clashes, double, outdated, short, source_changed, swapped
from mailer.model.finding import Finding, Severity

_MOST_NAMED = 8


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
    items: dict[str, str] = field(default_factory=dict)
    """Key of a piece in `sent` → its item."""
    same: int = 0
    empty: int = 0
    """Pieces that have no words yet, here and there."""


def match(pieces: Sequence[Piece], returned: Returned, *, theirs: bool = False) -> Matched:
    """Compare each piece with its row, wherever that stands. `theirs` lets words in that replace what somebody has
    changed here meanwhile."""
    found = Matched()
    rows = _by_piece(pieces, returned.rows, found)
    for piece in pieces:
        if own := rows.get(piece.key):
            _take(piece, own, found, theirs=theirs)
        else:
            found.missing.add(piece.key)
    _keep_out_foreign(found)
    found.findings += _missing([piece for piece in pieces if piece.key in found.missing], rows)
    return found


def _missing(pieces: Sequence[Piece], rows: Mapping[str, object]) -> Iterator[Finding]:
    """One finding for all items of which the file has nothing; one for each other piece that it has not."""
    rule, newer = "translation.missing-row", []
    in_file = {key.partition(".")[0] for key in rows}
    for piece in pieces:
        if not piece.present and piece.item_id and piece.item not in in_file:
            newer.append(piece)
            continue
        what = "stays as it is" if piece.present else "stays without a translation"
        yield finding(piece, Trouble(rule, Severity.NOTE, f"Not in the file: {what}."))
    if newer:
        items = list(dict.fromkeys(piece.item for piece in newer))
        more = len(items) - _MOST_NAMED
        shown = ", ".join(items[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        is_one = len(items) == 1
        what, stay = ("One item is", "stays") if is_one else (f"{len(items)} items are", "stay")
        yield Finding(
            rule=rule,
            severity=Severity.NOTE,
            message=f"{what} newer than the file that was sent out, and {stay} without a translation: {shown}.",
            hint=f"Send the translator a new file for {'it' if is_one else 'them'}.",
        )


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


def _keep_out_foreign(found: Matched) -> None:
    """Keep words out whose item has rows of two files: of those that say another source than is here now."""
    digests: dict[str, set[str]] = {}
    for key, digest in found.sent.items():
        digests.setdefault(found.items[key], set()).add(digest)
    for each in list(found.candidates):
        piece = each.piece
        sent = found.sent.get(piece.key, piece.mark.item)
        if len(digests.get(piece.item, ())) > 1 and sent != piece.mark.item:
            message = f"Its row is from another file than the rest of its item: “{short(each.words)}”."
            hint = "See whether it was copied from another issue; if it is right, put it into the YAML file."
            trouble = Trouble("translation.other-file", Severity.STOP, message, hint)
            found.findings.append(finding(piece, trouble))
            found.candidates.remove(each)
            found.kept_out.add(piece.key)
            del found.sent[piece.key]


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
    free = [piece for piece in pieces if piece.key not in given]
    by_mark, by_source = _grouped(free, lambda piece: piece.mark), _grouped(free, lambda piece: piece.source)
    for row in strays:
        fitting = [piece for piece in by_mark.get(row.mark, ()) if piece.key not in given]
        fitting = fitting or [
            piece for piece in by_source.get(as_sent(row.source), ()) if piece.key not in given
        ]
        if len(fitting) == 1:
            given[fitting[0].key] = [row]
            message = f"Its name was changed in the file ({row.place}); it was known by its source."
            found.findings.append(
                finding(fitting[0], Trouble("translation.key-changed", Severity.NOTE, message))
            )
        elif row.words.strip() or row.troubles:
            found.findings.append(_extra(row))
    return given


def _grouped(pieces: Iterable[Piece], what: Callable[[Piece], object]) -> dict[object, list[Piece]]:
    groups: dict[object, list[Piece]] = {}
    for piece in pieces:
        groups.setdefault(what(piece), []).append(piece)
    return groups


def _plain(key: str) -> str:
    """A key without what programs correct by themselves: capitals and dashes."""
    return re.sub(r"[‐‑‒–—−]", "-", re.sub(r"\s", "", key)).casefold()


def _extra(row: Row) -> Finding:
    words = short(row.words)
    return Finding(
        rule="translation.extra-row",
        severity=Severity.WARN,
        message=f"The file has words that belong to no piece of the issue ({row.place}): “{words}”.",
        hint="Put them into the row of their piece; if the piece was taken out of the issue, nothing is lost.",
        words=words or None,
    )


def _take(piece: Piece, rows: list[Row], found: Matched, *, theirs: bool) -> None:
    row = next((each for each in rows if each.mark == piece.mark), rows[0])
    words = _words(piece, row)
    is_changed = words != piece.present
    is_outdated = row.mark is not None and row.mark.source != piece.mark.source
    is_doubtful = _is_source_changed(piece, row, is_outdated=is_outdated)
    troubles = [each for one in rows for each in one.troubles]
    if len(rows) > 1:
        troubles.append(double(list(dict.fromkeys(_words(piece, each) for each in rows)), len(rows)))
    if is_outdated:
        troubles.append(outdated(goes_in=is_changed))
    if is_doubtful:
        is_source = is_changed and words.strip() == piece.source.strip()
        troubles.append(swapped(row) if is_source else source_changed(row))
    if is_changed:
        troubles += clashes(piece, row, words, theirs=theirs)
    if row.mark is not None:
        found.sent[piece.key] = row.mark.item
        found.items[piece.key] = piece.item
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
