"""The whole ladder run ahead: the COP12 sample as it was to go, and laws that hold whatever happens on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.audience import Scene, read_deadline
from mailer.config.settings import Office
from mailer.model.audience import Contact, Recipients
from mailer.model.deadline import Deadline, Submission, What
from mailer.model.reminder import DayPlan, History, Standing
from mailer.remind import end_of, history_after, obligations_of, plan_day, simulate, steps_of
from tests.remind.ladder_kit import (
    ANY_DAY,
    NO_HISTORY,
    ROOT,
    a_deadline,
    a_focal_point,
    a_world,
    countries,
    day,
    said,
    sample_scene,
    the_sample,
)

ALL = "AF IN IR KG KZ MN PK TJ UZ".split()
NEVER = set("BT CN NP RU TM".split())


def the_sample_deadline() -> Deadline:
    return read_deadline(ROOT / "recipients" / "deadlines" / "national-report-cop12.yaml", ROOT).deadline


def the_calendar(
    *lines: Submission, first: str = "2016-12-19", last: str = "2017-05-15", **changes: object
) -> dict[str, DayPlan]:
    recipients, _, bonn = the_sample()
    deadline = the_sample_deadline().model_copy(update=changes)
    plans = simulate(deadline, lines, recipients, sample_scene, office=bonn, first=day(first), last=day(last))
    return {plan.day.isoformat(): plan for plan in plans}


def holders_and_alternates(plan: DayPlan) -> list[str]:
    return sorted(
        {o.who for one in plan.reminders if one.standing is not Standing.ESCALATION for o in one.obligations}
    )


# The real case


def test_the_first_step_falls_on_24_january_2017_and_reaches_the_nine() -> None:
    calendar = the_calendar(last="2017-01-31")
    assert list(calendar) == ["2017-01-24"]
    plan = calendar["2017-01-24"]
    assert holders_and_alternates(plan) == ALL
    assert {one.step for one in plan.reminders} == {"-90d"}
    assert plan.lapsed == plan.unreached == ()


def test_after_kazakhstan_and_mongolia_hand_in_seven_are_left_and_non_parties_never_hear() -> None:
    calendar = the_calendar(
        said("KZ", What.SUBMITTED, "2017-02-01"), said("MN", What.SUBMITTED, "2017-03-24"), last="2017-06-30"
    )
    by_day = {on: countries(plan) for on, plan in calendar.items()}
    seven = [code for code in ALL if code not in ("KZ", "MN")]
    assert by_day == {"2017-01-24": ALL} | dict.fromkeys(
        ["2017-03-24", "2017-04-10", "2017-04-13", "2017-04-21", "2017-04-27"], seven
    )
    assert not NEVER & {code for codes in by_day.values() for code in codes}


def test_the_whole_ladder_with_submissions_an_extension_a_hold_and_a_return() -> None:
    calendar = the_calendar(
        said("KZ", What.SUBMITTED, "2017-02-01"),
        said("MN", What.SUBMITTED, "2017-03-24"),
        said("IR", What.HELD, "2017-04-05", note="elections"),
        said("IR", What.RELEASED, "2017-04-20"),
        said("AF", What.SUBMITTED, "2017-04-07"),
        said("AF", What.RETURNED, "2017-04-19", note="part 3 is empty"),
        said("UZ", What.EXTENDED, "2017-04-11", until="2017-05-08"),
        said("PK", What.SUBMITTED, "2017-04-26"),
    )
    went = {
        on: sorted({(one.step, o.who) for one in plan.reminders for o in one.obligations})
        for on, plan in calendar.items()
    }
    assert went == {
        "2017-01-24": [("-90d", code) for code in ALL],
        "2017-03-24": [("-30d", code) for code in "AF IN IR KG PK TJ UZ".split()],
        "2017-04-10": [("-14d", code) for code in "IN KG PK TJ UZ".split()],
        # Uzbekistan's own ladder towards 8 May: its -30 days had passed when it was given more time.
        "2017-04-11": [("-30d", "UZ")],
        "2017-04-13": [("-7d", code) for code in "IN KG PK TJ".split()],
        # Sent back on the 19th, released on the 20th: the latest step, which they had not got.
        "2017-04-19": [("-7d", "AF")],
        "2017-04-20": [("-7d", "IR")],
        # On the 21st Uzbekistan's -14 days too: 24 April is a working day, so it goes on its own.
        "2017-04-21": [("-1d", code) for code in "AF IN IR KG PK TJ".split()],
        "2017-04-24": [("-14d", "UZ")],
        "2017-04-27": [("+3d", code) for code in "AF IN IR KG TJ".split()],
        "2017-04-28": [("-7d", "UZ")],
        "2017-05-05": [("-1d", "UZ")],
        "2017-05-11": [("+3d", "UZ")],
    }
    moved = {one.moved_from for one in calendar["2017-04-11"].reminders if one.standing is Standing.HOLDER}
    assert moved == {day("2017-04-24")}
    lapsed = {one.occasion for plan in calendar.values() for one in plan.lapsed}
    assert lapsed == {
        "national-report-cop12/2017-05-08/-90d/UZ",
        "national-report-cop12/2017-04-24/-14d/AF",
        "national-report-cop12/2017-04-24/-14d/IR",
    }


def test_turkmenistan_is_reminded_of_a_deadline_after_it_became_a_party() -> None:
    due = day("2023-04-26")
    calendar = the_calendar(first="2023-01-01", last="2023-04-30", due=due, end=None)
    assert {code for plan in calendar.values() for code in countries(plan)} >= {"TM"}


def test_a_due_date_that_moves_runs_the_ladder_anew_and_says_so_to_those_who_heard() -> None:
    recipients, _, bonn = the_sample()
    first = the_sample_deadline()
    before = simulate(
        first, (), recipients, sample_scene, office=bonn, first=day("2017-01-01"), last=day("2017-04-10")
    )
    history = NO_HISTORY
    for plan in before:
        history = history_after(history, plan)
    moved = first.model_copy(update={"due": day("2017-06-26"), "end": None})
    after = simulate(
        moved, (), recipients, sample_scene,
        office=bonn, first=day("2017-04-11"), last=day("2017-07-30"), history=history,
    )  # fmt: skip
    news = after[0]
    assert (news.day, {one.step for one in news.reminders}) == (day("2017-04-11"), {"-90d"})
    # Alternates are told from -14 days on, and had been on 10 April: so that they too hear at once.
    assert {one.moved_from for one in news.reminders} == {day("2017-04-24")}
    assert {one.address for one in news.reminders} == {one.address for one in before[-1].reminders}
    assert [plan.day.isoformat() for plan in after[1:]] == [
        "2017-05-26", "2017-06-12", "2017-06-19", "2017-06-23", "2017-06-29",
    ]  # fmt: skip
    assert all(one.moved_from is None for plan in after[1:] for one in plan.reminders)


def test_a_vacant_office_shows_on_every_step_and_lapses() -> None:
    recipients, scene = a_world(a_focal_point("KZ"), states=["KZ", "MN"])
    plans = simulate(
        a_deadline(), (), recipients, lambda on: Scene(scene.registers, scene.segments, on),
        office=ANY_DAY, first=day("2016-12-19"), last=day("2017-05-31"),
    )  # fmt: skip
    assert [plan.day.isoformat() for plan in plans][:3] == ["2017-01-24", "2017-03-25", "2017-04-10"]
    assert [[o.obligation.who for o in plan.unreached] for plan in plans][:3] == [["MN"]] * 3
    lapsed = {one.occasion.rsplit("/", 1)[-1] for plan in plans for one in plan.lapsed}
    assert lapsed == {"MN"}
    assert plans[-1].day == day("2017-05-25"), "the day after the end, when the last of it lapses"


# Laws

DUE = day("2017-04-24")
CODES = ("KG", "KZ", "MN")
DAYS = st.integers(-60, 45).map(lambda number: DUE + timedelta(days=number))
LADDERS = st.lists(st.integers(-50, 20), min_size=1, max_size=6, unique=True).map(
    lambda numbers: tuple(f"{number:+d}d" for number in sorted(numbers))
)
OFFICES = st.builds(
    lambda weekend, off: Office(
        name="Office", postal_address="Street 1", weekend=weekend, holidays=tuple(sorted(off))
    ),
    st.sampled_from([(), ("sat", "sun"), ("fri",)]),
    st.frozensets(DAYS, max_size=8),
)
MAILBOXES = st.sampled_from(["a@example.org", "b@example.org", "c@example.org", "d@example.org"])
CONTACTS = st.lists(
    st.builds(
        lambda code, address, other, start, end, alternate: a_focal_point(
            code,
            address=address,
            other_emails=tuple({other} - {address}),
            start=start,
            end=end if end is None or start is None or end >= start else None,
            alternate=alternate,
        ),
        st.sampled_from(CODES),
        MAILBOXES,
        MAILBOXES,
        st.none() | DAYS,
        st.none() | DAYS,
        st.booleans(),
    ),
    max_size=6,
)
LINES = st.lists(
    st.builds(
        lambda who, what, on, later: Submission(
            who=who, what=what, on=on, until=DUE + timedelta(days=later) if what is What.EXTENDED else None
        ),
        st.sampled_from(CODES),
        st.sampled_from(list(What)),
        DAYS,
        st.integers(1, 25),
    ),
    max_size=8,
)


class Run:
    """A ladder worked off on some days, as `mailer remind` would do it."""

    def __init__(
        self,
        deadline: Deadline,
        contacts: Iterable[Contact],
        lines: Iterable[Submission],
        *,
        office: Office,
        days: Iterable[date],
    ) -> None:
        self.deadline, self.lines, self.office = deadline, tuple(lines), office
        self.recipients, self.scene = a_world(*contacts)
        self.history: History = NO_HISTORY
        self.plans = [self.work(on) for on in sorted(days)]

    def plan(self, on: date) -> DayPlan:
        scene = Scene(self.scene.registers, self.scene.segments, on)
        recipients: Recipients = self.recipients
        owed = obligations_of(self.deadline, self.lines, recipients, scene)
        return plan_day(self.deadline, owed, recipients, scene, history=self.history, office=self.office)

    def work(self, on: date) -> DayPlan:
        plan = self.plan(on)
        self.history = history_after(self.history, plan)
        again = self.plan(on)
        assert again.reminders == again.lapsed == (), "a day that is run again finds nothing left to do"
        assert again.unreached == plan.unreached
        return plan


EVERY_DAY = [DUE + timedelta(days=number) for number in range(-60, 80)]


@settings(max_examples=70, deadline=None)
@given(
    st.tuples(LADDERS, st.none() | st.sampled_from(["-7d", "+0d", "+3d"])),
    CONTACTS, LINES, OFFICES, st.sets(st.sampled_from(EVERY_DAY), max_size=30),
)  # fmt: skip
def test_whatever_happens_nobody_hears_twice_too_much_or_too_late(
    steps: tuple[tuple[str, ...], str | None],
    contacts: list[Contact],
    lines: list[Submission],
    office: Office,
    days: set[date],
) -> None:
    deadline = a_deadline(ladder=steps[0], alternates_from=steps[1])
    run = Run(deadline, contacts, lines, office=office, days=days)
    pairs = Counter(
        (occasion, one.address) for plan in run.plans for one in plan.reminders for occasion in one.occasions
    )
    assert all(count == 1 for count in pairs.values()), "never the same occasion to the same address twice"
    lapsed = Counter(one.occasion for plan in run.plans for one in plan.lapsed)
    assert all(count == 1 for count in lapsed.values())
    assert not set(lapsed) & {occasion for occasion, _ in pairs}, "what went to somebody has not lapsed"
    for plan in run.plans:
        seen: Counter[tuple[str, str]] = Counter()
        for one in plan.reminders:
            assert {obligation.due for obligation in one.obligations} == {one.obligations[0].due}
            for obligation in one.obligations:
                seen[(obligation.who, one.address)] += 1
                assert obligation.is_owed
                assert not obligation.held
                assert plan.day <= end_of(deadline, obligation.due)
                step = next(s for s in steps_of(deadline, obligation.due, office) if s.offset == one.step)
                assert step.day <= plan.day
                assert plan.day <= obligation.due or step.planned > obligation.due, "no longer true"
        assert all(count == 1 for count in seen.values()), "one step an obligation, address and day"


@settings(max_examples=40, deadline=None)
@given(LADDERS, OFFICES, st.sets(st.sampled_from(EVERY_DAY), max_size=20))
def test_each_step_of_a_steady_obligation_is_sent_or_lapses_or_gives_way_to_a_later_one(
    ladder: tuple[str, ...], office: Office, days: set[date]
) -> None:
    deadline = a_deadline(ladder=ladder)
    last = EVERY_DAY[-1] + timedelta(days=1)
    run = Run(deadline, [a_focal_point("KZ")], [], office=office, days=days | {last})
    sent = {one.step: plan.day for plan in run.plans for one in plan.reminders}
    lapsed = {
        one.occasion.split("/")[2] for plan in run.plans for one in plan.lapsed if one.occasion.endswith("KZ")
    }
    steps = steps_of(deadline, DUE, office)
    assert set(sent) | lapsed == {step.offset for step in steps}
    assert not set(sent) & lapsed
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        if step.offset in sent:
            assert step.day <= sent[step.offset], "never early"
            assert following is None or sent[step.offset] < following.day, "never when the next one is due"
        if step.day in days:
            assert sent[step.offset] == step.day, "a machine that runs on the day sends on the day"


@settings(max_examples=8, deadline=None)
@given(LADDERS, CONTACTS, LINES, OFFICES)
def test_running_ahead_is_the_same_as_running_every_day(
    ladder: tuple[str, ...], contacts: list[Contact], lines: list[Submission], office: Office
) -> None:
    deadline = a_deadline(ladder=ladder)
    days = EVERY_DAY[10:115]
    run = Run(deadline, contacts, lines, office=office, days=days)
    ahead = simulate(
        deadline, lines, run.recipients, lambda on: Scene(run.scene.registers, run.scene.segments, on),
        office=office, first=days[0], last=days[-1],
    )  # fmt: skip
    assert [plan for plan in ahead if plan.reminders or plan.lapsed] == [
        plan for plan in run.plans if plan.reminders or plan.lapsed
    ]
    begun = simulate(
        deadline, lines, run.recipients, lambda on: Scene(run.scene.registers, run.scene.segments, on),
        office=office, first=days[-1] + timedelta(days=1), last=days[-1] + timedelta(days=60), history=run.history,
    )  # fmt: skip
    assert not {(o, r.address) for p in begun for r in p.reminders for o in r.occasions} & run.history.sent
