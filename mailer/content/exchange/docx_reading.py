"""A Word file that came back, from Word or LibreOffice: its rows, and all in them that is not plain words."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile

from mailer.content.exchange.docx_form import NAME
from mailer.content.exchange.docx_rows import Reader
from mailer.content.exchange.opening import open_docx, parse_xml, part_of
from mailer.content.exchange.returned import Returned
from mailer.source.packed import refuse

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_MAIN = "/officeDocument"
_IDENTITY = re.compile(rf"{NAME} 1 ([A-Za-z0-9-]{{2,40}}) ([a-z0-9_-]{{1,80}})(?![\w-])")


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
    reader = Reader(_comments(parts, place, name), _addresses(parts, place, name))
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
