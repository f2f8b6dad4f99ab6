"""The sample in Russian is complete, in French half done; neither changes a fact."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from mailer.config import open_workspace
from mailer.content import IssueFile, read_issue
from mailer.flow.compose import Composed, compose_issue
from mailer.model.audience import Reader
from mailer.model.finding import Severity
from mailer.model.issue import ItemBase
from mailer.model.rendition import slot_base
from mailer.model.slots import FIELD
from mailer.model.translation import HEAD_WORDS, head_digest, item_digest, words_of

ROOT = Path(__file__).resolve().parents[2]
FILE: IssueFile = read_issue(ROOT / "issues" / "2016-12-cami", ROOT)
LANGUAGES = ("ru", "fr")
CLIP = 102_000
LATIN_NAMES = re.compile(r"https?://\S+|[\w.]+@[\w.]+|UNEP/CMS")
FEW_FRENCH, MOST_FRENCH = 9, 12


def translated(language: str) -> list[tuple[ItemBase, ItemBase]]:
    """Pairs of an item in English and in the language."""
    items = FILE.translations[language].items
    return [(item, items[item.id].item) for item in FILE.issue.items if item.id in items]


def links_of(item: ItemBase) -> Counter[str]:
    return Counter([*(link.url for link in item.links), *re.findall(r"\]\(([^)\s]+)\)", item.body)])


def test_russian_is_complete_and_french_is_half_done() -> None:
    russian, french = (FILE.translations[language] for language in LANGUAGES)
    assert set(russian.items) == {item.id for item in FILE.issue.items}
    assert FEW_FRENCH <= len(french.items) <= MOST_FRENCH
    for translation in (russian, french):
        assert not [item.missing for item in translation.items.values() if item.missing]
        assert set(translation.head) == {name for name in HEAD_WORDS if getattr(FILE.issue, name)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_translation_is_of_the_words_as_they_are_now(language: str) -> None:
    translation = FILE.translations[language]
    assert translation.source == head_digest(FILE.issue)
    stale = [
        key for key, item in translation.items.items() if item.source != item_digest(FILE.issue.item(key))
    ]
    assert stale == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_fields_and_numbers_are_kept(language: str) -> None:
    for source, other in translated(language):
        assert links_of(other) == links_of(source), source.id
        fields = [
            sorted(match[1].split("_")[0] for match in FIELD.finditer(item.body)) for item in (source, other)
        ]
        assert fields[0] == fields[1], source.id
        years = [
            Counter(re.findall(r"\b(?:19|20)\d\d\b", item.title + item.body)) for item in (source, other)
        ]
        assert set(years[0]) <= set(years[1]), source.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_facts_are_the_same(language: str) -> None:
    for source, other in translated(language):
        words = words_of(source).keys()
        assert words_of(other).keys() == words
        assert other.groups == source.groups
        for name in ("id", "kind", "layout", "expires", "start", "end", "due", "email", "phones", "fax"):
            assert getattr(other, name, None) == getattr(source, name, None), source.id
        if source.image and other.image:
            assert other.image.src == source.image.src


def test_russian_words_are_in_russian_letters() -> None:
    for _, item in translated("ru"):
        for field, words in words_of(item).items():
            if field.endswith((".url", ".rights", "website")) or field.startswith("address"):
                continue
            letters = re.sub(r"\{\{[^}]*\}\}", "", LATIN_NAMES.sub("", words))
            cyrillic = len(re.findall("[а-яё]", letters, re.IGNORECASE))
            assert cyrillic or field == "reference", (item.id, field)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_typography_is_the_languages_own(language: str) -> None:
    for _, item in translated(language):
        for field, words in words_of(item).items():
            prose = re.sub(r"https?://\S+", "", words)
            assert '"' not in prose, (item.id, field)
            if language == "ru":
                assert " —" not in prose, (item.id, field)
                assert not re.search(r"\d [а-яё]", prose), (item.id, field)
            else:
                assert not re.search(r" [:;!?»]|« |\w'\w", prose), (item.id, field)


@pytest.mark.parametrize("language", LANGUAGES)
def test_subject_preheader_and_alternative_texts_have_their_length(language: str) -> None:
    head = FILE.translations[language].head
    assert len(head["subject"]) <= 70
    assert 30 <= len(head["preheader"]) <= 110
    for _, item in translated(language):
        if item.image:
            assert len(item.image.alt or "") <= 125


@pytest.fixture(scope="module")
def composed() -> Composed:
    return compose_issue(open_workspace(ROOT), "2016-12-cami", secret=b"x" * 32)


def test_readers_get_their_own_language_else_that_of_their_country(composed: Composed) -> None:
    languages = {rendition.variant.key: rendition.variant.language for rendition in composed.renditions}
    assert set(languages.values()) == {"en", "ru", "fr"}
    for reader in composed.readers:
        stated, country = reader.contact.language, reader.contact.country
        if stated in ("en", "ru", "fr"):
            assert languages[reader.variant] == stated
        elif not stated and country in ("KG", "KZ", "RU", "TJ", "TM", "UZ"):
            assert languages[reader.variant] == "ru"


def test_every_version_in_every_language_is_below_the_clip_line(composed: Composed) -> None:
    assert {r.variant.key: r.html_bytes for r in composed.renditions if r.html_bytes >= CLIP} == {}


def test_what_is_not_in_french_says_so_and_nothing_is_missing_in_russian(composed: Composed) -> None:
    for rendition in composed.renditions:
        notices = rendition.text.count("[Langue de ce texte\u00a0: anglais]")
        assert (notices > 0) == (rendition.variant.language == "fr")
        assert "[Язык этого материала" not in rendition.text


def test_the_sample_has_no_finding_that_stops_or_warns(composed: Composed) -> None:
    assert [finding for finding in composed.standing if finding.severity is not Severity.NOTE] == []


def stand_ins(composed: Composed, reader: Reader, field: str) -> set[str]:
    """What that reader sees in place of a personal field, in whatever languages it occurs."""
    mine = composed.rendition(reader.variant)
    lacking = (slot for slot in mine.slots if slot_base(slot) == field and not reader.slots.get(slot))
    return {mine.defaults[slot] for slot in lacking}


def test_readers_without_a_value_are_said_to_see_what_stands_in_their_own_version(composed: Composed) -> None:
    told = {finding.words: finding.message for finding in composed.findings if finding.rule == "slot.empty"}
    assert told
    for field, message in told.items():
        seen = [stand_ins(composed, reader, field or "") for reader in composed.readers]
        words = " or ".join(f'"{word}"' for word in sorted(set().union(*seen)))
        assert message.startswith(f"{sum(map(bool, seen))} of {len(seen)} readers ha")
        assert message.endswith(f"they see {words}.")
