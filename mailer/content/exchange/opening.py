"""What a file is, told by its first bytes, and its XML read within bounds: no entities, no network, no bombs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import etree

from mailer.content.exchange.returned import Form
from mailer.source.packed import (
    DAMAGE,
    ENCRYPTED,
    OLE,
    SAVE_AGAIN,
    Bounds,
    refuse,
    unpack,
    weigh,
    without_doctype,
)

if TYPE_CHECKING:
    from zipfile import ZipFile

MAX_FILE = 20_000_000
MAX_XML = 40_000_000
"""Bytes of one unpacked part. A whole issue comes to less than one million."""

_AS_DOCX = "Open it in the program that made it, save it as Word (.docx), and take that."
_BOUNDS = Bounds(
    noun="Word document",
    most=lambda _: MAX_XML,
    smaller="Take the file as it was exported.",
    otherwise=_AS_DOCX,
    program="word processors",
)
_XLIFF_1 = "urn:oasis:names:tc:xliff:document:1."
_OTHERS = (
    (rb"%PDF", "is a PDF."),
    (rb"\{\\rtf", "is in Rich Text Format (.rtf)."),
    (rb"(?is)<(?:!doctype html|html)", "is a web page."),
)


def form_of(content: bytes, name: str) -> Form:
    """`docx` or `xliff`. MailerError, saying what it is and what to do, for files of other kinds."""
    if len(content) > MAX_FILE:
        size = f"is larger than {MAX_FILE // 1_000_000} MB: no translation is."
        raise refuse(name, size, "Take out pictures that were put in, or export it again.")
    start = content[:2000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise refuse(name, "is empty.", "See that the right file was saved.")
    if content.startswith(b"PK\x03\x04"):
        return "docx"
    if content.startswith(OLE):
        if ENCRYPTED in content:
            hint = "Open it, take the password off (File, Info), and save it."
            raise refuse(name, "is protected by a password.", hint)
        raise refuse(name, "is a Word document of the old kind (.doc).", _AS_DOCX)
    for pattern, words in _OTHERS:
        if re.match(pattern, start):
            raise refuse(name, words, _AS_DOCX)
    if start.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        return "xliff"
    raise refuse(name, "is neither a Word document (.docx) nor XLIFF 2.", "Take the file that was exported.")


def open_docx(content: bytes, name: str) -> ZipFile:
    """The parts of a Word document, each within bounds. MailerError where it is none, or they are not."""
    parts = unpack(content, name)
    names = set(parts.namelist())
    if "_rels/.rels" not in names:
        if "content.xml" in names:
            raise refuse(name, "is an OpenDocument file (.odt).", _AS_DOCX)
        raise refuse(
            name, "is an archive, and no Word document.", "Unpack it, and take the .docx that is in it."
        )
    if not any(each.startswith("word/") for each in names):
        raise refuse(name, "is an Office file, but no Word document.", "Take the .docx that was exported.")
    weigh(parts, name, _BOUNDS)
    without_doctype(parts, name, _BOUNDS)
    return parts


def part_of(parts: ZipFile, path: str, name: str) -> bytes:
    """The bytes of one part. MailerError where it is missing or damaged."""
    try:
        return parts.read(path)
    except (*DAMAGE, RuntimeError) as error:
        raise refuse(name, f"is damaged: {path} cannot be unpacked.", SAVE_AGAIN) from error


def parse_xml(content: bytes, name: str) -> Any:
    """The root of an XML document. MailerError where it is not well-formed, or brings a DOCTYPE."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise refuse(name, f"is damaged: {error.msg}.", SAVE_AGAIN) from error
    except (LookupError, ValueError) as error:
        raise refuse(name, "is damaged: its signs cannot be read.", SAVE_AGAIN) from error
    if root.getroottree().docinfo.doctype:
        raise refuse(
            name, "begins with a DOCTYPE, which no translation needs.", "Take the file as it was exported."
        )
    return root


def refuse_old_xliff(root: Any, name: str) -> None:
    """MailerError where it is another XLIFF than 2, or none."""
    space = etree.QName(root).namespace or ""
    if space.startswith(_XLIFF_1) or (etree.QName(root).localname == "xliff" and not space):
        version = root.get("version") or "1.2"
        raise refuse(
            name,
            f"is XLIFF {version[:10]}; this is XLIFF 2's work.",
            "Have the translation program save it as XLIFF 2.0 or 2.1, or use the Word form: --format docx.",
        )
    if space != "urn:oasis:names:tc:xliff:document:2.0" or etree.QName(root).localname != "xliff":
        raise refuse(name, "is XML, but not XLIFF 2.", "Take the file that was exported.")
