"""What a Word document wraps around its words, taken away: controls, hidden words, formulas, special signs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from mammoth.docx.dingbats import dingbats

from mailer.contribution.escaping import UNFIT
from mailer.contribution.word_file import tag
from mailer.contribution.word_found import (
    AUTHOR,
    CHANGE,
    WORDS,
    Found,
    leave_out,
    remove,
    runs_of,
    short,
    text,
    text_run,
    unwrap,
    words_of,
)
from mailer.contribution.word_styles import is_on, value_of

_WRAPPERS = tuple(map(tag, ("w:smartTag", "w:customXml", "w:bdo", "w:dir", "w:sdt")))
_OF_WRAPPERS = tuple(map(tag, ("w:smartTagPr", "w:customXmlPr", "w:sdtPr", "w:sdtEndPr")))
_KEPT = {tag(f"w:{name}") for name in ("t", "tab", "br", "noBreakHyphen", "softHyphen")}
_LINE_ENDS = (tag("w:cr"), tag("w:ptab"))
_SYMBOL_FONT = range(0xF000, 0xF100)
_RAISED = 4
"""Half points from which on signs are meant to stand above or below the line."""
_OFFICE = (
    "http://schemas.openxmlformats.org/",
    "http://purl.oclc.org/ooxml/",
    "http://schemas.microsoft.com/office/",
    "urn:schemas-microsoft-com:",
)
_SAID_BY_PROPERTIES = {tag("w:ins"): "in", tag("w:del"): "out"}


def choose_alternates(root: Any) -> None:
    """One of the ways in which a thing is written for newer and older programs: the first of which all is known
    (ISO/IEC 29500-3 10.2)."""
    for both in list(root.iter(tag("mc:AlternateContent"))):
        if both.getparent() is None:
            continue
        known = [one for one in both.iterchildren(tag("mc:Choice")) if len(one) and _is_known(one)]
        kept = next(iter(known), both.find(tag("mc:Fallback")))
        both[:] = list(kept) if kept is not None else []
        unwrap(both)


def _is_known(choice: Any) -> bool:
    """Whether what a choice requires are names of Word's own; a prefix that is not declared is taken for one."""
    spaces = [choice.nsmap.get(prefix, _OFFICE[0]) for prefix in (choice.get("Requires") or "").split()]
    return all(space.startswith(_OFFICE) for space in spaces)


def gather_bare(root: Any) -> None:
    """Words that stand beside runs, within one."""
    for part in list(root.iter(tag("w:t"), tag("w:delText"))):
        around = part.getparent()
        if around.tag not in (tag("w:r"), tag("m:r")):
            run = etree.Element(tag("w:r"))
            around.replace(part, run)
            run.append(part)


def unwrap_controls(root: Any, found: Found) -> None:
    """Content controls, smart tags and the like: what they hold stands in their place."""
    for control in list(root.iter(tag("w:sdt"))):
        properties, content = control.find(tag("w:sdtPr")), control.find(tag("w:sdtContent"))
        if is_on(value_of(properties, "w:showingPlcHdr")) and (words := words_of(control)):
            message = f'"{short(words)}" stands in a field that nobody has filled in.'
            found.doubt(control, "computed", "stop", message, "Write what is meant, or take it out.")
        control[:] = [] if content is None else list(content)
    for element in list(root.iter(*_OF_WRAPPERS)):
        remove(element)
    for element in list(root.iter(*_WRAPPERS)):
        unwrap(element)
    for ruby in list(root.iter(tag("w:ruby"))):
        base, small = ruby.find(tag("w:rubyBase")), ruby.find(tag("w:rt"))
        run = ruby.getparent()
        if small is not None and (words := words_of(small)):
            message = (
                f'Small signs above the words, which say how they are read, were left out: "{short(words)}".'
            )
            found.doubt(run, "ruby", "note", message, words=words, whole=True)
            leave_out(list(runs_of(small)), run, found)
        for part in list(base) if base is not None else ():
            run.addprevious(part)
        remove(ruby)


def plain_text(root: Any, found: Found) -> None:
    """Words free of what no text can hold, deleted words like others, special signs as themselves."""
    for part in list(root.iter(tag("w:t"), tag("w:delText"))):
        words = UNFIT.sub("", part.text or "")
        part.tag = tag("w:t")
        part.text = _known_signs(words, part, found)
    for part in list(root.iter(*_LINE_ENDS)):
        part.tag = tag("w:br") if part.tag == tag("w:cr") else tag("w:tab")
    for part in list(root.iter(tag("w:br"))):
        # The end of a page or column parts words, and is no line break.
        if part.get(tag("w:type")) in ("page", "column"):
            part.getparent().replace(part, text(" "))
    for part in list(root.iter(tag("w:sym"))):
        code = part.get(tag("w:char")) or ""
        sign = _sign(part.get(tag("w:font")) or "", code)
        if not sign:
            message = (
                f"A sign of the font {part.get(tag('w:font'))} has no letter of its own: it is left out."
            )
            found.doubt(part, "sign", "warn", message, "Write what is meant.", words=code)
        part.getparent().replace(part, text(sign))


def _known_signs(words: str, part: Any, found: Found) -> str:
    """Letters of the Symbol fonts, which are kept among private signs, as what they show."""
    if not any(ord(sign) in _SYMBOL_FONT for sign in words):
        return words
    fonts = part.getparent().find(f"{tag('w:rPr')}/{tag('w:rFonts')}")
    font = (fonts.get(tag("w:ascii")) if fonts is not None else "") or "Symbol"
    shown = "".join(_sign(font, f"{ord(sign):X}") if ord(sign) in _SYMBOL_FONT else sign for sign in words)
    if len(shown) < len(words):
        message = f"A sign of the font {font} has no letter of its own: it is left out."
        found.doubt(part, "sign", "warn", message, "Write what is meant.", words=shown)
    return shown


