"""Nothing of a Word document gets lost: each word is in the text or told, each change is found in what is placed."""

# ruff: noqa: E501 - XML as Word writes it

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailer.content.item_text import clean_body, clean_line
from mailer.contribution.mending import mend
from mailer.contribution.word import read_word
from mailer.errors import ProblemsError
from mailer.flow.contributed_items import TURNING
from mailer.model.contribution import Contribution
from mailer.model.undecided import undecided_in
from mailer.source.slips import without_code
from tests.contribution.word_files import BY, NAMES, changed, of_paragraphs, photo, put_in, run, taken_out

MORE = " ".join(
    f'xmlns:{prefix}="{space}"'
    for prefix, space in {
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "zz": "http://example.org/unheard-of",
    }.items()
)
EMPTY = of_paragraphs(run("x"))
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
PICTURE = '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="x" descr="Saigas"/><a:graphic><a:graphicData><a:blip r:embed="p1"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'


def document(body: str, *related: tuple[str, str, str | bytes]) -> bytes:
    """A document of that body, with parts of other kinds: kind, name, content."""
    whole = f'<?xml version="1.0"?><w:document {NAMES} {MORE}><w:body>{body}<w:sectPr/></w:body></w:document>'
    relations = "".join(
        f'<Relationship Id="{kind[0]}1" Type="{RELATIONS}{kind}" Target="{name}"/>'
        for kind, name, _ in related
    )

    def change(name: str, data: bytes) -> bytes:
        if name == "word/document.xml":
            return whole.encode()
        if name == "word/_rels/document.xml.rels":
            return data.replace(b"</Relationships>", f"{relations}</Relationships>".encode())
        return data

    parts = {f"word/{name}": data if isinstance(data, bytes) else data.encode() for _, name, data in related}
    return changed(EMPTY, change, parts)


def p(xml: str, properties: str = "") -> str:
    return f"<w:p>{properties and f'<w:pPr>{properties}</w:pPr>'}{xml}</w:p>"


def mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def code(words: str) -> str:
    return f"<w:r><w:instrText>{words}</w:instrText></w:r>"


def found(contribution: Contribution) -> list[str]:
    """The words of all that `check` will find undecided, once the pieces have been placed."""
    words = []
    for piece in mend(contribution).pieces:
        plain = [
            piece.title,
            *(said for each in piece.photos for said in (each.alt, each.caption, each.credit)),
        ]
        for text in plain:
            words += [each.words for each in undecided_in(clean_line(TURNING.sub("", text)), plain=True)]
        body = clean_body(TURNING.sub("", piece.body))
        words += [each.words for each in undecided_in(without_code(body))]
    return words


def everything(contribution: Contribution) -> str:
    said = [f"{piece.title} {piece.body}" for piece in contribution.pieces]
    return " ".join([*said, *(f"{doubt.words} {doubt.message}" for doubt in contribution.doubts)])


LONG = "many words " * 20
CELLS = "<w:tbl><w:tr><w:tc>{}</w:tc><w:tc><w:p/></w:tc></w:tr><w:tr><w:tc>{}</w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>"
NOTE = f'<w:footnotes {NAMES}><w:footnote w:id="2">{p(run("orphan"))}</w:footnote></w:footnotes>'
SAID = "".join(
    f'<w:comment w:id="1" w:author="Ann">{p(run(words))}</w:comment>'
    for words in ("first", "z " * 1500 + "last")
)
COMMENTS = f"<w:comments {NAMES}>{SAID}</w:comments>"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (p(mark("begin") + code(" REF x ") + run("after")) + p(run("next")), ["after", "next"]),
        (p(mark("begin") + code(" TOC ") + mark("separate") + run("entry")) + p(run("next")), ["entry", "next"]),
        (p(mark("begin") + code(" REF x ") + run("within") + mark("end")), ["within"]),
        (p(mark("begin") + code(" TOC ") + mark("separate") + run(f"{LONG}end") + mark("end")), [f"{LONG}end"]),
        (p(run("not ", "<w:webHidden/>")), ["not"]),
        (p(run(f"{LONG}end", "<w:vanish/>")), [f"{LONG}end"]),
        (f'<w:sdt><w:sdtPr><w:showingPlcHdr w:val="0"/></w:sdtPr><w:sdtContent>{p(run(f"{LONG}end"))}</w:sdtContent></w:sdt>', [f"{LONG}end"]),
        (f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{p(run(f'{LONG}end'))}</w:sdtContent></w:sdt>", [f"{LONG}end"]),
        (p(f"<w:r><w:ruby><w:rt>{run('kan')}</w:rt><w:rubyBase>{run('漢')}</w:rubyBase></w:ruby></w:r>"), ["kan", "漢"]),
        (CELLS.format(p(run("cell")) + '<w:altChunk r:id="x"/><w:p/>', p("")), ["cell", "whole document of another kind"]),
        (CELLS.format("<w:tcPr><w:vMerge w:val='restart'/></w:tcPr>" + p(run("above")), "<w:tcPr><w:vMerge/></w:tcPr>" + p(run("below"))), ["above", "below"]),
        (p("<w:t>bare</w:t>"), ["bare"]),
        (p('<w:r><mc:AlternateContent><mc:Choice Requires="zz"><w:t>new</w:t></mc:Choice><mc:Fallback><w:t>old</w:t></mc:Fallback></mc:AlternateContent></w:r>'), ["old", "new"]),
        (p("<w:r><w:drawing><a:graphic><a:graphicData><a:t>drawn</a:t></a:graphicData></a:graphic></w:drawing></w:r>"), ["drawn"]),
        (run("beside"), ["beside"]),
    ],
)  # fmt: skip
def test_words_in_odd_places_are_in_the_text_or_told(body: str, words: list[str]) -> None:
    contribution = read_word(document(p(run("Text")) + body), "x.docx")
    for each in words:
        assert each.strip() in everything(contribution)


