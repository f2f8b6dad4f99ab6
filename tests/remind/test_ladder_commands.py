"""What the office sees of its ladders: the overview, who owes, the workbook and the calendar, with a real record."""

from __future__ import annotations

import csv
import json
import shutil
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from openpyxl import load_workbook

from mailer.cli.entry import run
from mailer.config import Workspace, open_workspace
from mailer.flow import read_people
from mailer.flow.deadlines import deadline_file
from mailer.flow.deadlines import today as today_of
from mailer.flow.ladder_book import as_workbook
from mailer.flow.ladder_state import ladder_state
from mailer.flow.ladders import compose_history, day_plan, days_ahead
from mailer.flow.starter import make_workspace
from mailer.ledger import Ledger, open_ledger
from mailer.model.dispatch import Answer, Dispatch, Plan, PlannedDelivery, rehearsal_realm
from mailer.model.issue import Sender
from mailer.model.message import Outcome, Phase, Reply, Verdict
from mailer.model.reminder import DayPlan
from mailer.model.suppression import Because
from tests.remind.ladder_kit import countries, day

COP12 = "national-report-cop12"
NINE = "AF IN IR KG KZ MN PK TJ UZ".split()


class Clock:
    """A clock that shows noon of the day that is worked on."""

    def __init__(self) -> None:
        self.now = datetime(2017, 1, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def set(self, on: date) -> None:
        self.now = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)


class Desk:
    """A workspace with its record, and its commands as a user runs them."""

    def __init__(self, root: Path) -> None:
        self.workspace, self.clock = open_workspace(root), Clock()
        self.ledger = open_ledger(self.workspace.ledger_path, clock=self.clock)

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command, check its exit code, and return everything it printed."""
        raw = BytesIO()
        printed = TextIOWrapper(raw, encoding="utf-8", newline="", write_through=True)
        with redirect_stdout(printed), redirect_stderr(printed):
            ended = run(["-w", str(self.workspace.root), *arguments])
        text = raw.getvalue().decode("utf-8")
        assert ended == code, text
        return text


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The sample as it comes; nobody writes into it."""
    return Desk(make_workspace(tmp_path_factory.mktemp("made") / "office", sample=True).root)


