"""Files that are no Word document, damaged, too large or built to harm: refused by name, with what to do."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.contribution.word import read_word
from mailer.errors import ProblemsError
from tests.contribution.word_files import changed, of_paragraphs, photo, run

GOOD = of_paragraphs(run("Text."))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
DOC = OLE + "WordDocument".encode("utf-16-le")
LOCKED = OLE + "EncryptedPackage".encode("utf-16-le")
# field-news.docx, encrypted as Word does it (MS-OFFCRYPTO, agile), with the password Secret1.
REALLY_LOCKED = (Path(__file__).parents[1] / "data" / "contributions" / "locked.docx").read_bytes()


def reason(content: bytes, name: str = "news.docx") -> str:
    with pytest.raises(ProblemsError) as caught:
        read_word(content, name)
    (problem,) = caught.value.problems
    assert problem.file == name
    assert problem.hint
    return problem.message


def archive(*names: str, content: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in names:
            packed.writestr(name, content)
    return out.getvalue()


def with_document(change: bytes, before: bytes = b"<w:body>") -> bytes:
    return changed(
        GOOD,
        lambda name, data: data.replace(before, before + change) if name == "word/document.xml" else data,
    )


def with_relation(xml: bytes) -> bytes:
    return changed(
        GOOD,
        lambda name, data: (
            data.replace(b"</Relationships>", xml + b"</Relationships>")
            if name.endswith("document.xml.rels")
            else data
        ),
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty."),
        (b" \r\n", "is empty."),
        (DOC, "is a Word document of the old kind (.doc), whatever its name ends in."),
        (LOCKED, "is protected by a password."),
        (REALLY_LOCKED, "is protected by a password."),
        (OLE, "is a file of an old Office program, or a mail of Outlook (.msg)."),
        (b"%PDF-1.7", "is a PDF."),
        (b"{\\rtf1 x}", "is Rich Text (RTF), whatever its name ends in."),
        (b"<html><p>x", "is a web page, whatever its name ends in."),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "is a web page in one file (.mht)."),
        (b"<?xml version='1.0'?><w:wordDocument>", "is Word in one XML file."),
        (b"# Markdown", "is no Word document."),
        (photo().read(), "is no Word document."),
        (archive("mimetype", "content.xml"), "is an OpenDocument file (.odt)."),
        (archive("Index/Document.iwa"), "is a Pages document."),
        (archive("xl/workbook.xml"), "is a workbook, and no Word document."),
        (archive("ppt/presentation.xml"), "is a presentation, and no Word document."),
        (archive("META-INF/container.xml"), "is an e-book (EPUB)."),
        (archive("a.txt"), "is an archive, and no Word document."),
        (GOOD[:300], "is damaged: it cannot be unpacked."),
        (b"PK\x03\x04" + bytes(200), "is damaged: it cannot be unpacked."),
        (bytes(64_000_001), "is larger than 64 MB."),
        (of_paragraphs(run(" ")), "has no words and no pictures in it."),
        (
            archive("word/document.xml", content=b"<w:document"),
            "is damaged: word/document.xml cannot be read.",
        ),
        (archive("word/document.xml", content=b"<x/>"), "is no Word document."),
        (
            with_document(b"<w:p>" + b"<w:r/>" * 3_001 + b"</w:p>"),
            "has a paragraph of more than 3,000 runs of words: it is refused.",
        ),
        (with_document(b"<w:p/>" * 5_001), "has more than 5,000 paragraphs: it is refused."),
        (
            with_document(b"<w:sdt><w:sdtContent>" * 200 + b"</w:sdtContent></w:sdt>" * 200),
            "is damaged: word/document.xml is nested too deep.",
        ),
        (
            changed(GOOD, lambda name, data: data, {"word/vbaProject.bin": b"Sub AutoOpen()"}),
            "has macros (.docm): it is refused unread.",
        ),
        (
            changed(
                GOOD,
                lambda name, data: data.replace(
                    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
                    b"application/vnd.ms-word.document.macroEnabled.main+xml",
                ),
            ),
            "has macros (.docm): it is refused unread.",
        ),
        (
            changed(GOOD, lambda name, data: data, {"../../etc/cron.d/x": b"x"}),
            "is not built as a Word document is (a part leads out of it).",
        ),
        (
            with_relation(b'<Relationship Id="z" Type="http://x/image" Target="../../../etc/passwd"/>'),
            'is not built as a Word document is (a part is sought outside of it: "../../../etc/passwd").',
        ),
        (
            with_relation(b'<Relationship Id="z" Type="http://x/image" Target="file:///etc/passwd"/>'),
            'is not built as a Word document is (a part is sought outside of it: "file:///etc/passwd").',
        ),
    ],
)
def test_files_that_cannot_be_taken_are_named(content: bytes, words: str) -> None:
    assert reason(content) == words


def test_a_document_that_packs_too_well_is_refused_unread() -> None:
    bomb = with_document(b"<w:p></w:p>" * 900_000)
    assert len(bomb) < 200_000
    assert reason(bomb).endswith("(word/document.xml): it is refused unread.")


@pytest.mark.parametrize(
    "part", ["word/document.xml", "word/styles.xml", "[Content_Types].xml", "word/_rels/document.xml.rels"]
)
def test_a_doctype_is_refused_wherever_it_hides(part: str) -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    content = changed(GOOD, lambda name, data: laughs + data.partition(b"?>")[2] if name == part else data)
    assert "DOCTYPE" in reason(content)


@pytest.mark.parametrize(
    ("before", "main"),
    [
        (b"<?x <!-- ?><!DOCTYPE x [<!ENTITY a 'lost'>]><!-- -->", "word/document.xml"),
        (b"<!-- ?> --><!DOCTYPE x [<!ENTITY a 'lost'>]>", "word/document.xml"),
        (b"<!DOCTYPE x [<!ENTITY a 'lost'>]>", "word/document.bin"),
        (b"<!DOCTYPE x [<!ENTITY a 'lost'>]>", "word/media/image1.svg"),
    ],
)
def test_a_doctype_hides_neither_behind_comments_nor_in_a_part_of_another_name(
    before: bytes, main: str
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name).replace(b"word/document.xml", main.encode())
            if name == "word/document.xml":
                name, data = main, data.replace(b"?>", b"?>" + before, 1).replace(b"Text.", b"&a;")  # noqa: PLW2901
            new.writestr(name, data)
    assert "DOCTYPE" in reason(out.getvalue())


def test_a_part_that_is_there_twice_is_refused() -> None:
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as packed, pytest.warns(UserWarning, match="Duplicate name"):
        packed.writestr("word/document.xml", "<x/>")
    assert reason(out.getvalue()) == "is not built as a Word document is."


def test_an_encrypted_part_is_refused() -> None:
    data = bytearray(GOOD)
    # Bit 0 of the flags, in each entry of the directory (APPNOTE 4.4.4).
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    assert reason(bytes(data)) == "is protected by a password."


def test_tables_that_lie_in_each_other_without_end_are_refused_without_a_traceback() -> None:
    deep = (
        b"<w:tbl><w:tr><w:tc>" * 80 + b"<w:p><w:r><w:t>x</w:t></w:r></w:p>" + b"</w:tc></w:tr></w:tbl>" * 80
    )
    with suppress(ProblemsError):
        read_word(with_document(deep), "news.docx")


@settings(max_examples=40, deadline=None)
@given(at=st.integers(0, len(GOOD) - 1), value=st.integers(0, 255))
def test_a_damaged_document_is_a_clear_error_or_still_a_contribution(at: int, value: int) -> None:
    damaged = bytearray(GOOD)
    damaged[at] = value
    with suppress(ProblemsError):
        assert read_word(bytes(damaged), "news.docx").pieces


MARKS = [f"<{end}w:{name}>" for name in "p r ins del tbl tr tc hyperlink".split() for end in ("", "/")]
MARKS += ["<w:t>a</w:t>", "<w:instrText>TOC</w:instrText>", '<w:pPr><w:outlineLvl w:val="x"/></w:pPr>']
MARKS += [f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "separate", "end")]
MARKS += [f"<w:{name}/>" for name in "footnoteReference sym drawing numPr ruby sdt txbxContent".split()]
MARKS += ['<w:commentReference w:id="1"/>']


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(MARKS),
        max_size=12,
    )
)
def test_xml_in_any_order_is_a_clear_error_or_a_contribution(parts: list[str]) -> None:
    from lxml import etree

    names = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    root = etree.fromstring(
        b"<w:document " + names + b"><w:body>" + "".join(parts).encode() + b"</w:body></w:document>",
        etree.XMLParser(recover=True),
    )
    content = archive("word/document.xml", content=etree.tostring(root))
    with suppress(ProblemsError):
        assert read_word(content, "news.docx").pieces
