"""The file of a translation with words that came back: comments, order and all other words stay as they are.

That is issue.LANGUAGE.yaml or, for an item that issues share, the file of its words, where they stand at the top.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from mailer.content.exchange.pieces import HEAD, given_words, parts_of, top_of
from mailer.content.issues import IssueFile
from mailer.content.translating import with_frames
from mailer.content.translation_frame import frame_of, shared_frame
from mailer.content.translations import TRANSLATORS, shared_translation_in, translation_in
from mailer.errors import MailerError, ProblemsError
from mailer.model.base import Language
from mailer.model.same_person import is_among
from mailer.model.translation import HEAD_WORDS, words_of
from mailer.source import Document, Loc, decode, parse_yaml
from mailer.source.round_trip import parse_round_trip, round_trip_text

SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Coming:
    """What is to be written: words by item and field, digests by item, and who translated."""

    words: Mapping[tuple[str, str], str]
    stamps: Mapping[str, str]
    """Item, or HEAD → the digest of the source's words that were translated; "" where nobody can tell."""
    by: str = ""
    """Added to `translators`; "" adds nobody."""
    shared: str = ""
    """The shared item whose file this is for; "" for the issue's own, of which all else is."""

    def top(self, item: str) -> Loc:
        """Where the item's words begin in the file."""
        return top_of(item, is_shared=item == self.shared)

    def place(self, piece: tuple[str, str]) -> Loc:
        """Where the words of an item's field stand in the file."""
        return (*self.top(piece[0]), *parts_of(piece[1]))


def overlay_with(
    file: IssueFile, language: Language, content: bytes | None, shown: str, coming: Coming
) -> bytes:
    """The file's new bytes; `content` are its present ones, None where it is begun.

    What is not touched keeps its bytes. What comes out has been read again: it says what it said, and the new
    words. MailerError where it cannot be written so, ProblemsError where the words will not do there.
    """
    text = _base(file, language, content, shown, coming)
    quoted: set[Loc] = set()
    for _ in range(2):
        changed = _changed(text, shown, file, coming, frozenset(quoted))
        made = _laid_over(text, changed, shown)
        failed = _not_there(made, shown, coming)
        if not failed:
            break
        quoted |= failed
    if failed or _others(text, coming, shown) != _others(made, coming, shown):
        raise MailerError(
            f"{shown} is written so that words cannot be put into it safely.",
            "Give each key and each entry a line of its own, without braces, and import again.",
        )
    _must_be_valid(file, language, made, shown, coming)
    return made.encode()


def _base(file: IssueFile, language: Language, content: bytes | None, shown: str, coming: Coming) -> str:
    """The file as it is, with frames for the items that come in anew."""
    if coming.shared:
        frame = shared_frame(file.issue.item(coming.shared), language, file.issue.language)
        text = "" if content is None else decode(content, shown)
        if text and parse_yaml(text.encode(), shown).data is not None:
            return text
        return f"{text.rstrip()}\n{frame}" if text.strip() else frame
    if content is None:
        return frame_of(file.issue, language, file.shared.keys())
    document = parse_yaml(content, shown)
    there = document.data.get("items") or {}
    named = {item for item, _ in coming.words}
    new = [item for item in file.issue.items if item.id in named and item.id not in there]
    return (with_frames(content, document, new) if new else content).decode("utf-8-sig")


def _changed(
    text: str, shown: str, file: IssueFile, coming: Coming, quoted: frozenset[Loc]
) -> tuple[str, str]:
    """The file as the writer would write it: before, and with the changes."""
    data = parse_round_trip(text.encode(), shown)
    before = round_trip_text(data)
    plain = parse_yaml(text.encode(), shown).data
    # Keys are text to us, but an id such as 2016 is a number to the writer: go by their order.
    keys = dict(zip(plain.get("items") or {}, data.get("items") or {}, strict=True))
    sources = {HEAD: dict[str, str]()} | {each.id: words_of(each) for each in file.issue.items}
    for (item, field), words in coming.words.items():
        order = _order(file, item)
        around = _mapping(data["items"], keys[item]) if coming.top(item) else data
        is_quoted = coming.place((item, field)) in quoted
        style = '"' if is_quoted else "|" if sources[item].get(field, "").endswith("\n") else ""
        _put(around, parts_of(field), (), order, words, style=style)
    for item, digest in coming.stamps.items():
        around = data["items"][keys[item]] if coming.top(item) else data
        _note(around, SOURCE, digest, list(data).index("language") + 1 if item == HEAD else 0)
    if coming.by:
        _add_translator(data, " ".join(coming.by.split()))
    return before, round_trip_text(data)


def _order(file: IssueFile, item: str) -> list[Loc]:
    """Places of an item's words in their order."""
    if item == HEAD:
        return [(name,) for name in HEAD_WORDS]
    return [parts_of(path) for path in words_of(file.issue.item(item))]


def _mapping(around: Any, key: Any) -> Any:
    if around[key] is None:
        around[key] = CommentedMap()
    return around[key]


