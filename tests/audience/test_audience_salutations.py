"""How readers are addressed: what a title says, and which formula of a language it gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from mailer.audience.salutations import formulas, salutation
from mailer.model.audience import Contact

TEMPLATE = Path(__file__).parents[2] / "templates" / "newsletter"
PHRASES = {
    language: YAML(typ="safe", pure=True).load(
        (TEMPLATE / f"strings.{language}.yaml").read_text(encoding="utf-8")
    )
    for language in ("en", "ru", "fr", "ar")
}


def addressed(within: str = "en", title: str = "", family_name: str = "Ahmadzai", **known: str) -> str:
    contact = Contact(
        email="a@example.org", address="a@example.org", title=title, family_name=family_name, **known
    )
    return salutation(contact, within, PHRASES[within])


def neutral(language: str) -> str:
    return str(PHRASES[language]["salutation.neutral"])


@pytest.mark.parametrize(
    ("title", "keys"),
    [
        ("Ms.", ["Ms"]),
        ("ms", ["Ms"]),
        ("Mrs.", ["Mrs", "Ms"]),
        ("Mme", ["Ms"]),
        ("M.", ["Mr"]),
        ("Sra.", ["Ms"]),
        ("г-н", ["Mr"]),
        ("Г-жа", ["Ms"]),
        ("السيدة", ["Ms"]),
        ("Dr.", ["Dr"]),
        ("Dra.", ["Dr.Ms", "Dr", "Ms"]),
        ("Mr. Dr.", ["Dr.Mr", "Dr", "Mr"]),
        ("Prof. Dr.", ["Prof", "Dr"]),
        ("H.E.", ["HE"]),
        ("H. E. Ms.", ["HE.Ms", "HE", "Ms"]),
        ("H.E. Prof. Mr.", ["HE.Mr", "HE", "Prof.Mr", "Prof", "Mr"]),
        ("Her Excellency", ["HE.Ms", "HE", "Ms"]),
        ("", []),
        ("Col.", []),
        ("Ambassador Dr.", []),
        ("Mr. and Mrs.", []),
        ("Mr./Ms.", []),
        ("Mr. Ms.", []),
    ],
)
def test_a_title_gives_the_formulas_that_it_allows_and_nothing_is_guessed(
    title: str, keys: list[str]
) -> None:
    assert list(formulas(title)) == keys


@pytest.mark.parametrize(
    ("language", "title", "words"),
    [
        ("en", "Ms.", "Dear Ms. Ahmadzai"),
        ("en", "Mme", "Dear Ms. Ahmadzai"),
        ("en", "Mrs.", "Dear Mrs. Ahmadzai"),
        ("en", "Prof. Dr.", "Dear Professor Ahmadzai"),
        ("en", "H.E. Dr.", "Excellency"),
        ("ru", "Mr.", "Уважаемый господин Ahmadzai"),
        ("ru", "Mrs.", "Уважаемая госпожа Ahmadzai"),
        ("ru", "Ms. Dr.", "Уважаемая госпожа Ahmadzai"),
        ("ru", "H.E.", "Ваше Превосходительство"),
        ("fr", "Mr.", "Monsieur"),
        ("fr", "Ms.", "Madame"),
        ("fr", "H.E. Mr.", "Excellence"),
        ("fr", "Mme Prof.", "Madame la Professeure"),
        ("ar", "Mr.", "السيد Ahmadzai المحترم"),
        ("ar", "Dra.", "الدكتورة Ahmadzai المحترمة"),
        ("ar", "H.E. Ms.", "صاحبة السعادة"),
    ],
)
def test_each_language_has_its_own_formula(language: str, title: str, words: str) -> None:
    assert addressed(language, title) == words


@pytest.mark.parametrize(
    ("language", "title"),
    [("ru", "Dr."), ("ru", "Prof."), ("fr", "Dr."), ("fr", "Prof."), ("ar", "Dr."), ("ar", "H.E.")],
)
def test_where_the_formula_needs_a_gender_that_the_title_does_not_tell_it_is_the_neutral_one(
    language: str, title: str
) -> None:
    assert addressed(language, title) == neutral(language)


@pytest.mark.parametrize("language", PHRASES)
@pytest.mark.parametrize("title", ["", "Col.", "Mr. and Mrs."])
def test_without_a_title_that_says_enough_it_is_the_neutral_one(language: str, title: str) -> None:
    assert addressed(language, title) == neutral(language)


def test_without_a_family_name_it_is_the_neutral_one_unless_the_formula_needs_none() -> None:
    assert addressed("en", "Ms.", "") == neutral("en")
    assert addressed("ru", "Mr.", "") == neutral("ru")
    assert addressed("en", "H.E. Ms.", "") == "Excellency"
    assert addressed("fr", "Mme", "") == "Madame"


def test_the_contacts_own_salutation_stands_only_in_the_language_that_they_state() -> None:
    own = {"salutation": "Dear Director", "title": "Ms."}
    assert addressed("en", **own, language="en") == "Dear Director"
    assert addressed("en", **own, language="en-GB") == "Dear Director"
    assert addressed("ru", **own, language="en") == "Уважаемая госпожа Ahmadzai"
    assert addressed("ru", **own, language="kk") == "Уважаемая госпожа Ahmadzai"
    assert addressed("ru", **own) == "Dear Director", "none is stated: the office's words stand"


@pytest.mark.parametrize("language", PHRASES)
def test_the_first_line_of_a_letter_fits_every_formula_of_its_language(language: str) -> None:
    line = PHRASES[language]["salutation.line"]
    for key, words in PHRASES[language].items():
        if key.startswith("salutation.") and key != "salutation.line":
            assert not words.rstrip().endswith((",", "!", "،")), key
            assert words in line.format(salutation=words)


@given(st.text(max_size=40), st.text(max_size=20))
def test_whatever_stands_as_title_and_name_the_words_are_a_formula(title: str, name: str) -> None:
    contact = Contact(email="a@example.org", address="a@example.org", title=title, family_name=name)
    words = salutation(contact, "en", PHRASES["en"])
    formulas_ = [
        str(text).replace("{family_name}", name)
        for key, text in PHRASES["en"].items()
        if key.startswith("salutation.") and key != "salutation.line"
    ]
    assert words in formulas_
