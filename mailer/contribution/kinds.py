"""Which files are read as contributions, told by their first bytes and their names; what to do about all others."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import PurePath
from typing import Literal
from zipfile import ZipFile

from mailer.source.packed import DAMAGE, ENCRYPTED, MAX_FILE, OLE, refuse

Kind = Literal["word", "text", "mail"]

_AS_DOCX = "Open it in the program that made it, and save it as Word document (.docx)."
_TEXTS = frozenset({".md", ".markdown", ".txt"})
_MSG = (
    "In Outlook, save the mail as .eml; or drag it into Thunderbird and save it from there (Save As, .eml); or "
    "forward it to somebody whose program saves .eml."
)
_BY_NAME: dict[str, tuple[str, str]] = {
    ".doc": ("is a Word document of the old kind (.doc).", _AS_DOCX),
    ".odt": (
        "is an OpenDocument text (.odt).",
        "Open it in LibreOffice, and save it as Word document (.docx).",
    ),
    ".rtf": ("is an RTF document (.rtf).", _AS_DOCX),
    ".pages": ("is a Pages document (.pages).", "In Pages choose File, Export To, Word."),
    ".pdf": (
        "is a PDF (.pdf).",
        "Ask for the file that it was made from. Words copied out of a PDF are torn: paste them into a text file "
        "(.md) only where there is nothing else.",
    ),
    ".html": ("is a web page (.html).", "Copy its text into a Word document, and give that."),
    ".mht": ("is a saved web page (.mht).", "Copy its text into a Word document, and give that."),
    ".msg": ("is a mail in Outlook's own form (.msg).", _MSG),
    ".emlx": (
        "is a mail in Apple Mail's own form (.emlx).",
        "In Mail choose File, Save As, Raw Message Source.",
    ),
    ".mbox": ("is a whole mailbox (.mbox).", "Save the mails that are meant one by one, as .eml."),
    ".zip": ("is an archive (.zip).", "Unpack it, and give the files that are in it."),
    ".xlsx": ("is a workbook.", "Copy what is meant into a Word document, and give that."),
    ".pptx": ("is a presentation.", "Copy what is meant into a Word document, and give that."),
    ".jpg": (
        "is a picture alone.",
        "Give it with its text, in a Word file or a mail; or put it into the issue's images/ and name it there.",
    ),
    ".dat": (
        "is a mail's text in Outlook's own form (winmail.dat).",
        "Ask for the mail anew, sent as HTML or as plain text.",
    ),
}
_SAME = {
    ".dot": ".doc",
    ".htm": ".html",
    ".xhtml": ".html",
    ".mhtml": ".mht",
    ".ott": ".odt",
    ".fodt": ".odt",
}
_SAME |= {".xls": ".xlsx", ".ods": ".xlsx", ".csv": ".xlsx", ".ppt": ".pptx", ".odp": ".pptx"}
_SAME |= dict.fromkeys((".rar", ".7z", ".tar", ".gz", ".tgz"), ".zip")
_SAME |= dict.fromkeys((".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".svg"), ".jpg")
_BEGINS: tuple[tuple[bytes, str], ...] = (
    (rb"%PDF-", ".pdf"),
    (rb"\{\\rtf", ".rtf"),
    (
        rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF....WEBP|II\*\0|MM\0\*|....ftyp(?:hei|mif|avif)",
        ".jpg",
    ),
    (rb"\x78\x9f\x3e\x22", ".dat"),
    (rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x1f\x8b", ".zip"),
    (rb"(?:\xef\xbb\xbf)?\s{0,200}(?:<\?xml[^>]{0,200}>\s{0,200})?<(?i:!doctype\s+html|html)\b", ".html"),
)
_PARTS = (
    ("word/document.xml", ""),
    ("content.xml", ".odt"),
    ("xl/workbook.xml", ".xlsx"),
    ("ppt/presentation.xml", ".pptx"),
    ("Index/Document.iwa", ".pages"),
    ("Index.zip", ".pages"),
)
_FIELD = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,9}(?:From [^\n]{1,300}\n)?[!-9;-~]{1,76}[ \t]{0,9}:")


def kind_of(content: bytes, name: str) -> Kind:
    """What to read it as. ProblemsError, with what to do, where it is empty, too large, or of another kind."""
    ending = PurePath(name).suffix.lower()
    if not content.strip():
        raise refuse(name, "is empty.", "See that the right file was saved.")
    if len(content) > MAX_FILE:
        hint = "Give the text by itself, and large photos apart."
        raise refuse(name, f"is larger than {MAX_FILE // 1_000_000} MB.", hint)
    if content.startswith(b"PK\x03\x04"):
        return _of_archive(content, name, ending)
    if content.startswith(OLE):
        raise _of_ole(content, name, ending)
    for pattern, kind in _BEGINS:
        if re.match(pattern, content[:2000], re.DOTALL):
            raise _refused(name, kind)
    kind = _SAME.get(ending, ending)
    if kind in _BY_NAME:
        raise _refused(name, kind)
    return _of_text(content, name, ending)


def _refused(name: str, kind: str) -> Exception:
    """Says what it is, and that its name says otherwise where it does."""
    message, hint = _BY_NAME[kind]
    ending = PurePath(name).suffix.lower()
    if ending and _SAME.get(ending, ending) != kind:
        message = f"{message.removesuffix('.')}, although its name ends in {ending}."
    return refuse(name, message, hint)


def _of_text(content: bytes, name: str, ending: str) -> Kind:
    if ending == ".eml":
        if not _FIELD.match(content[:2000]):
            raise refuse(
                name, "is no mail: it does not begin with its head.", "Save the mail again, as .eml."
            )
        return "mail"
    if ending in _TEXTS:
        return "text"
    if ending == ".docx":
        raise refuse(
            name, "is called .docx and is no Word document, or a damaged one.", "Save it again in Word."
        )
    hint = "Give a Word document (.docx), Markdown or plain text (.md, .txt), or a mail (.eml)."
    raise refuse(name, "is of a kind that is not read.", hint)


def _of_archive(content: bytes, name: str, ending: str) -> Kind:
    try:
        with ZipFile(BytesIO(content)) as parts:
            names = set(parts.namelist())
    except DAMAGE as error:
        if ending in (".docx", ".docm"):
            return "word"
        raise refuse(name, "is a damaged archive.", "Save or download it again.") from error
    kind = next((kind for part, kind in _PARTS if part in names), ".zip")
    if kind and not (kind == ".zip" and ending == ".docx"):
        raise _refused(name, kind)
    return "word"


def _of_ole(content: bytes, name: str, ending: str) -> Exception:
    if ENCRYPTED in content:
        return refuse(
            name, "is protected by a password.", "Open it, take the password off (File, Info), and save it."
        )
    inside = {
        "__substg1.0": ".msg",
        "__properties_version1": ".msg",
        "WordDocument": ".doc",
        "Workbook": ".xlsx",
    }
    inside["PowerPoint Document"] = ".pptx"
    kind = next((kind for part, kind in inside.items() if part.encode("utf-16-le") in content), "")
    if not kind:
        kind = _SAME.get(ending, ending) if _SAME.get(ending, ending) in _BY_NAME else ".doc"
    return _refused(name, kind)
