"""An issue as one version's readers get it: the items they see, in the words and the languages they read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailer.model.base import Language
from mailer.model.issue import Issue, ItemBase
from mailer.model.rendition import Variant
from mailer.model.translation import Translation

NONE: Mapping[Language, Translation] = {}


@dataclass(frozen=True, slots=True)
class Edition:
    """What a version is made from."""

    issue: Issue
    """Its head in the version's language, and only the items that are seen, in their order and words."""
    variant: Variant
    fallen_back: Mapping[str, Language] = field(default_factory=dict)
    """Item id → the language it stands in, for items that are not in the version's own."""

    @property
    def languages(self) -> tuple[Language, ...]:
        """Every language that occurs, the version's own first."""
        return tuple(dict.fromkeys((self.variant.language, *self.fallen_back.values())))


def edition_of(
    issue: Issue,
    variant: Variant,
    translations: Mapping[Language, Translation] = NONE,
    fallbacks: Mapping[Language, Language] | None = None,
) -> Edition:
    """The issue in the version's language; what is not translated stands in the next language that has it.

    `fallbacks` name the language to try next (`kk` → `ru`); the source language comes last.
    """
    chain = language_chain(variant.language, issue.language, fallbacks or {})
    worded = dict(variant.wordings)
    items: list[ItemBase] = []
    fallen_back: dict[str, Language] = {}
    for item_id in variant.items:
        item, language = _item(issue, item_id, translations, chain)
        if language != variant.language:
            fallen_back[item_id] = language
        items.append(_in_words(item, worded.get(item_id)))
    head: dict[str, str] = {}
    for language in reversed(chain):
        if language in translations:
            head |= translations[language].head
    local = issue.model_copy(update={**head, "items": tuple(items)})
    return Edition(local, variant, fallen_back)


def language_chain(
    language: Language, source: Language, fallbacks: Mapping[Language, Language]
) -> tuple[Language, ...]:
    """The languages to look for words in, in order: the one wanted, those it falls back to, the source."""
    chain: list[Language] = []
    wanted: Language | None = language
    while wanted and wanted != source and wanted not in chain:
        chain.append(wanted)
        wanted = fallbacks.get(wanted)
    return (*chain, source)


def _item(
    issue: Issue, item_id: str, translations: Mapping[Language, Translation], chain: tuple[Language, ...]
) -> tuple[ItemBase, Language]:
    for language in chain[:-1]:
        translation = translations.get(language)
        if translation is not None and item_id in translation.items:
            return translation.items[item_id].item, language
    return issue.item(item_id), issue.language


def _in_words(item: ItemBase, number: int | None) -> ItemBase:
    """The item in one of its wordings; its own words where there is none."""
    if number is None:
        return item
    wording = item.wording[number]
    given = {"title": wording.title, "body": wording.body}
    return item.model_copy(update={name: words for name, words in given.items() if words is not None})