def _put(around: Any, loc: Loc, above: Loc, order: Sequence[Loc], words: str, *, style: str) -> None:
    """Lay the words at a place below `around`, making what is missing on the way to it."""
    key, rest = loc[0], loc[1:]
    if isinstance(key, int):
        while len(around) <= key:
            around.append(None)
    elif key not in around:
        around.insert(_position(around, key, above, order), key, None)
    if not rest:
        around[key] = _scalar(around[key], words, style)
        return
    if around[key] is None:
        around[key] = CommentedSeq() if isinstance(rest[0], int) else CommentedMap()
    _put(around[key], rest, (*above, key), order, words, style=style)


def _position(around: Any, key: str, above: Loc, order: Sequence[Loc]) -> int:
    """Behind the last key that comes before this one in the item."""
    depth = len(above)
    keys = list(dict.fromkeys(loc[depth] for loc in order if loc[:depth] == above and len(loc) > depth))
    before = {SOURCE, "language", TRANSLATORS, *keys[: keys.index(key) if key in keys else 0]}
    return max((number + 1 for number, each in enumerate(around) if str(each) in before), default=0)


def _scalar(old: Any, words: str, style: str) -> Any:
    """The words, written as the old ones were, else in that style; comments behind a block stay behind it."""
    end = "\n" if isinstance(old, str) and old.endswith("\n") else ""
    if style == '"':
        return DoubleQuotedScalarString(words + end)
    if "\n" in words or isinstance(old, LiteralScalarString) or (style and not old):
        new = LiteralScalarString(words + "\n")
        if hasattr(old, "comment"):
            new.comment = old.comment
        return new
    if isinstance(old, str) and not isinstance(old, LiteralScalarString) and type(old) is not str:
        return type(old)(words + end)
    return words + end


def _note(values: Any, key: str, value: str, at: int) -> None:
    if not value:
        values.pop(key, None)
    elif key in values:
        values[key] = value
    else:
        values.insert(at, key, value)


def _add_translator(data: Any, name: str) -> None:
    listed = data.get(TRANSLATORS)
    if listed and is_among(name, map(str, listed)):
        return
    if listed:
        listed.append(name)
        return
    above = next((key for key in (SOURCE, "language") if key in data), None)
    at = 0 if above is None else list(data).index(above) + 1
    _note(data, TRANSLATORS, CommentedSeq([name]), at)  # type: ignore[arg-type]


def _laid_over(text: str, changed: tuple[str, str], shown: str) -> str:
    """The same changes in the file as its author wrote it, who may fold, indent and quote otherwise.

    Where they cannot be told apart from what the writer alone would change, the writer's whole text.
    """
    before, after = changed
    ends = "\r\n" if "\r\n" in text else "\n"
    own = text.replace("\r\n", "\n")
    if own == before:
        return after.replace("\n", ends)
    lines, written, new = (part.splitlines(keepends=True) for part in (own, before, after))
    places = _places(lines, written)
    merged, reached = [], 0
    for kind, first, last, start, end in SequenceMatcher(None, written, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        begin, stop = places.get(first), places.get(last)
        if begin is None or stop is None or begin < reached:
            return after.replace("\n", ends)
        merged += [*lines[reached:begin], *new[start:end]]
        reached = stop
    made = "".join([*merged, *lines[reached:]])
    try:
        is_same = parse_yaml(made.encode(), shown).data == parse_yaml(after.encode(), shown).data
    except ProblemsError:
        is_same = False
    return (made if is_same else after).replace("\n", ends)


def _places(lines: list[str], written: list[str]) -> dict[int, int]:
    """Number of a line as the writer has it → of the same line in the author's file."""
    places = {0: 0, len(written): len(lines)}
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, lines, written, autojunk=False).get_opcodes():
        if tag == "equal":
            places |= {j1 + number: i1 + number for number in range(i2 - i1)}
        places[j2] = i2
    return places


def _not_there(made: str, shown: str, coming: Coming) -> set[Loc]:
    """Places whose words are not what was to be written."""
    try:
        data = parse_yaml(made.encode(), shown).data
    except ProblemsError:
        return {coming.place(piece) for piece in coming.words}
    return {
        coming.place(piece)
        for piece, words in coming.words.items()
        if given_words(data, coming.place(piece)).removesuffix("\n") != words.removesuffix("\n")
    }


def _others(text: str, coming: Coming, shown: str) -> dict[Loc, Any]:
    """All that a file says at other places than those that change."""
    touched = {coming.place(piece) for piece in coming.words}
    touched |= {(*coming.top(item), SOURCE) for item in coming.stamps}
    said = dict(_flat(parse_yaml(text.encode(), shown).data, ()))
    return {
        loc: value
        for loc, value in said.items()
        if loc not in touched and loc[:1] != (TRANSLATORS,) and value not in (None, "")
    }


def _flat(data: Any, loc: Loc) -> Iterator[tuple[Loc, Any]]:
    parts: Iterable[tuple[Any, Any]] = ()
    if isinstance(data, Mapping):
        parts = data.items()
    elif isinstance(data, list):
        parts = enumerate(data)
    else:
        yield loc, data
    for key, value in parts:
        yield from _flat(value, (*loc, key))


def _must_be_valid(file: IssueFile, language: Language, made: str, shown: str, coming: Coming) -> None:
    document: Document = parse_yaml(made.encode(), shown)
    if coming.shared:
        shared_translation_in(document, coming.shared, file.issue.item(coming.shared))
        return
    _, problems = translation_in(
        document, language, {item.id: item for item in file.issue.items}, file.shared
    )
    if problems:
        raise ProblemsError(problems)
