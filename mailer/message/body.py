"""A body laid out once: cells that all readers share, and holes for what belongs to one.

A reader costs a look into a table for each hole, and one join. In quoted-printable a value stands on lines of its own
between soft breaks, so that its length moves nothing. In base64 it moves the octets after it by none, one or two
places in their groups of three: what follows is there in all three forms, on lines that need not be full.
"""

from __future__ import annotations

from base64 import encodebytes
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

from mailer.message.quoted import SOFT_BREAK, quote_text
from mailer.model.slots import Kind, Pieces, Slot, slot_value, split_slots

REMEMBERED = 4096
"""Encoded values that are kept: most, such as the name of a State, serve many readers."""
APART = 57
"""Octets between two personal fields from which on base64 starts a line of its own between them."""

Values = Mapping[str, str]


class Hole(Protocol):
    """What is filled anew for each reader, in as many cells as it has."""

    @property
    def width(self) -> int:
        """How many cells it fills."""

    def fill(self, cells: list[bytes], at: int, values: Values) -> None:
        """Write what a reader with these values gets into the cells from `at` on."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body ready for any number of readers."""

    cells: tuple[bytes, ...]
    holes: tuple[tuple[int, Hole], ...]

    def filled(self, values: Values) -> list[bytes]:
        """The body in pieces, with a reader's values. ValueError where an address among them is none."""
        cells = list(self.cells)
        for at, hole in self.holes:
            hole.fill(cells, at, values)
        return cells


def lay_out(items: Iterable[bytes | Hole]) -> Body:
    """Number the holes, and make one cell of all that stands between two of them."""
    cells: list[bytes] = []
    holes: list[tuple[int, Hole]] = []
    fixed: list[bytes] = []
    for item in items:
        if isinstance(item, bytes):
            fixed.append(item)
            continue
        cells.append(b"".join(fixed))
        fixed.clear()
        holes.append((len(cells), item))
        cells += [b""] * item.width
    return Body((*cells, b"".join(fixed)), tuple(holes))


def filled_text(pieces: Pieces, values: Values, defaults: Values, kind: Kind) -> str:
    """The pieces with a reader's values: their own, else the default, else nothing (`fill_slots`, remembered)."""
    return "".join(
        [
            piece
            if isinstance(piece, str)
            else _ready(piece.name, values.get(piece.name) or defaults.get(piece.name, ""), kind)
            for piece in pieces
        ]
    )


@lru_cache(maxsize=REMEMBERED)
def _ready(name: str, value: str, kind: Kind) -> str:
    return slot_value(name, value, kind)


@dataclass(frozen=True, slots=True)
class QuotedHole:
    """A personal field in quoted-printable, at the begin of a line."""

    name: str
    kind: Kind
    default: str
    goes_on: bool
    """Whether more of the same line follows."""
    width: int = 1

    def fill(self, cells: list[bytes], at: int, values: Values) -> None:
        """Write the value, and the soft break after it."""
        cells[at] = _quoted(self.name, values.get(self.name) or self.default, self.kind, self.goes_on)


@lru_cache(maxsize=REMEMBERED)
def _quoted(name: str, value: str, kind: Kind, goes_on: bool) -> bytes:
    quoted = quote_text(slot_value(name, value, kind))
    return quoted + SOFT_BREAK if quoted and goes_on else quoted


def quoted_items(text: str, kind: Kind, defaults: Values) -> list[bytes | Hole]:
    """A text with slots, in quoted-printable."""
    pieces = split_slots(unix_lines(text))
    items: list[bytes | Hole] = []
    for piece, after in pairwise((*pieces, "")):
        if isinstance(piece, Slot):
            ends = after == "" or (isinstance(after, str) and after.startswith("\n"))
            items.append(QuotedHole(piece.name, kind, defaults.get(piece.name, ""), goes_on=not ends))
        else:
            goes_on = isinstance(after, Slot) and not piece.endswith("\n")
            items.append(quote_text(piece) + (SOFT_BREAK if goes_on else b""))
    return items


