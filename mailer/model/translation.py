"""An issue's words in another language, and the digests that tell when its source has changed since."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from itertools import takewhile
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from mailer.model.base import Language, Noun, Slug, primary
from mailer.model.issue import Issue, ItemBase

HEAD_WORDS = ("series", "number", "title", "subject", "preheader", "addressees")
"""What of an issue's head is put into words; all of it may be translated."""

SAME_EVERYWHERE = frozenset(
    "id kind show_to lead_for for for_ layout expires src decorative ratio focus start end due time timezone "
    "published country email phone phones fax".split()
)
"""Fields that are facts, not words: a translation cannot change them."""

OPTIONAL_WORDS = frozenset("credit rights url name reference website address".split())
"""Fields that a translation may give, but need not: names, numbers and addresses are often the same."""


MAIN_WORDS = re.compile(r"(?:wording\[\d+\]\.)?(?:title|body)")
"""Paths of the words without which an item stands in another language, as a whole."""


class TranslationFile(Noun):
    """issue.LANGUAGE.yaml: the words of an issue in one more language."""

    language: Language
    source: str = ""
    """Digest of the head's words in the source language when they were translated."""
    translators: tuple[str, ...] = ()
    """Those who translated it, and may not approve it in this language."""
    series: str | None = None
    number: str | None = None
    title: str | None = None
    subject: str | None = None
    preheader: str | None = None
    addressees: str | None = None
    items: dict[Slug, dict[str, Any]] = {}
    """Item id → its words in this language, in the shape that the item has in issue.yaml, and `source`,
    the digest of the words that were translated."""


class SharedTranslationFile(Noun):
    """What issues/shared/NAME.LANGUAGE.yaml says beside the words of the item."""

    translators: tuple[str, ...] = ()
    """Those who translated it, and may not approve, in this language, an issue that has the item in it."""


@dataclass(frozen=True, slots=True)
class TranslatedItem:
    """One item in the other language: whole, with the facts of its source."""

    item: ItemBase
    source: str
    """Digest of the source's words when they were translated; "" where nobody noted it."""
    missing: tuple[str, ...] = ()
    """Fields such as `image.alt` whose words are still the source's, but for optional ones."""

    def stands(self, wording: int | None = None) -> bool:
        """Whether title and body are in this language as their readers see them, in a wording or their own."""
        own = None if wording is None else self.item.wording[wording]
        read = (
            f"wording[{wording}].{name}" if own and getattr(own, name) is not None else name
            for name in ("title", "body")
        )
        return not set(read) & set(self.missing)


@dataclass(frozen=True, slots=True)
class Translation:
    """An issue in one more language, as far as it has been translated."""

    language: Language
    head: Mapping[str, str] = field(default_factory=dict)
    """Of HEAD_WORDS, those that are translated."""
    source: str = ""
    items: Mapping[Slug, TranslatedItem] = field(default_factory=dict)
    translators: tuple[str, ...] = ()
    """Of the issue's own words, and of the shared items that are in this language."""


def words_of(item: BaseModel) -> dict[str, str]:
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
    return _digest({name: words for name in HEAD_WORDS if (words := getattr(issue, name))})


def fallback_chain(language: Language, fallbacks: Mapping[Language, Language]) -> tuple[Language, ...]:
    """A language and those that may stand in for it, in order: the one of its tag without script and region,
    then what it falls back to or, where nobody says that, what that one falls back to; and so on.

    `kk-KZ` with {kk: ru} gives kk-KZ, kk, ru.
    """
    chain: dict[Language, None] = {}
    tried: set[Language] = set()
    wanted: Language | None = language
    while wanted and wanted not in tried:
        tried.add(wanted)
        base = primary(wanted)
        chain |= dict.fromkeys((wanted, base))
        wanted = fallbacks.get(wanted) or fallbacks.get(base)
    return tuple(chain)


def language_chain(
    language: Language, source: Language, fallbacks: Mapping[Language, Language]
) -> tuple[Language, ...]:
    """The languages to look for words in, in order: the `fallback_chain` as far as the source, then the source."""
    chain = fallback_chain(language, fallbacks)
    return (*takewhile(lambda tag: tag != source, chain), source)


