"""Whether a record of notice is as it was exported; and if not, where it was changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mailer.evidence.loose import MOST_ROWS, Loose
from mailer.evidence.making import HEAD, KEY, NOTED, NOTED_FORM, ROWS, SENDING, SUMMARY
from mailer.evidence.reading import is_exact
from mailer.evidence.record import (
    COLUMNS,
    LASTING,
    TITLES,
    Linked,
    Row,
    changed_cells,
    checks_of,
    hash_of,
    lasting_head,
    lasting_of,
    summary_digest,
)
from mailer.evidence.signing import is_signed

NUMBER, SENDING_ID = COLUMNS.index("number"), COLUMNS.index("sending")
MESSAGE_ID = COLUMNS.index("message_id")
DIGITS = 9
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Note:
    """What dispatches.yaml says of one sending."""

    head: str
    """"" where it was written before heads were noted."""
    on: str
    """The day."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the office can hold a file against."""

    keys: tuple[str, ...]
    """Public keys that count as the office's own."""
    notes: Mapping[str, Note] | None = None
    """Sending → its receipt; None where there are no receipts at hand."""
    rows: tuple[Row, ...] | None = None
    """The rows as the ledger would give them today; None where it is not at hand."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of it. Intact exactly when there is no trouble."""

    troubles: tuple[str, ...]
    rows: int
    sendings: tuple[str, ...]
    signed: bool
    noted: Mapping[str, Note]
    """Sendings whose head dispatches.yaml has, and agrees with."""
    remarks: tuple[str, ...] = ()
    """What could not be held against anything."""

    @property
    def is_intact(self) -> bool:
        """Whether nothing was changed."""
        return not self.troubles


def verify(loose: Loose, known: Known) -> Verdict:
    """Hold the file against its own chain, its signature, the receipts and, where it is at hand, the ledger."""
    signature = list(_about_signature(loose, known.keys))
    sendings = tuple(
        name.removeprefix(f"{SENDING} ") for name in loose.statement if name.startswith(f"{SENDING} ")
    )
    located = [*loose.troubles, *_about_rows(loose, known)]
    if not located:
        located += _about_heads(loose, known)
    noted, about_notes, remarks = _about_notes(loose, sendings, known)
    troubles = [*signature, *located, *about_notes]
    if not troubles and not is_exact(loose):
        troubles.append(
            "every cell is as it was signed, but the file was written anew by another program: it is not, "
            "byte for byte, what was exported"
        )
    return Verdict(tuple(troubles), len(loose.lines), sendings, not signature, noted, remarks)


def _about_signature(loose: Loose, keys: Sequence[str]) -> Iterator[str]:
    if not loose.signature:
        yield "it has no signature"
        return
    if any(is_signed(loose.statement, loose.signature, key) for key in keys):
        return
    own = loose.statement.get(KEY, "")
    if own in keys:
        yield "the signature does not fit: the statement, or the signature, was changed"
    else:
        yield f"it is not signed by this office's key; it names {own[:60] or 'none'}"


def _about_rows(loose: Loose, known: Known) -> Iterator[str]:
    """What was changed, added, moved and taken out, row by row."""
    count = _whole(loose.statement.get(ROWS, ""))
    fresh = {row.message_id: row for row in known.rows or ()}
    seen: dict[int, str] = {}
    highest = 0
    before: Linked | None = None
    for line in loose.lines:
        linked = line.linked
        if linked is None:
            yield f"{line.place}: it {line.trouble}"
            before = None
            continue
        number = _number(linked, before)
        added = number in seen or (count is not None and number > count)
        if number in seen:
            yield f"{line.place}: row {number} stands here once more (it stands at {seen[number]} too)"
        elif added:
            yield f"{line.place}: a row that was not in the record"
        elif number < highest:
            yield f"{line.place}: row {number} stands at another place than it did"
        if not added:
            yield from _about_row(line.place, linked, before, fresh)
            seen[number] = line.place
            highest = max(highest, number)
        before = linked
    if count is not None:
        yield from _taken_out(count, seen, sum(line.linked is None for line in loose.lines))


