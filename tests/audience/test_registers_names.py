"""names.yaml: how people and bodies want to be written; every slip in it is told at its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mailer.audience import read_registers
from mailer.errors import Problem, ProblemsError
from mailer.model.register import Registers

ROOT = Path(__file__).parents[2]


def read(folder: Path, text: str, name: str = "names.yaml") -> Registers:
    (folder / name).write_text(text, encoding="utf-8")
    return read_registers(folder, folder)


def problems(folder: Path, text: str) -> list[Problem]:
    with pytest.raises(ProblemsError) as caught:
        read(folder, text)
    return list(caught.value.problems)


def test_people_and_bodies_are_read_with_all_their_spellings(tmp_path: Path) -> None:
    registers = read(
        tmp_path,
        "sources: {N1: a list}\n"
        "people:\n  - {name: Petra Kaczensky, also: [Петра Каченски], wrong: [Petera Kaczensky], sources: [N1]}\n"
        "bodies:\n  - name: Fauna & Flora International\n",
    )
    [person], [body] = registers.people, registers.bodies
    assert person.right == ("Petra Kaczensky", "Петра Каченски")
    assert person.wrong == ("Petera Kaczensky",)
    assert body.name == "Fauna & Flora International"


def test_without_the_file_nobody_is_known(tmp_path: Path) -> None:
    registers = read_registers(tmp_path, tmp_path)
    assert (registers.people, registers.bodies) == ((), ())


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("people:\n  - name: Ana Li\n  - name: Ana Li\n", 3, '"Ana Li" is there already, under "Ana Li".'),
        (
            "people:\n  - name: Ana Li\nbodies:\n  - name: Bo\n    wrong:\n      - Ana Li\n",
            6,
            '"Ana Li" is a right spelling of "Ana Li" too.',
        ),
        ("people:\n  - name: Ana Li\n    sources:\n      - N9\n", 4, '"N9" is not among the sources.'),
    ],
)
def test_a_contradiction_is_told_at_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    [problem] = problems(tmp_path, text)
    assert (problem.line, problem.message) == (line, message)


def test_an_unknown_key_is_told_with_the_problems_of_other_registers(tmp_path: Path) -> None:
    (tmp_path / "countries.yaml").write_text("countries:\n  - iso2: KX\n", encoding="utf-8")
    assert {problem.file for problem in problems(tmp_path, "people:\n  - {name: Ana Li, nick: A}\n")} == {
        "countries.yaml",
        "names.yaml",
    }


def test_a_number_of_parties_holds_from_its_day_on(tmp_path: Path) -> None:
    registers = read(
        tmp_path,
        "treaties:\n  - {slug: cms, titles: {en: CMS}, party_count: {2016-08-01: 124, 2015-11-01: 123}}\n",
        "treaties.yaml",
    )
    assert registers.party_count("cms", date(2015, 10, 31)) is None
    assert registers.party_count("cms", date(2016, 7, 31)) == (date(2015, 11, 1), 123)
    assert registers.party_count("cms", date(2016, 12, 19)) == (date(2016, 8, 1), 124)
    assert registers.party_count("cites", date(2016, 12, 19)) is None


def test_the_sample_knows_the_names_of_its_newsletter() -> None:
    registers = read_registers(ROOT / "recipients", ROOT)
    wrong = {
        spelling: entry.name for entry in (*registers.people, *registers.bodies) for spelling in entry.wrong
    }
    assert wrong["Petera Kaczensky"] == "Petra Kaczensky"
    assert wrong["Flora and Fauna International"] == "Fauna & Flora International"
    assert registers.party_count("cms", date(2016, 12, 19)) == (date(2016, 8, 1), 124)