def _sign(font: str, code: str) -> str:
    if not re.fullmatch(r"[0-9A-Fa-f]{1,6}", code):
        return ""
    number = int(code, 16)
    shown = dingbats.get((font, number)) or dingbats.get((font, number - 0xF000))
    return chr(shown) if shown else ""


def leave_out_hidden(root: Any, found: Found) -> None:
    """Hidden words go, and are told."""
    for paragraph in root.iter(tag("w:p")):
        hidden: list[Any] = []
        for run in list(runs_of(paragraph)):
            if run.get(CHANGE) != "comment" and found.styles.switch(run, paragraph, ("w:vanish",)):
                hidden.append(run)
        if words := "".join(map(words_of, hidden)).strip():
            message = f'Hidden words were left out: "{short(words)}".'
            hint = "See whether they belong there."
            found.doubt(paragraph, "hidden", "warn", message, hint, words=words, whole=True)
            leave_out(hidden, hidden[-1], found)


def write_formulas(root: Any, found: Found) -> None:
    """Formulas as a row of their signs, and told: a mail cannot show them."""
    for formula in list(root.iter(tag("m:oMath"))):
        words = words_of(formula)
        message = f'A formula cannot stand in a mail; of it are left the signs "{short(words)}".'
        found.doubt(
            formula, "formula", "stop", message, "Write it in words, or send it as a picture.", words=words
        )
        for run in _signs_of(formula):
            formula.addprevious(run)
        found.account(formula)
        remove(formula)
    for around in list(root.iter(tag("m:oMathPara"))):
        unwrap(around)


def _signs_of(formula: Any) -> Iterator[Any]:
    """Its signs as runs, each with what was said of it as a change."""
    for part in formula.iter(*WORDS):
        around = part.getparent()
        run = text_run(UNFIT.sub("", part.text or ""))
        said = around.find(tag("w:rPr"))
        for each in said if said is not None else ():
            if each.tag in _SAID_BY_PROPERTIES:
                run.set(CHANGE, _SAID_BY_PROPERTIES[each.tag])
                run.set(AUTHOR, short(each.get(tag("w:author")) or "Somebody", 40))
        for name in (CHANGE, AUTHOR):
            if around.get(name):
                run.set(name, around.get(name))
        yield run


def plain_runs(root: Any, found: Found) -> None:
    """Runs with nothing but words and the forms that a mail has, said on each of them."""
    for paragraph in root.iter(tag("w:p")):
        struck, marked = [], []
        heading = found.styles.heading_level(paragraph) > 0
        for run in list(runs_of(paragraph)):
            own = run.find(tag("w:rPr"))
            words = words_of(run)
            if own is not None and own.find(tag("w:highlight")) is not None:
                marked.append(words)
            forms = _forms(run, paragraph, heading, found)
            if tag("w:strike") in [form.tag for form in forms]:
                struck.append(words)
            for part in [part for part in run if part.tag not in _KEPT]:
                remove(part)
            if forms:
                properties = etree.Element(tag("w:rPr"))
                properties.extend(forms)
                run.insert(0, properties)
        if words := "".join(struck).strip():
            message = f'"{short(words)}" is struck out by hand.'
            found.doubt(
                paragraph, "struck", "stop", message, "Take it out, or say that it holds.", words=words
            )
        if words := "".join(marked).strip():
            message = f'"{short(words)}" is highlighted, as unsure words often are.'
            found.doubt(paragraph, "highlight", "warn", message, "Ask what it means.", words=words)


def _forms(run: Any, paragraph: Any, heading: bool, found: Found) -> list[Any]:
    own = run.find(tag("w:rPr"))
    complex_script = own is not None and (
        own.find(tag("w:rtl")) is not None or own.find(tag("w:cs")) is not None
    )
    switch = found.styles.switch
    names = []
    # A heading is bold by its style; within a link, Word's own colour and line say what it is.
    if switch(run, paragraph, ("w:bCs",) if complex_script else ("w:b",), of_paragraph=not heading):
        names.append("w:b")
    if switch(run, paragraph, ("w:iCs",) if complex_script else ("w:i",), of_paragraph=not heading):
        names.append("w:i")
    if switch(run, paragraph, ("w:strike", "w:dstrike")):
        names.append("w:strike")
    forms = [etree.Element(tag(name)) for name in names]
    raised = _raised(own) if own is not None else None
    return [*forms, raised] if raised is not None else forms


def _raised(own: Any) -> Any:
    """What says that signs stand above or below the line; None where they stand on it."""
    aligned = own.find(tag("w:vertAlign"))
    if aligned is not None:
        return aligned
    # LibreOffice writes how far, in half points. Less than two points only sets type right.
    moved = own.find(tag("w:position"))
    value = moved.get(tag("w:val"), "") if moved is not None else ""
    far = re.fullmatch(r"([+-]?\d{1,4})(?:\.\d{1,9})?(pt)?", value)
    half_points = int(far[1]) * (2 if far[2] else 1) if far else 0
    if abs(half_points) < _RAISED:
        return None
    aligned = etree.Element(tag("w:vertAlign"))
    aligned.set(tag("w:val"), "superscript" if half_points > 0 else "subscript")
    return aligned
