"""`mailer deadlines …` on the sample: what came in is recorded in words, and what cannot be is refused."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from mailer.audience.deadline_findings import STARTER_WORDS
from mailer.config import open_workspace
from mailer.flow.deadlines import deadline_file, deadline_findings
from mailer.flow.people import read_people
from mailer.flow.starter import make_workspace
from mailer.model.deadline import Submission, What
from tests.flow.office import Office

ROOT = Path(__file__).resolve().parents[2]
REPORT = "national-report-cop12"
OWE = "AF, IN, IR, KG, KZ, MN, PK, TJ, UZ"


@pytest.fixture
def sample(tmp_path: Path) -> Office:
    """A copy of the sample's settings, people, deadlines and templates."""
    for name in ("mailer.toml", "recipients", "templates"):
        source, target = ROOT / name, tmp_path / name
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target)
    return Office(open_workspace(tmp_path))


def log(sample: Office, slug: str = REPORT) -> list[str]:
    path = sample.root / "recipients" / "deadlines" / f"{slug}.submissions.csv"
    return path.read_text(encoding="utf-8").splitlines()[1:]


def test_two_countries_hand_in_and_seven_still_owe(sample: Office) -> None:
    printed = sample.run(
        "deadlines", "submitted", REPORT, "KZ", "Mongolia", "--on", "2017-02-01", "--by", "NFP"
    )
    assert printed.splitlines() == [
        "Kazakhstan: handed in on 2017-02-01.",
        "Mongolia: handed in on 2017-02-01.",
        "7 still owe it.",
    ]
    assert log(sample) == ["KZ,submitted,2017-02-01,,NFP,", "MN,submitted,2017-02-01,,NFP,"]


@pytest.mark.parametrize("who", ["KZ", "kz", "KAZ", "kazakhstan", "Казахстан", "le Kazakhstan"])
def test_a_country_is_known_by_any_of_its_names(sample: Office, who: str) -> None:
    sample.run("deadlines", "submitted", REPORT, who, "--on", "2017-02-01")
    assert log(sample) == ["KZ,submitted,2017-02-01,,,"]


def test_a_country_is_known_by_the_address_of_one_of_its_people(sample: Office) -> None:
    sample.run("deadlines", "submitted", REPORT, "Aizada.Toktosunova@example.com", "--on", "2017-02-01")
    assert log(sample) == ["KG,submitted,2017-02-01,,,"]


def test_a_person_is_known_by_address_or_name(sample: Office) -> None:
    slug = "december-contributions"
    before = log(sample, slug)
    sample.run("deadlines", "returned", slug, "adjoa lartey", "--on", "2016-12-15")
    sample.run("deadlines", "submitted", slug, "adjoa.lartey@example.com", "--on", "2016-12-16")
    assert log(sample, slug)[len(before) :] == [
        "adjoa.lartey@example.com,returned,2016-12-15,,,",
        "adjoa.lartey@example.com,submitted,2016-12-16,,,",
    ]


def test_the_log_of_a_person_goes_on_when_their_main_address_changes(sample: Office) -> None:
    slug, old = "december-contributions", "adjoa.lartey@example.com"
    before = log(sample, slug)
    assert any(line.startswith(f"{old},submitted") for line in before)
    path = sample.root / "recipients" / "contacts.csv"
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns, rows = list(reader.fieldnames or ()), list(reader)
    for row in rows:
        if row["email"] == old:
            row |= {"email": "new@example.com", "other_emails": old}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys((*columns, "other_emails"))), restval="")
        writer.writeheader()
        writer.writerows(rows)
    assert f"{slug}: nothing found" in sample.run("deadlines", "check", slug)
    sample.run("deadlines", "submitted", slug, "new@example.com", "--on", "2016-12-15", code=1)
    printed = sample.run("deadlines", "returned", slug, "new@example.com", "--on", "2016-12-15")
    assert "Adjoa Lartey" in printed
    assert log(sample, slug)[len(before) :] == [f"{old},returned,2016-12-15,,,"]


class CountedLog(tuple[Submission, ...]):
    """Lines that count how often somebody goes through all of them."""

    times = 0

    def __iter__(self) -> Iterator[Submission]:
        self.times += 1
        return super().__iter__()


