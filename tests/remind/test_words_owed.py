"""What is owed and by whom, and as what a reader is written to, as each language says it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from test_words_days import phrases

from mailer.audience import read_registers
from mailer.model.deadline import Obligation
from mailer.model.register import Country, Registers
from mailer.remind.words import addressee_words, owed_words

REGISTERS = read_registers(Path(__file__).parents[2] / "recipients", Path(__file__).parents[2])
DUE = date(2017, 4, 24)


def owing(*who: str) -> tuple[Obligation, ...]:
    return tuple(Obligation("report", code, code, DUE) for code in who)


def owed(language: str, what: str, *who: str, registers: Registers = REGISTERS) -> str:
    return owed_words(what, owing(*who), registers, language, phrases(language))


@pytest.mark.parametrize(
    ("language", "what", "who", "expected"),
    [
        ("en", "the national report", ["KZ"], "the national report of Kazakhstan"),
        ("en", "the national report", ["KZ", "MN"], "the national report of Kazakhstan and of Mongolia"),
        ("ru", "национальный доклад", ["KZ", "MN"], "национальный доклад Казахстана и Монголии"),
        ("fr", "le rapport national", ["KZ", "MN"], "le rapport national du Kazakhstan et de la Mongolie"),
        ("ar", "التقرير الوطني", ["KZ", "MN"], "التقرير الوطني (كازاخستان ومنغوليا)"),
    ],
)
def test_the_owner_stands_in_the_form_that_the_register_has(
    language: str, what: str, who: list[str], expected: str
) -> None:
    assert owed(language, what, *who) == expected


def test_where_a_form_is_missing_all_are_named_and_nothing_is_guessed() -> None:
    bare = Country(iso2="UZ", iso3="UZB", names={"en": "Uzbekistan", "ru": "Узбекистан"})
    registers = Registers(countries={**REGISTERS.countries, "UZ": bare})
    said = owed("ru", "доклад", "KZ", "UZ", registers=registers)
    assert said == "доклад (Казахстан и Узбекистан)"


def test_a_country_that_no_register_has_is_named_by_its_code() -> None:
    assert owed("fr", "le rapport", "XX") == "le rapport (XX)"


def test_whoever_owes_for_themselves_is_not_named_with_their_country() -> None:
    mine = (Obligation("part", "anna@example.org", "KZ", DUE),)
    assert owed_words("the part", mine, REGISTERS, "en", phrases("en")) == "the part"


def test_braces_in_what_is_owed_stay_as_they_are() -> None:
    assert owed("en", "the {countries} table", "KZ") == "the {countries} table of Kazakhstan"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "National Focal Point of Kazakhstan"),
        ("ru", "Национальный координатор Казахстана"),
        ("fr", "Point focal national du Kazakhstan"),
        ("ar", "جهة التنسيق الوطنية (كازاخستان)"),
    ],
)
def test_the_addressee_is_the_office(language: str, expected: str) -> None:
    said = addressee_words("national-focal-point", ["KZ"], REGISTERS, language, phrases(language))
    assert said == expected


def test_an_office_without_a_name_is_nobody() -> None:
    assert addressee_words("queen", ["KZ"], REGISTERS, "en", phrases("en")) == ""
