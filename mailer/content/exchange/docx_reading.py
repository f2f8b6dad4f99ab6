"""A Word file that came back, from Word or LibreOffice: its rows, and all in them that is not plain words."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zipfile import ZipFile

from mailer.content.exchange.docx_form import NAME
from mailer.content.exchange.opening import open_docx, parse_xml, part_of
from mailer.content.exchange.pieces import mark_in
from mailer.content.exchange.returned import Returned, Row, Trouble
from mailer.model.finding import Severity
from mailer.source.packed import refuse

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MAIN = "/officeDocument"
_IDENTITY = re.compile(rf"{NAME} 1 ([A-Za-z0-9-]{{2,40}}) ([a-z0-9_-]{{1,80}})(?![\w-])")

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
_SHOWN = 200
"""Signs of a change or comment that are said again."""


def read_docx(content: bytes, name: str) -> Returned:
    """The rows of a file that was made by `translation_docx`, wherever they stand in it now.

    MailerError, saying what the file is and what to do, where it cannot be read or is none of ours.
    """
    parts = open_docx(content, name)
    place = _main_part(parts, name)
    root = parse_xml(part_of(parts, place, name), name)
    if _STRICT in root.nsmap.values():
        raise refuse(
            name,
            "is a Strict Open XML document.",
            "Save it as an ordinary Word document (.docx), and take that.",
        )
    language, issue = _identity(parts, root, name)
    reader = _Reader(_comments(parts, place, name), _addresses(parts, place, name))
    rows = tuple(reader.rows(root))
    if not rows:
        raise refuse(
            name, "has no row of the translation's table.", "Export it again, and translate in that file."
        )
    return Returned("docx", issue, language, rows)


def _main_part(parts: ZipFile, name: str) -> str:
    for each in parse_xml(part_of(parts, "_rels/.rels", name), name):
        if str(each.get("Type", "")).endswith(_MAIN):
            return posixpath.normpath(str(each.get("Target", "")).lstrip("/"))
    raise refuse(name, "is no Word document.", "Save it as .docx, and take that.")


def _identity(parts: ZipFile, root: Any, name: str) -> tuple[str, str]:
    """Language and issue, by the document property and by the line on the first page."""
    said = set()
    if "docProps/custom.xml" in parts.namelist():
        for each in parse_xml(part_of(parts, "docProps/custom.xml", name), name):
            if each.get("name") == NAME:
                said |= set(_IDENTITY.findall("".join(each.itertext())))
    for paragraph in root.iter(f"{_W}p"):
        text = "".join(each.text or "" for each in paragraph.iter(f"{_W}t"))
        if NAME in text:
            said |= set(_IDENTITY.findall(text))
    if not said:
        raise refuse(
            name,
            "is not a file that was exported for translation: it does not say of which issue it is.",
            "Export one with `mailer translate export SLUG LANG`, and have the translation written there.",
        )
    if len(said) > 1:
        listed = "; ".join(f"{issue} in {language}" for language, issue in sorted(said))
        raise refuse(
            name, f"was put together from several files: {listed}.", "Take each file as it came back."
        )
    language, issue = said.pop()
    return language, issue


def _relations(parts: ZipFile, place: str, name: str) -> Iterator[Any]:
    folder, file = posixpath.split(place)
    path = f"{folder}/_rels/{file}.rels".lstrip("/")
    if path in parts.namelist():
        yield from parse_xml(part_of(parts, path, name), name)


def _addresses(parts: ZipFile, place: str, name: str) -> dict[str, str]:
    return {
        str(each.get("Id")): str(each.get("Target", ""))
        for each in _relations(parts, place, name)
        if str(each.get("Type", "")).endswith("/hyperlink")
    }


def _comments(parts: ZipFile, place: str, name: str) -> dict[str, str]:
    """Comment id → who says what."""
    for each in _relations(parts, place, name):
        if not str(each.get("Type", "")).endswith("/comments"):
            continue
        path = posixpath.normpath(posixpath.join(posixpath.dirname(place), str(each.get("Target", ""))))
        path = path.lstrip("/")
        if path in parts.namelist():
            return {
                str(comment.get(f"{_W}id")): f"{comment.get(f'{_W}author') or 'somebody'}: "
                + " ".join(" ".join(t.text or "" for t in p.iter(f"{_W}t")) for p in comment.iter(f"{_W}p"))
                for comment in parse_xml(part_of(parts, path, name), name)
            }
    return {}


@dataclass(slots=True)
class _Seen:
    """What was met in a cell besides its words."""

    inserted: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    is_formed: bool = False
    lists: int = 0


@dataclass(frozen=True, slots=True)
class _Reader:
    comments: Mapping[str, str]
    addresses: Mapping[str, str]

    def rows(self, root: Any) -> Iterator[Row]:
        number = 0
        for row in root.iter(f"{_W}tr"):
            cells = list(_children(row, f"{_W}tc"))
            number += 1
            if row.find(f"{_W}trPr/{_W}tblHeader") is not None or not cells:
                continue
            if any(True for each in row.iterancestors(f"{_W}tc")):
                continue
            yield self._row(row, cells, f"row {number}")

    def _row(self, row: Any, cells: list[Any], place: str) -> Row:
        texts, seen = [], []
        for cell in cells:
            found = _Seen()
            texts.append(self._cell(cell, found))
            seen.append(found)
        mark = mark_in(texts[0])
        key = _key(texts[0])
        troubles = []
        if len(cells) != _COLUMNS or any(_is_merged(cell) for cell in cells):
            words = texts[2] if len(texts) == _COLUMNS else "\n\n".join(texts[1:])
            troubles.append(_merged(words))
            return Row(key, "", words, mark, place, tuple(troubles))
        for change, word in ((f"{_W}ins", "inserted"), (f"{_W}del", "deleted")):
            if row.find(f"{_W}trPr/{change}") is not None:
                troubles.append(_row_changed(word))
        troubles += _troubles(seen[2])
        for other in (seen[0], seen[1], seen[3]):
            troubles += [_comment(words) for words in other.comments]
        return Row(key, texts[1], texts[2], mark, place, tuple(troubles))

    def _cell(self, cell: Any, seen: _Seen) -> str:
        text, before = "", None
        for block in cell:
            if block.tag == f"{_W}tbl":
                seen.others.append("a table")
            for words, is_listed in self._blocks(block, seen):
                # Entries of a list that Word has made stand one below the other.
                gap = "" if before is None else "\n" if before and is_listed else "\n\n"
                text, before = f"{text}{gap}{words}", is_listed
        return text

    def _blocks(self, block: Any, seen: _Seen) -> Iterator[tuple[str, bool]]:
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

    def _words(self, element: Any, seen: _Seen) -> Iterator[str]:
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

    def _note(self, child: Any, words: str, seen: _Seen) -> None:
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
    return found[1] if found else " ".join(text.split())[:_SHOWN]


def _troubles(seen: _Seen) -> Iterator[Trouble]:
    if seen.inserted or seen.deleted:
        changes = [f"inserted “{_short(words)}”" for words in seen.inserted]
        changes += [f"deleted “{_short(words)}”" for words in seen.deleted]
        yield Trouble(
            "translation.tracked-change",
            Severity.STOP,
            f"Open tracked changes: {', '.join(changes)}.",
            "Accept or reject them in Word (Review), save, and import again.",
        )
    yield from (_comment(words) for words in seen.comments)
    for what in sorted(set(seen.others)):
        yield Trouble(
            "translation.not-words",
            Severity.WARN,
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


def _comment(words: str) -> Trouble:
    return Trouble(
        "translation.comment",
        Severity.WARN,
        f"A comment: {_short(words)}",
        "Answer it; it is not taken over.",
    )


def _merged(words: str) -> Trouble:
    return Trouble(
        "translation.merged-cells",
        Severity.STOP,
        f"Cells of this row were merged or split, so that nobody can tell what belongs where: “{_short(words)}”.",
        "Split them again in Word, or put the words into the file as it was exported.",
    )


def _row_changed(word: str) -> Trouble:
    message = f"The whole row was {word} while changes were tracked."
    hint = "Accept or reject it in Word (Review), save, and import again."
    return Trouble("translation.tracked-change", Severity.STOP, message, hint)


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= _SHOWN else f"{flat[: _SHOWN - 1]}…"
