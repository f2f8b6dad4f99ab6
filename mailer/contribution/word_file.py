"""A Word file's parts, opened within bounds; other kinds of files are turned away by name, with what to do."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any
from zipfile import ZipFile

from lxml import etree

from mailer.errors import ProblemsError
from mailer.source.packed import (
    DAMAGE,
    ENCRYPTED,
    MAX_FILE,
    OLE,
    SAVE_AGAIN,
    Bounds,
    doctype_in,
    refuse,
    unpack,
    weigh,
    without_doctype,
)

_AS_DOCX = "Open it in the program that made it, save it as a Word document (.docx), and give that."
_MAX_XML = 20_000_000
_BOUNDS = Bounds(
    noun="Word document",
    most=lambda _part: _MAX_XML,
    smaller="Copy the text into a new document.",
    otherwise=_AS_DOCX,
    program="word processors",
)
_BEGINNINGS = (
    (rb"%PDF", "is a PDF.", "Ask for the Word file that it was made from."),
    (rb"\{\\rtf", "is Rich Text (RTF), whatever its name ends in.", _AS_DOCX),
    (
        rb"(?is)(?:\xef\xbb\xbf)?<(?:!doctype|html|head|body|meta)",
        "is a web page, whatever its name ends in.",
        _AS_DOCX,
    ),
    (rb"(?s)MIME-Version:.*multipart/related", "is a web page in one file (.mht).", _AS_DOCX),
    (rb"(?s)(?:\xef\xbb\xbf)?<\?xml.*(?:wordDocument|pkg:package)", "is Word in one XML file.", _AS_DOCX),
)
_ARCHIVES = (
    (
        r"xl/workbook\.(?:xml|bin)",
        "is a workbook, and no Word document.",
        "Copy what counts into a Word document.",
    ),
    (
        r"ppt/presentation\.xml",
        "is a presentation, and no Word document.",
        "Copy what counts into a Word document.",
    ),
    (r"content\.xml", "is an OpenDocument file (.odt).", _AS_DOCX),
    (
        r"Index/Document\.iwa|Index\.zip|index\.apxl",
        "is a Pages document.",
        "In Pages: File, Export To, Word. Give that.",
    ),
    (r"META-INF/container\.xml", "is an e-book (EPUB).", _AS_DOCX),
)
NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "v": "urn:schemas-microsoft-com:vml",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "w15": "http://schemas.microsoft.com/office/word/2012/wordml",
}
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/",
        b"http://schemas.openxmlformats.org/officeDocument/2006/",
    ),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)
"""ISO/IEC 29500 Strict has other names for the same (Part 1, Annex A)."""


@cache
def tag(name: str) -> str:
    """`w:p` as lxml names it."""
    prefix, _, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part says that it uses: the other part's name, or an address outside."""

    kind: str
    """The last word of its type: image, hyperlink, footnotes, …"""
    target: str
    external: bool


