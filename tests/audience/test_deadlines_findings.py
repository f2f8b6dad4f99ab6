"""What is odd about a deadline: the sum is shown, and the date that is written stands."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.audience import check_deadline, read_deadline
from mailer.audience.announced import months_before, ordinal
from mailer.audience.deadline_findings import STARTER_WORDS
from mailer.config import Office
from mailer.model.deadline import Submission
from mailer.model.finding import Finding, Severity

OFFICE = Office(name="Office", postal_address="Street 1", holidays=(date(2017, 4, 17),))
GOOD = """\
id: report
title: {en: Report}
owed: {en: the report}
reference: 2016/035
due: 2017-04-24
timezone: Europe/Berlin
obliged: focal-points
ladder: [-7d, +3d]
link: https://ors.example.org/
"""


def found(folder: Path, text: str = GOOD, **asked: object) -> tuple[Finding, ...]:
    path = folder / "report.yaml"
    path.write_text(text, encoding="utf-8")
    return check_deadline(read_deadline(path, folder), OFFICE, **asked)  # type: ignore[arg-type]


def announced(folder: Path, due: str, rule: str) -> str:
    """What is said of a due date that was announced by that rule; "" for nothing."""
    text = GOOD.replace("2017-04-24", due) + f"announced: {{{rule}, event: COP}}\n"
    return " ".join(f"{one.rule} {one.message}" for one in found(folder, text) if one.severity == "warn")


def test_a_deadline_in_order_has_no_findings(tmp_path: Path) -> None:
    assert found(tmp_path, readers=3, roles={"councillor"}) == ()


def test_180_days_before_cop12_is_two_days_later_than_the_date_that_stands(tmp_path: Path) -> None:
    text = GOOD + "announced: {days: 180, before: 2017-10-23, event: COP12}\n"
    (finding,) = found(tmp_path, text)
    assert finding.rule == "deadline.sum"
    assert finding.severity is Severity.WARN
    assert (finding.file, finding.line, finding.field) == ("report.yaml", 10, "announced")
    assert finding.message == (
        "180 days before Monday 23 October 2017 is Wednesday 26 April 2017; the due date, Monday 24 April 2017, "
        "is 182 days before. Six months before is Sunday 23 April 2017; the next working day is the 24th."
    )
    assert (tmp_path / "report.yaml").read_text(encoding="utf-8") == text
    assert read_deadline(tmp_path / "report.yaml", tmp_path).deadline.due == date(2017, 4, 24)


@pytest.mark.parametrize(
    ("due", "rule"),
    [
        ("2017-04-26", "days: 180, before: 2017-10-23"),
        ("2017-04-24", "months: 6, before: 2017-10-23"),
        ("2023-04-26", "days: 180, before: 2023-10-23"),
        ("2017-02-28", "months: 1, before: 2017-03-31"),
        ("2016-02-29", "months: 12, before: 2017-02-28"),
        ("2017-04-18", "months: 6, before: 2017-10-15"),
    ],
)
def test_a_date_that_the_rule_gives_is_left_alone(tmp_path: Path, due: str, rule: str) -> None:
    """The day itself, or the next working day: 15 April 2017 is a Saturday, the 17th here a holiday."""
    assert announced(tmp_path, due, rule) == ""


@pytest.mark.parametrize(
    ("due", "rule", "words"),
    [
        (
            "2017-04-23",
            "days: 180, before: 2017-10-23",
            "183 days before. Six months before is Sunday 23 April",
        ),
        ("2017-05-03", "days: 180, before: 2017-10-23", "is 173 days before."),
        (
            "2017-04-21",
            "months: 6, before: 2017-10-23",
            "Six months before Monday 23 October 2017 is Sunday 23",
        ),
        ("2017-10-23", "days: 180, before: 2017-10-23", "COP begins on Monday 23 October 2017, not after"),
        ("2017-10-22", "days: 1, before: 2017-10-24", "1 day before Tuesday 24 October 2017 is Monday 23"),
        ("2015-10-20", "months: 24, before: 2017-10-23", "24 months before Monday 23 October 2017"),
    ],
)
def test_a_date_that_the_rule_does_not_give_is_told_with_the_sum(
    tmp_path: Path, due: str, rule: str, words: str
) -> None:
    assert words in announced(tmp_path, due, rule)


@settings(max_examples=100, deadline=None)
@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(1, 36))
def test_months_before_fall_in_the_month_that_is_meant(day: date, months: int) -> None:
    before = months_before(day, months)
    assert (day.year * 12 + day.month) - (before.year * 12 + before.month) == months
    last = (before + timedelta(days=1)).month != before.month
    assert before.day == day.day or (last and before.day < day.day)


def test_ordinals_read_as_they_are_spoken() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 31)] == [
        *("1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd", "31st")
    ]


@pytest.mark.parametrize(
    ("old", "new", "rule", "severity"),
    [
        ("2017-04-24", "2017-04-22", "deadline.day-off", "note"),
        ("2017-04-24", "2017-04-17", "deadline.day-off", "note"),
        ("reference: 2016/035\n", "", "deadline.reference", "note"),
        ("https://", "http://", "deadline.http", "warn"),
        ("link: https://ors.example.org/\n", "", "deadline.how", "warn"),
        ("title: {en: Report}", "title: {en: Report, fr: Rapport}", "deadline.languages", "warn"),
        ("due: 2017-04-24", "due: 2016-10-30\ntime: '02:30'", "deadline.hour-twice", "note"),
    ],
)
def test_what_somebody_should_look_at_is_told(
    tmp_path: Path, old: str, new: str, rule: str, severity: str
) -> None:
    rules = {one.rule: one.severity for one in found(tmp_path, GOOD.replace(old, new))}
    assert rules[rule] == severity
    # That night clocks are put back is a Sunday's.
    assert set(rules) - {rule} <= ({"deadline.day-off"} if rule == "deadline.hour-twice" else set())


def test_an_office_may_have_another_weekend(tmp_path: Path) -> None:
    path = tmp_path / "report.yaml"
    path.write_text(GOOD.replace("2017-04-24", "2017-04-21"), encoding="utf-8")
    friday_off = OFFICE.model_copy(update={"weekend": ("fri", "sat")})
    assert [one.rule for one in check_deadline(read_deadline(path, tmp_path), friday_off)] == [
        "deadline.day-off"
    ]


def test_a_group_with_nobody_and_a_role_that_nobody_holds_are_told(tmp_path: Path) -> None:
    text = GOOD + "escalation: {role: councilor, from: +3d}\n"
    rules = {one.rule: one for one in found(tmp_path, text, readers=0, roles={"councillor", "press"})}
    assert set(rules) == {"deadline.nobody", "deadline.escalation"}
    assert rules["deadline.nobody"].message == (
        'Nobody is in the group "focal-points" on Monday 24 April 2017.'
    )
    assert rules["deadline.escalation"].hint == 'Did you mean "councillor"?'


def test_a_line_about_somebody_who_owes_nothing_stops_it_and_names_them(tmp_path: Path) -> None:
    """A slip for another country: whoever did hand in would go on being reminded."""
    stray = Submission.model_validate({"who": "BT", "what": "submitted", "on": "2017-02-01", "row": 7})
    (finding,) = found(tmp_path, not_owed=[stray])
    assert finding.severity is Severity.STOP
    assert (finding.file, finding.line, finding.words) == ("report.submissions.csv", 7, "BT")


def test_the_day_on_which_nobody_is_in_the_group_is_the_day_that_was_asked_about(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, readers=0, day=date(2017, 1, 24))
    assert "on Tuesday 24 January 2017" in finding.message


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("title: {en: Report}", f"title: {{en: '{STARTER_WORDS['title']}'}}", "title.en"),
        ("owed: {en: the report}", f"owed: {{en: '{STARTER_WORDS['owed']}'}}", "owed.en"),
        ("link:", f"body:\n  en: |\n    {STARTER_WORDS['body']}\nlink:", "body.en"),
    ],
)
def test_the_words_that_only_hold_a_place_stop_it(tmp_path: Path, old: str, new: str, field: str) -> None:
    (finding,) = found(tmp_path, GOOD.replace(old, new))
    assert (finding.rule, finding.severity, finding.field) == ("deadline.placeholder", "stop", field)


def test_a_line_about_somebody_who_has_left_is_no_more_than_a_note(tmp_path: Path) -> None:
    gone = Submission.model_validate(
        {"who": "gone@example.org", "what": "submitted", "on": "2017-02-01", "row": 7}
    )
    (finding,) = found(tmp_path, not_known=[gone])
    assert (finding.rule, finding.severity, finding.line) == ("deadline.not-known", "note", 7)


def test_people_of_the_group_without_a_country_are_named(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, countryless=["Ann Lee", "Bo Kim", *(f"P{n}" for n in range(9))])
    assert (finding.rule, finding.severity, finding.line) == ("deadline.no-country", "warn", 7)
    assert "Ann Lee, Bo Kim, P0, P1, P2 and 6 others have no country" in finding.message
    (finding,) = found(tmp_path, countryless=["Ann Lee"])
    assert "Ann Lee has no country" in finding.message


def test_an_extension_of_somebody_who_was_forgotten_is_not_told(tmp_path: Path) -> None:
    (tmp_path / "report.submissions.csv").write_text(
        f"who,what,on,until\nforgotten:{'0a' * 16},extended,2017-02-01,2017-04-20\n", encoding="utf-8"
    )
    assert found(tmp_path, GOOD + "per: person\n") == ()


def test_an_extension_that_the_due_date_has_overtaken_is_told_and_kept(tmp_path: Path) -> None:
    (tmp_path / "report.submissions.csv").write_text(
        "who,what,on,until\nUZ,extended,2017-02-01,2017-04-20\nKZ,extended,2017-02-01,2017-05-20\n",
        encoding="utf-8",
    )
    (finding,) = found(tmp_path)
    assert (finding.rule, finding.severity, finding.line) == ("deadline.extension", "warn", 2)
