"""The register begins with the UN's names of States; an office adds to it, field by field."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mailer.audience import read_registers
from mailer.audience.un_countries import LANGUAGES, in_sentence, un_countries
from mailer.errors import Problem, ProblemsError
from mailer.model.register import Country, Registers

UN = un_countries()
MEMBERS = {code for code, country in UN.items() if country.un == "member"}
DAY = date(2016, 12, 19)


def registers_with(tmp_path: Path, **files: str) -> Registers:
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return read_registers(tmp_path, tmp_path)


def problems_with(tmp_path: Path, **files: str) -> list[Problem]:
    with pytest.raises(ProblemsError) as caught:
        registers_with(tmp_path, **files)
    return list(caught.value.problems)


def test_all_members_and_observers_are_there_and_territories_can_be_lived_in() -> None:
    assert len(MEMBERS) == 193
    assert {code for code, country in UN.items() if country.un == "observer"} == {"VA", "PS"}
    assert len(UN) == 249
    assert UN["GL"].un is None
    assert UN["GL"].name("fr") == "Groenland"
    assert set("AF BT CI CN IN IR KG KZ MN NP PK RU TJ TM TR UZ".split()) <= MEMBERS


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_member_and_observer_has_a_short_and_a_formal_name_in_the_language(language: str) -> None:
    for country in UN.values():
        if country.un:
            said = (country.names[language], country.formal[language], country.in_text[language])
            assert all(words and words == " ".join(words.split()) for words in said)
            assert not any(sign in "".join(said) for sign in "*’")


@pytest.mark.parametrize(
    ("code", "language", "name", "in_text"),
    [
        ("CK", "en", "Cook Islands", "the Cook Islands"),
        ("AE", "fr", "Émirats arabes unis", "les Émirats arabes unis"),
        ("UZ", "fr", "Ouzbékistan", "l'Ouzbékistan"),
        ("IR", "en", "Iran (Islamic Republic of)", "the Islamic Republic of Iran"),
        ("IR", "ar", "إيران (جمهورية - الإسلامية)", "جمهورية إيران الإسلامية"),
        ("VE", "es", "Venezuela (República Bolivariana de)", "la República Bolivariana de Venezuela"),
        ("PE", "es", "Perú", "el Perú"),
        ("RU", "ru", "Российская Федерация", "Российская Федерация"),
        ("CI", "en", "Côte d'Ivoire", "Côte d'Ivoire"),
        ("CN", "zh", "中国", "中国"),
    ],
)
def test_the_article_in_brackets_goes_where_a_sentence_wants_it(
    code: str, language: str, name: str, in_text: str
) -> None:
    assert (UN[code].name(language), UN[code].name_in_text(language)) == (name, in_text)


def test_brackets_that_hold_no_article_are_not_taken_for_one() -> None:
    assert in_sentence("Cocos (Keeling) Islands", "") == "Cocos (Keeling) Islands"
    assert in_sentence("Sint Maarten (Dutch part)", "") == "Sint Maarten (Dutch part)"
    assert in_sentence("Niger (the)", "the Republic of the Niger") == "the Niger"


def test_english_has_of_and_in_for_every_state_and_other_languages_guess_nothing() -> None:
    assert UN["CK"].of_it("en") == "of the Cook Islands"
    assert UN["KE"].in_it("en-GB") == "in Kenya"
    assert all(country.of_it("en").startswith("of ") for country in UN.values() if country.un)
    for country in UN.values():
        assert not any(country.of_it(language) or country.in_it(language) for language in ("fr", "ru", "ar"))


def test_an_office_adds_to_a_country_and_wins_field_by_field(tmp_path: Path) -> None:
    read = registers_with(
        tmp_path,
        countries="countries:\n"
        "  - {iso2: KZ, names: {kk: Қазақстан}, region: Europe, language: ru, parties: {cms: 2006-05-01}}\n"
        "  - {iso2: XK, iso3: XKX, names: {en: Kosovo}}\n",
    )
    kazakhstan = read.countries["KZ"]
    assert (kazakhstan.name("kk"), kazakhstan.name("en")) == ("Қазақстан", "Kazakhstan")
    assert (kazakhstan.iso3, kazakhstan.region, kazakhstan.language) == ("KAZ", "Europe", "ru")
    assert kazakhstan.formal["en"] == "the Republic of Kazakhstan"
    assert read.parties("cms", DAY) == {"KZ"}
    assert read.countries["XK"].name_in_text("en") == "Kosovo"
    assert un_countries()["KZ"].region == "Asia", "what one office says is not said to the next"
    assert un_countries()["KZ"].names.get("kk") is None


def test_without_any_file_every_country_is_known(tmp_path: Path) -> None:
    assert set(registers_with(tmp_path).countries) == set(UN)


def test_a_code_that_does_not_exist_needs_a_name(tmp_path: Path) -> None:
    (problem,) = problems_with(
        tmp_path, countries="countries:\n  - iso2: KZ\n  - iso2: KX\n    parties: {cms: 2001-01-01}\n"
    )
    assert problem.line == 3
    assert problem.message.startswith('"KX" is no code of ISO 3166-1')


MEMBER = "countries:\n  - {iso2: KZ, parties: {cms: %s}}\n"


def test_a_party_may_say_since_and_until_and_leaves_after_its_last_day(tmp_path: Path) -> None:
    written = "{since: 2006-05-01, until: 2019-12-31, sources: [C1], confidence: high}"
    read = registers_with(tmp_path, countries="sources: {C1: a list}\n" + MEMBER % written)
    country = read.countries["KZ"]
    days = (date(2006, 4, 30), date(2006, 5, 1), date(2019, 12, 31), date(2020, 1, 1))
    assert [country.is_party("cms", day) for day in days] == [False, True, True, False]
    assert not country.is_party("cites", DAY)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("2006-13-01", "2006-13-01"),
        ("{until: 2019-12-31}", "since"),
        ("{since: 2019-12-31, until: 2006-05-01}", "`until` (2006-05-01) is before `since` (2019-12-31)"),
        ("{since: 2006-05-01, sources: [C9]}", '"C9" is not among the sources.'),
        ("{since: 2006-05-01, confidence: sure}", '"sure" is not allowed here.'),
        ("{since: 2006-05-01, untill: 2007-01-01}", "untill"),
        ("yes", "yes"),
    ],
)
def test_a_date_that_cannot_be_is_told_at_its_line(tmp_path: Path, written: str, words: str) -> None:
    found = problems_with(tmp_path, countries="sources: {C1: a list}\n" + MEMBER % written)
    assert any(words in str(problem) for problem in found)
    assert {problem.line for problem in found} == {3}


def test_a_range_is_resolved_on_the_day(tmp_path: Path) -> None:
    read = registers_with(
        tmp_path,
        species="species:\n"
        "  - slug: saiga\n    scientific_name: Saiga tatarica\n    names: {en: Saiga}\n"
        "    range_states:\n"
        "      - KZ\n"
        "      - {state: CN, until: 1960-12-31, confidence: low, note: died out}\n"
        "      - {state: UZ, from: 2015-06-01}\n",
    )
    assert read.range_states("saiga", date(1950, 1, 1)) == {"KZ", "CN"}
    assert read.range_states("saiga", date(1960, 12, 31)) == {"KZ", "CN"}
    assert read.range_states("saiga", DAY) == {"KZ", "UZ"}
    assert read.all_range_states(DAY) == {"KZ", "UZ"}


def test_states_sources_and_dates_of_a_range_are_told_at_their_lines(tmp_path: Path) -> None:
    found = problems_with(
        tmp_path,
        species="species:\n"
        "  - slug: saiga\n    scientific_name: Saiga tatarica\n    names: {en: Saiga}\n"
        "    range_states:\n"
        "      - KX\n"
        "      - {state: CN, sources: [S9]}\n",
    )
    assert [(problem.line, problem.field) for problem in found] == [
        (6, "species[0].range_states[0]"),
        (7, "species[0].range_states[1].sources[0]"),
    ]


TREATIES = (
    "sources: {T1: a page}\n"
    "treaties:\n"
    "  - {slug: cms, titles: {en: Convention}, adopted: 1979-06-23, in_force: 1983-11-01, sources: [T1]}\n"
    "  - {slug: saiga-mou, kind: memorandum, under: cms, titles: {en: Memorandum}}\n"
)


def test_with_a_register_of_treaties_every_treaty_must_be_in_it(tmp_path: Path) -> None:
    read = registers_with(tmp_path, treaties=TREATIES, countries=MEMBER % "2006-05-01")
    assert read.treaties["saiga-mou"].under == "cms"
    assert read.treaty_names() == {"cms", "saiga-mou"}
    (problem,) = problems_with(tmp_path, countries=MEMBER.replace("cms", "cmss") % "2006-05-01")
    assert (problem.file, problem.line, problem.message) == (
        "countries.yaml",
        2,
        '"cmss" is not in treaties.yaml.',
    )
    assert problem.hint == 'Did you mean "cms"?'


def test_a_register_of_treaties_tells_what_is_wrong_in_it(tmp_path: Path) -> None:
    wrong = TREATIES.replace("under: cms", "under: cm").replace("[T1]", "[T2]")
    wrong += "  - {slug: cms, titles: {en: Again}}\n"
    assert [problem.message for problem in problems_with(tmp_path, treaties=wrong)] == [
        '"T2" is not among the sources.',
        '"cm" is not in treaties.yaml.',
        '"cms" is there twice.',
    ]
    late = TREATIES.replace("1983-11-01", "1970-11-01")
    assert "`in_force` (1970-11-01) is before `adopted`" in str(problems_with(tmp_path, treaties=late)[0])


def test_turkmenistan_changes_sides_between_2016_and_2022() -> None:
    root = Path(__file__).parents[2]
    read = read_registers(root / "recipients", root)
    states = read.all_range_states(DAY)
    assert states == set("AF BT CN IN IR KG KZ MN NP PK RU TJ TM UZ".split())
    assert states & read.parties("cms", DAY) == set("AF IN IR KG KZ MN PK TJ UZ".split())
    assert states & read.parties("cms", date(2022, 1, 15)) == set("AF IN IR KG KZ MN PK TJ TM UZ".split())


def test_every_name_of_a_treaty_in_the_sample_is_in_its_register() -> None:
    root = Path(__file__).parents[2]
    read = read_registers(root / "recipients", root)
    assert set(read.treaties) == {"cms", "saiga-mou", "bukhara-deer-mou", "cami", "cites"}
    assert {treaty for country in read.countries.values() for treaty in country.parties} <= set(read.treaties)


def test_a_country_of_which_nothing_is_known_has_no_form_in_a_sentence() -> None:
    assert Country(iso2="QQ").name_in_text("fr") == "QQ"
    assert Country(iso2="QQ").of_it("en") == ""