@dataclass(frozen=True)
class WordFile:
    """An opened Word document."""

    name: str
    zip: ZipFile

    def has(self, part: str) -> bool:
        """Whether there is a part of that name."""
        return part in self._names

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(self.zip.namelist())

    def read(self, part: str) -> bytes:
        """A part's bytes. ProblemsError where it is damaged."""
        try:
            return self.zip.read(part)
        except DAMAGE as error:
            raise refuse(self.name, f"is damaged: {part} cannot be unpacked.", SAVE_AGAIN) from error

    def tree(self, part: str) -> Any:
        """A part's root element; None where there is no such part. ProblemsError where it cannot be read."""
        if not self.has(part):
            return None
        if self.zip.getinfo(part).file_size > _MAX_XML:
            raise refuse(self.name, f"would unpack {part} to more than 20 MB.", _BOUNDS.smaller)
        content = self.read(part)
        for strict, usual in _STRICT:
            content = content.replace(strict, usual)
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(content, parser)
        except (etree.LxmlError, ValueError) as error:
            deep = "depth" in str(error)
            words = "is nested too deep" if deep else "cannot be read"
            raise refuse(
                self.name, f"is damaged: {part} {words}.", f"Open and save it again. {_AS_DOCX}"
            ) from error
        if root.getroottree().docinfo.internalDTD is not None:
            raise doctype_in(self.name, part, _BOUNDS)
        return root

    def relations(self, part: str) -> dict[str, Relation]:
        """What a part uses, by id."""
        folder, _, last = part.rpartition("/")
        root = self.tree(f"{folder}/_rels/{last}.rels".lstrip("/"))
        found: dict[str, Relation] = {}
        for one in root if root is not None else ():
            external = one.get("TargetMode") == "External"
            kind, target = one.get("Type", "").rpartition("/")[2], one.get("Target", "")
            inside = target if external else self._inside(folder, target)
            found[one.get("Id", "")] = Relation(kind, inside, external)
        return found

    def _inside(self, folder: str, target: str) -> str:
        if target.startswith("#") or not target:
            return ""
        path = posixpath.normpath(
            target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        )
        if path.startswith("..") or "\\" in path or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", target):
            message = f'is not built as a Word document is (a part is sought outside of it: "{target[:60]}").'
            raise refuse(self.name, message, _AS_DOCX)
        return path

    @cached_property
    def main(self) -> str:
        """The name of the part that holds the text."""
        for relation in self.relations("").values():
            if relation.kind == "officeDocument" and not relation.external and self.has(relation.target):
                return relation.target
        return "word/document.xml"

    def part_of(self, kind: str) -> str:
        """The name of the main part's styles, numbering, footnotes, …; "" where it has none."""
        for relation in self.relations(self.main).values():
            if relation.kind == kind and not relation.external and self.has(relation.target):
                return relation.target
        return ""


def open_word(content: bytes, name: str) -> WordFile:
    """The Word document in these bytes. ProblemsError, saying what it is and what to do, for any other file."""
    if len(content) > MAX_FILE:
        raise refuse(
            name,
            "is larger than 64 MB.",
            "Make its pictures smaller (Compress Pictures), or send them apart.",
        )
    start = content[:4000].lstrip()
    if not start:
        raise refuse(name, "is empty.", "See that the right file was saved.")
    if content.startswith(OLE):
        raise _binary(content, name)
    for pattern, message, hint in _BEGINNINGS:
        if re.match(pattern, start):
            raise refuse(name, message, hint)
    if not content.startswith(b"PK\x03\x04"):
        raise refuse(name, "is no Word document.", _AS_DOCX)
    file = WordFile(name, unpack(content, name))
    _known(file)
    weigh(file.zip, name, _BOUNDS)
    without_doctype(file.zip, name, _BOUNDS)
    _without_macros(file)
    if not file.has(file.main):
        raise refuse(
            name, "is an archive, and no Word document.", "Unpack it and give the document that is in it."
        )
    return file


def _binary(content: bytes, name: str) -> ProblemsError:
    if ENCRYPTED in content:
        hint = "Open it, take the password off (File, Info, Protect Document), and save it."
        return refuse(name, "is protected by a password.", hint)
    if "WordDocument".encode("utf-16-le") in content:
        return refuse(name, "is a Word document of the old kind (.doc), whatever its name ends in.", _AS_DOCX)
    return refuse(name, "is a file of an old Office program, or a mail of Outlook (.msg).", _AS_DOCX)


def _known(file: WordFile) -> None:
    names = file.zip.namelist()
    for pattern, message, hint in _ARCHIVES:
        if any(re.fullmatch(pattern, each) for each in names) and not file.has("word/document.xml"):
            raise refuse(file.name, message, hint)


def _without_macros(file: WordFile) -> None:
    names = [each.casefold() for each in file.zip.namelist()]
    types = file.read("[Content_Types].xml") if file.has("[Content_Types].xml") else b""
    if any(each.endswith("vbaproject.bin") for each in names) or b"macroenabled" in types.lower():
        hint = "Save it as a Word document without macros (.docx), and give that."
        raise refuse(file.name, "has macros (.docm): it is refused unread.", hint)
