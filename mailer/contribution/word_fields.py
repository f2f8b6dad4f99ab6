"""Links and fields of a Word document: where links lead is noted on their words; what fields show stays."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from mailer.contribution.escaping import address
from mailer.contribution.word_file import tag
from mailer.contribution.word_found import (
    AUTHOR,
    CHANGE,
    LINK,
    Found,
    comment_run,
    leave_out,
    remove,
    runs_of,
    short,
    unwrap,
    words_of,
)
from mailer.source.packed import refuse

_HYPERLINK = re.compile(r'^\s*HYPERLINK\s+(?:"([^"]*)"|([^\\\s]\S*))?(?:.*?\\l\s+"([^"]*)")?', re.IGNORECASE)
_STALE = {"PAGE", "NUMPAGES", "PAGEREF", "REF", "NOTEREF", "SECTIONPAGES", "STYLEREF"}
_TODAY = {"DATE", "TIME", "PRINTDATE", "SAVEDATE", "CREATEDATE", "FILENAME", "AUTHOR"}
_FILLED = {"MERGEFIELD", "GREETINGLINE", "ADDRESSBLOCK", "ASK", "FILLIN"}
_DEEPEST = 20
"""Fields in each other; Word itself takes no more."""


@dataclass(eq=False)
class _Field:
    """A field that is open: what it says to do, and whether its result has begun."""

    code: str = ""
    shown: bool = False
    change: str | None = None
    """Whether it was put in or taken out as a whole."""
    changed_by: str = ""
    """Who changed what it says to do."""
    marks: list[Any] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    hidden: list[Any] = field(default_factory=list)
    """Runs within it that Word does not show, or that a mail has no use for."""

    @property
    def name(self) -> str:
        return (self.code.split() or [""])[0].upper()


def resolve_links(root: Any, found: Found, prefix: str = "") -> None:
    """Links of all kinds noted on their runs; what other fields show stays as words, and is told.

    ProblemsError where fields lie in each other deeper than Word lets them.
    """
    for link in list(root.iter(tag("w:hyperlink"))):
        relation = found.relations.get(prefix + link.get(tag("r:id"), ""))
        if relation is not None:
            anchor = link.get(tag("w:anchor"))
            _note_link(link, relation.target + (f"#{anchor}" if anchor else ""), found)
        unwrap(link)
    for simple in list(root.iter(tag("w:fldSimple"))):
        one = _Field(simple.get(tag("w:instr")) or "", True)
        _tell_field(simple, one, words_of(simple), found)
        if one.name == "HYPERLINK":
            _note_link(simple, _target(one.code), found)
        unwrap(simple)
    _drop_unpaired(root, found)
    _complex_fields(root, found)


def _drop_unpaired(root: Any, found: Found) -> None:
    """Take out the marks of fields that begin and never end, or end and never began: they hide nothing then."""
    open_now: list[_Field] = []
    for mark in list(root.iter(tag("w:fldChar"))):
        run = mark.getparent()
        if run.tag == tag("w:r"):
            _alone(mark, run)
        kind = mark.get(tag("w:fldCharType"))
        if kind == "begin":
            open_now.append(_Field(marks=[mark]))
        elif open_now:
            open_now[-1].marks.append(mark)
            if kind == "end":
                open_now.pop()
        if len(open_now) > _DEEPEST:
            message = f"has fields in each other more than {_DEEPEST} deep: it is refused."
            raise refuse(found.file.name, message, "Copy the text into a new document.")
    for one in open_now:
        message = "A field begins and does not end: whatever stands behind its beginning is taken for words."
        found.doubt(one.marks[0], "computed", "stop", message, "Compare this place with the file in Word.")
        for mark in one.marks:
            remove(mark)


def _alone(mark: Any, run: Any) -> None:
    """Give a field's mark a run of its own, so that the words beside it are within the field or without."""
    before = [part for part in mark.itersiblings(preceding=True) if part.tag != tag("w:rPr")][::-1]
    if not before and mark.getnext() is None:
        return
    properties = run.find(tag("w:rPr"))
    for several in (before, [mark]):
        if several:
            part_of = etree.Element(tag("w:r"), dict(run.attrib))
            part_of.extend([deepcopy(properties)] if properties is not None else [])
            part_of.extend(several)
            run.addprevious(part_of)