def test_a_log_about_somebody_who_owes_nothing_on_many_days_is_not_gone_through_for_each(
    sample: Office,
) -> None:
    workspace = open_workspace(sample.root)
    people = read_people(workspace)
    lines = CountedLog(
        Submission(who="TM", what=what, on=date(2016, 1, 1) + timedelta(days=number))
        for number in range(200)
        for what in (What.SUBMITTED, What.WITHDRAWN)
    )
    file = replace(deadline_file(workspace, people, REPORT), submissions=lines)
    found = deadline_findings(workspace, people, file, date(2017, 4, 24))
    assert sum(one.rule == "deadline.not-owed" for one in found) == len(lines)
    assert lines.times < 5


def test_the_whole_story_of_one_report_is_told_in_words(sample: Office) -> None:
    told = [
        sample.run("deadlines", *arguments.split("|"))
        for arguments in (
            f"hold|{REPORT}|TJ|--because|the ministry is moving|--on|2017-01-10",
            f"release|{REPORT}|TJ|--on|2017-02-10",
            f"extend|{REPORT}|TJ|--until|2017-05-15|--because|letter 44|--on|2017-04-01",
            f"submitted|{REPORT}|TJ|--on|2017-05-16",
            f"returned|{REPORT}|TJ|--note|part 3 is empty|--on|2017-05-17",
            f"submitted|{REPORT}|TJ|--on|2017-05-18",
            f"withdrawn|{REPORT}|TJ|--on|2017-05-19",
        )
    ]
    assert [text.splitlines() for text in told] == [
        [
            f"Tajikistan: no reminders from 2017-01-10 on, until `mailer deadlines release {REPORT} TJ`.",
            "9 still owe it; 1 of them on hold.",
        ],
        ["Tajikistan: reminders go again, due on 2017-04-24.", "9 still owe it."],
        ["Tajikistan: due on 2017-05-15 now; reminders go by that date.", "9 still owe it."],
        ["Tajikistan: handed in on 2017-05-16, 1 day after it was due.", "8 still owe it."],
        ["Tajikistan: sent back for correction on 2017-05-17; owed again.", "9 still owe it."],
        ["Tajikistan: handed in on 2017-05-18, 3 days after it was due.", "8 still owe it."],
        ["Tajikistan: taken back on 2017-05-19; owed again.", "9 still owe it."],
    ]


def test_when_the_last_has_handed_in_it_says_so(sample: Office) -> None:
    printed = sample.run("deadlines", "submitted", REPORT, *OWE.split(", "), "--on", "2017-04-24")
    assert printed.endswith("All have handed in.\n")


