"""XLIFF 2.1 for translation programs, out and back (OASIS, XLIFF Version 2.1; namespace of 2.0)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from mailer.content.exchange.docx_form import NAME, Cover, identity
from mailer.content.exchange.opening import parse_xml, refuse_old_xliff
from mailer.content.exchange.pieces import HEAD, Mark, Piece, mark_in
from mailer.content.exchange.returned import Returned, Row, Trouble
from mailer.content.exchange.xliff_codes import SPACE, XML_SPACE, Codes, words_in
from mailer.model.finding import Severity
from mailer.source.packed import refuse

_X = f"{{{SPACE}}}"
_STATES = {"new": "initial", "stale": "initial", "optional": "initial", "done": "translated"}
_DONE = frozenset({"translated", "reviewed", "final"})
_MARK = f"{NAME}-mark"

_SHARED = "Shared: these words stand in every issue."
_FOR_ALL = (
    "Signs such as {{salutation}} stand for the reader's own data; in [words](https://…) only the words are "
    "translated. **words** is bold, *words* italic; a line that begins with “- ” is an entry of a list; an empty "
    "line begins a new paragraph."
)

_OURS = ("The source has", "Optional: ", _SHARED)
"""How the notes begin that are sent out with a unit."""


def translation_xliff(cover: Cover, pieces: Iterable[Piece]) -> bytes:
    """The whole file: a `file` for the issue, a `unit` with one segment for each piece."""
    root = etree.Element(
        f"{_X}xliff", nsmap={None: SPACE}, version="2.1", srcLang=cover.source, trgLang=cover.language
    )
    file = etree.SubElement(root, f"{_X}file", id="issue", original=cover.issue, canResegment="no")
    notes = etree.SubElement(file, f"{_X}notes")
    _note(notes, f"{cover.title}, {cover.day.isoformat()}. Please send it back to {cover.whom}.")
    _note(notes, _FOR_ALL)
    _note(notes, identity(cover.issue, cover.language), NAME)
    for piece in pieces:
        _unit(file, piece)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8")) + b"\n"


def _unit(file: Any, piece: Piece) -> None:
    codes = Codes()
    source, target = etree.Element(f"{_X}source"), etree.Element(f"{_X}target")
    codes.put(source, piece.source)
    codes.put(target, piece.present)
    item = "Head of the issue" if piece.item == HEAD else piece.item
    unit = etree.SubElement(file, f"{_X}unit", id=piece.key, name=f"{item} · {piece.field}")
    unit.set(XML_SPACE, "preserve")
    notes = etree.SubElement(unit, f"{_X}notes")
    if piece.is_shared:
        _note(notes, _SHARED)
    if piece.state == "stale":
        _note(notes, "The source has changed since this was translated: see that it still fits.")
    if piece.state == "optional":
        _note(notes, "Optional: a name or a credit. Leave it without a translation where it is the same.")
    _note(notes, str(piece.mark), _MARK)
    codes.original_data(unit)
    segment = etree.SubElement(unit, f"{_X}segment", id="s", state=_STATES[piece.state])
    if piece.state in ("stale", "optional"):
        segment.set("subState", f"mailer:{piece.state}")
    segment.append(source)
    if piece.present:
        segment.append(target)


def _note(notes: Any, words: str, category: str = "") -> None:
    note = etree.SubElement(notes, f"{_X}note")
    if category:
        note.set("category", category)
    note.text = words


def read_xliff(content: bytes, name: str) -> Returned:
    """The units of a file that was made by `translation_xliff`, as a translation program has left them.

    MailerError, saying what the file is and what to do, where it cannot be read or is none of ours.
    """
    root = parse_xml(content, name)
    refuse_old_xliff(root, name)
    issue = _issue(root, name)
    language = root.get("trgLang")
    if not language:
        raise refuse(
            name, "does not say which language it is in (trgLang).", "Take the file that was exported."
        )
    rows = tuple(_row(unit, number) for number, unit in enumerate(root.iter(f"{_X}unit"), start=1))
    if not rows:
        raise refuse(name, "has no unit in it.", "Export it again, and translate in that file.")
    return Returned("xliff", issue, _own_case(root, language), rows)


@dataclass(frozen=True, slots=True)
class _Segment:
    source: str
    target: str | None
    is_done: bool


def _row(unit: Any, number: int) -> Row:
    data = {
        str(each.get("id")): "".join(each.itertext()) for each in unit.iterfind(f"{_X}originalData/{_X}data")
    }
    segments = list(_segments(unit, data))
    source = "".join(each.source for each in segments)
    has_target = any(each.target is not None for each in segments)
    # What stands between segments is the source's where the translation does not say it.
    words = "".join(each.source if each.target is None else each.target for each in segments)
    key = str(unit.get("id", ""))
    marks = [
        note.text or "" for note in unit.iterfind(f"{_X}notes/{_X}note") if note.get("category") == _MARK
    ]
    return Row(
        key=key,
        source=source,
        words=words if has_target else "",
        mark=_one_mark(marks),
        place=f"unit {number}",
        troubles=tuple(_comments(unit)),
        is_confirmed=bool(segments) and all(each.is_done for each in segments),
    )


def _segments(unit: Any, data: dict[str, str]) -> Iterator[_Segment]:
    """Segments and what is between them; targets in their own order (XLIFF 2.1, 4.3.1.26)."""
    found = [
        each for each in unit if isinstance(each.tag, str) and each.tag in (f"{_X}segment", f"{_X}ignorable")
    ]
    targets = [each.find(f"{_X}target") for each in found]
    orders: dict[int, int] = {}
    for number, target in enumerate(targets):
        order = str(target.get("order", "")) if target is not None else ""
        orders[int(order) - 1 if re.fullmatch("[1-9][0-9]{0,3}", order) else number] = number
    for number, each in enumerate(found):
        target = targets[orders.get(number, number)]
        is_between = each.tag == f"{_X}ignorable"
        yield _Segment(
            words_in(each.find(f"{_X}source"), data),
            None if target is None else words_in(target, data),
            is_between or each.get("state") in _DONE,
        )


def _issue(root: Any, name: str) -> str:
    said = {
        str(note.text).split()[-1]
        for note in root.iterfind(f"{_X}file/{_X}notes/{_X}note")
        if note.get("category") == NAME and str(note.text or "").strip()
    }
    said |= {str(file.get("original")) for file in root.iterfind(f"{_X}file") if file.get("original")}
    if not said:
        raise refuse(
            name,
            "is not a file that was exported for translation: it does not say of which issue it is.",
            "Export one with `mailer translate export SLUG LANG --format xliff`, and have that translated.",
        )
    if len(said) > 1:
        raise refuse(
            name, f"says that it is of several issues: {', '.join(sorted(said))}.", "Take one at a time."
        )
    return said.pop()


def _own_case(root: Any, language: str) -> str:
    """The tag as it was sent out: some programs change its case."""
    for note in root.iterfind(f"{_X}file/{_X}notes/{_X}note"):
        if note.get("category") == NAME:
            for word in str(note.text or "").split():
                if word.casefold() == language.casefold():
                    return word
    return language


def _one_mark(marks: list[str]) -> Mark | None:
    return mark_in(" ".join(marks))


def _comments(unit: Any) -> Iterator[Trouble]:
    """Notes that a person has added."""
    for note in unit.iterfind(f"{_X}notes/{_X}note"):
        words = " ".join((note.text or "").split())
        if words and note.get("category") is None and not words.startswith(_OURS):
            message = f"A comment: {words[:200]}"
            hint = "Answer it; it is not taken over."
            yield Trouble("translation.comment", Severity.WARN, message, hint)
