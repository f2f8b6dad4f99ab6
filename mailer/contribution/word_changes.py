"""Tracked changes of a Word document, brought into its text, and each a doubt with its words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from mailer.contribution.critic import IN_CLOSE, IN_OPEN, OUT_CLOSE, OUT_OPEN
from mailer.contribution.word_file import tag
from mailer.contribution.word_found import (
    AUTHOR,
    CHANGE,
    MOST,
    Found,
    comment_run,
    remove,
    runs_of,
    short,
    text,
    unwrap,
    words_of,
)
from mailer.source.packed import refuse

_IN = (tag("w:ins"), tag("w:moveTo"))
_OUT = (tag("w:del"), tag("w:moveFrom"))
_RANGES = tuple(
    tag(f"w:{name}{end}") for name in ("moveFromRange", "moveToRange") for end in ("Start", "End")
)
_RANGES += tuple(
    tag(f"w:customXml{what}Range{end}")
    for what in ("Ins", "Del", "MoveFrom", "MoveTo")
    for end in ("Start", "End")
)
_PROPERTIES = {tag("w:rPr"), tag("w:trPr"), tag("w:numPr"), tag("w:tcPr")}
_FORMS = tuple(
    tag(f"w:{name}Change") for name in ("rPr", "pPr", "tblPr", "trPr", "tcPr", "tblGrid", "tblPrEx")
)
_SIGNS = {"in": (IN_OPEN, IN_CLOSE), "out": (OUT_OPEN, OUT_CLOSE)}
_DECIDE = "Decide it here, or in Word (Review, Accept or Reject) and import the file again."
_AROUND = 2
"""Words before and after a change that are shown with it."""
_DEEPEST = 8
"""Changes in each other; Word itself writes two or three."""
_NEAR = 12
"""Runs before and after it among which they are sought."""


def mark_changes(root: Any, found: Found) -> None:
    """Note on each run whether it was put in or taken out, and by whom; the elements that said so are gone then.

    ProblemsError where changes lie in each other deeper than anybody makes them.
    """
    for element in list(root.iter(*_IN, *_OUT)):
        if element.getparent() is None or element.getparent().tag in _PROPERTIES:
            continue
        change, author = "in" if element.tag in _IN else "out", author_of(element)
        if sum(1 for _ in element.iterancestors(*_IN, *_OUT)) >= _DEEPEST:
            message = f"has tracked changes in each other more than {_DEEPEST} deep: it is refused."
            raise refuse(found.file.name, message, "Accept some of them in Word, and save it.")
        for run in element.iter(tag("w:r"), tag("m:r")):
            _mark(run, change, author)
    for element in list(root.iter(*_IN, *_OUT)):
        if element.getparent() is not None and element.getparent().tag not in _PROPERTIES:
            unwrap(element)
    for row in root.iter(tag("w:tr")):
        _row(row, found)
    for element in list(root.iter(*_RANGES)):
        remove(element)


def _mark(run: Any, change: str, author: str) -> None:
    before = run.get(CHANGE)
    run.set(CHANGE, change if before in (None, change) else "both")
    if before is None:
        run.set(AUTHOR, author)


def _row(row: Any, found: Found) -> None:
    properties = row.find(tag("w:trPr"))
    if properties is None:
        return
    for name, change in (("w:ins", "in"), ("w:del", "out")):
        said = properties.find(tag(name))
        if said is not None:
            words = short(words_of(row))
            did = "put in" if change == "in" else "taken out"
            message = f"{author_of(said)}: a row of a table was {did}."
            found.doubt(
                row, "change", "stop", message, _DECIDE, words=f"{'+' if change == 'in' else '−'} {words}"
            )
            properties.remove(said)
            row.set(CHANGE, change)
            for run in row.iter(tag("w:r"), tag("m:r")):
                _mark(run, change, author_of(said))
            paragraph = next(row.iter(tag("w:p")), None)
            if not words and paragraph is not None:
                paragraph.append(comment_run(author_of(said), f"this row of the table was {did}"))


def author_of(element: Any) -> str:
    """Who made a change or comment."""
    return short(element.get(tag("w:author")) or "Somebody", 40)


def tell_forms(body: Any, found: Found) -> None:
    """Changes of form, merged cells and paragraph marks, which no mark in the text can tell."""
    forms = Counter(author_of(element) for element in body.iter(*_FORMS))
    for author, count in sorted(forms.items()):
        places = "1 place" if count == 1 else f"{count} places"
        message = f"{author} changed the form of {places}: it is taken as it is now."
        found.doubt(0, "form", "note", message)
    for element in body.iter(tag("w:cellIns"), tag("w:cellDel"), tag("w:cellMerge")):
        who = author_of(element)
        found.doubt(element, "change", "stop", f"{who}: cells of a table were changed.", _DECIDE)
        cell = next(element.iterancestors(tag("w:tc")), None)
        paragraph = next(cell.iter(tag("w:p")), None) if cell is not None else None
        if paragraph is not None:
            paragraph.append(comment_run(who, "this cell of the table was put in, taken out or merged"))
    for paragraph in body.iter(tag("w:p")):
        _mark_of_paragraph(paragraph, found)


def _mark_of_paragraph(paragraph: Any, found: Found) -> None:
    for name in ("w:ins", "w:numberingChange"):
        said = paragraph.find(f"{tag('w:pPr')}/{tag('w:numPr')}/{tag(name)}")
        if said is not None:
            did = "changed how this paragraph is numbered"
            found.doubt(
                paragraph, "change", "stop", f"{author_of(said)} {did}.", _DECIDE, words=words_of(paragraph)
            )
            paragraph.append(comment_run(author_of(said), did))
    mark = paragraph.find(f"{tag('w:pPr')}/{tag('w:rPr')}")
    if mark is None:
        return
    changes = {run.get(CHANGE) for run in runs_of(paragraph) if words_of(run)}
    for name, change, did in (("w:ins", "in", "parted"), ("w:del", "out", "joined")):
        said = mark.find(tag(name))
        # Where all its words go with it, they say so.
        if said is None or changes <= {change, "both"}:
            continue
        words = short(words_of(paragraph))
        note = f"{did} this paragraph {'from' if change == 'in' else 'with'} the next one"
        found.doubt(paragraph, "change", "stop", f"{author_of(said)} {note}.", _DECIDE, words=words)
        paragraph.append(comment_run(author_of(said), note))


def place_signs(body: Any, found: Found) -> None:
    """Signs at the beginning and end of what was put in and taken out, and a doubt for each change."""
    for paragraph in body.iter(tag("w:p")):
        groups = list(_groups(paragraph))
        _tell(paragraph, [group for group in groups if group.change != "both"], found)
        for at, group in enumerate(groups):
            if group.change == "both":
                _leave_out_both(paragraph, group, found)
            elif group.change in _SIGNS and _is_lost(groups, at):
                did = "put in" if group.change == "in" else "took out"
                group.runs[-1].addnext(comment_run(group.author, f"{did} a blank or the end of a line"))
            elif signs := _SIGNS.get(group.change):
                group.runs[0].insert(_after_properties(group.runs[0]), text(signs[0]))
                group.runs[-1].append(text(signs[1]))


def _leave_out_both(paragraph: Any, group: _Group, found: Found) -> None:
    """Words that go whatever is decided; that somebody wanted them is still to be seen."""
    message = f'"{short(group.words)}" was put in and taken out again: it is left out.'
    hint = "See that nobody wants it."
    found.doubt(paragraph, "change", "stop", message, hint, words=group.words, whole=True)
    did = f'put in "{short(group.words, MOST)}", and it was taken out again'
    group.runs[-1].addnext(comment_run(group.author, did))
    for run in group.runs:
        found.account(run)
        remove(run)


def _is_lost(groups: list[_Group], at: int) -> bool:
    """Whether a change is nothing but blanks where Markdown keeps none: at the end of a line, beside others."""
    if groups[at].words.strip():
        return False
    before = groups[at - 1].words[-1:] if at else ""
    after = groups[at + 1].words[:1] if at + 1 < len(groups) else ""
    is_line = any(part.tag == tag("w:br") for run in groups[at].runs for part in run)
    return is_line or not before.strip() or not after.strip()


@dataclass(frozen=True, slots=True)
class _Group:
    """Runs in a row that one person put in or took out, or that nobody changed."""

    change: str
    author: str
    runs: list[Any]
    words: str


def _groups(paragraph: Any) -> Iterator[_Group]:
    runs = [run for run in runs_of(paragraph) if words_of(run)]
    for (change, author), several in groupby(
        runs, key=lambda run: (run.get(CHANGE, ""), run.get(AUTHOR, ""))
    ):
        group = list(several)
        yield _Group(change, author, group, "".join(map(words_of, group)))


def _tell(paragraph: Any, groups: list[_Group], found: Found) -> None:
    if any(row.get(CHANGE) for row in paragraph.iterancestors(tag("w:tr"))):
        return
    told: set[int] = set()
    for at, group in enumerate(groups):
        if at in told or group.change not in _SIGNS:
            continue
        following = groups[at + 1] if at + 1 < len(groups) else None
        pair = following is not None and {group.change, following.change} == {"in", "out"}
        before = _last_words(
            "".join(one.words for one in groups[max(at - _NEAR, 0) : at] if one.change in ("", "in"))
        )
        after = "".join(one.words for one in groups[at + 1 + pair : at + _NEAR] if one.change in ("", "in"))
        behind = _first_words(after)
        who = group.author
        if pair and following is not None:
            told.add(at + 1)
            old, new = (group, following) if group.change == "out" else (following, group)
            change = f"{short(old.words, 50)} → {short(new.words, 50)}"
            change += " " if new.words[-1:].isspace() else ""
            did = f'replaced "{short(old.words, 50)}" by "{short(new.words, 50)}"'
            who = who if who == following.author else f"{who} and {following.author}"
        elif group.change == "in":
            change, did = f"+ {short(group.words)}", f'put in "{short(group.words)}"'
        else:
            change, did = f"− {short(group.words)}", f'took out "{short(group.words)}"'
        words = f"{change}{_first_words(after, 1).rstrip(',.;:')}" if pair else change
        context = f"{before} … {behind.strip()}".strip(" …")
        where = f' at "{context}"' if context else ""
        found.doubt(paragraph, "change", "stop", f"{who} {did}{where}.", _DECIDE, words=words)


def _last_words(words: str) -> str:
    return " ".join(words.split()[-_AROUND:])


def _first_words(words: str, most: int = _AROUND) -> str:
    glue = " " if words[:1].isspace() else ""
    return glue + " ".join(words.split()[:most])


def _after_properties(run: Any) -> int:
    return 1 if len(run) and run[0].tag == tag("w:rPr") else 0
