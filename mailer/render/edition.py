"""An issue as one version's readers get it: the items they see, in the words and the languages they read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from mailer.model.base import Language
from mailer.model.issue import Issue, ItemBase
from mailer.model.rendition import TEXT_SLOTS, Variant, slot_in
from mailer.model.slots import FIELD
from mailer.model.translation import HEAD_WORDS, Translation, head_language, item_language, language_chain

NONE: Mapping[Language, Translation] = {}


@dataclass(frozen=True, slots=True)
class Edition:
    """What a version is made from."""

    issue: Issue
    """Its head in the version's language, and only the items that are seen, in their order and words."""
    variant: Variant
    fallen_back: Mapping[str, Language] = field(default_factory=dict)
    """Item id → the language it stands in, for items that are not in the version's own."""
    borrowed: Mapping[str, Language] = field(default_factory=dict)
    """Word of the head, such as `title` → the language it stands in, for those not in the version's own."""
    personal_dates: bool = False
    """Whether the day of sending and the last day are each reader's own: of a reminder they stay open."""
    answer_links: bool = False
    """Whether the text part ends with the addresses to answer with: those of a server are short enough for it."""

    @property
    def languages(self) -> tuple[Language, ...]:
        """Every language that occurs, the version's own first."""
        others = (*self.fallen_back.values(), *self.borrowed.values())
        return tuple(dict.fromkeys((self.variant.language, *others)))


def edition_of(
    issue: Issue,
    variant: Variant,
    translations: Mapping[Language, Translation] = NONE,
    fallbacks: Mapping[Language, Language] | None = None,
) -> Edition:
    """The issue in the version's language; what is not translated stands in the next language that has it.

    `fallbacks` name the language to try next (`kk` → `ru`); the source language comes last. Personal fields of
    words in another language are filled in that language too: `{{country_in}}` becomes `{{country_in__ru}}`.
    """
    chain = language_chain(variant.language, issue.language, fallbacks or {})
    worded = dict(variant.wordings)
    items: list[ItemBase] = []
    fallen_back: dict[str, Language] = {}
    for item_id in variant.items:
        number = worded.get(item_id)
        language = item_language(item_id, chain, translations, number)
        source = language == issue.language
        item = issue.item(item_id) if source else translations[language].items[item_id].item
        item = in_words(item, number)
        if language != variant.language:
            fallen_back[item_id] = language
            item = item.model_copy(
                update={"title": fields_in(language, item.title), "body": fields_in(language, item.body)}
            )
        items.append(item)
    head, borrowed = _head(issue, translations, chain)
    local = issue.model_copy(update={**head, "items": tuple(items)})
    return Edition(local, variant, fallen_back, borrowed)


def _head(
    issue: Issue, translations: Mapping[Language, Translation], chain: tuple[Language, ...]
) -> tuple[dict[str, str], dict[str, Language]]:
    """The head's words, each from the first language that has it, and which are in another than the first."""
    words: dict[str, str] = {}
    borrowed: dict[str, Language] = {}
    for name in HEAD_WORDS:
        language = head_language(name, chain, translations)
        source = language == issue.language
        text = getattr(issue, name) if source else translations[language].head[name]
        if language == chain[0]:
            words[name] = text
        elif text:
            words[name] = fields_in(language, text)
            borrowed[name] = language
    return words, borrowed


def fields_in(language: Language, text: str) -> str:
    """The text with its personal fields in its own language, for it is read within another."""

    def named(found: re.Match[str]) -> str:
        if found[1] not in TEXT_SLOTS:
            return found[0]
        default = "" if found[2] is None else f"|{found[2]}"
        return f"{{{{{slot_in(found[1], language)}{default}}}}}"

    return FIELD.sub(named, text)


def in_words(item: ItemBase, number: int | None) -> ItemBase:
    """The item in one of its wordings; its own words where there is none."""
    if number is None:
        return item
    wording = item.wording[number]
    given = {"title": wording.title, "body": wording.body}
    return item.model_copy(update={name: words for name, words in given.items() if words is not None})