@pytest.mark.parametrize(
    ("arguments", "words", "code"),
    [
        (("submitted", REPORT, "Kazakstan"), 'Did you mean "Kazakhstan" (KZ)?', 2),
        (("submitted", REPORT, "Bhutan", "--on", "2017-02-01"), f"These do: {OWE}.", 2),
        (("submitted", REPORT, "Turkmenistan", "--on", "2017-02-01"), "Turkmenistan owes nothing", 2),
        (
            ("submitted", REPORT, "KZ", "RU", "CN", "--on", "2017-02-01"),
            "Russian Federation, China owe nothing",
            2,
        ),
        (("submitted", REPORT, "nobody@example.org"), "is not among the contacts", 2),
        (("submitted", REPORT, "nobody@"), "is not an address", 2),
        (("submitted", REPORT, "KZ", "--on", "2017-02-30"), '"2017-02-30" is not a day', 2),
        (("submitted", REPORT, "KZ", "--on", "0001-01-01"), "no year to plan for", 2),
        (
            ("extend", REPORT, "KZ", "--until", "9999-12-31", "--because", "asked"),
            "no year to plan for",
            2,
        ),
        (("submitted", REPORT, "KZ", "--on", "2099-01-01"), "has not come yet", 2),
        (("submitted", "national-report-cop13", "KZ"), f'Did you mean "{REPORT}"?', 2),
        (("submitted", "december-contributions", "KZ"), "is not among the contacts", 2),
        (("submitted", "december-contributions", "nomin.erdene-ochir@example.org"), "owes nothing", 2),
        (("returned", REPORT, "KZ", "--on", "2017-02-01"), "Nothing of Kazakhstan had come in", 1),
        (("release", REPORT, "KZ", "--on", "2017-02-01"), "Kazakhstan was not held", 1),
        (("hold", REPORT, "KZ", "--because", " "), "It needs a reason", 2),
        (("hold", REPORT, "KZ"), "Missing option", 2),
        (("extend", REPORT, "KZ", "--because", "asked"), "Missing option", 2),
        (
            ("extend", REPORT, "KZ", "--until", "2017-04-24", "--because", "asked"),
            "not later than the due date",
            2,
        ),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    sample: Office, arguments: tuple[str, ...], words: str, code: int
) -> None:
    folder = sample.root / "recipients" / "deadlines"
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    printed = sample.run("deadlines", *arguments, code=code)
    assert words in " ".join(printed.split())
    assert {path: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def test_handing_in_twice_is_refused_with_the_day_and_row_of_the_first(sample: Office) -> None:
    sample.run("deadlines", "submitted", REPORT, "MN", "--on", "2017-02-01")
    printed = sample.run("deadlines", "submitted", REPORT, "KZ", "MN", "--on", "2017-02-02", code=1)
    assert "Mongolia had handed in already, on 2017-02-01 (row 2). Kazakhstan" not in printed
    assert "Mongolia had handed in already, on 2017-02-01 (row 2)." in printed
    assert log(sample) == ["MN,submitted,2017-02-01,,,"]


def test_the_check_shows_the_sum_and_lets_the_deadline_stand(sample: Office) -> None:
    printed = " ".join(sample.run("deadlines", "check").split())
    assert "180 days before Monday 23 October 2017 is Wednesday 26 April 2017" in printed
    assert "Six months before is Sunday 23 April 2017; the next working day is the 24th." in printed
    assert "december-contributions: nothing found" in printed


def test_a_line_for_a_country_that_owes_nothing_stops_the_check(sample: Office) -> None:
    path = sample.root / "recipients" / "deadlines" / f"{REPORT}.submissions.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "KZ,submitted,2017-02-01,,,\nTM,submitted,2017-02-01,,,\n", encoding="utf-8")
    printed = json.loads(sample.run("deadlines", "check", REPORT, "--format", "json", code=1))
    stops = [one for one in printed["findings"] if one["severity"] == "stop"]
    assert [(one["rule"], one["words"], one["line"]) for one in stops] == [("deadline.not-owed", "TM", 3)]


def test_problems_of_every_file_stop_the_check_at_their_lines(sample: Office) -> None:
    folder = sample.root / "recipients" / "deadlines"
    (folder / f"{REPORT}.submissions.csv").write_text(
        "who,what,on\nKZ,submitted,2017-02-30\n", encoding="utf-8"
    )
    text = (folder / "december-contributions.yaml").read_text(encoding="utf-8")
    (folder / "december-contributions.yaml").write_text(text.replace("+1d", "-9d"), encoding="utf-8")
    printed = sample.run("deadlines", "check", code=1)
    assert f"recipients/deadlines/{REPORT}.submissions.csv:2" in printed
    assert "recipients/deadlines/december-contributions.yaml:" in printed
    assert "2 stops" in printed


def test_a_template_that_does_not_exist_stops_the_check(sample: Office) -> None:
    path = sample.root / "recipients" / "deadlines" / f"{REPORT}.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "template: remnder\n", encoding="utf-8")
    assert 'Did you mean "reminder"?' in sample.run("deadlines", "check", REPORT, code=1)


@pytest.mark.parametrize("more", [[], ["--per-person"]])
def test_a_new_deadline_is_in_order_as_it_stands(sample: Office, more: list[str]) -> None:
    sample.run("deadlines", "new", "press-kit", "--due", "2027-03-01", "--to", "press", *more)
    text = (sample.root / "recipients" / "deadlines" / "press-kit.yaml").read_text(encoding="utf-8")
    assert f"\nper: {'person' if more else 'country'} " in text
    printed = " ".join(sample.run("deadlines", "check", "press-kit", code=1).split())
    for field, words in STARTER_WORDS.items():
        assert words in text
        assert f"{field}.en" in printed
        text = text.replace(words, "our own words")
    assert printed.count("deadline.placeholder") == 3
    assert "3 stops" in printed
    for old, new in (("# announced:", "announced:"), ("# alternates", "alternates"), ("# escal", "escal")):
        text = text.replace(old, new)
    (sample.root / "recipients" / "deadlines" / "press-kit.yaml").write_text(text, encoding="utf-8")
    assert "deadline.after-event" in sample.run("deadlines", "check", "press-kit")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("../x", "--due", "2027-03-01", "--to", "press"), "cannot name a deadline"),
        (("con", "--due", "2027-03-01", "--to", "press"), "cannot name a deadline"),
        (("kit", "--due", "2027-03-32", "--to", "press"), "is not a day"),
        (("kit", "--due", "9999-12-31", "--to", "press"), "no year to plan for"),
        (("kit", "--due", "", "--to", "press"), "needs a due date"),
        (("kit", "--due", "2027-03-01", "--to", "pres"), 'Did you mean "press"?'),
        ((REPORT, "--due", "2027-03-01", "--to", "press"), "exists already"),
    ],
)
def test_a_new_deadline_that_cannot_be_is_refused(
    sample: Office, arguments: tuple[str, ...], words: str
) -> None:
    printed = sample.run("deadlines", "new", *arguments, code=1 if arguments[0] == REPORT else 2)
    assert words in " ".join(printed.split())


