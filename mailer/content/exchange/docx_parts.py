"""Parts of a Word document, made by hand: paragraphs, runs and cells (ISO/IEC 29500-1, 17)."""

from __future__ import annotations

from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from mailer.content.exchange.docx_words import is_right_to_left, locale_tag
from mailer.model.base import Language


def paragraphs_of(words: str, language: Language) -> list[Any]:
    """Words as paragraphs: a blank line begins another."""
    return [new_paragraph(_lines(part, language), language) for part in words.split("\n\n")]


def _lines(words: str, language: Language) -> list[Any]:
    run = new_run("", language)
    for number, line in enumerate(words.split("\n")):
        if number:
            run.append(new_element("br"))
        for place, part in enumerate(line.split("\t")):
            if place:
                run.append(new_element("tab"))
            if part:
                run.append(_text(part))
    return [run]


def new_paragraph(runs: list[Any], language: Language = "") -> Any:
    """A paragraph of runs; a language given is lent to what is written into it."""
    paragraph = new_element("p")
    form = new_element("pPr")
    if language and is_right_to_left(language):
        form.append(new_element("bidi"))
    form.append(new_element("spacing", before="0", after="60"))
    if language:
        # The mark at a paragraph's end lends its form to what is written into an empty cell.
        form.append(_run_form(language, size=19))
    paragraph.append(form)
    for run in runs:
        paragraph.append(run)
    return paragraph


def new_run(words: str, language: Language, *, bold: bool = False, colour: str = "", size: int = 19) -> Any:
    """Words of one form; `size` in half points."""
    run = new_element("r")
    run.append(_run_form(language, bold=bold, colour=colour, size=size))
    if words:
        run.append(_text(words))
    return run


def _run_form(language: Language, *, bold: bool = False, colour: str = "", size: int = 19) -> Any:
    """The form of a run, its parts in the order of the schema (17.3.2)."""
    form = new_element("rPr")
    if bold:
        form.append(new_element("b"))
    if not language:
        form.append(new_element("noProof"))
    if colour:
        form.append(new_element("color", val=colour))
    form.append(new_element("sz", val=str(size)))
    form.append(new_element("szCs", val=str(size)))
    if language:
        if is_right_to_left(language):
            form.append(new_element("rtl"))
        tag = locale_tag(language)
        form.append(new_element("lang", val=tag, eastAsia=tag, bidi=tag))
    return form


def new_cell(width: int, ground: str) -> Any:
    """An empty cell; `width` in twentieths of a point."""
    cell = new_element("tc")
    form = new_element("tcPr")
    form.append(new_element("tcW", w=str(width), type="dxa"))
    form.append(new_element("shd", val="clear", color="auto", fill=ground))
    cell.append(form)
    return cell


def _text(words: str) -> Any:
    text = new_element("t")
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    text.text = words
    return text


def new_element(name: str, **attributes: str) -> Any:
    """An element of WordprocessingML with its attributes."""
    made = OxmlElement(f"w:{name}")
    for attribute, value in attributes.items():
        made.set(qn(f"w:{attribute}"), value)
    return made