def _complex_fields(root: Any, found: Found) -> None:
    """Fields whose ends are marks among the runs (ISO/IEC 29500-1 17.16.18), also over several paragraphs."""
    open_now: list[_Field] = []
    for run in list(runs_of(root)):
        _follow(run, open_now, found)
        if not open_now:
            continue
        words = words_of(run)
        shown = [each for each in open_now if each.shown]
        for each in shown:
            each.words.append(words)
        hides = next((each for each in open_now if not each.shown or each.name == "TOC"), None)
        link = next((each for each in reversed(shown) if each.name == "HYPERLINK"), None)
        if hides and words:
            hides.hidden.append(run)
        elif link:
            _note_link(run, _target(link.code), found)


def _follow(run: Any, open_now: list[_Field], found: Found) -> None:
    """Open and close fields at the marks in a run, which are gone then."""
    for part in list(run):
        if part.tag in (tag("w:instrText"), tag("w:delInstrText")):
            if open_now:
                open_now[-1].code += part.text or ""
                if run.get(CHANGE) != open_now[-1].change:
                    open_now[-1].changed_by = run.get(AUTHOR) or "Somebody"
            remove(part)
        elif part.tag == tag("w:fldChar"):
            kind = part.get(tag("w:fldCharType"))
            if kind == "begin":
                open_now.append(_Field(change=run.get(CHANGE)))
            elif open_now and kind == "separate":
                open_now[-1].shown = True
            elif open_now and kind == "end":
                _close(run, open_now.pop(), found)
            remove(part)


def _close(run: Any, ended: _Field, found: Found) -> None:
    _tell_field(run, ended, "".join(ended.words), found)
    if ended.changed_by:
        did = f"changed a field or where a link leads ({short(ended.code)})"
        found.doubt(run, "change", "stop", f"{ended.changed_by} {did}.", "Decide it in Word.")
        run.addnext(comment_run(ended.changed_by, did))
    if not ended.hidden:
        return
    words = "".join(map(words_of, ended.hidden))
    if ended.name != "TOC":
        message = "Words that Word does not show, as they stand where a field says what to do, were left out."
        found.doubt(run, "hidden", "stop", message, "See whether they belong there.", words=words, whole=True)
    elif words.strip():
        message, severity = "A table of contents was left out.", "note"
        if any(_is_heading(each, found) for each in ended.hidden):
            message, severity = "A table of contents was left out, and there are headings within it.", "stop"
        found.doubt(run, "contents", severity, message, words=words, whole=True)
    leave_out(ended.hidden, run, found)


def _is_heading(run: Any, found: Found) -> bool:
    paragraph = next(run.iterancestors(tag("w:p")), None)
    return paragraph is not None and found.styles.heading_level(paragraph) > 0


def _target(code: str) -> str:
    matched = _HYPERLINK.match(code)
    if not matched:
        return ""
    place = matched[1] or matched[2] or ""
    return place + (f"#{matched[3]}" if matched[3] and place else "")


def _tell_field(at: Any, one: _Field, words: str, found: Found) -> None:
    shown = short(words)
    if one.name in _STALE and shown:
        message = f'"{shown}" was worked out by Word (a page, or a place in the document).'
        found.doubt(
            at, "computed", "warn", message, "See whether it means anything in the newsletter.", words=shown
        )
    elif one.name in _TODAY and shown:
        message = (
            f'"{shown}" was worked out by Word ({one.name}), and may have been another when it was written.'
        )
        found.doubt(at, "computed", "warn", message, "Write what is meant.", words=shown)
    elif one.name in _FILLED:
        message = f'"{shown or one.name}" is a place for something to be filled in.'
        found.doubt(
            at, "computed", "stop", message, "Write what is meant, or take a personal field.", words=shown
        )
    elif one.name in ("INCLUDEPICTURE", "INCLUDETEXT", "LINK", "DDE", "DDEAUTO"):
        message = "Something is linked from another file: that file was not read."
        found.doubt(at, "linked", "warn", message, "Ask for it.", words=short(one.code))
    elif one.name == "EQ":
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
