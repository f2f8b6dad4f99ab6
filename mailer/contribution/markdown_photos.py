"""Pictures that a piece of Markdown names, taken from beside its file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from mailer.contribution.names import safe_name
from mailer.contribution.text import line_finder
from mailer.model.contribution import Doubt, Photo, Piece
from mailer.model.finding import Severity
from mailer.source.slips import without_code

Beside = Callable[[str], bytes | None]
"""The bytes of a file beside the one that is read, by a relative path that leaves no folder; None: not there."""

MOST_PHOTOS = 100
_SIGN = r"[^\s()<>\\]|\\\S"
_IN_PARENTHESES = rf"\((?:{_SIGN}|\((?:{_SIGN}){{0,200}}+\)){{0,200}}+\)"
_PICTURE = re.compile(
    r"(?<!\\)!\[([^\[\]\n]{0,500})\]\([ \t]{0,9}"
    rf"(?:<([^<>\n]{{1,500}})>|((?:{_SIGN}|{_IN_PARENTHESES}){{1,500}}+))"
    r"(?:[ \t\n]{1,9}(?:\"([^\"\n]{0,500})\"|'([^'\n]{0,500})'))?[ \t]{0,9}\)"
)
_BY_REFERENCE = re.compile(r"(?<!\\)!\[[^\[\]\n]{0,500}\]\[[^\[\]\n]{0,300}\]")
_BEGINS = re.compile(r"(?<!\\)!\[")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def with_photos(
    piece: Piece, number: int, beside: Beside | None, where: Callable[[int], str]
) -> tuple[Piece, list[Doubt]]:
    """The piece with its pictures as photos and no longer in its text; what cannot be had stays there, as a doubt."""
    if "![" not in piece.body:
        return piece, []
    bare, body = without_code(piece.body), piece.body
    photos: dict[str, Photo] = {}
    doubts: list[Doubt] = []
    kept: list[str] = []
    reached, line_of = 0, line_finder(bare)
    for found in _PICTURE.finditer(bare):
        alt, pointed, plain, double, single = (
            body[found.start(g) : found.end(g)] if found[g] else "" for g in range(1, 6)
        )
        src = unquote(_ESCAPED.sub(r"\1", pointed or plain))
        content, trouble = _fetched(src, beside, len(photos))
        if content is None:
            doubts.append(_doubt(number, where(line_of(found.start())), src, *trouble))
            continue
        name = safe_name(src.rpartition("/")[2], "photo.jpg")
        photos.setdefault(
            src, Photo(name=name, content=content, alt=_line(alt), caption=_line(double or single))
        )
        kept.append(body[reached : found.start()])
        reached = found.end()
    doubts += _unread(number, bare, lambda at: where(line_of(at)))
    del doubts[MOST_PHOTOS:]
    if not photos:
        return piece, doubts
    text = _tidy("\0".join([*kept, body[reached:]]))
    return piece.model_copy(update={"body": text, "photos": (*piece.photos, *photos.values())}), doubts


def _unread(number: int, bare: str, where: Callable[[int], str]) -> Iterator[Doubt]:
    """What begins as a picture does, and is not written as one that is taken."""
    begun = {found.start() for found in _PICTURE.finditer(bare)}
    by_reference = {found.start(): found[0] for found in _BY_REFERENCE.finditer(bare)}
    hint = "Write it as ![what it shows](photo.jpg), or (<photo 1.jpg>) with blanks, and give the file again."
    for at in (found.start() for found in _BEGINS.finditer(bare)):
        if words := by_reference.get(at):
            message = "A picture is named by a reference, and was not taken."
            yield _doubt(number, where(at), words, message, hint)
        elif at not in begun:
            message = "What may be a picture is not written as one, and stays in the text."
            words = bare[at : at + 80].partition("\n")[0].rstrip()
            yield _doubt(number, where(at), words, message, hint)


def _fetched(src: str, beside: Beside | None, taken: int) -> tuple[bytes | None, tuple[str, str]]:
    parts = src.split("/")
    if _ADDRESS.match(src):
        return None, ("A picture on the web is not fetched.", "Save it, and put it beside the file.")
    leaves = (
        src.startswith(("/", "~"))
        or ".." in parts
        or "\\" in src
        or any(p.startswith(".") for p in parts if p != ".")
    )
    if leaves or not src.isprintable():
        return None, (
            "A picture is named that is not beside the file.",
            "Put it beside the file, and name it so.",
        )
    if taken >= MOST_PHOTOS:
        return None, (
            f"More than {MOST_PHOTOS} pictures are named in one piece.",
            "Give them in several files.",
        )
    content = beside("/".join(part for part in parts if part not in ("", "."))) if beside else None
    if content is None:
        return None, ("A picture is not beside the file.", "Put it there, and give the file again.")
    return content, ("", "")


def _tidy(text: str) -> str:
    """The text with the places of pictures (\\0) closed: a line of its own goes with its picture."""
    lines: list[str] = []
    is_open = False
    for line in text.split("\n"):
        if "\0" in line and not line.strip("\0 \t"):
            is_open = not lines or not lines[-1].strip()
        elif is_open and not line.strip():
            continue
        else:
            lines.append(re.sub(r"(?<=[ \t])\0[ \t]|[ \t]?\0", "", line))
            is_open = False
    return "\n".join(lines).strip("\n")


def _line(words: str) -> str:
    return " ".join(_ESCAPED.sub(r"\1", words).split())


def _doubt(number: int, place: str, words: str, message: str, hint: str) -> Doubt:
    return Doubt(
        rule="import.picture",
        severity=Severity.WARN,
        piece=number,
        place=place,
        words=words[:200],
        message=message,
        hint=hint,
    )
