"""What makes one reader's copy theirs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mailer.audience import language_for, resolve, slot_values
from mailer.config import open_workspace
from mailer.flow import read_people
from mailer.model.audience import Contact, Role
from mailer.model.register import Country, Registers
from mailer.model.rendition import PERSON_SLOTS

DAY = date(2016, 12, 19)
REGISTERS = Registers(
    {
        "RU": Country(
            iso2="RU",
            iso3="RUS",
            names={"en": "Russian Federation", "fr": "Fédération de Russie", "ru": "Российская Федерация"},
            in_text={"en": "the Russian Federation", "fr": "la Fédération de Russie"},
            of={"en": "of the Russian Federation", "ru": "Российской Федерации"},
            **{"in": {"en": "in the Russian Federation", "fr": "en Fédération de Russie"}},
            language="ru",
        ),
        "KZ": Country(iso2="KZ", iso3="KAZ", names={"en": "Kazakhstan"}),
    }
)
PHRASES = {
    "salutation.Ms": "Dear Ms. {family_name}",
    "salutation.Dr": "Dear Dr. {family_name}",
    "salutation.neutral": "Dear colleague",
    "role.nfp": "National Focal Point",
}


def values(language: str = "en", **given: Any) -> dict[str, str]:
    contact = Contact(email="a@example.org", address="a@example.org", **given)
    return slot_values(contact, REGISTERS, language, PHRASES, DAY)


def test_every_slot_is_there_even_where_nothing_is_known() -> None:
    assert values() == dict.fromkeys(PERSON_SLOTS, "") | {"salutation": "Dear colleague"}


def test_a_known_person_is_addressed_by_title_and_family_name() -> None:
    known = values(title="Dr.", given_name="A", family_name="Ivanova")
    assert (known["salutation"], known["name"]) == ("Dear Dr. Ivanova", "A Ivanova")
    assert values(family_name="Ivanova")["salutation"] == "Dear colleague"
    assert values(title="Dr.")["salutation"] == "Dear colleague"
    assert (
        values(title="H.E.", family_name="X", salutation="Your Excellency")["salutation"] == "Your Excellency"
    )


@pytest.mark.parametrize("name", ["{title}", "{0.__class__}", "{", "%s", "{{7*7}}", "\\1", "<img onerror=x>"])
def test_a_name_is_never_taken_for_a_placeholder(name: str) -> None:
    assert values(title="Ms.", family_name=name)["salutation"] == f"Dear Ms. {name}"


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("en", "the Russian Federation"),
        ("fr", "la Fédération de Russie"),
        ("fr-CH", "la Fédération de Russie"),
        ("ru", "Российская Федерация"),
        ("de", "the Russian Federation"),
    ],
)
def test_the_country_stands_with_its_article_in_the_language(language: str, name: str) -> None:
    assert values(language, country="RU")["country"] == name


@pytest.mark.parametrize(
    ("language", "of", "in_"),
    [
        ("en", "of the Russian Federation", "in the Russian Federation"),
        ("en-GB", "of the Russian Federation", "in the Russian Federation"),
        ("ru", "Российской Федерации", ""),
        ("fr-CH", "", "en Fédération de Russie"),
        ("de", "", ""),
    ],
)
def test_a_form_that_the_register_does_not_have_is_left_to_the_stand_in(
    language: str, of: str, in_: str
) -> None:
    filled = values(language, country="RU")
    assert (filled["country_of"], filled["country_in"]) == (of, in_)


def test_a_country_that_the_register_does_not_know_says_nothing() -> None:
    assert values(country="XX")["country"] == ""


def test_the_role_is_the_first_one_held_on_the_day() -> None:
    past = Role(name="nfp", end=date(2016, 12, 18))
    assert values(roles=(past,))["role"] == ""
    assert values(roles=(past, Role(name="nfp")))["role"] == "National Focal Point"
    assert values(roles=(Role(name="unnamed"), Role(name="nfp")))["role"] == "", (
        "no phrase for the first role"
    )


@pytest.mark.parametrize(
    ("stated", "country", "available", "expected"),
    [
        ("ru", None, ("en", "ru"), "ru"),
        ("ru-KZ", None, ("en", "ru"), "ru"),
        ("ru", None, ("en", "ru-RU"), "ru-RU"),
        (None, "RU", ("en", "ru"), "ru"),
        (None, "RU", ("en",), "en"),
        ("fr", "RU", ("en", "ru"), "ru"),
        ("fr", "KZ", ("en", "ru"), "en"),
        (None, "KZ", ("en", "ru"), "en"),
        (None, None, ("en", "ru"), "en"),
        ("zh-Hant", None, ("zh-Hans", "zh-Hant"), "zh-Hant"),
    ],
)
def test_the_language_is_the_stated_one_then_the_country_s_then_the_source(
    stated: str | None, country: str | None, available: tuple[str, ...], expected: str
) -> None:
    contact = Contact(email="a@example.org", address="a@example.org", language=stated, country=country)
    assert language_for(contact, REGISTERS, available, "en") == expected


@pytest.mark.parametrize(
    ("stated", "country", "expected"),
    [
        ("kk", None, "ru"),
        ("kk-KZ", None, "ru"),
        ("tt", "RU", "ru"),
        ("uz", None, "ru"),
        ("ky", "FR", "fr"),
        ("ky", None, "en"),
    ],
)
def test_a_language_that_is_not_there_falls_back_before_the_country_is_asked(
    stated: str, country: str | None, expected: str
) -> None:
    registers = Registers(
        {**REGISTERS.countries, "FR": Country(iso2="FR", iso3="FRA", names={"en": "France"}, language="br")}
    )
    fallbacks = {"kk": "ru", "uz": "kk", "br": "fr", "ky": "tg", "tg": "ky"}
    contact = Contact(email="a@example.org", address="a@example.org", language=stated, country=country)
    assert language_for(contact, registers, ("en", "ru", "fr"), "en", fallbacks) == expected


def test_the_sample_recipients_are_read_and_each_group_has_somebody() -> None:
    root = Path(__file__).parents[2]
    people = read_people(open_workspace(root))
    recipients, scene = people.recipients, people.scene(DAY)
    assert len(recipients.contacts) > 100
    empty = [name for name in recipients.segments if not resolve([name], recipients, scene)]
    assert empty == []
    parties = {contact.country for contact in resolve(["cms-parties"], recipients, scene)}
    assert parties == {"AF", "IN", "IR", "KG", "KZ", "MN", "PK", "TJ", "UZ"}
