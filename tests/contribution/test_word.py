"""Word documents as pieces: what is taken, what is told, and what nobody decides for their author."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from docx import Document

from mailer.contribution.deciding import decided
from mailer.contribution.word import read_word
from mailer.model.contribution import Contribution, Doubt
from mailer.render.markdown import markdown_html
from tests.contribution.word_files import (
    BY,
    NAMES,
    changed,
    of_paragraphs,
    paragraph,
    photo,
    put_in,
    run,
    saved,
    taken_out,
)

DATA = Path("tests/data/contributions")


def body(content: bytes) -> str:
    (piece,) = read_word(content, "x.docx").pieces
    return piece.body


def told(content: bytes, rule: str) -> list[Doubt]:
    return [doubt for doubt in read_word(content, "x.docx").doubts if doubt.rule == f"import.{rule}"]


@pytest.fixture(scope="session")
def converted(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The sample as the LibreOffice of this machine writes it."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("needs LibreOffice")
    folder = tmp_path_factory.mktemp("office")
    command = [office, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += [
        "--convert-to",
        "docx:MS Word 2007 XML",
        "--outdir",
        str(folder),
        str(DATA / "field-news.fodt"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / "field-news.docx").read_bytes()


def of_the_sample(contribution: Contribution) -> None:
    first, saiga, russian = contribution.pieces
    assert (first.title, first.body, first.place) == ("", "From Almaty, for the next issue.", "paragraph 1")
    assert saiga.title == "Saiga day in Kazakhstan"
    assert saiga.body == (
        "The workshop begins on {~~26~>24~~} April 2017, **in Astana**, and ends on the _third_ day."
        "{++ Lunch is served.++}\n\n"
        "**Write to** [the secretariat](mailto:saiga@example.org) or see "
        "[the programme](https://example.org/a?b=1&c=2). Use \\{\\{name}} and \\*stars\\*."
        "{>>Tom: Is the link still right?<<}\n\n"
        "- poaching\n  - of males\n- railways\n\n"
        "1. first\n2. second\n\n"
        "### Numbers\n\n"
        "In 2016 there were 108,300\\[1\\] saigas; CO₂ too.\n\n"
        "| Population | 2016 |\n| --- | --- |\n| Betpak-dala | 36,200 |\n| counted in April |  |\n\n"
        "\\[1\\] Aerial count, see [the report](https://example.org/count)."
    )
    (picture,) = saiga.photos
    assert (picture.alt, picture.caption, picture.credit) == (
        "Two saigas at a water hole",
        "Saigas near Aralsk",
        "A. Smith",
    )
    assert picture.content.startswith(b"\x89PNG")
    assert russian.title == "Сайгаки в степи"
    assert russian.body == (
        "Это {--очень --}важная новость о сайгаках, «степных антилопах».\n\nاجتماع **مذكرة التفاهم** في 24 April."
    )
    assert [(doubt.piece, doubt.rule, doubt.words) for doubt in contribution.doubts] == [
        (1, "import.change", "26 → 24 April"),
        (1, "import.change", "+ Lunch is served."),
        (1, "import.comment", "Is the link still right?"),
        (1, "import.footnote", "Aerial count, see the report."),
        (1, "import.hidden", "Do not print."),
        (1, "import.table", "Population2016Betpak-dala36,200counted in April"),
        (2, "import.change", "− очень"),
    ]
    assert [doubt.severity for doubt in contribution.doubts[:3]] == ["stop"] * 3
    assert contribution.doubts[0].message == 'Aigul replaced "26" by "24" at "begins on … April 2017,".'


def test_the_sample_is_read_with_all_that_is_undecided_in_it() -> None:
    of_the_sample(read_word((DATA / "field-news.docx").read_bytes(), "field-news.docx"))


def test_it_is_read_alike_from_the_libreoffice_that_is_here(converted: bytes) -> None:
    of_the_sample(read_word(converted, "field-news.docx"))


def test_what_was_read_can_be_decided_either_way_and_shown() -> None:
    (_, saiga, _) = read_word((DATA / "field-news.docx").read_bytes(), "x.docx").pieces
    accepted, settled = decided(saiga.body, "accept")
    assert len(settled) == 2
    assert "begins on 24 April 2017, <strong>in Astana" in markdown_html(accepted)
    assert "begins on 26 April 2017" in markdown_html(decided(saiga.body, "reject")[0])


def test_headings_of_the_highest_level_cut_and_lower_ones_stay() -> None:
    document = Document()
    document.add_heading("Contributions", 0)
    for title in ("One", "Two"):
        document.add_heading(title, 1)
        document.add_paragraph("Text.")
        document.add_heading("Below", 2)
        document.add_heading("Further below", 3)
    contribution = read_word(saved(document), "x.docx")
    assert [(piece.title, piece.body) for piece in contribution.pieces] == [
        ("One", "Text.\n\n### Below\n\n#### Further below"),
        ("Two", "Text.\n\n### Below\n\n#### Further below"),
    ]
    assert [doubt.words for doubt in contribution.doubts] == ["Contributions"]


@pytest.mark.parametrize("name", ["Überschrift 1", "Заголовок 1", "Titre 1", "عنوان 1", "标题 1", "My news"])
def test_headings_are_known_in_any_language_and_by_what_they_are_based_on(name: str) -> None:
    document = Document()
    style = document.styles.add_style(name, 1)
    if name == "My news":
        style.base_style = document.styles["Heading 1"]
    document.add_paragraph("A title", style=style)
    document.add_paragraph("Text.")
    (piece,) = read_word(saved(document), "x.docx").pieces
    assert (piece.title, piece.body) == ("A title", "Text.")


def test_a_paragraph_with_an_outline_level_of_its_own_is_a_heading() -> None:
    document = Document()
    document.element.body.insert(-1, paragraph(run("A title"), '<w:outlineLvl w:val="0"/>'))
    document.element.body.insert(-1, paragraph(run("Text"), '<w:outlineLvl w:val="9"/>'))
    (piece,) = read_word(saved(document), "x.docx").pieces
    assert (piece.title, piece.body) == ("A title", "Text")


def test_a_document_without_headings_is_one_piece_and_told() -> None:
    content = of_paragraphs(run("Only text."))
    assert body(content) == "Only text."
    assert [doubt.severity for doubt in told(content, "heading")] == ["warn"]


def test_a_change_in_a_title_stays_in_the_title() -> None:
    document = Document()
    document.element.body.insert(
        -1,
        paragraph(
            run("On ") + taken_out("26") + put_in(run("24")) + run(" {{name}} {++x++}"),
            '<w:outlineLvl w:val="0"/>',
        ),
    )
    (piece,) = read_word(saved(document), "x.docx").pieces
    assert piece.title == "On {~~26~>24~~} {\u2060{name}} {\u2060++x++\u2060}"


@pytest.mark.parametrize(
    ("xml", "markdown", "words"),
    [
        (run("a ") + put_in(run("b")) + run(" c"), "a {++b++} c", ["+ b"]),
        (run("a ") + taken_out("b ") + run("c"), "a {--b --}c", ["− b"]),
        (put_in(run("new ")) + taken_out("old ") + run("c"), "{++new ++}{--old --}c", ["old → new c"]),
        (put_in(run("x") + run("y", "<w:b/>")), "{++x**y**++}", ["+ xy"]),
        (
            run("so ", "<w:b/>") + put_in(run("much", "<w:b/>")) + run(" more", "<w:b/>"),
            "**so {++much++} more**",
            ["+ much"],
        ),
        (f"<w:moveFrom {BY}>{run('here')}</w:moveFrom>{run(' or ')}", "{--here--} or", ["− here"]),
        (f"{run('or ')}<w:moveTo {BY}>{run('there')}</w:moveTo>", "or {++there++}", ["+ there"]),
    ],
)
def test_tracked_changes_stand_in_the_text_and_are_told(xml: str, markdown: str, words: list[str]) -> None:
    content = of_paragraphs(xml)
    assert body(content) == markdown
    assert [(doubt.words, doubt.severity) for doubt in told(content, "change")] == [
        (each, "stop") for each in words
    ]


def test_what_one_put_in_and_another_took_out_is_told_and_left_out() -> None:
    content = of_paragraphs(
        run("a ") + put_in(run("b ") + taken_out("gone ").replace("Ann", "Tom")) + run("c")
    )
    assert body(content) == 'a {++b ++}{>>Ann: put in "gone", and it was taken out again<<}c'
    assert any("taken out again" in doubt.message for doubt in told(content, "change"))


def test_paragraphs_that_were_parted_or_joined_are_told() -> None:
    document = Document()
    document.element.body.insert(-1, paragraph(run("One."), f"<w:rPr><w:ins {BY}/></w:rPr>"))
    document.element.body.insert(-1, paragraph(run("Two."), f"<w:rPr><w:del {BY}/></w:rPr>"))
    document.element.body.insert(-1, paragraph(put_in(run("Three.")), f"<w:rPr><w:ins {BY}/></w:rPr>"))
    content = saved(document)
    assert body(content) == (
        "One.{>>Ann: parted this paragraph from the next one<<}\n\n"
        "Two.{>>Ann: joined this paragraph with the next one<<}\n\n{++Three.++}"
    )
    assert [doubt.message for doubt in told(content, "change")] == [
        "Ann parted this paragraph from the next one.",
        "Ann joined this paragraph with the next one.",
        'Ann put in "Three.".',
    ]


def test_rows_of_tables_that_were_put_in_or_taken_out_are_told() -> None:
    document = Document()
    table = document.add_table(3, 2)
    for at, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"c{at}"
    for row, name in ((1, "ins"), (2, "del")):
        properties = table.rows[row]._tr.get_or_add_trPr()
        properties.append(paragraph(f"<w:{name} {BY}/>")[0])
    content = saved(document)
    assert body(content) == ("| c0 | c1 |\n| --- | --- |\n| {++c2++} | {++c3++} |\n| {--c4--} | {--c5--} |")
    assert [doubt.words for doubt in told(content, "change")] == ["+ c2c3", "− c4c5"]


def test_changes_of_form_are_only_noted() -> None:
    content = of_paragraphs(run("now bold", f"<w:b/><w:rPrChange {BY}><w:rPr/></w:rPrChange>"))
    assert body(content) == "**now bold**"
    assert [(doubt.severity, doubt.message) for doubt in told(content, "form")] == [
        ("note", "Ann changed the form of 1 place: it is taken as it is now.")
    ]


def test_comments_stand_where_their_words_end_also_in_changed_text() -> None:
    document = Document()
    words = document.add_paragraph("by ").add_run("24 April")
    document.add_comment(words, "Or 26?\n*Ask* <<} Tom", author="Ann", initials="A")
    content = saved(document)
    assert body(content) == "by 24 April{>>Ann: Or 26? / \\*Ask\\* \\<\\<\\} Tom<<}"
    (doubt,) = told(content, "comment")
    assert (doubt.severity, doubt.place) == ("stop", "paragraph 1")
    assert doubt.words == "Or 26? / *Ask* <<} Tom"
    assert doubt.message == 'Ann says at "24 April": Or 26? / *Ask* <<} Tom'


# ruff: noqa: E501 - XML as Word writes it
LINKS = changed(
    of_paragraphs(
        f'<w:hyperlink r:id="a1">{run("safe")}</w:hyperlink>{run(" ")}<w:hyperlink r:id="a2">{run("script")}</w:hyperlink>'
        f'{run(" ")}<w:hyperlink r:id="a3">{run("disk")}</w:hyperlink>{run(" ")}'
        f'<w:hyperlink r:id="a4">{run("mail")}</w:hyperlink>{run(" ")}<w:hyperlink w:anchor="x">{run("inside")}</w:hyperlink>',
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> HYPERLINK "https://exam</w:instrText>'
        '</w:r><w:r><w:instrText>ple.org/f" \\o "tip" \\t "_blank"</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("fie")}{run("ld", "<w:b/>")}<w:r><w:fldChar w:fldCharType="end"/></w:r>',
        f'<w:fldSimple w:instr=\' HYPERLINK "https://example.org/s" \\l "part"\'>{run("simple")}</w:fldSimple>',
    ),
    lambda name, data: (
        data.replace(
            b"</Relationships>",
            b"".join(
                b'<Relationship Id="a%d" Type="http://x/hyperlink" Target="%s" TargetMode="External"/>'
                % (at, to)
                for at, to in (
                    (1, b"https://example.org/?a=1&amp;b=2"),
                    (2, b"javascript:alert(1)"),
                    (3, b"file:///C:/secret.docx"),
                    (4, b"mailto: a @example.org"),
                )
            )
            + b"</Relationships>",
        )
        if name == "word/_rels/document.xml.rels"
        else data
    ),
)


def test_links_of_all_kinds_lead_where_they_did_or_are_told() -> None:
    assert body(LINKS) == (
        "[safe](https://example.org/?a=1&b=2) script disk [mail](mailto:a@example.org) inside\n\n"
        "[fie**ld**](https://example.org/f)\n\n[simple](https://example.org/s#part)"
    )
    assert [doubt.words for doubt in told(LINKS, "link")] == ["script", "disk"]


def test_pictures_come_with_their_words_and_captions() -> None:
    document = Document()
    document.add_heading("Item", 1)
    document.add_picture(photo())
    document.element.body.findall(".//{*}docPr")[-1].set("descr", "Saigas drinking")
    document.add_paragraph("Saigas at dawn (Photo: A. Smith)", style="Caption")
    document.add_picture(photo("red"))
    document.element.body.findall(".//{*}docPr")[-1].set(
        "descr", "A group of animals\n\nDescription automatically generated"
    )
    document.add_paragraph("© B. Jones")
    document.add_picture(photo("blue"))
    document.element.body.findall(".//{*}docPr")[-1].set("descr", "C:\\Users\\x\\IMG_1.jpg")
    document.add_paragraph("Photo: this is how a sentence of the text may begin.")
    document.add_paragraph("Text.")
    contribution = read_word(saved(document), "x.docx")
    (piece,) = contribution.pieces
    assert [(each.alt, each.caption, each.credit) for each in piece.photos] == [
        ("Saigas drinking", "Saigas at dawn", "A. Smith"),
        ("A group of animals", "", "B. Jones"),
        ("", "", "this is how a sentence of the text may begin"),
    ]
    assert piece.body == "Text."
    assert [doubt.rule for doubt in contribution.doubts] == ["import.picture"]


def test_pictures_that_are_linked_or_drawn_are_told_and_not_fetched() -> None:
    document = Document()
    document.add_paragraph("Text.")
    document.add_picture(photo())
    linked = changed(
        saved(document),
        lambda name, data: (
            data.replace(
                b'Target="media/image1.png"', b'Target="https://example.org/x.png" TargetMode="External"'
            )
            if name.endswith("document.xml.rels")
            else data
        ),
    )
    assert "not fetched" in told(linked, "linked")[0].message
    for start, kind in (
        (b"\x01\x00\x00\x00", "EMF"),
        (b"\xd7\xcd\xc6\x9a", "WMF"),
        (b"<svg xmlns='x'/>", "SVG"),
    ):
        drawn = changed(saved(document), lambda name, data, start=start: start if "media/" in name else data)
        assert kind in told(drawn, "picture")[0].message
        assert not read_word(drawn, "x.docx").pieces[0].photos
    missing = changed(saved(document), lambda name, data: data.replace(b"media/image1", b"media/image2"))
    assert told(missing, "picture")[0].message == "A picture is missing in the file."


DRAWING = (
    '<w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    '<wp:docPr id="1" name="n" descr="Numbers"/><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/{}"/></a:graphic></wp:inline></w:drawing></w:r>'
)
BOX = (
    '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    '<mc:Choice Requires="wps"><w:drawing><x xmlns=""><w:txbxContent><w:p>{0}</w:p></w:txbxContent></x></w:drawing></mc:Choice>'
    '<mc:Fallback><w:pict><v:textbox xmlns:v="urn:schemas-microsoft-com:vml"><w:txbxContent><w:p>{0}</w:p></w:txbxContent>'
    "</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)


@pytest.mark.parametrize(
    ("xml", "markdown", "rule", "words"),
    [
        (run("a") + DRAWING.format("chart"), "a", "drawing", "A chart was left out."),
        (run("a") + DRAWING.format("diagram"), "a", "drawing", "A SmartArt drawing was left out."),
        (
            run("a")
            + '<w:r><w:object><OLEObject ProgID="Excel.Sheet.12" xmlns="urn:schemas-microsoft-com:office:office"/></w:object></w:r>',
            "a",
            "object",
            "An embedded object (Excel.Sheet.12) was left out.",
        ),
        (
            '<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r><m:t>x=1</m:t></m:r></m:oMath>',
            "x=1",
            "formula",
            'A formula cannot stand in a mail; of it are left the signs "x=1".',
        ),
        (
            run("a ") + run("secret", "<w:vanish/>") + run("b"),
            "a b",
            "hidden",
            'Hidden words were left out: "secret".',
        ),
        (run("a ") + run("old", "<w:strike/>"), "a ~~old~~", "struck", '"old" is struck out by hand.'),
        (
            run("a ") + run("?", '<w:highlight w:val="yellow"/>'),
            "a ?",
            "highlight",
            '"?" is highlighted, as unsure words often are.',
        ),
        (
            run("see page ") + f'<w:fldSimple w:instr=" PAGEREF x ">{run("12")}</w:fldSimple>',
            "see page 12",
            "computed",
            '"12" was worked out by Word (a page, or a place in the document).',
        ),
        (
            run("Dear ") + f'<w:fldSimple w:instr=" MERGEFIELD Name ">{run("«Name»")}</w:fldSimple>',
            "Dear «Name»",
            "computed",
            '"«Name»" is a place for something to be filled in.',
        ),
        (
            run("a") + BOX.format(run("In the box")),
            "a\n\nIn the box",
            "textbox",
            'A text box ("In the box") was put behind the paragraph that it stood beside.',
        ),
        (
            '<w:r><w:sym w:font="Nowhere" w:char="F041"/><w:t>x</w:t></w:r>',
            "x",
            "sign",
            "A sign of the font Nowhere has no letter of its own: it is left out.",
        ),
    ],
)
def test_what_a_mail_cannot_show_is_told(xml: str, markdown: str, rule: str, words: str) -> None:
    content = of_paragraphs(xml)
    assert body(content) == markdown
    assert [doubt.message for doubt in told(content, rule)] == [words]


@pytest.mark.parametrize(
    ("xml", "markdown"),
    [
        (run("sai") + run("ga") + "<w:proofErr w:type='spellStart'/>" + run("s"), "saigas"),
        (run("sai", "<w:b/>") + run("ga", "<w:b/>"), "**saiga**"),
        (f"<w:sdt><w:sdtPr/><w:sdtContent>{run('held')}</w:sdtContent></w:sdt>", "held"),
        (
            f"<w:smartTag w:element='place'>{run('Al')}<w:smartTag w:element='x'>{run('maty')}</w:smartTag></w:smartTag>",
            "Almaty",
        ),
        (
            "<w:r><w:t>a</w:t><w:noBreakHyphen/><w:t>b</w:t><w:softHyphen/><w:t>c</w:t></w:r>",
            "a\u2011b\u00adc",
        ),
        (
            "<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:br w:type='page'/><w:t>d</w:t></w:r>",
            "a b\\\nc d",
        ),
        ('<w:r><w:sym w:font="Symbol" w:char="F061"/></w:r>', "α"),
        (run("m") + run("2", '<w:vertAlign w:val="superscript"/>'), "m²"),
        (run("May 2016") + run("1", '<w:position w:val="8"/><w:sz w:val="14"/>'), "May 2016¹"),
        (run("CO") + run("2", '<w:position w:val="-4pt"/>'), "CO₂"),
        (run("on the ") + run("line", '<w:position w:val="-2"/>'), "on the line"),
        (run("a  b"), "a  b"),
        (run("1. May {{country}} *x* &lt;b> {++y++}"), "1\\. May \\{\\{country}} \\*x\\* \\<b> \\{++y++\\}"),
        (run("مرحبا", "<w:bCs/><w:rtl/>") + run(" x", "<w:bCs/>"), "**مرحبا** x"),
        (f"<w:r><w:ruby><w:rt>{run('kan')}</w:rt><w:rubyBase>{run('漢')}</w:rubyBase></w:ruby></w:r>", "漢"),
    ],
)
def test_the_oddities_of_word_leave_its_words_whole(xml: str, markdown: str) -> None:
    assert body(of_paragraphs(xml)) == markdown


def test_lists_keep_the_numbers_that_word_counts() -> None:
    document = Document()
    for words, style in (
        ("one", "List Number"),
        ("two", "List Number"),
        ("between", None),
        ("three", "List Number"),
        ("point", "List Bullet"),
        ("below", "List Bullet 2"),
    ):
        document.add_paragraph(words, style=style)
    assert body(saved(document)) == "1. one\n2. two\n\nbetween\n\n3. three\n\n- point\n  - below"


def test_tables_within_tables_and_wide_ones_are_told() -> None:
    document = Document()
    outer = document.add_table(1, 2)
    outer.cell(0, 0).add_table(1, 2).cell(0, 1).text = "inner"
    outer.cell(0, 1).text = "outer"
    document.add_table(1, 21).cell(0, 0).text = "wide"
    content = saved(document)
    assert [doubt.message for doubt in told(content, "table")] == [
        "Tables lie in a table: their words were taken one after the other.",
        "A table has 21 columns, which no mail has room for.",
    ]
    assert "inner" in body(content)
    assert "outer" in body(content)


def test_headers_and_contents_are_left_out_and_noted() -> None:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "Draft 3"
    document.styles.add_style("toc 1", 1)
    document.add_paragraph("Saigas\t4", style="toc 1")
    document.add_paragraph("Text.")
    content = saved(document)
    assert body(content) == "Text."
    assert [doubt.words for doubt in told(content, "margin")] == ["Draft 3"]


def test_a_template_without_macros_is_read_like_a_document() -> None:
    content = changed(
        of_paragraphs(run("Text.")),
        lambda name, data: (
            data.replace(b"document.main+xml", b"template.main+xml") if "Types" in name else data
        ),
    )
    assert read_word(content, "x.dotx").pieces[0].body == "Text."


def test_a_strict_document_is_read_too() -> None:
    def strict(_name: str, data: bytes) -> bytes:
        return data.replace(
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        ).replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )

    assert body(changed(of_paragraphs(run("Text.")), strict)) == "Text."


def test_footnotes_of_each_piece_stand_at_its_end() -> None:
    document = Document()
    for title in ("One", "Two"):
        document.add_heading(title, 1)
        document.element.body.insert(
            -1, paragraph(run("Text") + '<w:r><w:footnoteReference w:id="2"/></w:r>')
        )
    notes = f'<w:footnotes {NAMES}><w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r>{run(" Said so.")}</w:p></w:footnote></w:footnotes>'
    content = changed(
        saved(document),
        lambda name, data: (
            data.replace(
                b"</Relationships>",
                b'<Relationship Id="f9" Type="http://x/footnotes" Target="footnotes.xml"/></Relationships>',
            )
            if name == "word/_rels/document.xml.rels"
            else data
        ),
        {"word/footnotes.xml": notes.encode()},
    )
    assert [piece.body for piece in read_word(content, "x.docx").pieces] == [
        "Text\\[1\\]\n\n\\[1\\] Said so.",
        "Text\\[2\\]\n\n\\[2\\] Said so.",
    ]
