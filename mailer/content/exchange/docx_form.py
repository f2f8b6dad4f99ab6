"""The Word file for a translator: a page of plain instructions, then a table of which one column is open.

The document is protected as read-only (ISO/IEC 29500-1, 17.15.1.29), and each cell of the open column is a range that
everybody may edit (17.13.7). A blank line of the words is a new paragraph, a single line's end a break within one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from itertools import count
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from mailer.content.exchange.docx_parts import new_cell, new_element, new_paragraph, new_run, paragraphs_of
from mailer.content.exchange.docx_words import FIELDS, WORDS, Words, locale_tag, words_in
from mailer.content.exchange.pieces import HEAD, Piece, State
from mailer.model.base import Language
from mailer.source import language_name

WIDTHS = (2150, 5950, 5950, 1130)
"""Of the columns, in twentieths of a point: 26.7 cm, an A4 page on its side within margins of 15 mm."""
GROUNDS: dict[State, str] = {"new": "FFF3C4", "stale": "FBD9C0", "done": "FFFFFF", "optional": "EEF1F4"}
SHADE = "EEF1F4"
GREY = "5B6670"
NAME = "mailer-translation"
"""How the line and the document property begin that say what a file is of."""

_FONT = "Arial"


@dataclass(frozen=True, slots=True)
class Cover:
    """What the first page says of the issue."""

    issue: str
    """The issue's id."""
    title: str
    day: date
    source: Language
    language: Language
    whom: str
    """To whom the file goes back."""


def identity(issue: str, language: Language) -> str:
    """The line that says what a file is of."""
    return f"{NAME} 1 {language} {issue}"


def translation_docx(cover: Cover, pieces: Iterable[Piece]) -> bytes:
    """The whole file."""
    listed = list(pieces)
    document: Any = Document()
    _page(document, cover)
    _first_page(document, cover, len(listed))
    document.add_page_break()
    body = document.element.body
    body.insert(len(body) - 1, _table(cover, listed))
    _footer(document, cover)
    _protect(document)
    _note_identity(document, identity(cover.issue, cover.language))
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _page(document: Any, cover: Cover) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(15)
    section.top_margin = section.bottom_margin = Mm(15)
    section.footer_distance = Mm(7)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(10)
    normal.paragraph_format.space_after = Pt(3)
    for name in ("Title", "Heading 1"):
        style = document.styles[name]
        style.font.color.rgb = RGBColor(0x1F, 0x2B, 0x33)
        style.font.size = Pt(20 if name == "Title" else 12)
        fonts = style.element.rPr.find(qn("w:rFonts"))
        for attribute in list(fonts.attrib):
            del fonts.attrib[attribute]
        style.font.name = _FONT
    known = document.core_properties
    known.title = f"{cover.title}: {language_name(cover.language)}"
    known.author = known.last_modified_by = cover.whom.partition(" <")[0]
    known.comments, known.language = "", cover.source


def _first_page(document: Any, cover: Cover, pieces: int) -> None:
    for number, (tongue, words) in enumerate(_tongues(cover)):
        style = "Title" if number == 0 else "Heading 1"
        title = words.title.format(language=language_name(cover.language, tongue))
        lines = [
            f"{cover.title}. " + words.facts.format(date=_day(cover.day, tongue), count=pieces),
            words.back.format(whom=cover.whom),
        ]
        _say(document.add_paragraph(style=style), title, tongue)
        for line in lines:
            _say(document.add_paragraph(), line, tongue)
        for step in words.steps:
            _say(document.add_paragraph(style="List Number" if number == 0 else "List Bullet"), step, tongue)
    line = document.add_paragraph()
    run = line.add_run(identity(cover.issue, cover.language))
    run.font.size, run.font.color.rgb = Pt(7), RGBColor.from_string(GREY)
    run.font.element.append(new_element("noProof"))


def _tongues(cover: Cover) -> list[tuple[Language, Words]]:
    own = words_in(cover.language)
    english = ("en", WORDS["en"])
    return [english] if own is None or own is WORDS["en"] else [english, (cover.language, own)]


def _day(day: date, tongue: Language) -> str:
    try:
        return format_date(day, "long", locale=Locale.parse("en-GB" if tongue == "en" else tongue, sep="-"))
    except (UnknownLocaleError, ValueError):
        return day.isoformat()


def _say(paragraph: Any, words: str, tongue: Language) -> None:
    run = paragraph.add_run(words)
    run._element.get_or_add_rPr().append(new_element("lang", val=locale_tag(tongue)))


def _footer(document: Any, cover: Cover) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    run = paragraph.add_run(f"{cover.title} · {language_name(cover.language)} · ")
    run.font.size, run.font.color.rgb = Pt(8), RGBColor.from_string(GREY)
    number = new_element("fldSimple", instr="PAGE")
    number.append(new_run("1", "", colour=GREY, size=16))
    paragraph._p.append(number)


