"""The sample's people are invented, its registers hold what the sources say, and its groups rest on both."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from mailer.audience.registers import with_countries
from mailer.model.audience import Contact, Role, Segment, Subscription
from mailer.model.register import Country, Registers, Species, Treaty

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "recipients"
DAY = date(2016, 12, 31)
RANGE_STATES = set("AF BT CN IN IR KG KZ MN NP PK RU TJ TM UZ".split())
HEADER = (
    "email,title,given_name,family_name,salutation,language,country,organization,roles,subscriptions,"
    "other_emails,messages,since,note"
)
ROLE = re.compile(
    r"(?P<name>[a-z-]+)(?::(?P<subject>[a-z-]+))?(?: (?P<start>\d{4}-\d\d-\d\d)?\.\.(?P<end>\d{4}-\d\d-\d\d)?)?"
    r"(?P<alternate> alternate)?(?: \{(?P<letter>[^{}]+)\})?"
)
SUBSCRIPTION = re.compile(
    r"(?P<list>[a-z-]+)(?: (?P<start>\d{4}-\d\d-\d\d)?\.\.(?P<end>\d{4}-\d\d-\d\d)?)?(?: \{(?P<source>[^{}]+)\})?"
)
IN_THE_NEWSLETTER = set(
    "Chambers Zhou Jinfeng Orlinskiy Protas Al-Samaraie Zuther Kaczensky Reading Grunewald Forster Hare Davletbakov "
    "Braun Yakusheva".split()
)


def plain(name: str) -> Any:
    """A file of the folder as plain values."""
    return YAML(typ="safe", pure=True).load((FOLDER / name).read_text(encoding="utf-8"))


def role_of(cell: str) -> Role:
    """A role as it stands in the roles cell."""
    match = ROLE.fullmatch(cell)
    assert match, cell
    found = {key: value for key, value in match.groupdict().items() if value}
    return Role.model_validate(found | {"alternate": "alternate" in found})


def subscription_of(cell: str) -> Subscription:
    """A subscription as it stands in its cell."""
    match = SUBSCRIPTION.fullmatch(cell)
    assert match, cell
    return Subscription.model_validate({key: value for key, value in match.groupdict().items() if value})


def contact_of(number: int, row: dict[str, str]) -> Contact:
    """A row of the contacts file."""
    return Contact(
        email=row["email"],
        address=row["email"],
        title=row["title"],
        given_name=row["given_name"],
        family_name=row["family_name"],
        salutation=row["salutation"],
        language=row["language"] or None,
        country=row["country"] or None,
        organization=row["organization"],
        roles=tuple(role_of(cell.strip()) for cell in row["roles"].split(";") if cell.strip()),
        subscriptions=tuple(
            subscription_of(cell.strip()) for cell in row["subscriptions"].split(";") if cell.strip()
        ),
        row=number,
    )


with (FOLDER / "contacts.csv").open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))
CONTACTS = [contact_of(number, row) for number, row in enumerate(ROWS, start=2)]
OWN = {row["iso2"]: Country.model_validate(row) for row in plain("countries.yaml")["countries"]}
COUNTRIES = {code: country for code, country in with_countries(OWN.values()).items() if code in OWN}
SPECIES = {row["slug"]: Species.model_validate(row) for row in plain("species.yaml")["species"]}
TREATIES = {row["slug"]: Treaty.model_validate(row) for row in plain("treaties.yaml")["treaties"]}
REGISTERS = Registers(COUNTRIES, SPECIES, TREATIES)
SEGMENTS = {
    name: Segment.model_validate({"name": name} | entry)
    for name, entry in plain("segments.yaml")["segments"].items()
}


def parties_on(day: date) -> set[str]:
    """The Range States that were CMS Parties on that day."""
    return {code for code in RANGE_STATES if COUNTRIES[code].is_party("cms", day)}


def focal_points_on(day: date) -> list[Contact]:
    """The CMS National Focal Points of Range States that were Parties on that day."""
    return [
        contact
        for contact in CONTACTS
        if contact.country in parties_on(day)
        and any(
            r.name == "national-focal-point" and r.subject == "cms" and r.held_on(day) for r in contact.roles
        )
    ]


# People


def test_the_file_has_about_150_people_under_the_agreed_header() -> None:
    assert (FOLDER / "contacts.csv").read_text(encoding="utf-8").splitlines()[0] == HEADER
    assert 140 <= len(CONTACTS) <= 170


def test_the_tool_makes_the_very_same_file_again(tmp_path: Path) -> None:
    made = tmp_path / "contacts.csv"
    tool = ROOT / "tools" / "make_contacts.py"
    subprocess.run([sys.executable, str(tool), str(made)], check=True, capture_output=True, timeout=60)
    assert made.read_bytes() == (FOLDER / "contacts.csv").read_bytes()


def test_no_address_can_reach_anybody_and_one_alone_is_shared() -> None:
    people = Counter(contact.email for contact in CONTACTS)
    assert [(email, number) for email, number in people.items() if number > 1] == [
        ("wildlife.wing@example.org", 2)
    ]
    assert (
        sum(
            contact.subscribes_to("cami-newsletter", DAY) for contact in CONTACTS if people[contact.email] > 1
        )
        == 1
    )
    for address in [*people, *(row["other_emails"] for row in ROWS if row["other_emails"])]:
        assert re.fullmatch(r"[a-z-]+\.[a-z-]+@example\.(org|com)", address)


def test_nobody_has_the_name_of_somebody_in_the_newsletter() -> None:
    assert not {contact.family_name for contact in CONTACTS} & IN_THE_NEWSLETTER


def test_every_range_state_has_several_people_with_several_roles() -> None:
    people = Counter(contact.country for contact in CONTACTS)
    for code in RANGE_STATES:
        assert people[code] >= 7
        assert len({role.name for c in CONTACTS if c.country == code for role in c.roles}) >= 4


def test_all_roles_are_held_by_somebody_and_some_have_ended() -> None:
    roles = [role for contact in CONTACTS for role in contact.roles]
    assert {role.name for role in roles} >= {
        "national-focal-point",
        "respondent",
        "scientific-councillor",
        "standing-committee",
        "mou-contact",
        "species-focal-point",
        "partner",
        "donor",
        "press",
        "cami-focal-point",
    }
    assert {role.subject for role in roles if role.name == "mou-contact"} == {"saiga", "bukhara-deer"}
    assert sum(role.end is not None and role.end < DAY for role in roles) >= 10


def test_the_file_has_gaps_as_real_ones_do() -> None:
    assert sum(contact.country is None for contact in CONTACTS) >= 3
    assert sum(contact.language is None for contact in CONTACTS) >= 10
    assert sum(not contact.title for contact in CONTACTS) >= 3
    assert sum(not contact.subscriptions for contact in CONTACTS) >= 10
    assert sum(bool(contact.salutation) for contact in CONTACTS) >= 3
    assert sum(not contact.name.isascii() for contact in CONTACTS) >= 10
    assert {contact.language for contact in CONTACTS} == {"en", "ru", "fr", "es", None}


def test_each_of_the_15_species_has_one_or_two_focal_points_now() -> None:
    now = Counter(
        role.subject
        for contact in CONTACTS
        for role in contact.roles
        if role.name == "species-focal-point" and role.held_on(DAY)
    )
    assert set(now) == set(SPECIES)
    assert set(now.values()) == {1, 2}


# Registers


def test_there_are_15_species_and_14_range_states_with_sources() -> None:
    assert len(SPECIES) == 15
    assert set(COUNTRIES) >= RANGE_STATES
    assert {entry.state for species in SPECIES.values() for entry in species.range_states} == RANGE_STATES
    for file, entries in (
        ("countries.yaml", COUNTRIES.values()),
        ("species.yaml", SPECIES.values()),
        ("treaties.yaml", TREATIES.values()),
    ):
        known = set(plain(file)["sources"])
        for entry in entries:
            assert entry.sources
            assert set(entry.sources) <= known
            assert set(entry.confidence.values()) <= {"high", "medium", "low"}


def test_every_country_can_be_named_in_six_languages() -> None:
    for country in COUNTRIES.values():
        assert set(country.names) == set(country.in_text) == {"en", "fr", "es", "ru", "ar", "zh"}
        assert country.timezone
        assert country.language in {"en", "fr", "es", "ru"}
    assert COUNTRIES["NO"].name_in_text("en") == "Norway"
    assert COUNTRIES["RU"].name_in_text("en") == "the Russian Federation"
    assert COUNTRIES["IR"].name_in_text("en") == "the Islamic Republic of Iran"
    assert COUNTRIES["KZ"].name_in_text("fr") == "le Kazakhstan"
    assert COUNTRIES["UZ"].name_in_text("fr") == "l'Ouzbékistan"


def test_every_contact_lives_in_a_country_of_the_register() -> None:
    assert {contact.country for contact in CONTACTS if contact.country} <= set(COUNTRIES)


def test_nine_range_states_were_parties_and_turkmenistan_followed() -> None:
    assert parties_on(DAY) == set("AF IN IR KG KZ MN PK TJ UZ".split())
    assert parties_on(date(2022, 1, 1)) - parties_on(DAY) == {"TM"}


def test_parties_to_the_memoranda_are_told_apart() -> None:
    def signed(treaty: str) -> set[str]:
        return {code for code, country in COUNTRIES.items() if country.is_party(treaty, DAY)}

    assert signed("saiga-mou") == {"KZ", "MN", "RU", "TM", "UZ"}
    assert signed("bukhara-deer-mou") == {"KZ", "TJ", "TM", "UZ"}


def test_ranges_choose_the_states_they_should() -> None:
    saiga, leopard = (REGISTERS.range_states(name, DAY) for name in ("saiga", "snow-leopard"))
    assert saiga == {"KZ", "MN", "RU", "TM", "UZ"}
    assert len(leopard) == 12
    assert saiga | leopard == RANGE_STATES - {"IR"}
    assert saiga & leopard == {"KZ", "MN", "RU", "UZ"}
    assert REGISTERS.range_states("argali", DAY) == set("AF CN IN KG KZ MN NP PK RU TJ UZ".split())


def test_focal_points_of_parties_stand_for_nine_states_and_for_ten_after_turkmenistan_joined() -> None:
    assert {contact.country for contact in focal_points_on(DAY)} == parties_on(DAY)
    assert "TM" in {contact.country for contact in focal_points_on(date(2022, 1, 1))}
    assert len(focal_points_on(DAY)) > len(parties_on(DAY)), "some Parties have an alternate"


# Groups


def named(rule: Any) -> Iterator[tuple[str, Any]]:
    """Every key of a rule with its value, however deep."""
    if isinstance(rule, dict):
        for key, value in rule.items():
            yield key, value
            yield from named(value)
    elif isinstance(rule, list):
        for part in rule:
            yield from named(part)


def test_the_groups_that_people_ask_for_are_there() -> None:
    wanted = {
        "everyone",
        "national-focal-points",
        "cms-parties",
        "national-focal-points-of-parties",
        "range-states",
    }
    wanted |= {
        "species-focal-points",
        "scientific-councillors",
        "partners",
        "donors",
        "press",
        "russian-readers",
    }
    for species in ("saiga", "snow-leopard", "argali", "mongolian-gazelle", "wild-camel", "asiatic-wild-ass"):
        wanted.add(f"range-states-of-{species}")
    assert wanted <= set(SEGMENTS)
    assert SEGMENTS["everyone"].rule is None
    assert all(segment.rule for name, segment in SEGMENTS.items() if name != "everyone")
    assert len({segment.title for segment in SEGMENTS.values()}) == len(SEGMENTS)


@pytest.mark.parametrize("name", SEGMENTS)
def test_a_group_names_only_what_exists(name: str) -> None:
    roles = {role.name for contact in CONTACTS for role in contact.roles}
    for key, value in named(plain("segments.yaml")["segments"][name].get("rule")):
        match key:
            case "segment":
                assert value in SEGMENTS
            case "role":
                assert value in roles
            case "party_to":
                assert value in TREATIES
            case "country":
                assert set(value) <= set(COUNTRIES)
            case "range_state_of":
                names = [value] if isinstance(value, str) else [n for part in value.values() for n in part]
                assert set(names) <= REGISTERS.species_names()


def test_observers_see_whatever_the_states_see() -> None:
    for name, entry in plain("segments.yaml")["segments"].items():
        if name.startswith("sees-"):
            assert {"segment": "observers"} in entry["rule"]["any"]
