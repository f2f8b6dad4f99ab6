"""What a Word document wraps around its words, taken away: fields, links, controls, hidden words, special signs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree
from mammoth.docx.dingbats import dingbats

from mailer.contribution.escaping import UNFIT, address
from mailer.contribution.word_file import tag
from mailer.contribution.word_found import (
    CHANGE,
    LINK,
    Found,
    remove,
    runs_of,
    short,
    text,
    text_run,
    unwrap,
    words_of,
)

_WRAPPERS = tuple(map(tag, ("w:smartTag", "w:customXml", "w:bdo", "w:dir", "w:sdt")))
_OF_WRAPPERS = tuple(map(tag, ("w:smartTagPr", "w:customXmlPr", "w:sdtPr", "w:sdtEndPr")))
_KEPT = {tag(f"w:{name}") for name in ("t", "tab", "br", "noBreakHyphen", "softHyphen")}
_LINE_ENDS = (tag("w:cr"), tag("w:ptab"))
_HYPERLINK = re.compile(r'^\s*HYPERLINK\s+(?:"([^"]*)"|([^\\\s]\S*))?(?:.*?\\l\s+"([^"]*)")?', re.IGNORECASE)
_SYMBOL_FONT = range(0xF000, 0xF100)
_STALE = {"PAGE", "NUMPAGES", "PAGEREF", "REF", "NOTEREF", "SECTIONPAGES", "STYLEREF"}
_TODAY = {"DATE", "TIME", "PRINTDATE", "SAVEDATE", "CREATEDATE", "FILENAME", "AUTHOR"}
_FILLED = {"MERGEFIELD", "GREETINGLINE", "ADDRESSBLOCK", "ASK", "FILLIN"}


def choose_alternates(root: Any) -> None:
    """One of the ways in which a thing is written for newer and older programs: the newer, where it has all."""
    for both in list(root.iter(tag("mc:AlternateContent"))):
        if both.getparent() is None:
            continue
        choice, fallback = both.find(tag("mc:Choice")), both.find(tag("mc:Fallback"))
        kept = choice if choice is not None and len(choice) else fallback
        both[:] = list(kept) if kept is not None else []
        unwrap(both)


def unwrap_controls(root: Any, found: Found) -> None:
    """Content controls, smart tags and the like: what they hold stands in their place."""
    for control in list(root.iter(tag("w:sdt"))):
        properties, content = control.find(tag("w:sdtPr")), control.find(tag("w:sdtContent"))
        empty = properties is not None and properties.find(tag("w:showingPlcHdr")) is not None
        if empty and (words := words_of(control)):
            found.doubt(
                control, "computed", "note", f'A field was left empty ("{short(words)}").', words=words
            )
        control[:] = [] if empty or content is None else list(content)
    for element in list(root.iter(*_OF_WRAPPERS)):
        remove(element)
    for element in list(root.iter(*_WRAPPERS)):
        unwrap(element)
    for ruby in list(root.iter(tag("w:ruby"))):
        base = ruby.find(tag("w:rubyBase"))
        run = ruby.getparent()
        for part in list(base) if base is not None else ():
            run.addprevious(part)
        remove(ruby)


@dataclass
class _Field:
    """A field that is open: what it says to do, and whether its result has begun."""

    code: str = ""
    shown: bool = False

    @property
    def name(self) -> str:
        return (self.code.split() or [""])[0].upper()


def resolve_links(root: Any, found: Found, prefix: str = "") -> None:
    """Links of all kinds noted on their runs; what other fields show stays as words, and is told."""
    for link in list(root.iter(tag("w:hyperlink"))):
        relation = found.relations.get(prefix + link.get(tag("r:id"), ""))
        if relation is not None:
            anchor = link.get(tag("w:anchor"))
            _note_link(link, relation.target + (f"#{anchor}" if anchor else ""), found)
        unwrap(link)
    for simple in list(root.iter(tag("w:fldSimple"))):
        field = _Field(simple.get(tag("w:instr")) or "", True)
        _tell_field(simple, field, words_of(simple), found)
        if field.name == "HYPERLINK":
            _note_link(simple, _target(field.code), found)
        unwrap(simple)
    _complex_fields(root, found)


def _complex_fields(root: Any, found: Found) -> None:
    """Fields whose ends are marks among the runs (ISO/IEC 29500-1 17.16.18), also over several paragraphs."""
    open_now: list[_Field] = []
    results: dict[int, list[str]] = {}
    for run in list(runs_of(root)):
        _follow(run, open_now, results, found)
        shown = [field for field in open_now if field.shown]
        for field in shown:
            results.setdefault(id(field), []).append(words_of(run))
        link = next((field for field in reversed(shown) if field.name == "HYPERLINK"), None)
        if any(field.name == "TOC" for field in shown) or len(shown) < len(open_now):
            for part in [part for part in run if part.tag in _KEPT]:
                remove(part)
        elif link:
            _note_link(run, _target(link.code), found)


def _follow(run: Any, open_now: list[_Field], results: dict[int, list[str]], found: Found) -> None:
    """Open and close fields at the marks in a run, which are gone then."""
    for part in list(run):
        if part.tag in (tag("w:instrText"), tag("w:delInstrText")):
            if open_now:
                open_now[-1].code += part.text or ""
            remove(part)
        elif part.tag == tag("w:fldChar"):
            kind = part.get(tag("w:fldCharType"))
            if kind == "begin":
                open_now.append(_Field())
            elif open_now and kind == "separate":
                open_now[-1].shown = True
            elif open_now and kind == "end":
                ended = open_now.pop()
                _tell_field(run, ended, "".join(results.pop(id(ended), ())), found)
            remove(part)


def _target(code: str) -> str:
    matched = _HYPERLINK.match(code)
    if not matched:
        return ""
    place = matched[1] or matched[2] or ""
    return place + (f"#{matched[3]}" if matched[3] and place else "")


def _tell_field(at: Any, field: _Field, words: str, found: Found) -> None:
    shown = short(words)
    if field.name == "TOC":
        found.doubt(at, "contents", "note", "A table of contents was left out.")
    elif field.name in _STALE and shown:
        message = f'"{shown}" was worked out by Word (a page, or a place in the document).'
        found.doubt(
            at, "computed", "warn", message, "See whether it means anything in the newsletter.", words=shown
        )
    elif field.name in _TODAY and shown:
        message = (
            f'"{shown}" was worked out by Word ({field.name}), and may have been another when it was written.'
        )
        found.doubt(at, "computed", "warn", message, "Write what is meant.", words=shown)
    elif field.name in _FILLED:
        message = f'"{shown or field.name}" is a place for something to be filled in.'
        found.doubt(
            at, "computed", "stop", message, "Write what is meant, or take a personal field.", words=shown
        )
    elif field.name in ("INCLUDEPICTURE", "INCLUDETEXT", "LINK", "DDE", "DDEAUTO"):
        message = "Something is linked from another file: that file was not read."
        found.doubt(at, "linked", "warn", message, "Ask for it.", words=short(field.code))
    elif field.name == "EQ":
        found.doubt(
            at, "formula", "stop", "A formula cannot stand in a mail.", "Write it in words.", words=shown
        )


def _note_link(element: Any, href: str, found: Found) -> None:
    """Note where the runs lead. Places within the document itself lead nowhere in a mail."""
    if not href or href.startswith("#"):
        return
    to = address(href)
    if not to:
        message = f"A link leads where no reader could follow: {short(href)}. Its words stay."
        found.doubt(
            element, "link", "warn", message, "Put in the address that is meant.", words=words_of(element)
        )
        return
    for run in runs_of(element):
        run.set(LINK, to)


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
        hidden: list[str] = []
        for run in list(runs_of(paragraph)):
            if run.get(CHANGE) != "comment" and found.styles.switch(run, paragraph, ("w:vanish",)):
                hidden.append(words_of(run))
                remove(run)
            elif found.styles.switch(run, paragraph, ("w:webHidden",)):
                remove(run)
        if words := "".join(hidden).strip():
            message = f'Hidden words were left out: "{short(words)}".'
            found.doubt(paragraph, "hidden", "warn", message, "See whether they belong there.", words=words)


def write_formulas(root: Any, found: Found) -> None:
    """Formulas as a row of their signs, and told: a mail cannot show them."""
    for formula in list(root.iter(tag("m:oMath"))):
        words = words_of(formula)
        message = f'A formula cannot stand in a mail; of it are left the signs "{short(words)}".'
        found.doubt(
            formula, "formula", "stop", message, "Write it in words, or send it as a picture.", words=words
        )
        formula.getparent().replace(formula, text_run(words))
    for around in list(root.iter(tag("m:oMathPara"))):
        unwrap(around)


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
    raised = own.find(tag("w:vertAlign")) if own is not None else None
    return [*forms, raised] if raised is not None else forms
