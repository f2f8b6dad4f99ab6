"""What is read is told by bytes and name; every other file is refused by name, with what to do."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest

from mailer.contribution.kinds import kind_of
from mailer.contribution.reading import read_contribution
from mailer.errors import ProblemsError

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)


def archive(*names: str) -> bytes:
    content = BytesIO()
    with ZipFile(content, "w") as parts:
        for name in names:
            parts.writestr(name, "x")
    return content.getvalue()


def ole(stream: str) -> bytes:
    return OLE + stream.encode("utf-16-le")


@pytest.mark.parametrize(
    ("name", "content", "what", "way_out"),
    [
        ("a.doc", ole("WordDocument"), "Word document of the old kind (.doc)", ".docx"),
        ("a.docx", ole("WordDocument"), "old kind (.doc), although its name ends in .docx.", ".docx"),
        ("a.docx", ole("EncryptedPackage"), "protected by a password", "take the password off"),
        ("a.msg", ole("__substg1.0_0037001F"), "Outlook's own form (.msg)", "Thunderbird"),
        ("a.xls", ole("Workbook"), "workbook", "Word document"),
        ("a.odt", archive("mimetype", "content.xml"), "OpenDocument", "LibreOffice"),
        ("a.docx", archive("mimetype", "content.xml"), "OpenDocument", "LibreOffice"),
        ("a.pages", archive("Index/Document.iwa"), "Pages", "Export To"),
        ("a.zip", archive("a.md"), "archive (.zip)", "Unpack"),
        ("a.xlsx", archive("xl/workbook.xml"), "workbook", "Word document"),
        ("a.zip", b"PK\x03\x04damaged", "damaged archive", "again"),
        ("a.rtf", b"{\\rtf1 x}", "RTF", ".docx"),
        ("a.doc", b"{\\rtf1 x}", "RTF", ".docx"),
        ("a.pdf", b"%PDF-1.7 x", "PDF", "made from"),
        ("a.md", b"%PDF-1.7 x", "PDF", "made from"),
        ("a.html", b"<!DOCTYPE html><p>x", "web page", "Word document"),
        ("a.md", b"\xef\xbb\xbf <html><p>x", "web page", "Word document"),
        ("a.jpg", b"\xff\xd8\xffx", "picture alone", "images/"),
        ("a.heic", b"\0\0\0\x18ftypheic", "picture alone", "images/"),
        ("a.md", b"\x89PNG\r\n\x1a\nx", "picture alone", "images/"),
        ("winmail.dat", b"\x78\x9f\x3e\x22x", "winmail.dat", "plain text"),
        ("a.mbox", b"From x\nFrom: a", "mailbox", ".eml"),
        ("a.emlx", b"123\nFrom: a", "Apple Mail", "Raw Message Source"),
        ("a.xyz", b"some words", "not read", ".docx"),
        ("a", b"some words", "not read", ".docx"),
        ("a.docx", b"some words", "no Word document", "again"),
        ("a.eml", b"just some words\nand more", "no mail", ".eml"),
        ("a.md", b" \n\t", "is empty", "right file"),
        ("a.docx", b"", "is empty", "right file"),
    ],
)
def test_other_files_are_refused_by_name_with_what_to_do(
    name: str, content: bytes, what: str, way_out: str
) -> None:
    with pytest.raises(ProblemsError) as refused:
        read_contribution(content, name)
    [problem] = refused.value.problems
    assert problem.file == name
    assert what in problem.message
    assert way_out in problem.hint
    assert problem.rule == "file.import"


def test_what_is_too_large_is_refused_unread() -> None:
    with pytest.raises(ProblemsError, match="larger than 64 MB"):
        read_contribution(b"a" * 64_000_001, "a.md")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.DOCX", archive("word/document.xml"), "word"),
        ("a.txt", archive("word/document.xml"), "word"),
        ("a.docx", b"PK\x03\x04damaged", "word"),
        ("a.markdown", b"# A", "text"),
        ("a.TXT", b"A", "text"),
        ("a.eml", b"From: a@example.org\n\nx", "mail"),
        ("a.eml", b"From a@example.org Mon\nReceived: x\n\nx", "mail"),
    ],
)
def test_what_is_read_is_told_by_its_bytes_first(name: str, content: bytes, kind: str) -> None:
    assert kind_of(content, name) == kind


def test_a_name_with_folders_is_shown_without_them() -> None:
    [found] = read_contribution(b"# A\n\nb", "../../x/\u202etexts.md")
    assert found.file == "texts.md"
