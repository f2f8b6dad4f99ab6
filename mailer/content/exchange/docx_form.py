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
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from mailer.content.exchange.docx_words import FIELDS, WORDS, Words, is_right_to_left, locale_tag, words_in
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
    run.font.element.append(_element("noProof"))


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
    run._element.get_or_add_rPr().append(_element("lang", val=locale_tag(tongue)))


def _footer(document: Any, cover: Cover) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    run = paragraph.add_run(f"{cover.title} · {language_name(cover.language)} · ")
    run.font.size, run.font.color.rgb = Pt(8), RGBColor.from_string(GREY)
    number = _element("fldSimple", instr="PAGE")
    number.append(_run("1", "", colour=GREY, size=16))
    paragraph._p.append(number)


def _table(cover: Cover, pieces: list[Piece]) -> Any:
    table = _element("tbl")
    form = _element("tblPr")
    form.append(_element("tblW", w=str(sum(WIDTHS)), type="dxa"))
    borders = _element("tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(_element(side, val="single", sz="4", space="0", color="B5BEC6"))
    form.append(borders)
    form.append(_element("tblLayout", type="fixed"))
    margins = _element("tblCellMar")
    for side, wide in (("top", 50), ("left", 90), ("bottom", 50), ("right", 90)):
        margins.append(_element(side, w=str(wide), type="dxa"))
    form.append(margins)
    grid = _element("tblGrid")
    for width in WIDTHS:
        grid.append(_element("gridCol", w=str(width)))
    table.append(form)
    table.append(grid)
    table.append(_heading_row(cover))
    ranges = count(1)
    for piece in pieces:
        table.append(_row(cover, piece, ranges))
    return table


def _heading_row(cover: Cover) -> Any:
    row = _element("tr")
    form = _element("trPr")
    form.append(_element("cantSplit"))
    form.append(_element("tblHeader"))
    row.append(form)
    own = words_in(cover.language)
    for number, (width, word) in enumerate(zip(WIDTHS, WORDS["en"].columns, strict=True)):
        also = own.columns[number] if own is not None and own is not WORDS["en"] else ""
        languages = {1: language_name(cover.source), 2: language_name(cover.language)}
        under = " · ".join(part for part in (also, languages.get(number, "")) if part)
        cell = _cell(width, "33424D")
        cell.append(_paragraph([_run(word, "en", bold=True, colour="FFFFFF", size=18)]))
        if under:
            cell.append(_paragraph([_run(under, "en", colour="FFFFFF", size=14)]))
        row.append(cell)
    return row


def _row(cover: Cover, piece: Piece, ranges: Iterable[int]) -> Any:
    row = _element("tr")
    key, source, open_, state = (_cell(width, SHADE) for width in WIDTHS)
    item = "Head of the issue" if piece.item == HEAD else piece.item
    key.append(_paragraph([_run(item, "", bold=True, size=16)]))
    key.append(_paragraph([_run(_label(piece.field), "", size=16)]))
    own = words_in(cover.language)
    if piece.is_shared:
        key.append(_paragraph([_run(WORDS["en"].shared, "en", size=15, colour=GREY)]))
        if own is not None and own is not WORDS["en"]:
            key.append(_paragraph([_run(own.shared, cover.language, size=15, colour=GREY)]))
    key.append(_paragraph([_run(f"{piece.key} {piece.mark}", "", size=9, colour=GREY)]))
    for paragraph in _paragraphs(piece.source, cover.source):
        source.append(paragraph)
    ground = open_.find(qn("w:tcPr")).find(qn("w:shd"))
    ground.set(qn("w:fill"), GROUNDS[piece.state] if piece.state in ("new", "stale") else "FFFFFF")
    _open_cell(open_, _paragraphs(piece.present, cover.language), next(iter(ranges)))
    state.append(_paragraph([_run(WORDS["en"].states[piece.state], "en", bold=True, size=15)]))
    if own is not None and own is not WORDS["en"]:
        state.append(_paragraph([_run(own.states[piece.state], cover.language, size=15)]))
    state.find(qn("w:tcPr")).find(qn("w:shd")).set(qn("w:fill"), GROUNDS[piece.state])
    for cell in (key, source, open_, state):
        row.append(cell)
    return row


def _open_cell(cell: Any, paragraphs: list[Any], number: int) -> None:
    """The cell with a range around its words in which everybody may write."""
    begin = 1 if paragraphs[0].find(qn("w:pPr")) is not None else 0
    paragraphs[0].insert(begin, _element("permStart", id=str(number), edGrp="everyone"))
    paragraphs[-1].append(_element("permEnd", id=str(number)))
    for paragraph in paragraphs:
        cell.append(paragraph)


def _label(field: str) -> str:
    """A field as people read it: `links · 1 · text` for links[0].text."""
    if field in FIELDS:
        return FIELDS[field]
    parts = field.replace("]", "").replace("[", ".").split(".")
    return " · ".join(str(int(part) + 1) if part.isdigit() else part for part in parts)


def _paragraphs(words: str, language: Language) -> list[Any]:
    return [_paragraph(_lines(part, language), language) for part in words.split("\n\n")]


def _lines(words: str, language: Language) -> list[Any]:
    run = _run("", language)
    for number, line in enumerate(words.split("\n")):
        if number:
            run.append(_element("br"))
        for place, part in enumerate(line.split("\t")):
            if place:
                run.append(_element("tab"))
            if part:
                run.append(_text(part))
    return [run]


def _paragraph(runs: list[Any], language: Language = "") -> Any:
    paragraph = _element("p")
    form = _element("pPr")
    if language and is_right_to_left(language):
        form.append(_element("bidi"))
    form.append(_element("spacing", before="0", after="60"))
    if language:
        # The mark at a paragraph's end lends its form to what is written into an empty cell.
        form.append(_run_form(language, size=19))
    paragraph.append(form)
    for run in runs:
        paragraph.append(run)
    return paragraph


def _run(words: str, language: Language, *, bold: bool = False, colour: str = "", size: int = 19) -> Any:
    run = _element("r")
    run.append(_run_form(language, bold=bold, colour=colour, size=size))
    if words:
        run.append(_text(words))
    return run


def _run_form(language: Language, *, bold: bool = False, colour: str = "", size: int = 19) -> Any:
    """The form of a run, its parts in the order of the schema (17.3.2)."""
    form = _element("rPr")
    if bold:
        form.append(_element("b"))
    if not language:
        form.append(_element("noProof"))
    if colour:
        form.append(_element("color", val=colour))
    form.append(_element("sz", val=str(size)))
    form.append(_element("szCs", val=str(size)))
    if language:
        if is_right_to_left(language):
            form.append(_element("rtl"))
        tag = locale_tag(language)
        form.append(_element("lang", val=tag, eastAsia=tag, bidi=tag))
    return form


def _cell(width: int, ground: str) -> Any:
    cell = _element("tc")
    form = _element("tcPr")
    form.append(_element("tcW", w=str(width), type="dxa"))
    form.append(_element("shd", val="clear", color="auto", fill=ground))
    cell.append(form)
    return cell


def _text(words: str) -> Any:
    text = _element("t")
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    text.text = words
    return text


def _element(name: str, **attributes: str) -> Any:
    made = OxmlElement(f"w:{name}")
    for attribute, value in attributes.items():
        made.set(qn(f"w:{attribute}"), value)
    return made


def _protect(document: Any) -> None:
    settings = document.settings.element
    place = settings.find(qn("w:defaultTabStop"))
    place.addprevious(_element("documentProtection", edit="readOnly", enforcement="1"))


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