def _about_row(place: str, linked: Linked, before: Linked | None, fresh: Mapping[str, Row]) -> Iterator[str]:
    """Whether the row agrees with its checks and, where the row before it is the right one, with its hash."""
    number = _number(linked, before)
    previous = before.hash if before else ""
    follows = number == 1 + (_whole(before.cells[NUMBER]) or 0 if before else 0)
    columns = changed_cells(linked.cells, linked.checks)
    if follows and hash_of(previous, linked.cells, linked.checks) == linked.hash:
        return
    if follows and columns and hash_of(previous, linked.cells, checks_of(linked.cells)) == linked.hash:
        columns = ("checks",)
    elif follows and not columns:
        known = fresh.get(linked.cells[MESSAGE_ID])
        columns = _against(linked, known) if known else ()
        if not columns:
            yield f"{place}: row {number} was changed, or its hash: they do not fit each other"
    if columns:
        yield f"{place}: row {number} was changed in {_titles(columns)}"


def _about_heads(loose: Loose, known: Known) -> Iterator[str]:
    """Rows that agree among themselves, and not with what was signed."""
    rows = [line.linked for line in loose.lines if line.linked is not None]
    if loose.statement.get(HEAD, "") != (rows[-1].hash if rows else ""):
        yield "the rows agree among themselves, but not with the head that was signed: hashes were made anew"
        yield from _rewritten(rows, known.rows)
    if loose.content is None and loose.statement.get(SUMMARY, "") != summary_digest(loose.summary):
        yield 'the sheet "Summary" was changed; the rows tell what it should say'


def _rewritten(rows: Sequence[Linked], fresh: Sequence[Row] | None) -> Iterator[str]:
    if fresh is None:
        yield "which rows were changed can be told only where the send record is"
        return
    known = {row.message_id: row for row in fresh}
    for place, linked in enumerate(rows, 1):
        row = known.pop(linked.cells[MESSAGE_ID], None)
        if row is None:
            yield f"row {place}: the send record has no mail with this Message-ID"
        elif against := _against(linked, row):
            yield f"row {place} was changed in {_titles(against)}"
    for row in known.values():
        yield f"the mail to {row.address} is in the send record and not in the file"


def _against(linked: Linked, row: Row) -> tuple[str, ...]:
    """Columns in which the file and the ledger differ, of those that do not change with time."""
    lasting = zip(LASTING, lasting_of(linked.cells), row.lasting, strict=True)
    different = [column for column, here, there in lasting if here != there]
    for column in ("sending", "person", "address"):
        if linked.cells[COLUMNS.index(column)] != getattr(row, column) and "forgotten:" not in row.address:
            different.append(column)
    return tuple(column for column in COLUMNS if column in different)


def _about_notes(
    loose: Loose, sendings: Sequence[str], known: Known
) -> tuple[dict[str, Note], list[str], tuple[str, ...]]:
    """What dispatches.yaml says of each sending: agreed, in trouble, or nothing."""
    agreed: dict[str, Note] = {}
    troubles: list[str] = []
    silent: list[str] = []
    if known.notes is None:
        return {}, [], ("It was not held against dispatches.yaml, which is not at hand.",)
    rows = [line.linked.cells for line in loose.lines if line.linked is not None]
    for name in sendings:
        note = known.notes.get(name)
        if note is None or not note.head:
            silent.append(name)
            continue
        mine = (lasting_of(cells) for cells in rows if cells[SENDING_ID] == name)
        head = NOTED_FORM + lasting_head(mine)
        if note.head != head or loose.statement.get(f"{NOTED} {name}") != head:
            troubles.append(
                f"it does not agree with what dispatches.yaml noted of the sending {name} on {note.on}"
            )
        else:
            agreed[name] = note
    remarks = tuple(f"dispatches.yaml notes nothing of the sending {name}." for name in silent)
    return agreed, troubles, remarks


def _taken_out(count: int, seen: Mapping[int, str], unread: int) -> Iterator[str]:
    missing = [number for number in range(1, min(count, MOST_ROWS) + 1) if number not in seen]
    # A row that cannot be read may be one of these.
    if len(missing) > unread:
        shown = ", ".join(map(str, missing[:MOST_SHOWN])) + (", …" if len(missing) > MOST_SHOWN else "")
        yield f"taken out: row{'s' if len(missing) > 1 else ''} {shown}"


def _number(linked: Linked, before: Linked | None) -> int:
    """The row's number; where that is what was changed, the one that it should have."""
    number = _whole(linked.cells[NUMBER])
    if number is None or "number" in changed_cells(linked.cells, linked.checks):
        return 1 + ((_whole(before.cells[NUMBER]) or 0) if before else 0)
    return number


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else None


def _titles(columns: Iterable[str]) -> str:
    return ", ".join(f'"{TITLES[column]}"' for column in columns)
