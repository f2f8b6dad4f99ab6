"""The rows of a Word file that came back, wherever they stand in it now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mailer.content.exchange.docx_seen import SHOWN, TABLE, Seen, comment, merged, row_changed, troubles_of
from mailer.content.exchange.pieces import has_several_marks, mark_in
from mailer.content.exchange.returned import Row

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

_INSERTED = frozenset({f"{_W}ins", f"{_W}moveTo"})
_DELETED = frozenset({f"{_W}del", f"{_W}moveFrom"})
_COMMENT = f"{_W}commentReference"
_SIGNS = {
    f"{_W}tab": "\t",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "\u2011",
    f"{_W}softHyphen": "\u00ad",
}
_NOT_WORDS = {
    f"{_W}drawing": "a picture",
    f"{_W}pict": "a picture",
    f"{_W}object": "an embedded object",
    f"{_W}footnoteReference": "a footnote",
    f"{_W}endnoteReference": "an endnote",
}
_SILENT = frozenset(
    {f"{_W}pPr", f"{_W}rPr", f"{_W}instrText", f"{_W}tcPr", f"{_W}sdtPr", f"{_W}sdtEndPr"}
    | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
)
_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads rows, with the file's comments by id and its links' addresses by id."""

    comments: Mapping[str, str]
    addresses: Mapping[str, str]

    def rows(self, root: Any) -> Iterator[Row]:
        """Each row of a table that stands in no other table's cell."""
        number = 0
        for row in root.iter(f"{_W}tr"):
            cells = list(_children(row, f"{_W}tc"))
            number += 1
            if not cells or (row.find(f"{_W}trPr/{_W}tblHeader") is not None and not _is_marked(cells[0])):
                continue
            if any(True for each in row.iterancestors(f"{_W}tc")):
                continue
            yield self._row(row, cells, f"row {number}")

    def _row(self, row: Any, cells: list[Any], place: str) -> Row:
        texts, seen = [], []
        for cell in cells:
            found = Seen()
            texts.append(self._cell(cell, found))
            seen.append(found)
        mark = mark_in(texts[0])
        key = _key(texts[0])
        troubles = []
        is_joined = has_several_marks(texts[0]) or any(_is_merged(cell) for cell in cells)
        if len(cells) != _COLUMNS or is_joined:
            words = texts[2] if len(texts) == _COLUMNS else "\n\n".join(texts[1:])
            troubles.append(merged(words))
            return Row(key, "", words, mark, place, tuple(troubles))
        for change, word in ((f"{_W}ins", "inserted"), (f"{_W}del", "deleted")):
            if row.find(f"{_W}trPr/{change}") is not None:
                troubles.append(row_changed(word))
        troubles += troubles_of(seen[2])
        for other in (seen[0], seen[1], seen[3]):
            troubles += [comment(words) for words in other.comments]
        return Row(key, texts[1], texts[2], mark, place, tuple(troubles))

    def _cell(self, cell: Any, seen: Seen) -> str:
        text, before = "", None
        for block in cell:
            if block.tag == f"{_W}tbl":
                seen.others.append(TABLE)
            for words, is_listed in self._blocks(block, seen):
                # Entries of a list that Word has made stand one below the other.
                gap = "" if before is None else "\n" if before and is_listed else "\n\n"
                text, before = f"{text}{gap}{words}", is_listed
        return text

    def _blocks(self, block: Any, seen: Seen) -> Iterator[tuple[str, bool]]:
        if block.tag == f"{_W}p":
            words = "".join(self._words(block, seen))
            is_listed = block.find(f"{_W}pPr/{_W}numPr") is not None and bool(words.strip())
            if is_listed:
                seen.lists += 1
                words = f"- {words}"
            for mark, found in ((f"{_W}ins", seen.inserted), (f"{_W}del", seen.deleted)):
                if block.find(f"{_W}pPr/{_W}rPr/{mark}") is not None:
                    found.append("¶")
            yield words, is_listed
        elif block.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}tbl", f"{_W}tr", f"{_W}tc"):
            for each in block:
                yield from self._blocks(each, seen)

    def _words(self, element: Any, seen: Seen) -> Iterator[str]:
        for child in element:
            tag = child.tag
            if not isinstance(tag, str) or tag in _SILENT:
                continue
            if tag == f"{_W}t":
                yield child.text or ""
            elif tag in _SIGNS:
                yield _SIGNS[tag]
            elif tag == f"{_W}sym":
                yield _symbol(str(child.get(f"{_W}char", "")))
            elif tag in _DELETED:
                words = "".join(each.text or "" for each in child.iter(f"{_W}delText", f"{_W}t"))
                seen.deleted.append(words)
            elif tag in _NOT_WORDS:
                seen.others.append(_NOT_WORDS[tag])
            elif tag == _COMMENT:
                seen.comments.append(self.comments.get(str(child.get(f"{_W}id")), "a comment"))
            else:
                words = "".join(self._words(child, seen))
                self._note(child, words, seen)
                yield words

    def _note(self, child: Any, words: str, seen: Seen) -> None:
        """What an element around words says of them."""
        if child.tag in _INSERTED:
            seen.inserted.append(words)
        elif child.tag == f"{_W}hyperlink":
            address = self.addresses.get(str(child.get(f"{_R}id")), "")
            if address and not _is_said(address, words):
                seen.links.append((words, address))
        elif child.tag == f"{_W}r" and words.strip() and _is_formed(child):
            seen.is_formed = True


def _children(element: Any, tag: str) -> Iterator[Any]:
    """Children of that kind, also within content controls and the like."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml"):
            yield from _children(child, tag)


def _is_marked(cell: Any) -> bool:
    """Whether it says which piece its row is: the table's own heading does not."""
    return mark_in("".join(each.text or "" for each in cell.iter(f"{_W}t"))) is not None


def _is_merged(cell: Any) -> bool:
    span = cell.find(f"{_W}tcPr/{_W}gridSpan")
    return cell.find(f"{_W}tcPr/{_W}vMerge") is not None or (span is not None and span.get(f"{_W}val") != "1")


def _is_formed(run: Any) -> bool:
    """Whether a run is bold or italic, which words in Markdown say by signs."""
    for name in ("b", "i"):
        found = run.find(f"{_W}rPr/{_W}{name}")
        if found is not None and found.get(f"{_W}val") not in ("0", "false", "off"):
            return True
    return False


def _is_said(address: str, words: str) -> bool:
    plain = re.sub(r"^mailto:", "", address).rstrip("/").casefold()
    return plain in words.casefold() or words.strip().rstrip("/").casefold() in address.casefold()


def _symbol(code: str) -> str:
    """A sign that Word notes by its number in a font; those of symbol fonts cannot be told."""
    number = int(code, 16) if re.fullmatch("[0-9A-Fa-f]{1,4}", code) else 0
    is_known = number >= 0x20 and not 0xD800 <= number <= 0xF8FF  # noqa: PLR2004
    return chr(number) if is_known else "\N{REPLACEMENT CHARACTER}"


def _key(text: str) -> str:
    """The key in the small line of the first cell: the word before the mark; else all of it."""
    found = re.search(r"(\S+)\s+[0-9a-f]{12}\.", text)
    return found[1] if found else " ".join(text.split())[:SHOWN]
