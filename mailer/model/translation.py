"""An issue's words in another language, and the digests that tell when its source has changed since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from mailer.model.base import Language, Noun, Slug
from mailer.model.issue import Issue, ItemBase

HEAD_WORDS = ("series", "number", "title", "subject", "preheader")
"""What of an issue's head is put into words; all of it may be translated."""

SAME_EVERYWHERE = frozenset(
    "id kind show_to lead_for for for_ layout expires src decorative ratio focus start end due time timezone "
    "published country email phone phones fax".split()
)
"""Fields that are facts, not words: a translation cannot change them."""

OPTIONAL_WORDS = frozenset("credit rights url name reference website address".split())
"""Fields that a translation may give, but need not: names, numbers and addresses are often the same."""


class TranslationFile(Noun):
    """issue.LANGUAGE.yaml: the words of an issue in one more language."""

    language: Language
    source: str = ""
    """Digest of the head's words in the source language when they were translated."""
    series: str | None = None
    number: str | None = None
    title: str | None = None
    subject: str | None = None
    preheader: str | None = None
    items: dict[Slug, dict[str, Any]] = {}
    """Item id → its words in this language, in the shape that the item has in issue.yaml, and `source`,
    the digest of the words that were translated."""


@dataclass(frozen=True, slots=True)
class TranslatedItem:
    """One item in the other language: whole, with the facts of its source."""

    item: ItemBase
    source: str
    """Digest of the source's words when they were translated; "" where nobody noted it."""
    missing: tuple[str, ...] = ()
    """Fields such as `image.alt` whose words are still the source's, but for optional ones."""


@dataclass(frozen=True, slots=True)
class Translation:
    """An issue in one more language, as far as it has been translated."""

    language: Language
    head: Mapping[str, str] = field(default_factory=dict)
    """Of HEAD_WORDS, those that are translated."""
    source: str = ""
    items: Mapping[Slug, TranslatedItem] = field(default_factory=dict)


def words_of(item: ItemBase) -> dict[str, str]:
    """Field path → words, for everything that a translation may give: `title`, `image.alt`, `links[0].text`."""
    return dict(_words(item, ""))


def required_words(item: ItemBase) -> dict[str, str]:
    """Those of `words_of` without which a translation is not complete."""
    return {path: words for path, words in words_of(item).items() if _leaf(path) not in OPTIONAL_WORDS}


def item_digest(item: ItemBase) -> str:
    """Twelve hexadecimal digits over an item's words: what a translation of it notes as its `source`."""
    return _digest(words_of(item))


def head_digest(issue: Issue) -> str:
    """The same over the words of an issue's head."""
    return _digest({name: getattr(issue, name) for name in HEAD_WORDS})


def _leaf(path: str) -> str:
    return path.rpartition(".")[2].partition("[")[0]


def _digest(words: Mapping[str, str]) -> str:
    canonical = json.dumps(dict(words), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _words(noun: BaseModel, path: str) -> Iterator[tuple[str, str]]:
    for name in type(noun).model_fields:
        if name not in SAME_EVERYWHERE:
            yield from _words_in(getattr(noun, name), f"{path}.{name}" if path else name)


def _words_in(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if value.strip():
            yield path, value
    elif isinstance(value, BaseModel):
        yield from _words(value, path)
    elif isinstance(value, tuple):
        for index, each in enumerate(value):
            yield from _words_in(each, f"{path}[{index}]")
