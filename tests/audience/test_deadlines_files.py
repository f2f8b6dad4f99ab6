"""Deadline files: read as they are written, and every mistake in them told at its line."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.audience import DeadlineFile, read_deadline, read_deadlines
from mailer.errors import MailerError, ProblemsError

GOOD = """\
id: report
title: {en: Report, ru: Доклад}
owed: {en: the report, ru: доклад}
reference: 2016/035
due: 2017-04-24
time: "23:59"
timezone: Europe/Berlin
obliged: focal-points
ladder: [-90d, -30d, -14d, -7d, -1d, +3d]
steps:
  -7d:
    body: {en: Only a week., ru: Только неделя.}
alternates_from: -14d
escalation: {role: councillor, from: +3d}
link: https://ors.example.org/
contact: {name: Ms. Helper, email: helper@example.org}
"""


def read(folder: Path, text: str = GOOD, name: str = "report") -> DeadlineFile:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return read_deadline(path, folder, segments={"focal-points", "press"})


def told(folder: Path, old: str, new: str) -> list[str]:
    """What is said of the good file with one thing changed."""
    assert old in GOOD
    with pytest.raises(ProblemsError) as caught:
        read(folder, GOOD.replace(old, new, 1))
    return [str(problem) for problem in caught.value.problems]


def test_a_deadline_is_read_with_its_last_moment(tmp_path: Path) -> None:
    file = read(tmp_path)
    assert (file.slug, file.deadline.id, file.submissions) == ("report", "report", ())
    assert file.deadline.due_at == datetime(2017, 4, 24, 23, 59, tzinfo=ZoneInfo("Europe/Berlin"))
    assert file.deadline.last_day == date(2017, 5, 24)
    assert file.log.name == "report.submissions.csv"
    assert file.folder == tmp_path / "report"


def test_a_step_is_the_same_however_it_is_written(tmp_path: Path) -> None:
    """Otherwise a nought more in the file would send it a second time."""
    text = GOOD.replace("-7d, -1d", "-07d, -0d").replace("  -7d:", "  -007d:")
    deadline = read(tmp_path, text).deadline
    assert deadline.ladder == ("-90d", "-30d", "-14d", "-7d", "+0d", "+3d")
    assert set(deadline.steps) == {"-7d"}


def test_a_late_step_may_go_where_no_end_is_written(tmp_path: Path) -> None:
    deadline = read(tmp_path, GOOD.replace("+3d]", "+3d, +60d]")).deadline
    assert deadline.last_day == date(2017, 6, 23)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("due: 2017-04-24", "due: 2017-02-30", 5, '"2017-02-30" is not a day in the calendar'),
        ("due: 2017-04-24", "due: 24.4.2017", 5, "Write YYYY-MM-DD"),
        ("due: 2017-04-24", "due: 9999-12-31", 5, "no year to plan for"),
        ('time: "23:59"', 'time: "24:00"', 6, "Write HH:MM"),
        ("Europe/Berlin", "Europe/Bonn", 7, '"Europe/Bonn" is not a time zone'),
        ("Europe/Berlin", "Europa/Berlin", 7, 'Did you mean "Europe/Berlin"?'),
        ("focal-points", "focal-point", 8, 'Did you mean "focal-points"?'),
        ("-14d, -7d", "-7d, -14d", 9, "[-90d, -30d, -14d, -7d, -1d, +3d]"),
        ("-7d, -1d", "-7d, -7d", 9, "-7d is there twice"),
        ("-7d, -1d", "-7d, -07d, -1d", 9, "-7d is there twice"),
        ("-90d", "-90", 9, "-90d before it, +3d after it"),
        ("-90d", "90d", 9, "-90d before it, +3d after it"),
        ("ladder: [-90d, -30d, -14d, -7d, -1d, +3d]", "ladder: []", 9, "fewer than 1 entry"),
        ("  -7d:", "  -8d:", 11, "-8d is not on the ladder"),
        ("alternates_from: -14d", "alternates_from: -15d", 13, "-15d is not on the ladder"),
        ("from: +3d}", "from: +4d}", 14, "+4d is not on the ladder"),
        (", +3d]", "]", 14, "+3d is not on the ladder"),
        ("link: https://ors.example.org/", "link: ors.example.org", 15, "does not begin with https://"),
        ("link: https://ors.example.org/", "link: https://", 15, "names no site"),
        ("link: https://ors.example.org/", "link: 'https://a b.org'", 15, "has a space in it"),
        ("link: https://ors.example.org/", "link: javascript:alert(1)", 15, "does not begin with https://"),
        ("link: https://ors.example.org/", "link: 'https://[::1'", 15, "cannot be read as a link"),
        ("helper@example.org", "helper at example.org", 16, "is not an address to write to"),
        ("title: {en: Report", "title: {de: Bericht", 2, 'has no words in "en"'),
        ("owed: {en: the report", "owed: {de: den Bericht", 3, 'has no words in "en"'),
        ("body: {en: Only a week.", "body: {fr: Une semaine.", 12, 'has no words in "en"'),
        ("ru: Доклад", "kz: Баяндама", 2, "KZ is a country"),
        ("ru: Доклад", "ru: ' '", 2, "is empty"),
        ("{en: Report,", '{en: "Report\\nBcc: all",', 2, "on more than one line"),
        ("obliged: focal-points", "obliged: focal-points\nper: state", 9, "country, person"),
        ("id: report", "id: Report 12", 1, "Use lower-case letters"),
        ("reference:", "refrence:", 4, 'Did you mean "reference"?'),
        ("obliged: focal-points\n", "", 1, '"obliged" is missing'),
    ],
)
def test_a_mistake_is_told_at_its_line_with_the_way_out(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    problems = told(tmp_path, old, new)
    assert any(words in problem for problem in problems), problems
    assert any(problem.startswith(f"report.yaml:{line}: ") for problem in problems) or "missing" in words


@pytest.mark.parametrize(
    ("due", "time", "zone", "way_out"),
    [
        ("2017-03-26", "02:30", "Europe/Berlin", "from 03:00 on"),
        ("2017-03-12", "02:00", "America/New_York", "from 03:00 on"),
        ("2011-12-30", "12:00", "Pacific/Apia", "from 00:00 on 2011-12-31 on"),
    ],
)
def test_an_hour_that_clocks_leap_over_is_refused(
    tmp_path: Path, due: str, time: str, zone: str, way_out: str
) -> None:
    text = GOOD.replace("2017-04-24", due).replace("23:59", time).replace("Europe/Berlin", zone)
    with pytest.raises(ProblemsError) as caught:
        read(tmp_path, text)
    (problem,) = caught.value.problems
    assert (problem.line, problem.field) == (6, "time")
    assert "clocks are put forward" in problem.message
    assert way_out in problem.hint


def test_an_end_before_the_due_date_or_before_the_last_step_is_refused(tmp_path: Path) -> None:
    assert "before the due date" in told(tmp_path, "link:", "end: 2017-04-20\nlink:")[0]
    assert (
        "before the last step: +3d is on 2017-04-27" in told(tmp_path, "link:", "end: 2017-04-26\nlink:")[0]
    )
    assert read(tmp_path, GOOD.replace("link:", "end: 2017-04-27\nlink:")).deadline.last_day.day == 27


def test_an_escalation_that_would_reach_no_step_is_refused(tmp_path: Path) -> None:
    problems = told(
        tmp_path,
        "+3d]\nsteps:\n  -7d:\n    body: {en: Only a week., ru: Только неделя.}\n"
        "alternates_from: -14d\nescalation: {role: councillor, from: +3d}",
        "+0d]\nescalation: {role: councillor}",
    )
    assert "no step after the due date" in problems[0]


def test_a_rule_says_days_or_months_and_not_both(tmp_path: Path) -> None:
    both = "announced: {days: 180, months: 6, before: 2017-10-23, event: COP12}\nlink:"
    assert "either `days` or `months`" in told(tmp_path, "link:", both)[0]


def test_every_mistake_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("Europe/Berlin", "Berlin").replace("-14d, -7d", "-7d, -14d").replace("https://", "")
    with pytest.raises(ProblemsError) as caught:
        read(tmp_path, text)
    assert [problem.line for problem in caught.value.problems] == [7, 9, 15]


def test_a_folder_gives_every_deadline_by_its_slug(tmp_path: Path) -> None:
    read(tmp_path)
    read(tmp_path, GOOD.replace("id: report", "id: letter"), "letter")
    (tmp_path / "report").mkdir()
    (tmp_path / ".~lock.report.submissions.csv#").write_text("", encoding="utf-8")
    assert list(read_deadlines(tmp_path, tmp_path)) == ["letter", "report"]
    assert read_deadlines(tmp_path / "none", tmp_path) == {}


def test_the_problems_of_all_files_are_told_together(tmp_path: Path) -> None:
    for name, text in {
        "one": GOOD.replace("2017-04-24", "2017-13-01"),
        "two": GOOD.replace("Europe/Berlin", "Mars/Olympus"),
        "three": "- no\n",
    }.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        read_deadlines(tmp_path, tmp_path)
    assert sorted(problem.file for problem in caught.value.problems) == ["one.yaml", "three.yaml", "two.yaml"]


def test_two_deadlines_with_one_id_are_refused(tmp_path: Path) -> None:
    read(tmp_path)
    read(tmp_path, name="report-again")
    with pytest.raises(ProblemsError, match=r"is the id of report\.yaml too"):
        read_deadlines(tmp_path, tmp_path)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("reprot.submissions.csv", 'Did you mean "report"?'),
        ("letter.yml", "Rename it to letter.yaml"),
        ("report.csv", "SLUG.submissions.csv"),
        ("report.submissions.xlsx", "as CSV UTF-8"),
    ],
)
def test_a_file_that_would_be_passed_over_is_told(tmp_path: Path, name: str, words: str) -> None:
    """Somebody believes that it counts: whoever has handed in would go on being reminded."""
    read(tmp_path)
    (tmp_path / name).write_text("who,what,on\n", encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        read_deadlines(tmp_path, tmp_path)
    assert words in str(caught.value)


def test_a_name_that_no_path_should_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="cannot name a deadline"):
        read(tmp_path, name="Report COP12")


def test_a_file_that_does_not_exist_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(MailerError, match="does not exist"):
        read_deadline(tmp_path / "none.yaml", tmp_path)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(-999, 999), min_size=1, max_size=8),
    st.dates(date(1900, 1, 1), date(2999, 12, 31)),
)
def test_a_ladder_is_read_or_refused_and_never_anything_else(
    tmp_path_factory: pytest.TempPathFactory, days: list[int], due: date
) -> None:
    ladder = ", ".join(f"{day:+d}d" for day in days)
    text = f"id: a\ntitle: {{en: A}}\nowed: {{en: a}}\ndue: {due}\nobliged: press\nladder: [{ladder}]\n"
    rising = all(before < after for before, after in pairwise(days))
    try:
        file = read(tmp_path_factory.mktemp("ladders"), text)
    except ProblemsError:
        assert not rising
    else:
        assert rising
        assert len(file.deadline.ladder) == len(days)