@pytest.fixture(scope="module")
def story(sample: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Until 24 March 2017: one step sent, one country done, one on hold, one with more time, one that bounces.

    Nobody writes into it.
    """
    desk = Desk(Path(shutil.copytree(sample.workspace.root, tmp_path_factory.mktemp("story") / "office")))
    send(desk.ledger, desk.clock, planned(desk.workspace, desk.ledger, "2017-01-24"))
    lines = (
        "KZ,submitted,2017-02-01,,,",
        "TJ,held,2017-02-11,,,=the ministry is moving",
        "UZ,extended,2017-03-01,2017-05-08,,letter 44",
    )
    log = desk.workspace.recipients / "deadlines" / f"{COP12}.submissions.csv"
    log.write_text("\n".join(("who,what,on,until,by,note", *lines, "")), encoding="utf-8")
    desk.ledger.suppress("behrouz.tavakoli@example.org", Because.BOUNCED)
    first = next(one for one in desk.ledger.deliveries(f"{COP12}-2017-01-24") if one.country == "IN")
    desk.clock.set(day("2017-03-02"))
    desk.ledger.acknowledge(first.code, Answer.HANDED_IN, "by post", by="Ann")
    return desk


@pytest.fixture
def desk(sample: Desk, tmp_path: Path) -> Desk:
    """The sample, to be changed."""
    return Desk(Path(shutil.copytree(sample.workspace.root, tmp_path / "office")))


@pytest.fixture
def workspace(desk: Desk) -> Workspace:
    return desk.workspace


@pytest.fixture
def clock(desk: Desk) -> Clock:
    return desk.clock


@pytest.fixture
def ledger(desk: Desk) -> Ledger:
    return desk.ledger


def planned(workspace: Workspace, ledger: Ledger, on: str | date, slug: str = COP12) -> DayPlan:
    people = read_people(workspace)
    when = on if isinstance(on, date) else day(on)
    return day_plan(workspace, ledger, people, deadline_file(workspace, people, slug), when)


def send(ledger: Ledger, clock: Clock, plan: DayPlan, *, rehearsal: bool = False) -> None:
    """Everything in the plan as taken over by the relay on its day, and what lapsed as noted."""
    clock.set(plan.day)
    name = f"{plan.deadline.id}-{plan.day}{'-rehearsal' if rehearsal else ''}"
    dispatch = Dispatch(
        id=name,
        realm=rehearsal_realm(name) if rehearsal else "real",
        occasion=name,
        slug=f"deadlines/{plan.deadline.id}",
        digest="ab" * 32,
        message_class="notice",
        relay="office",
        segments=(plan.deadline.obliged,),
        sender=Sender(name="CAMI", email="cami@example.org"),
        day=plan.day,
        created_at=clock.now,
        expires_at=clock.now + timedelta(hours=72),
    )
    deliveries = tuple(
        PlannedDelivery(
            address=one.address,
            email=one.address,
            name=one.contact.name,
            language="en",
            country=one.contact.country or "",
            variant="v",
            slots={},
            occasions=one.occasions,
            code=f"C0DE{number:04d}{plan.day:%m%d}",
        )
        for number, one in enumerate(plan.reminders)
    )
    ledger.open_dispatch(Plan(dispatch, deliveries))
    with ledger.hold() as holder:
        for claimed in ledger.claim(name, 1000, holder):
            ledger.hand(claimed)
            ledger.settle(claimed, Outcome(Verdict.ACCEPTED, Phase.DOT, Reply(250, "taken")))
    for one in plan.lapsed:
        ledger.lapse(dispatch.realm, one.occasion, one.why)


# The day's plan of a workspace


def test_the_nine_are_reminded_on_24_january_2017_and_never_twice(
    workspace: Workspace, ledger: Ledger, clock: Clock
) -> None:
    plan = planned(workspace, ledger, "2017-01-24")
    assert countries(plan) == NINE
    send(ledger, clock, plan)
    again = planned(workspace, ledger, "2017-01-24")
    assert again.reminders == again.lapsed == ()


def test_a_rehearsal_uses_nothing_up(workspace: Workspace, ledger: Ledger, clock: Clock) -> None:
    send(ledger, clock, planned(workspace, ledger, "2017-01-24"), rehearsal=True)
    assert countries(planned(workspace, ledger, "2017-01-24")) == NINE


def test_a_bounced_address_gives_way_to_the_next_and_a_complaint_to_nobody(
    workspace: Workspace, ledger: Ledger
) -> None:
    path = workspace.recipients / "contacts.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["other_emails"] = "second@example.org" if row["email"].startswith("behrouz.tavakoli") else ""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    ledger.suppress("behrouz.tavakoli@example.org", Because.BOUNCED)
    assert "second@example.org" in {one.address for one in planned(workspace, ledger, "2017-01-24").reminders}
    ledger.unsuppress("behrouz.tavakoli@example.org")
    ledger.suppress("behrouz.tavakoli@example.org", Because.UNSUBSCRIBED)
    still = planned(workspace, ledger, "2017-01-24")
    assert "behrouz.tavakoli@example.org" in {one.address for one in still.reminders}, (
        "a notice goes all the same"
    )
    ledger.suppress("behrouz.tavakoli@example.org", Because.COMPLAINED, "by telephone")
    plan = planned(workspace, ledger, "2017-01-24")
    assert "IR" not in countries(plan)
    assert [(one.obligation.who, one.why) for one in plan.unreached] == [
        ("IR", "Behrouz Tavakoli behrouz.tavakoli@example.org: do-not-mail list, complained (by telephone)")
    ]


def test_the_record_says_what_was_heard_last_when_a_date_moves_twice(
    workspace: Workspace, ledger: Ledger, clock: Clock
) -> None:
    send(ledger, clock, planned(workspace, ledger, "2017-01-24"))
    path = workspace.recipients / "deadlines" / f"{COP12}.yaml"
    april = path.read_text(encoding="utf-8")
    june = april.replace("due: 2017-04-24", "due: 2017-06-26").replace("end: 2017-05-24", "end: 2017-07-26")
    path.write_text(june, encoding="utf-8")
    moved = planned(workspace, ledger, "2017-04-01")
    assert {one.moved_from for one in moved.reminders} == {day("2017-04-24")}
    send(ledger, clock, moved)
    path.write_text(april, encoding="utf-8")
    back = planned(workspace, ledger, "2017-04-13")
    assert {one.moved_from for one in back.reminders if one.standing == "holder"} == {day("2017-06-26")}
    send(ledger, clock, back)
    last = planned(workspace, ledger, "2017-04-21")
    assert {one.moved_from for one in last.reminders} == {None}


# The overview


def test_the_overview_shows_every_ladder_and_first_whom_nobody_can_tell(story: Desk) -> None:
    printed = " ".join(story.run("deadlines", "--on", "2017-03-24").split())
    for words in (
        "National report to COP12 national-report-cop12",
        "due Mon 2017-04-24 23:59 Europe/Berlin, 2016/035",
        "as of 2017-03-24: 31 days left",
        "nobody reachable Iran (Islamic Republic of): Behrouz Tavakoli behrouz.tavakoli@example.org: bounced",
        "✓ -90d Tue 2017-01-24 sent to 13 people",
        "→ -30d Fri 2017-03-24 due to 7 people",
        "-14d Mon 2017-04-10 to come",
        "Uzbekistan (until 2017-05-08, next reminder today)",
        "handed in 1: Kazakhstan (2017-02-01)",
        "on hold 1: Tajikistan (=the ministry is moving)",
        "say it is handed in, not recorded 1: India (says it is handed in (2017-03-02): by post)",
        "outstanding 7:",
    ):
        assert words in printed, words
    assert printed.index("nobody reachable") < printed.index("-90d") < printed.index("outstanding 7")
    assert printed.index("Contributions to the December issue") > printed.index("outstanding 7"), (
        "what is over last"
    )


def test_the_overview_for_programs_says_the_same(story: Desk) -> None:
    report = json.loads(story.run("deadlines", "--on", "2017-03-24", "--format", "json"))[0]
    assert (report["slug"], report["days_left"], report["over"]) == (COP12, 31, False)
    assert [step["words"] for step in report["steps"][:3]] == [
        "sent to 13 people",
        "due to 7 people",
        "to come",
    ]
    by_who = {one["who"]: one for one in report["obligations"]}
    assert sorted(by_who) == NINE
    assert by_who["IN"]["says_handed_in"] is True
    assert (by_who["IN"]["last_reminded"], by_who["IN"]["last_step"]) == ("2017-01-24", "-90d")
    assert (by_who["UZ"]["due"], by_who["UZ"]["next_reminder"]) == ("2017-05-08", "2017-03-24")
    assert (
        by_who["KZ"]["next_reminder"]
        is by_who["TJ"]["next_reminder"]
        is by_who["IR"]["next_reminder"]
        is None
    )
    listed = json.loads(
        story.run("deadlines", "outstanding", COP12, "--on", "2017-03-24", "--format", "json")
    )
    assert [one["who"] for one in listed][:2] == ["IR", "AF"]
    assert len(listed) == 8


def test_who_owes_is_a_table_that_begins_with_those_whom_nobody_can_tell(story: Desk) -> None:
    lines = story.run("deadlines", "outstanding", COP12, "--on", "2017-04-25").splitlines()
    assert lines[1].split()[0] == "Iran"
    assert "overdue by 1 day; nobody reachable" in lines[1]
    assert any(line.startswith("Afghanistan") and "2017-01-24 -90d  2017-04-27 +3d" in line for line in lines)


def test_the_workbook_has_a_sheet_for_each_deadline_with_days_as_days_and_no_formula(
    story: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "deadlines.xlsx"
    story.run("deadlines", "--on", "2017-03-24", "--xlsx", str(path))
    book = load_workbook(path)
    assert book.sheetnames == [COP12, "december-contributions"]
    sheet = book[COP12]
    assert sheet["A1"].value == "National report to COP12: 8 of 9 outstanding on 2017-03-24"
    rows = {str(row[0].value): row for row in sheet.iter_rows(min_row=4)}
    assert next(iter(rows)) == "Iran (Islamic Republic of)"
    assert list(rows)[-1] == "Kazakhstan"
    assert rows["Afghanistan"][5].value == datetime(2017, 1, 24)  # noqa: DTZ001
    assert rows["Uzbekistan"][9].value == datetime(2017, 5, 8)  # noqa: DTZ001
    hold = rows["Tajikistan"][10]
    assert (hold.value, hold.data_type, hold.quotePrefix) == ("=the ministry is moving", "s", True)
    assert all(
        cell.data_type != "f" for name in book.sheetnames for row in book[name].iter_rows() for cell in row
    )


def test_sheets_of_deadlines_with_long_names_are_told_apart(workspace: Workspace, ledger: Ledger) -> None:
    people = read_people(workspace)
    file = deadline_file(workspace, people, COP12)
    states = []
    for end in ("one", "two"):
        slug = f"a-very-long-name-of-a-deadline-that-ends-in-{end}"
        path = file.path.with_name(f"{slug}.yaml")
        path.write_text(file.path.read_text(encoding="utf-8").replace(f"id: {COP12}", f"id: {slug}"), "utf-8")
        states.append(
            ladder_state(workspace, ledger, people, deadline_file(workspace, people, slug), day("2017-01-24"))
        )
    names = load_workbook(BytesIO(as_workbook(states))).sheetnames
    assert len({name.casefold() for name in names}) == 2
    assert all(len(name) <= 31 for name in names)
    assert load_workbook(BytesIO(as_workbook([]))).sheetnames == ["No deadlines"]


# The calendar


def test_the_calendar_tells_day_step_and_who_by_standing(sample: Desk) -> None:
    printed = sample.run("deadlines", "calendar", COP12, "--from", "2016-12-19", "--to", "2017-05-15")
    days = [line.split()[1] for line in printed.splitlines() if line[:1] not in ("", " ")]
    assert days == ["2017-01-24", "2017-03-24", "2017-04-10", "2017-04-13", "2017-04-21", "2017-04-27"]
    text = " ".join(printed.split())
    assert (
        "Tue 2017-01-24 National report to COP12 -90d to 13 people in office: Afghanistan 2, India, Iran"
        in text
    )
    assert "alternates: Kyrgyzstan, Pakistan" in text
    assert "told besides: Afghanistan" in text


def test_the_calendar_for_programs_names_every_reminder(sample: Desk) -> None:
    days = json.loads(
        sample.run(
            "deadlines", "calendar", COP12, "--from", "2017-01-24", "--to", "2017-01-24", "--format", "json"
        )
    )
    assert [(one["day"], one["weekday"]) for one in days] == [("2017-01-24", "Tuesday")]
    assert sorted({who for one in days[0]["reminders"] for who in one["for"]}) == NINE


def test_the_calendar_file_is_read_by_others_and_names_no_person(sample: Desk) -> None:
    from icalendar import Calendar

    asked = ("deadlines", "calendar", "--from", "2016-12-01", "--to", "2017-01-24", "--format", "ics")
    printed = sample.run(*asked)
    entries = Calendar.from_ical(printed).walk("VEVENT")
    first = next(entry for entry in entries if "-90d" in entry["summary"])
    assert first["summary"] == "Reminder -90d: 13 people – National report to COP12"
    assert (first["dtstart"].dt, first["dtend"].dt) == (day("2017-01-24"), day("2017-01-25"))
    assert "Afghanistan, India, Iran (Islamic Republic of)" in first["description"]
    uids = [str(entry["uid"]) for entry in entries]
    assert len(set(uids)) == len(uids)
    assert uids == [str(entry["uid"]) for entry in Calendar.from_ical(sample.run(*asked)).walk("VEVENT")]
    assert "national-report-cop12-20170424-90d@cami.example.org" in uids
    unfolded = printed.replace("\r\n ", "").replace("@cami.example.org", "")
    assert "@" not in unfolded
    names = {
        contact.family_name
        for contact in read_people(open_workspace(Path(__file__).parents[2])).recipients.contacts
    }
    assert not [name for name in names if name and name in unfolded.replace("National", "")]


def test_the_calendar_from_today_on_begins_where_the_record_ends(
    workspace: Workspace, ledger: Ledger, clock: Clock
) -> None:
    # The office's day, which may have begun when that of UTC has not.
    today = today_of(deadline_file(workspace, read_people(workspace), COP12).deadline)
    path = workspace.recipients / "deadlines" / f"{COP12}.yaml"
    text = path.read_text(encoding="utf-8")
    due = today + timedelta(days=20)
    text = (
        text.replace("due: 2017-04-24", f"due: {due}").replace("end: 2017-05-24\n", "").replace("-90d, ", "")
    )
    path.write_text(text, encoding="utf-8")
    people = read_people(workspace)
    file = deadline_file(workspace, people, COP12)

    def ahead(first: date) -> dict[date, set[str]]:
        plans = days_ahead(workspace, ledger, people, file, first=first, last=due)
        return {plan.day: {one.step for one in plan.reminders} for plan in plans if plan.reminders}

    here = file.deadline.due - timedelta(days=20)
    assert ahead(here)[here] == {"-30d"}, "it was to go before and has not: it goes late"
    send(ledger, clock, planned(workspace, ledger, here))
    assert "-30d" not in {step for steps in ahead(here).values() for step in steps}
    before = ahead(here - timedelta(days=20))
    assert [steps for on, steps in before.items() if on < here] == [{"-30d"}], "as it was to go"


def test_nothing_to_come_is_said_in_words(sample: Desk) -> None:
    assert "Nothing is to go: the last ladder ended on 2017-05-24." in sample.run("deadlines", "calendar")
    asked = sample.run("deadlines", "calendar", "--from", "2017-02-01", "--to", "2017-02-28")
    assert "Nothing is to go from 2017-02-01 to 2017-02-28." in asked


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("calendar", "--from", "2017-05-15", "--to", "2016-12-19"), "is before the first"),
        (("calendar", "--from", "soon"), '"soon" is not a day'),
        (("calendar", "national-report-cop13"), 'Did you mean "national-report-cop12"?'),
        (("outstanding", "nope"), 'There is no deadline "nope"'),
        (("--format", "json", "outstanding", COP12), "Options go after `outstanding`"),
        (("--xlsx", "/nowhere/at/all/x.xlsx"), "There is no folder /nowhere/at/all"),
    ],
)
def test_what_cannot_be_meant_is_said_in_words(sample: Desk, arguments: tuple[str, ...], words: str) -> None:
    assert words in sample.run("deadlines", *arguments, code=2)


def test_a_workspace_without_deadlines_says_how_to_begin_one(desk: Desk) -> None:
    workspace = desk.workspace
    shutil.rmtree(workspace.recipients / "deadlines")
    groups = workspace.recipients / "segments.yaml"
    groups.write_text("segments:\n  everyone:\n    title: Everyone\n", encoding="utf-8")
    shutil.rmtree(workspace.root / "issues")
    assert "Begin one with `mailer deadlines new`" in desk.run("deadlines")


def test_the_history_of_a_deadline_holds_what_the_record_and_the_list_say(
    workspace: Workspace, ledger: Ledger, clock: Clock
) -> None:
    plan = planned(workspace, ledger, "2017-01-24")
    send(ledger, clock, plan)
    ledger.suppress("laila.ahmadzai@example.org", Because.MANUAL, "asked by letter")
    people = read_people(workspace)
    history = compose_history(ledger, people, deadline_file(workspace, people, COP12).deadline)
    assert len(history.sent) == 13
    assert history.unreachable == {"laila.ahmadzai@example.org": "do-not-mail list, manual (asked by letter)"}
    assert history.barred == {"laila.ahmadzai@example.org"}
    assert history.heard["laila.ahmadzai@example.org", "AF"] == day("2017-04-24")