@dataclass(frozen=True, slots=True)
class Phase:
    """What stands between two groups, or after the last, by how many of its octets the group before took."""

    lines: bytes
    carry: bytes
    """The octets at its end that are left for the next group: none, one or two."""


@dataclass(frozen=True, slots=True)
class Group:
    """Personal fields with the few octets between them, encoded as one, on lines of their own."""

    pieces: Pieces
    ahead: bytes
    """The first two octets of what follows, of which it takes as many as it needs."""
    after: tuple[Phase, Phase, Phase]
    """What follows, where none, one or two of its octets are taken."""


@dataclass(frozen=True, slots=True)
class Base64Hole:
    """All of a text in base64 from its first personal field on."""

    carry: bytes
    """Octets before the first group that are not encoded yet."""
    groups: tuple[Group, ...]
    kind: Kind
    defaults: Values

    @property
    def width(self) -> int:
        """Two cells a group: itself, and what follows."""
        return 2 * len(self.groups)

    def fill(self, cells: list[bytes], at: int, values: Values) -> None:
        """Encode each group, and choose the form of what follows that fits on."""
        carry = self.carry
        for group in self.groups:
            text = filled_text(group.pieces, values, self.defaults, self.kind)
            cells[at], taken = _grouped(carry, text, group.ahead)
            cells[at + 1], carry = group.after[taken].lines, group.after[taken].carry
            at += 2


@lru_cache(maxsize=REMEMBERED)
def _grouped(carry: bytes, text: str, ahead: bytes) -> tuple[bytes, int]:
    octets = carry + text.encode("utf-8")
    taken = -len(octets) % 3 if ahead else 0
    return base64_lines(octets + ahead[:taken]), taken


def base64_items(text: str, kind: Kind, defaults: Values) -> list[bytes | Hole]:
    """A text with slots, in base64, its lines ended by CRLF before it is encoded."""
    first, runs = _runs(split_slots(unix_lines(text).replace("\n", "\r\n")))
    if not runs:
        return [base64_lines(first)]
    groups = [
        Group(pieces, after[:2], _phases(after, is_last=number == len(runs)))
        for number, (pieces, after) in enumerate(runs, start=1)
    ]
    begin = _phase(first, is_last=False)
    return [begin.lines, Base64Hole(begin.carry, tuple(groups), kind, defaults)]


def _runs(pieces: Pieces) -> tuple[bytes, list[tuple[Pieces, bytes]]]:
    """What stands before the first slot; then slots with less than APART octets between them, and what follows."""
    first = b""
    runs: list[tuple[Pieces, bytes]] = []
    for piece in (*pieces, None):
        # At the end, too, what is short goes with the slot before it.
        if runs and not isinstance(piece, str) and len(runs[-1][1]) < APART:
            slots, after = runs.pop()
            runs.append(((*slots, after.decode("utf-8"), *([piece] if piece else [])), b""))
        elif isinstance(piece, Slot):
            runs.append(((piece,), b""))
        elif piece and runs:
            runs[-1] = (runs[-1][0], piece.encode("utf-8"))
        elif piece:
            first = piece.encode("utf-8")
    return first, runs


def _phases(octets: bytes, *, is_last: bool) -> tuple[Phase, Phase, Phase]:
    none, one, two = (_phase(octets[taken:], is_last=is_last) for taken in range(3))
    return none, one, two


def _phase(octets: bytes, *, is_last: bool) -> Phase:
    """Whole groups of three on lines, and what is left over; after the last slot, all of it."""
    left = 0 if is_last else len(octets) % 3
    whole = len(octets) - left
    return Phase(base64_lines(octets[:whole]), octets[whole:])


def base64_lines(octets: bytes) -> bytes:
    """Base64 on lines of 76 octets at the most, each ended by CRLF."""
    return encodebytes(octets).replace(b"\n", b"\r\n")


def unix_lines(text: str) -> str:
    """The same lines, ended by LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