def test_a_note_without_its_number_and_comments_of_one_number_are_told_whole() -> None:
    body = p(run("Text") + '<w:r><w:commentReference w:id="1"/></w:r>')
    content = document(body, ("footnotes", "f.xml", NOTE), ("comments", "c.xml", COMMENTS))
    contribution = read_word(content, "x.docx")
    assert {"orphan", "first", "last"} <= set(everything(contribution).replace("<<}", " ").split())
    assert len(found(contribution)) == 2
    (lost,) = [doubt for doubt in contribution.doubts if doubt.rule == "import.lost"]
    assert (lost.severity, lost.words) == ("stop", "orphan")


def test_what_is_too_long_to_be_told_is_said_to_be_cut() -> None:
    content = document(p(run("Text") + run("word " * 1000, "<w:vanish/>")))
    (hidden,) = [doubt for doubt in read_word(content, "x.docx").doubts if doubt.rule == "import.hidden"]
    assert "Only the first 4,000 signs are shown" in hidden.message
    assert len(hidden.words) == 4000


def test_an_ordinary_document_has_lost_nothing() -> None:
    box = f"<w:txbxContent>{p(run('box'))}</w:txbxContent>"
    both = f'<mc:AlternateContent><mc:Choice Requires="wps">{{0}}</mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent>'
    noted = run("note") + "<w:r>" + both.format(f"<w:drawing>{box}</w:drawing>") + "</w:r>"
    note = f'<w:footnotes {NAMES} {MORE}><w:footnote w:id="2">{p(noted)}</w:footnote></w:footnotes>'
    body = p(
        run("Text")
        + '<w:r><w:footnoteReference w:id="2"/></w:r>'
        + "<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>"
    )
    contribution = read_word(document(body, ("footnotes", "f.xml", note)), "x.docx")
    assert "import.lost" not in [doubt.rule for doubt in contribution.doubts]