def first_having(chain: tuple[Language, ...], has: Callable[[Language], bool]) -> Language:
    """The first language of a chain that has something; its last, the source, has everything."""
    return next((tag for tag in chain[:-1] if has(tag)), chain[-1])


def item_language(
    item: Slug,
    chain: tuple[Language, ...],
    translations: Mapping[Language, Translation],
    wording: int | None = None,
) -> Language:
    """The language in which an item stands: the first of the chain that has title and body of that wording."""

    def has(language: Language) -> bool:
        translation = translations.get(language)
        done = translation.items.get(item) if translation else None
        return done is not None and done.stands(wording)

    return first_having(chain, has)


def head_language(
    name: str, chain: tuple[Language, ...], translations: Mapping[Language, Translation]
) -> Language:
    """The language in which a word of the head stands."""
    return first_having(chain, lambda tag: tag in translations and name in translations[tag].head)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a translation has come, and what of it the source has left behind."""

    language: Language
    items: tuple[Slug, ...]
    """Every item that has words to translate."""
    translated: tuple[Slug, ...]
    partial: Mapping[Slug, tuple[str, ...]]
    """Item → its fields that are still in the source's words, for items of which some words are given."""
    stale: tuple[Slug, ...]
    """Items whose source has changed since it was translated."""
    unstamped: tuple[Slug, ...]
    """Items of which nobody noted what was translated."""
    head_missing: tuple[str, ...]
    head_is_stale: bool
    head_is_unstamped: bool

    @property
    def missing(self) -> tuple[Slug, ...]:
        """Items of which no word is translated."""
        return tuple(item for item in self.items if item not in self.translated)

    @property
    def words(self) -> str:
        """Such as `9 of 20, 1 stale`."""
        stale = len(self.stale) + self.head_is_stale
        counts = ((stale, "stale"), (len(self.partial), "in part"))
        more = "".join(f", {count} {what}" for count, what in counts if count)
        return f"{len(self.translated)} of {len(self.items)}{more}"


def progress_of(issue: Issue, translation: Translation) -> Progress:
    """Compare a translation with the issue as it is now."""
    worded = [item for item in issue.items if required_words(item)]
    pairs = [(item, translation.items[item.id]) for item in worded if item.id in translation.items]
    head, source = translation.head, translation.source
    return Progress(
        language=translation.language,
        items=tuple(item.id for item in worded),
        translated=tuple(item.id for item, _ in pairs),
        partial={item.id: done.missing for item, done in pairs if done.missing},
        stale=tuple(item.id for item, done in pairs if done.source not in ("", item_digest(item))),
        unstamped=tuple(item.id for item, done in pairs if not done.source),
        head_missing=tuple(name for name in HEAD_WORDS if getattr(issue, name).strip() and name not in head),
        head_is_stale=bool(head) and source not in ("", head_digest(issue)),
        # What a series is called stays from issue to issue: nobody translated it for this one.
        head_is_unstamped=not source and not head.keys() <= {"series", "addressees"},
    )


def _leaf(path: str) -> str:
    return path.rpartition(".")[2].partition("[")[0]


def _digest(words: Mapping[str, str]) -> str:
    canonical = json.dumps(dict(words), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:12]


@cache
def word_fields(model: type[BaseModel]) -> Mapping[str, str]:
    """Key as written in a file → name, for the fields of a model that hold words or what holds words."""
    return {
        info.alias or name: name
        for name, info in model.model_fields.items()
        if name not in SAME_EVERYWHERE and _holds_words(info.annotation)
    }


def _holds_words(annotation: Any) -> bool:
    if isinstance(annotation, type):
        return issubclass(annotation, (str, BaseModel)) and not issubclass(annotation, Enum)
    return get_origin(annotation) is not Literal and any(_holds_words(each) for each in get_args(annotation))


def _words(noun: BaseModel, path: str) -> Iterator[tuple[str, str]]:
    for name in word_fields(type(noun)).values():
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