def _table(cover: Cover, pieces: list[Piece]) -> Any:
    table = new_element("tbl")
    form = new_element("tblPr")
    form.append(new_element("tblW", w=str(sum(WIDTHS)), type="dxa"))
    borders = new_element("tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(new_element(side, val="single", sz="4", space="0", color="B5BEC6"))
    form.append(borders)
    form.append(new_element("tblLayout", type="fixed"))
    margins = new_element("tblCellMar")
    for side, wide in (("top", 50), ("left", 90), ("bottom", 50), ("right", 90)):
        margins.append(new_element(side, w=str(wide), type="dxa"))
    form.append(margins)
    grid = new_element("tblGrid")
    for width in WIDTHS:
        grid.append(new_element("gridCol", w=str(width)))
    table.append(form)
    table.append(grid)
    table.append(_heading_row(cover))
    ranges = count(1)
    for piece in pieces:
        table.append(_row(cover, piece, ranges))
    return table


def _heading_row(cover: Cover) -> Any:
    row = new_element("tr")
    form = new_element("trPr")
    form.append(new_element("cantSplit"))
    form.append(new_element("tblHeader"))
    row.append(form)
    own = words_in(cover.language)
    for number, (width, word) in enumerate(zip(WIDTHS, WORDS["en"].columns, strict=True)):
        also = own.columns[number] if own is not None and own is not WORDS["en"] else ""
        languages = {1: language_name(cover.source), 2: language_name(cover.language)}
        under = " · ".join(part for part in (also, languages.get(number, "")) if part)
        cell = new_cell(width, "33424D")
        cell.append(new_paragraph([new_run(word, "en", bold=True, colour="FFFFFF", size=18)]))
        if under:
            cell.append(new_paragraph([new_run(under, "en", colour="FFFFFF", size=14)]))
        row.append(cell)
    return row


def _row(cover: Cover, piece: Piece, ranges: Iterable[int]) -> Any:
    row = new_element("tr")
    key, source, open_, state = (new_cell(width, SHADE) for width in WIDTHS)
    item = "Head of the issue" if piece.item == HEAD else piece.item
    key.append(new_paragraph([new_run(item, "", bold=True, size=16)]))
    key.append(new_paragraph([new_run(_label(piece.field), "", size=16)]))
    own = words_in(cover.language)
    if piece.is_shared:
        key.append(new_paragraph([new_run(WORDS["en"].shared, "en", size=15, colour=GREY)]))
        if own is not None and own is not WORDS["en"]:
            key.append(new_paragraph([new_run(own.shared, cover.language, size=15, colour=GREY)]))
    key.append(new_paragraph([new_run(f"{piece.key} {piece.mark}", "", size=9, colour=GREY)]))
    for paragraph in paragraphs_of(piece.source, cover.source):
        source.append(paragraph)
    ground = open_.find(qn("w:tcPr")).find(qn("w:shd"))
    ground.set(qn("w:fill"), GROUNDS[piece.state] if piece.state in ("new", "stale") else "FFFFFF")
    _open_cell(open_, paragraphs_of(piece.present, cover.language), next(iter(ranges)))
    state.append(new_paragraph([new_run(WORDS["en"].states[piece.state], "en", bold=True, size=15)]))
    if own is not None and own is not WORDS["en"]:
        state.append(new_paragraph([new_run(own.states[piece.state], cover.language, size=15)]))
    state.find(qn("w:tcPr")).find(qn("w:shd")).set(qn("w:fill"), GROUNDS[piece.state])
    for cell in (key, source, open_, state):
        row.append(cell)
    return row


def _open_cell(cell: Any, paragraphs: list[Any], number: int) -> None:
    """The cell with a range around its words in which everybody may write."""
    begin = 1 if paragraphs[0].find(qn("w:pPr")) is not None else 0
    paragraphs[0].insert(begin, new_element("permStart", id=str(number), edGrp="everyone"))
    paragraphs[-1].append(new_element("permEnd", id=str(number)))
    for paragraph in paragraphs:
        cell.append(paragraph)


def _label(field: str) -> str:
    """A field as people read it: `links · 1 · text` for links[0].text."""
    if field in FIELDS:
        return FIELDS[field]
    parts = field.replace("]", "").replace("[", ".").split(".")
    return " · ".join(str(int(part) + 1) if part.isdigit() else part for part in parts)


def _protect(document: Any) -> None:
    settings = document.settings.element
    place = settings.find(qn("w:defaultTabStop"))
    place.addprevious(new_element("documentProtection", edit="readOnly", enforcement="1"))


_PROPERTIES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
    'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
    '<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="{name}">'
    "<vt:lpwstr>{value}</vt:lpwstr></property></Properties>"
)


def _note_identity(document: Any, line: str) -> None:
    """The same line as a custom property, which nobody deletes by chance. Ids and tags need no escapes."""
    content = _PROPERTIES.format(name=NAME, value=line).encode()
    kind = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
    package = document.part.package
    part = Part(PackURI("/docProps/custom.xml"), kind, content, package)
    package.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)
