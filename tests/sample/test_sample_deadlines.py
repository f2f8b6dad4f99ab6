"""The sample's deadlines say what notification 2016/035 says, and what has come in is one story."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mailer.audience import (
    DeadlineFile,
    Scene,
    check_deadline,
    read_deadlines,
    read_recipients,
    read_registers,
)
from mailer.config.workspace import read_config
from mailer.model.audience import Recipients
from mailer.model.register import Registers
from mailer.remind.obligations import obligations_of

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "recipients"
PARTIES = "AF IN IR KG KZ MN PK TJ UZ".split()


@pytest.fixture(scope="module")
def registers() -> Registers:
    return read_registers(FOLDER, ROOT)


@pytest.fixture(scope="module")
def people(registers: Registers) -> Recipients:
    return read_recipients(FOLDER, ROOT, registers)


@pytest.fixture(scope="module")
def files(registers: Registers, people: Recipients) -> dict[str, DeadlineFile]:
    return read_deadlines(FOLDER / "deadlines", ROOT, segments=people.segments, countries=registers.countries)


def test_the_report_is_as_it_was_announced(files: dict[str, DeadlineFile]) -> None:
    deadline = files["national-report-cop12"].deadline
    assert (deadline.reference, deadline.due, deadline.per) == ("2016/035", date(2017, 4, 24), "country")
    assert deadline.ladder == ("-90d", "-30d", "-14d", "-7d", "-1d", "+3d")
    assert set(deadline.title) == set(deadline.owed) == set(deadline.body) == {"en", "ru", "fr", "ar"}
    assert deadline.title["en"] == "National report to COP12"
    assert deadline.due_at.isoformat() == "2017-04-24T23:59:00+02:00"


def test_only_the_sum_of_the_report_is_odd(files: dict[str, DeadlineFile]) -> None:
    office = read_config(ROOT / "mailer.toml").office
    found = {slug: [one.rule for one in check_deadline(file, office)] for slug, file in files.items()}
    assert found == {"december-contributions": [], "national-report-cop12": ["deadline.sum"]}


@pytest.mark.parametrize("day", [date(2016, 12, 19), date(2017, 1, 24)])
def test_nine_parties_owe_the_report_and_nobody_has_handed_in(
    files: dict[str, DeadlineFile], people: Recipients, registers: Registers, day: date
) -> None:
    file = files["national-report-cop12"]
    scene = Scene(registers, people.segments, day)
    owed = obligations_of(file.deadline, file.submissions, people, scene)
    assert [one.who for one in owed if one.is_owed] == PARTIES


def test_the_contributors_owe_their_part_each_for_themselves(
    files: dict[str, DeadlineFile], people: Recipients, registers: Registers
) -> None:
    file = files["december-contributions"]

    def owing(day: date) -> list[str]:
        scene = Scene(registers, people.segments, day)
        return [
            one.who for one in obligations_of(file.deadline, file.submissions, people, scene) if one.is_owed
        ]

    assert len(owing(date(2016, 12, 1))) == 8
    assert owing(date(2016, 12, 8)) == [
        "henrike.solberg-maas@example.org",
        "madina.tuleubayeva@example.org",
        "sarangerel.tumur@example.org",
        "talant.osmonkulov@example.org",
    ]
    assert owing(date(2016, 12, 14)) == []


def test_the_office_knows_the_holidays_of_bonn() -> None:
    office = read_config(ROOT / "mailer.toml").office
    closed = [date(2016, 12, 26), date(2017, 4, 14), date(2017, 4, 17), date(2017, 6, 15)]
    assert not any(office.is_working_day(day) for day in closed)
    assert all(office.is_working_day(date(2017, 4, number)) for number in (13, 18, 24))