def test_a_new_workspace_with_the_sample_has_its_deadlines(tmp_path: Path) -> None:
    make_workspace(tmp_path / "office", sample=True)
    office = Office(open_workspace(tmp_path / "office"))
    assert "national-report-cop12: 1 warning" in office.run("deadlines", "check")
    assert (office.root / "schemas" / "deadline.schema.json").is_file()


def test_a_new_workspace_without_the_sample_has_none_and_says_how_to_begin(tmp_path: Path) -> None:
    make_workspace(tmp_path / "office")
    office = Office(open_workspace(tmp_path / "office"))
    assert "Begin one with `mailer deadlines new`" in office.run("deadlines", "check")
    assert "Begin one with `mailer deadlines new`" in office.run("deadlines", "submitted", "x", "KZ", code=2)
    office.run("deadlines", "new", "first", "--due", "2027-03-01", "--to", "press")
    assert office.run("deadlines", "check", code=1).startswith("first: 3 stops")


def test_nobody_can_approve_a_deadline_that_still_has_the_words_it_began_with(sample: Office) -> None:
    sample.run("deadlines", "new", "press-kit", "--due", "2027-03-01", "--to", "cms-parties")
    printed = sample.run("deadlines", "proof", "press-kit", "--out", str(sample.root / "out"))
    digest = re.search(r"\b[0-9a-f]{12,64}\b", printed)
    assert digest
    refused = sample.run("approve", digest[0], "--by", "Head of Office", code=1)
    assert "stop" in refused


def test_people_of_an_obliged_group_without_a_country_are_named(sample: Office) -> None:
    path = sample.root / "recipients" / "contacts.csv"
    text = path.read_text(encoding="utf-8")
    role = "national-focal-point:cms 2016-01-01.."
    columns = text.splitlines()[0].split(",")
    row = dict.fromkeys(columns, "") | {
        "email": "lost@example.org",
        "given_name": "Lost",
        "family_name": "Soul",
    }
    row["roles"] = role
    path.write_text(text + ",".join(row[name] for name in columns) + "\n", encoding="utf-8")
    segments = sample.root / "recipients" / "segments.yaml"
    words = segments.read_text(encoding="utf-8")
    segments.write_text(
        words + "  all-focal-points:\n    title: All\n    rule: {role: national-focal-point, of: cms}\n",
        encoding="utf-8",
    )
    deadline = sample.root / "recipients" / "deadlines" / f"{REPORT}.yaml"
    named = deadline.read_text(encoding="utf-8").replace(
        "obliged: national-focal-points-of-parties", "obliged: all-focal-points"
    )
    deadline.write_text(named, encoding="utf-8")
    printed = json.loads(sample.run("deadlines", "check", REPORT, "--format", "json"))
    (told,) = [one for one in printed["findings"] if one["rule"] == "deadline.no-country"]
    assert "Lost Soul has no country" in told["message"]
