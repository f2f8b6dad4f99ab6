"""What is odd in the standing file is told once, at its row, and only where it is odd."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from mailer.audience.oddities import odd_contacts
from mailer.audience.roles import parse_roles
from mailer.audience.subscriptions import parse_subscriptions
from mailer.audience.telling import Asked
from mailer.model.audience import Contact
from mailer.model.finding import Finding
from mailer.model.register import Country, Registers
from mailer.model.suppression import Because, Suppression

DAY = date(2016, 12, 19)
REGISTERS = Registers({"KZ": Country(iso2="KZ", iso3="KAZ", names={"en": "Kazakhstan", "ru": "Казахстан"})})
ASKED = Asked(REGISTERS, DAY, {}, "recipients/contacts.csv")


def person(
    name: str, roles: str = "press", country: str | None = "KZ", lists: str = "news", **more: str
) -> Contact:
    given, _, family = name.partition(" ")
    email = more.pop("email", f"{name.lower().replace(' ', '.')}@example.org")
    made = Contact(
        email=email,
        address=email,
        given_name=given,
        family_name=family,
        country=country,
        roles=parse_roles(roles),
        subscriptions=parse_subscriptions(lists),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def odd(*people: Contact, asked: Asked = ASKED) -> list[Finding]:
    return list(odd_contacts([replace(each, row=row) for row, each in enumerate(people, start=2)], asked))


def told(*people: Contact, asked: Asked = ASKED) -> list[tuple[str, str, int | None]]:
    return [(found.rule, found.severity, found.line) for found in odd(*people, asked=asked)]


def test_people_in_order_are_not_odd() -> None:
    nfp = "national-focal-point:cms 2014-05-01.. {letter 2014/3}"
    assert not told(
        person("Aigerim Sadykova", nfp, language="ru"),
        person("Yerlan Bekturov", f"{nfp[:-16]} alternate"),
        person("Saule Zhumabekova", "national-focal-point:cms 2009-03-01..2014-04-30", lists=""),
        person("Timur Abenov", "", lists="news"),
        person("Dinara Kairbek", "partner", lists="", country=None),
    )


def test_a_shared_mailbox_is_named_with_all_who_use_it() -> None:
    (found,) = odd(
        person("A One", email="o@example.org"), person("B Two"), person("C Three", email="o@example.org")
    )
    assert found.message == "o@example.org is shared by A One (row 2) and C Three (row 4)."
    assert (found.line, found.file, found.field) == (2, "recipients/contacts.csv", "email")


@pytest.mark.parametrize(
    ("roles", "severity", "words"),
    [
        (
            "national-focal-point:cms ..2016-06-30",
            "warn",
            "nobody is national-focal-point of cms on 2016-12-19; A B was",
        ),
        ("species-focal-point:saiga ..2016-11-30", "note", "until 2016-11-30."),
        ("national-focal-point:cms 2017-01-01..", "warn", "somebody will be, from 2017-01-01."),
    ],
)
def test_an_office_that_nobody_holds_is_told_with_who_had_it(roles: str, severity: str, words: str) -> None:
    (found,) = odd(person("C D"), person("A B", roles))
    assert (found.rule, found.severity, found.line) == ("contacts.vacant", severity, 3)
    assert found.message.startswith("KZ: ")
    assert words in found.message


def test_an_office_is_looked_for_in_each_country_and_for_each_subject() -> None:
    ended, held = "national-focal-point:cms ..2016-06-30", "national-focal-point:cms"
    assert told(person("A B", ended), person("C D", held)) == []
    assert told(person("A B", ended), person("C D", held, country="TM")) == [("contacts.vacant", "warn", 2)]
    assert told(person("A B", ended), person("C D", "national-focal-point:cites")) == [
        ("contacts.vacant", "warn", 2)
    ]


def test_focal_points_of_one_country_should_say_who_is_the_alternate() -> None:
    held = "national-focal-point:cms"
    (found,) = odd(person("A B", held), person("C D", held))
    assert (found.rule, found.severity, found.line) == ("contacts.several-holders", "note", 3)
    assert (
        found.message
        == "KZ: A B and C D are each national-focal-point of cms, none of them marked as alternate."
    )
    assert not told(person("A B", held), person("C D", f"{held} alternate"))
    assert told(person("A B", f"{held} alternate")) == [("contacts.only-alternate", "warn", 2)]
    assert not told(person("A B", "partner"), person("C D", "partner"))


def test_a_focal_point_of_no_country_is_found_by_no_rule() -> None:
    assert told(person("A B", "national-focal-point:cms", country=None)) == [
        ("contacts.no-country", "warn", 2)
    ]


@pytest.mark.parametrize(
    ("why", "roles", "expected"),
    [
        (Because.BOUNCED, "press", [("contacts.unreachable", "warn", 2)]),
        (Because.BOUNCED, "press ..2015-12-31", [("contacts.unreachable", "note", 2)]),
        (Because.UNSUBSCRIBED, "press", []),
    ],
)
def test_who_cannot_be_reached_is_told(
    why: Because, roles: str, expected: list[tuple[str, str, int | None]]
) -> None:
    barred = {"a.b@example.org": Suppression("a.b@example.org", why, "", datetime(2016, 1, 1, tzinfo=UTC))}
    asked = replace(ASKED, suppressed=barred)
    vacant: list[tuple[str, str, int | None]] = [("contacts.vacant", "note", 2)] if ".." in roles else []
    assert sorted(told(person("A B", roles), asked=asked)) == sorted(expected + vacant)
    with_another = replace(person("A B", roles), other_emails=("b@example.org",))
    assert told(with_another, asked=asked) == vacant


def test_people_on_file_for_nothing_are_told_together() -> None:
    idle = [person(f"P{'x' * number} Q", "", lists="") for number in range(7)]
    (found,) = odd(*idle)
    assert found.rule == "contacts.no-purpose"
    assert found.message == "7 people have no role and no newsletter: rows 2, 3, 4, 5, 6 and 2 more."


def test_one_name_at_two_addresses_may_be_one_person() -> None:
    twice = (
        person("A B", organization="Ministry"),
        person("B A", email="b@example.org", organization="ministry"),
    )
    assert told(*twice) == [("contacts.same-name", "note", 3)]
    assert not told(twice[0], replace(twice[1], country="TM"))
    assert not told(twice[0], replace(twice[1], organization="Institute"))


def test_a_slip_of_the_pen_in_a_role_or_newsletter_is_told() -> None:
    many = [person(f"P{'x' * number} Q", "partner", lists="cami-newsletter") for number in range(6)]
    assert told(*many, person("A B", "partnr", lists="cami-newsleter")) == [
        ("contacts.slip", "warn", 8),
        ("contacts.slip", "warn", 8),
    ]
    assert not told(*many, person("A B", "donor", lists="cms-bulletin"))


def test_a_language_of_which_the_countries_know_nothing_is_told_once() -> None:
    people = [person("A B", language="tlh"), person("C D", language="tlh"), person("E F", language="ru-KZ")]
    (found,) = odd(*people)
    assert (found.rule, found.line) == ("contacts.language", 2)
    assert found.message.startswith('2 people have the language "tlh", rows 2 and 3')


def test_of_each_kind_the_first_hundred_are_told() -> None:
    people = [person("A B", email=f"a{number}@example.org") for number in range(300)]
    assert len(odd(*people)) == 100
