"""What copying and typing have torn in a contribution, put right, and each mend listed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from mailer.model.body import bounded
from mailer.model.contribution import Contribution, Doubt, Mend, Photo, Piece
from mailer.model.finding import Severity
from mailer.source.mending import Find, NamedSlip, mended, safe_slips
from mailer.source.slips import Slip, double_spaces, ligature_signs, ligatures, soft_hyphens

_AROUND = 30
"""Signs that are shown before and behind what was mended."""
_PASSES = 20
"""One mend may lay another open; more than a few never do."""


def _torn(text: str) -> Iterable[Slip]:
    return (slip for slip in ligatures(text) if slip.right == "")


def _signs(text: str) -> Iterable[Slip]:
    return (slip for slip in ligatures(text) if slip.right != "") if any(ligature_signs(text)) else ()


_FINDERS: tuple[tuple[str, Find], ...] = (
    ("soft hyphen", soft_hyphens),
    ("broken ligature", _torn),
    ("ligature sign", _signs),
    ("double space", double_spaces),
)


def mend(contribution: Contribution) -> Contribution:
    """The contribution with torn words joined, ligature signs as letters, and hidden hyphens and doubled spaces out.

    Code, addresses, personal fields and what is undecided stay as they are, and so does a piece that is too long to
    be an item: that is a doubt. Doubts quote what they are about as it is then. Mending what was mended changes
    nothing.
    """
    pieces, mends, doubts = [], list(contribution.mends), []
    for number, piece in enumerate(contribution.pieces):
        if trouble := _too_long(piece):
            doubts.append(_doubt(number, piece, trouble))
            pieces.append(piece)
            continue
        found: list[tuple[str, str, str]] = []
        pieces.append(_piece(piece, found))
        mends += [Mend(piece=number, before=old, after=new, because=why) for old, new, why in found]
    too_long = {doubt.piece for doubt in doubts}
    doubts = [*(_as_mended(each, too_long) for each in contribution.doubts), *doubts]
    return contribution.model_copy(
        update={"pieces": tuple(pieces), "mends": tuple(mends), "doubts": tuple(doubts)}
    )


def mend_text(text: str) -> tuple[str, list[tuple[str, str, str]]]:
    """The text mended, and for each mend: words before, words after, why."""
    found: list[tuple[str, str, str]] = []
    for _ in range(_PASSES):
        slips = safe_slips(text, _FINDERS)
        if not slips:
            break
        found += _told(text, slips)
        text = mended(text, (slip for _, slip in slips))
    return text, found


def _piece(piece: Piece, found: list[tuple[str, str, str]]) -> Piece:
    def right(words: str) -> str:
        new, told = mend_text(words)
        found.extend(told)
        return new

    def said(photo: Photo) -> Photo:
        return photo.model_copy(update={"alt": right(photo.alt), "caption": right(photo.caption)})

    update = {
        "title": right(piece.title),
        "body": right(piece.body),
        "photos": tuple(map(said, piece.photos)),
    }
    return piece.model_copy(update=update)


def _as_mended(doubt: Doubt, too_long: Collection[int | None]) -> Doubt:
    """The doubt with what it quotes as that stands now, so that it is found."""
    if doubt.piece in too_long:
        return doubt
    (words, _), (message, _) = mend_text(doubt.words), mend_text(doubt.message)
    return doubt.model_copy(update={"words": words, "message": message})


def _told(text: str, slips: Sequence[NamedSlip]) -> Iterator[tuple[str, str, str]]:
    """Each mend with the words around it; those close together on a line are told as one."""
    for group in _close_together(text, slips):
        begin, end = _edges(text, group[0][1].start, group[-1][1].end)
        new, moved = text[begin:end], (Slip(s.start - begin, s.end - begin, s.right) for _, s in group)
        yield text[begin:end], mended(new, moved), ", ".join(dict.fromkeys(name for name, _ in group))


def _close_together(text: str, slips: Sequence[NamedSlip]) -> list[list[NamedSlip]]:
    groups: list[list[NamedSlip]] = []
    for each in slips:
        last = groups[-1][-1][1].end if groups else 0
        if groups and each[1].start - last <= _AROUND and "\n" not in text[last : each[1].start]:
            groups[-1].append(each)
        else:
            groups.append([each])
    return groups


def _edges(text: str, start: int, end: int) -> tuple[int, int]:
    """Some whole words before and behind, on the same line."""
    before = text[max(0, start - _AROUND) : start].rpartition("\n")[2]
    after = text[end : end + _AROUND].partition("\n")[0]
    if len(before) == _AROUND and " " in before:
        before = before.partition(" ")[2]
    if len(after) == _AROUND and " " in after:
        after = after.rpartition(" ")[0]
    return start - len(before), end + len(after)


def _too_long(piece: Piece) -> str:
    try:
        bounded(piece.body)
    except ValueError as error:
        return str(error)
    return ""


def _doubt(number: int, piece: Piece, trouble: str) -> Doubt:
    name = f'"{piece.title[:60]}"' if piece.title else "The text before the first heading"
    return Doubt(
        rule="import.too-long",
        severity=Severity.STOP,
        piece=number,
        place=piece.place,
        message=f"{name} {trouble}.",
        hint="Nothing in it was mended. Divide it by headings where it is several items.",
    )
