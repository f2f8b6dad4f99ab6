"""Comments of a Word document, brought into its text where they stand, and each a doubt with its words."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from mailer.contribution.word_changes import author_of
from mailer.contribution.word_file import NAMESPACES, tag
from mailer.contribution.word_found import MOST, Found, comment_run, remove, short, words_of

_ABOUT = 200
"""Signs of what a comment is about; fewer of them are shown."""
_SETTLE = "Answer it, and take the comment out of the text."


def place_comments(body: Any, comments: Any, done: set[str], found: Found) -> None:
    """Each comment's words where its range ends, and a doubt that says what it is about."""
    said: dict[str, list[Any]] = defaultdict(list)
    for one in comments.iter(tag("w:comment")) if comments is not None else ():
        said[one.get(tag("w:id"), "")].append(one)
    about = _ranges(body)
    ends = {tag("w:commentRangeEnd"), tag("w:commentReference")}
    references = {one.get(tag("w:id")) for one in body.iter(tag("w:commentReference"))}
    for element in list(body.iter(*ends, tag("w:commentRangeStart"))):
        number = element.get(tag("w:id"), "")
        is_place = element.tag == tag("w:commentReference") or (
            element.tag == tag("w:commentRangeEnd") and number not in references
        )
        # Several of one number are all told where the first of them stands.
        for comment in reversed(said.pop(number, ())) if is_place else ():
            _place(comment, element, about.get(number, ""), done, found)
        remove(element)
    for comment in [one for several in said.values() for one in several]:
        if words := words_of(comment).strip():
            message = f"{author_of(comment)} says, at no place that was taken: {_whole(words)}"
            found.doubt(0, "comment", "stop", message, "See what it is about.", words=words)
        found.account(comment)


def _place(comment: Any, element: Any, at: str, done: set[str], found: Found) -> None:
    words = _whole(" / ".join(filter(None, (short(words_of(one), MOST) for one in comment.iter(tag("w:p"))))))
    author = author_of(comment)
    run = element.getparent() if element.tag == tag("w:commentReference") else element
    settled = " It is marked as settled in Word." if _last_id(comment) in done else ""
    where = f' at "{short(at, 60)}"' if at.strip() else ""
    message = f"{author} says{where}: {words or '(nothing)'}{settled}"
    found.doubt(run, "comment", "stop", message, _SETTLE, words=words)
    found.account(comment)
    if next(run.iterancestors(tag("w:p")), None) is not None:
        run.addnext(comment_run(author, words))


def _whole(words: str) -> str:
    """All the words, up to what no comment has."""
    line = short(words, MOST)
    return f"{line} (only the first {MOST:,} signs)" if line.endswith("…") and len(line) == MOST else line


def _ranges(body: Any) -> dict[str, str]:
    """What each comment is about."""
    parts: list[str] = []
    length = 0
    begins: dict[str, int] = {}
    ranges: dict[str, tuple[int, int]] = {}
    for element in body.iter(tag("w:commentRangeStart"), tag("w:commentRangeEnd"), tag("w:t")):
        number = element.get(tag("w:id"), "")
        if element.tag == tag("w:commentRangeStart"):
            begins[number] = length
        elif element.tag == tag("w:commentRangeEnd"):
            ranges[number] = (begins.pop(number, length), length)
        else:
            parts.append(element.text or "")
            length += len(parts[-1])
    words = "".join(parts)
    ranges |= {number: (begin, length) for number, begin in begins.items()}
    return {number: words[begin : min(end, begin + _ABOUT)] for number, (begin, end) in ranges.items()}


def _last_id(comment: Any) -> str:
    paragraphs = list(comment.iter(tag("w:p")))
    return str(paragraphs[-1].get(tag("w14:paraId"), "")) if paragraphs else ""


def settled_comments(extended: Any) -> set[str]:
    """Paragraph ids of comments that are marked as done ([MS-DOCX] 2.5.1.4)."""
    if extended is None:
        return set()
    space = f"{{{NAMESPACES['w15']}}}"
    return {one.get(f"{space}paraId", "") for one in extended if one.get(f"{space}done") in ("1", "true")}