@pytest.mark.parametrize(
    "body",
    [
        p(f"<w:del {BY}>{PICTURE}</w:del>"),
        p(put_in(PICTURE)),
        p(run("a ") + put_in(run("b", "<w:vanish/>"))),
        p(run("a ") + put_in(taken_out("b"))),
        p(run("a ") + put_in(run(" ")) + run(" b")),
        p(run("a") + put_in("<w:r><w:br/></w:r>") + run("b")),
        CELLS.format("<w:tcPr><w:vMerge w:val='restart'/></w:tcPr>" + p(run("a")), "<w:tcPr><w:vMerge/></w:tcPr>" + p(put_in(run("b")))),
        CELLS.format(f"<w:tcPr><w:cellDel {BY}/></w:tcPr>{p(run('a'))}", p("")),
        p(f"<m:oMath><w:ins {BY}><m:r><m:t>x</m:t></m:r></w:ins><m:r><m:t>y</m:t></m:r></m:oMath>"),
        p(f"<w:del {BY}><m:oMath><m:r><m:t>x</m:t></m:r></m:oMath></w:del>"),
        p(f"<m:oMath><m:r><w:rPr><w:del {BY}/></w:rPr><m:t>x</m:t></m:r></m:oMath>"),
        p(run("a"), f"<w:numPr><w:ins {BY}/></w:numPr>"),
        p(mark("begin") + code(" TOC ") + mark("separate") + put_in(run("b")) + mark("end")),
        p(mark("begin") + code(' HYPERLINK "https://example.org/a" ') + put_in(code('"x"')) + mark("separate") + run("b") + mark("end")),
        f'<w:tbl><w:tr><w:trPr><w:ins {BY}/></w:trPr><w:tc>{p("")}</w:tc><w:tc>{p("")}</w:tc></w:tr><w:tr><w:tc>{p(run("a"))}</w:tc></w:tr></w:tbl>',
    ],
)  # fmt: skip
def test_every_change_leaves_something_in_the_text_that_check_finds(body: str) -> None:
    content = document(p(run("Text")) + body, ("picture", "media/p.png", photo().getvalue()))
    contribution = read_word(content, "x.docx")
    (undecided,) = found(contribution)
    assert not any("\ufdd0" <= sign <= "\ufdef" for sign in everything(contribution) + undecided)


def test_a_row_that_is_taken_out_takes_with_it_what_was_put_into_it() -> None:
    row = f"<w:tr><w:trPr><w:del {BY}/></w:trPr><w:tc>{p(run('old ') + put_in(run('new')))}</w:tc></w:tr>"
    table = f"<w:tbl><w:tr><w:tc>{p(run('a'))}</w:tc></w:tr>{row}</w:tbl>"
    (piece,) = read_word(document(table), "x.docx").pieces
    assert "{++" not in piece.body
    assert "{--old --}" in piece.body


def test_a_change_that_goes_over_caption_and_credit_is_not_cut_in_two() -> None:
    caption = run("Saigas ") + put_in(run("at dawn © Ann Lee"))
    body = p(PICTURE) + p(caption, '<w:pStyle w:val="Caption"/>')
    content = document(body, ("picture", "media/p.png", photo().getvalue()))
    content = changed(
        content,
        lambda name, data: (
            data.replace(
                b"</w:styles>",
                b'<w:style w:type="paragraph" w:styleId="Caption"><w:name w:val="caption"/></w:style></w:styles>',
            )
            if name == "word/styles.xml"
            else data
        ),
    )
    ((photo_of,),) = [piece.photos for piece in read_word(content, "x.docx").pieces]
    assert (photo_of.caption, photo_of.credit) == ("Saigas {++at dawn © Ann Lee++}", "")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (p(mark("begin") * 21), "has fields in each other more than 20 deep: it is refused."),
        (
            p(f"<w:ins {BY}>" * 9 + run("a") + "</w:ins>" * 9),
            "has tracked changes in each other more than 8 deep: it is refused.",
        ),
    ],
)
def test_what_nobody_nests_so_deep_is_refused_by_name(body: str, words: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        read_word(document(body), "x.docx")
    assert caught.value.problems[0].message == words


WORDS = st.text(
    st.sampled_from("ab {}+-~<>=\\`*_[]()|!&#:1.\u202e\u00ad\u2060é")
    | st.characters(exclude_categories=["Cc", "Cs"]),
    min_size=1,
    max_size=8,
).filter(lambda words: any(sign.isalnum() for sign in words))


@settings(max_examples=60, deadline=None)
@given(before=WORDS, old=WORDS, new=WORDS, after=WORDS)
@example("C:\\", "a", "}b", "`")
@example("`", "a~~}~>b", "x++}y", "`")
@example("{", "}a", "\u202e}b", "}")
def test_any_change_of_any_words_is_found_in_every_field(before: str, old: str, new: str, after: str) -> None:
    from xml.sax.saxutils import escape

    before, old, new, after = map(escape, (before, old, new, after))
    words = run(f"z{before}") + taken_out(f"{old}q") + run("y") + put_in(run(f"{new}")) + run(f"{after}z")
    other = run(f"z{before}") + taken_out(old) + put_in(run(new, "<w:b/>")) + run(f"{after}z")
    item = "<w:numPr><w:numId w:val='1'/></w:numPr>"
    body = (
        p(words, '<w:outlineLvl w:val="0"/>') + p(words) + p(other, item) + CELLS.format(p(words), p(other))
    )
    assert len(found(read_word(document(body), "x.docx"))) == 2 + 2 + 1 + 2 + 1
