"""The register's names of States in sentences: every form there, and none that is plainly wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailer.audience import read_registers
from mailer.model.register import Country

ROOT = Path(__file__).parents[2]
OWN = re.findall(
    r"- iso2: \"?([A-Z]{2})", (ROOT / "recipients" / "countries.yaml").read_text(encoding="utf-8")
)
"""The countries of which the sample's office knows more than their names."""
REGISTER = read_registers(ROOT / "recipients", ROOT).countries
COUNTRIES = {code: REGISTER[code] for code in OWN}
LANGUAGES = ("en", "fr", "ru", "ar", "es")


@pytest.fixture
def words(country: Country) -> dict[str, dict[str, str]]:
    of, in_ = ({lang: form(lang) for lang in LANGUAGES} for form in (country.of_it, country.in_it))
    return {"names": country.names, "in_text": country.in_text, "of": of, "in": in_}


each = pytest.mark.parametrize("country", list(COUNTRIES.values()), ids=list(COUNTRIES))


@each
def test_every_form_is_there_in_every_language(words: dict[str, dict[str, str]]) -> None:
    for forms in words.values():
        assert set(forms) >= set(LANGUAGES)
        assert all(form == form.strip() and form for form in forms.values())


@each
def test_english_and_spanish_put_a_preposition_before_the_name_with_its_article(country: Country) -> None:
    assert country.of_it("en") == f"of {country.in_text['en']}"
    assert country.in_it("en") == f"in {country.in_text['en']}"
    assert country.of_it("es") == re.sub("^de el ", "del ", f"de {country.in_text['es']}")
    assert country.in_it("es") == f"en {country.in_text['es']}"


@each
def test_french_contracts_the_article(country: Country) -> None:
    name = country.in_text["fr"]
    contracted = {"le ": "du ", "les ": "des "}
    for article, form in contracted.items():
        if name.startswith(article):
            assert country.of_it("fr") == form + name.removeprefix(article)
            break
    else:
        assert name.startswith(("la ", "l'"))
        assert country.of_it("fr") == f"de {name}"


@each
def test_french_says_en_au_or_aux_as_the_gender_wants_it(country: Country) -> None:
    name = country.in_text["fr"]
    bare = re.sub("^(les? |la |l')", "", name)
    before = {"le ": "au", "les ": "aux"}.get(re.match("les? |", name)[0], "en")  # type: ignore[index]
    assert country.in_it("fr") == f"{before} {bare}"


@each
def test_russian_declines(country: Country) -> None:
    nominative, genitive, where = country.in_text["ru"], country.of_it("ru"), country.in_it("ru")
    preposition, prepositional = where.split(" ", 1)
    assert preposition in ("в", "во", "на")
    assert genitive != nominative
    assert prepositional != nominative
    assert re.fullmatch("[А-Яа-яЁё -]+", f"{nominative}{genitive}{where}")
    if nominative.endswith("ия") and " " not in nominative:
        assert (genitive, prepositional) == (nominative[:-1] + "и", nominative[:-1] + "и")
    elif nominative.endswith(("ан", "л")) and " " not in nominative:
        assert (genitive, prepositional) == (nominative + "а", nominative + "е")


def test_the_russian_forms_that_follow_no_simple_rule() -> None:
    forms = {code: (COUNTRIES[code].of_it("ru"), COUNTRIES[code].in_it("ru")) for code in COUNTRIES}
    assert forms["FR"] == ("Франции", "во Франции")
    assert forms["PH"] == ("Филиппин", "на Филиппинах")
    assert forms["CN"] == ("Китая", "в Китае")
    assert forms["US"] == ("Соединенных Штатов Америки", "в Соединенных Штатах Америки")
    assert forms["IR"] == ("Исламской Республики Иран", "в Исламской Республике Иран")
    assert forms["ZA"] == ("Южной Африки", "в Южной Африке")


@each
def test_arabic_without_vowel_signs_keeps_the_name_as_it_is(country: Country) -> None:
    assert country.of_it("ar") == country.in_text["ar"]
    assert country.in_it("ar") == f"في {country.in_text['ar']}"
    assert not re.search("[\u064b-\u0652]", country.in_it("ar"))


def test_there_are_the_countries_that_the_office_knows_more_of() -> None:
    assert len(COUNTRIES) == 25


def test_a_language_that_the_register_does_not_have_gives_no_form_at_all() -> None:
    kazakhstan = COUNTRIES["KZ"]
    assert (kazakhstan.of_it("de"), kazakhstan.in_it("zh-Hant"), kazakhstan.name("de")) == ("", "", "")
    assert kazakhstan.in_it("fr-CH") == "au Kazakhstan"
