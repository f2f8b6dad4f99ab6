"""An issue's words as single pieces, each with its present translation and what tells a later change of either."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mailer.content.issues import IssueFile
from mailer.content.translations import shared_words
from mailer.model.base import Language, Slug
from mailer.model.translation import (
    HEAD_WORDS,
    OPTIONAL_WORDS,
    head_digest,
    item_digest,
    required_words,
    words_of,
)
from mailer.source import Loc

HEAD = "_head"
"""What stands for the issue's head where items are named: no item can have such an id."""
ONLY_WHERE_GIVEN = frozenset({"url", "website"})
"""Addresses are shown to translators only where the translation has its own."""

State = Literal["new", "stale", "done", "optional"]

_PART = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_LEAF = re.compile(r"([^.\[\]]+)(?:\[\d+\])*$")
_MARK = re.compile(r"([0-9a-f]{12})\.([0-9a-f]{12}|-)\.([0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class Mark:
    """What was sent out with a piece, as digests of twelve digits."""

    source: str
    """Of the source's words."""
    present: str
    """Of the translation as it was then; "" where there was none."""
    item: str
    """Of all words of the item in the source, as a translation notes them."""

    def __str__(self) -> str:
        return f"{self.source}.{self.present or '-'}.{self.item}"


@dataclass(frozen=True, slots=True)
class Piece:
    """One field's words: `item` is HEAD for the issue's head, `field` a path such as `links[0].text`."""

    item: str
    field: str
    source: str
    """As they are sent: without line ends around them, and without control signs."""
    present: str
    """The present translation; "" where there is none."""
    state: State
    mark: Mark
    is_shared: bool = False
    """Whether the words stand in every issue that names the item."""

    @property
    def key(self) -> str:
        """Names the piece within its issue, in signs that an XML name token takes: `saiga-day.links.0.text`."""
        return key_of(self.item, self.field)

    @property
    def item_id(self) -> Slug | None:
        """As findings name it: None for the head."""
        return None if self.item == HEAD else self.item


def key_of(item: str, field: str) -> str:
    """The key of a piece."""
    plain = re.sub(r"\[(\d+)\]", r".\1", field)
    return f"{item}.{plain}"


def mark_in(text: str) -> Mark | None:
    """The mark that is written in a text; None where there is none, or more than one."""
    found = _MARK.findall(text)
    if len(found) != 1:
        return None
    source, present, item = found[0]
    return Mark(source, present.strip("-"), item)


def has_several_marks(text: str) -> bool:
    """Whether a text has the marks of more than one piece."""
    return len(_MARK.findall(text)) > 1


def as_sent(words: str) -> str:
    """Words as both forms carry them: one sign for a line's end, none around them, no control signs."""
    lines = re.sub(r"\r\n?", "\n", words)
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", lines).strip("\n")


def digest_of(words: str) -> str:
    """Twelve digits over a piece's words; "" of no words."""
    return hashlib.sha256(words.encode()).hexdigest()[:12] if words.strip() else ""


def pieces_of(file: IssueFile, language: Language) -> tuple[Piece, ...]:
    """Everything that is to be translated, in the issue's order, with what stands in `issue.LANGUAGE.yaml`.

    Of items that issues share, with what stands in their own files, also where the issue has no translation yet.
    ProblemsError where such a file is of no use.
    """
    document = file.overlays.get(language)
    data = document.data if document is not None and isinstance(document.data, dict) else {}
    return (*_head_pieces(file, data, language), *_item_pieces(file, data, language))


def given_words(data: Any, loc: Loc) -> str:
    """The text at a place of an overlay; "" where there is none."""
    for part in loc:
        if isinstance(data, Mapping):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return ""
    return data if isinstance(data, str) else ""


def parts_of(field: str) -> Loc:
    """The steps of a field's path: ("links", 0, "text")."""
    return tuple(int(part[1]) if part[1] else part[2] for part in _PART.finditer(field))


def top_of(item: str, *, is_shared: bool = False) -> Loc:
    """Where an item's words begin in their file: at the top those of the head, and of a shared item in its own."""
    return () if is_shared or item == HEAD else ("items", item)


def is_optional(field: str) -> bool:
    """Whether a translation is complete without it: names, credits and the like."""
    found = _LEAF.search(field)
    return found is not None and found[1] in OPTIONAL_WORDS


def _head_pieces(file: IssueFile, data: Any, language: Language) -> Iterator[Piece]:
    translation = file.translations.get(language)
    digest = head_digest(file.issue)
    is_stale = translation is not None and translation.source not in ("", digest)
    words = {name: words for name in HEAD_WORDS if (words := getattr(file.issue, name)).strip()}
    yield from _pieces(HEAD, words, data, digest, is_stale=is_stale)


def _item_pieces(file: IssueFile, data: Any, language: Language) -> Iterator[Piece]:
    translation = file.translations.get(language)
    for item in file.issue.items:
        if not required_words(item):
            continue
        digest = item_digest(item)
        if shared := file.shared.get(item.id):
            document = shared_words(file.folder, language, shared, item, file.issue.language)
            own = document.data if document is not None and document.data is not None else {}
            is_stale = given_words(own, ("source",)) not in ("", digest)
            yield from _pieces(item.id, words_of(item), own, digest, is_stale=is_stale, is_shared=True)
            continue
        done = translation.items.get(item.id) if translation else None
        is_stale = done is not None and done.source not in ("", digest)
        yield from _pieces(item.id, words_of(item), data, digest, is_stale=is_stale)


def _pieces(
    item: str, words: Mapping[str, str], data: Any, digest: str, *, is_stale: bool, is_shared: bool = False
) -> Iterator[Piece]:
    top = top_of(item, is_shared=is_shared)
    for field, plain in words.items():
        present = as_sent(given_words(data, (*top, *parts_of(field))))
        found = _LEAF.search(field)
        if not present.strip() and found is not None and found[1] in ONLY_WHERE_GIVEN:
            continue
        source = as_sent(plain)
        state: State = "stale" if is_stale else "done"
        if not present.strip():
            present, state = "", "optional" if is_optional(field) else "new"
        mark = Mark(digest_of(source) or "0" * 12, digest_of(present), digest)
        yield Piece(item, field, source, present, state, mark, is_shared)
