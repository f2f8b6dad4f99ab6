"""Language tags: what they are called, and which of them are one language."""

from __future__ import annotations

import pytest

from mailer.model.base import primary
from mailer.model.kinds import label_in
from mailer.model.register import Country
from mailer.render.marks import colon, comma
from mailer.source import language_name


@pytest.mark.parametrize(
    ("tag", "within", "name"),
    [
        ("fr", "en", "French"),
        ("fr", "fr", "français"),
        ("fr", "ru", "французский"),
        ("zh-Hant", "en", "Chinese (Traditional)"),
        ("fr", "xx-unknown", "French"),
        ("xx", "fr", "xx"),
        ("not a tag", "en", "not a tag"),
    ],
)
def test_a_language_has_its_name_in_every_language_or_its_tag(tag: str, within: str, name: str) -> None:
    assert language_name(tag, within) == name


def test_without_more_a_language_is_named_in_english() -> None:
    assert language_name("ky") == "Kyrgyz"


@pytest.mark.parametrize("tag", ["fr", "fr-CH", "FR-ch", "Fr"])
def test_a_language_is_known_by_its_first_part_however_it_is_written(tag: str) -> None:
    france = Country(iso2="FR", iso3="FRA", names={"fr": "France"}, of={"fr": "de la France"})
    assert primary(tag) == "fr"
    assert colon(tag) == "\u00a0: "
    assert comma(tag) == ", "
    assert france.of_it(tag) == "de la France"
    assert label_in({"en": "Closes", "fr": "Clôture"}, tag) == "Clôture"
