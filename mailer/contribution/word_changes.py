"""Tracked changes and comments of a Word document, brought into its text, and each a doubt with its words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from mailer.contribution.critic import COMMENT_CLOSE, COMMENT_OPEN, IN_CLOSE, IN_OPEN, OUT_CLOSE, OUT_OPEN
from mailer.contribution.escaping import UNFIT
from mailer.contribution.word_file import NAMESPACES, tag
from mailer.contribution.word_found import (
    AUTHOR,
    CHANGE,
    Found,
    remove,
    runs_of,
    short,
    text,
    text_run,
    unwrap,
    words_of,
)

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
_NEAR = 12
"""Runs before and after it among which they are sought."""


def mark_changes(root: Any, found: Found) -> None:
    """Note on each run whether it was put in or taken out, and by whom; the elements that said so are gone then."""
    for element in list(root.iter(*_IN, *_OUT)):
        if element.getparent() is None or element.getparent().tag in _PROPERTIES:
            continue
        change = "in" if element.tag in _IN else "out"
        for run in runs_of(element):
            _mark(run, change, _author(element))
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
            message = f"{_author(said)}: a row of a table was {did}."
            found.doubt(
                row, "change", "stop", message, _DECIDE, words=f"{'+' if change == 'in' else '−'} {words}"
            )
            properties.remove(said)
            row.set(CHANGE, change)
            for run in runs_of(row):
                if run.get(CHANGE) is None:
                    _mark(run, change, _author(said))


def _author(element: Any) -> str:
    return short(element.get(tag("w:author")) or "Somebody", 40)


def tell_forms(body: Any, found: Found) -> None:
    """Changes of form, merged cells and paragraph marks, which no mark in the text can tell."""
    forms = Counter(_author(element) for element in body.iter(*_FORMS))
    for author, count in sorted(forms.items()):
        places = "1 place" if count == 1 else f"{count} places"
        message = f"{author} changed the form of {places}: it is taken as it is now."
        found.doubt(0, "form", "note", message)
    for element in body.iter(tag("w:cellIns"), tag("w:cellDel"), tag("w:cellMerge")):
        found.doubt(element, "change", "stop", f"{_author(element)}: cells of a table were changed.", _DECIDE)
    for paragraph in body.iter(tag("w:p")):
        _mark_of_paragraph(paragraph, found)


def _mark_of_paragraph(paragraph: Any, found: Found) -> None:
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
        found.doubt(paragraph, "change", "stop", f"{_author(said)} {note}.", _DECIDE, words=words)
        paragraph.append(_comment_run(_author(said), note))


def place_signs(body: Any, found: Found) -> None:
    """Signs at the beginning and end of what was put in and taken out, and a doubt for each change."""
    for paragraph in body.iter(tag("w:p")):
        for run in [run for run in runs_of(paragraph) if run.get(CHANGE) == "both"]:
            if words := words_of(run):
                message = (
                    f'"{short(words)}" was put in and taken out again by different people: it is left out.'
                )
                found.doubt(paragraph, "change", "stop", message, "See that nobody wants it.", words=words)
            remove(run)
        groups = list(_groups(paragraph))
        _tell(paragraph, groups, found)
        for group in groups:
            if signs := _SIGNS.get(group.change):
                group.runs[0].insert(_after_properties(group.runs[0]), text(signs[0]))
                group.runs[-1].append(text(signs[1]))


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


def _as_if_taken(groups: list[_Group]) -> str:
    return "".join(group.words for group in groups if group.change in ("", "in"))


def _last_words(words: str) -> str:
    return " ".join(words.split()[-_AROUND:])


def _first_words(words: str, most: int = _AROUND) -> str:
    glue = " " if words[:1].isspace() else ""
    return glue + " ".join(words.split()[:most])


def _after_properties(run: Any) -> int:
    return 1 if len(run) and run[0].tag == tag("w:rPr") else 0


def place_comments(body: Any, comments: Any, done: set[str], found: Found) -> None:
    """Each comment's words where its range ends, and a doubt that says what it is about."""
    said = (
        {one.get(tag("w:id")): one for one in comments.iter(tag("w:comment"))} if comments is not None else {}
    )
    about = _ranges(body)
    ends = {tag("w:commentRangeEnd"), tag("w:commentReference")}
    references = {one.get(tag("w:id")) for one in body.iter(tag("w:commentReference"))}
    for element in list(body.iter(*ends, tag("w:commentRangeStart"))):
        number = element.get(tag("w:id"))
        is_place = element.tag == tag("w:commentReference") or (
            element.tag == tag("w:commentRangeEnd") and number not in references
        )
        if is_place and number in said:
            comment = said.pop(number)
            words = " / ".join(filter(None, (short(words_of(one), 2000) for one in comment.iter(tag("w:p")))))
            author = _author(comment)
            run = element.getparent() if element.tag == tag("w:commentReference") else element
            paragraph = next(run.iterancestors(tag("w:p")), None)
            at = about.get(number, "")
            settled = " It is marked as settled in Word." if _last_id(comment) in done else ""
            message = f"{author} says: {words or '(nothing)'}{settled}"
            where = (
                f'{author}: {short(words, 60)} (at "{short(at, 60)}")' if at else f"{author}: {short(words)}"
            )
            hint = "Answer it, and take the comment out of the text."
            found.doubt(run, "comment", "stop", message, hint, words=where)
            if paragraph is not None:
                run.addnext(_comment_run(author, words))
        remove(element)
    for comment in said.values():
        if words := words_of(comment).strip():
            message = f"{_author(comment)} says, at no place that was taken: {short(words, 2000)}"
            found.doubt(0, "comment", "stop", message, "See what it is about.", words=words)


def _comment_run(author: str, words: str) -> Any:
    run = text_run(f"{COMMENT_OPEN}{UNFIT.sub('', f'{author}: {words}')}{COMMENT_CLOSE}")
    run.set(CHANGE, "comment")
    return run


def _ranges(body: Any) -> dict[str, str]:
    """What each comment is about."""
    open_now: set[str] = set()
    words: dict[str, str] = {}
    for element in body.iter():
        number = element.get(tag("w:id"), "")
        if element.tag == tag("w:commentRangeStart"):
            open_now.add(number)
        elif element.tag == tag("w:commentRangeEnd"):
            open_now.discard(number)
        elif element.tag == tag("w:t"):
            words |= {each: words.get(each, "") + (element.text or "") for each in open_now}
    return words


def _last_id(comment: Any) -> str:
    paragraphs = list(comment.iter(tag("w:p")))
    return str(paragraphs[-1].get(tag("w14:paraId"), "")) if paragraphs else ""


def settled_comments(extended: Any) -> set[str]:
    """Paragraph ids of comments that are marked as done ([MS-DOCX] 2.5.1.4)."""
    if extended is None:
        return set()
    space = f"{{{NAMESPACES['w15']}}}"
    return {one.get(f"{space}paraId", "") for one in extended if one.get(f"{space}done") in ("1", "true")}
