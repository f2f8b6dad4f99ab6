"""A ladder's steps as days: days off, Easter in Bonn, steps that meet, zones and daylight saving."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.config.settings import Office
from mailer.model.deadline import days_of
from mailer.remind import end_of, steps_of, today_in
from tests.remind.ladder_kit import ANY_DAY, WEEKDAYS, a_deadline, day, the_sample


def days(deadline_changes: dict[str, object], office: Office = WEEKDAYS, due: str = "") -> dict[str, str]:
    deadline = a_deadline(**deadline_changes)
    steps = steps_of(deadline, day(due) if due else deadline.due, office)
    return {step.offset: step.day.isoformat() for step in steps}


def test_the_cop12_ladder_passes_by_easter_and_weekends_in_bonn() -> None:
    _, _, bonn = the_sample()
    assert days({}, bonn) == {
        "-90d": "2017-01-24",
        "-30d": "2017-03-24",  # 25 March is a Saturday
        "-14d": "2017-04-10",
        "-7d": "2017-04-13",  # 17 April is Easter Monday, 14 April Good Friday
        "-1d": "2017-04-21",  # 23 April is a Sunday
        "+3d": "2017-04-27",
    }


def test_a_step_keeps_the_day_that_its_offset_gives() -> None:
    step = steps_of(a_deadline(ladder=["-30d"]), day("2017-04-24"), WEEKDAYS)[0]
    assert (step.planned, step.day) == (day("2017-03-25"), day("2017-03-24"))


def test_of_two_steps_on_one_day_only_the_later_is_left() -> None:
    # Sunday 23 and Saturday 22 April both move to Friday 21.
    assert days({"ladder": ["-3d", "-2d", "-1d"]}) == {"-1d": "2017-04-21"}


def test_an_overdue_notice_never_moves_back_to_where_nothing_is_overdue() -> None:
    # Due on a Friday: the next day is a Saturday, and its working day before is the due date itself.
    assert days({"due": "2017-04-21", "ladder": ["-1d", "+1d"]}) == {"-1d": "2017-04-20", "+1d": "2017-04-24"}


def test_overdue_notices_that_meet_behind_a_weekend_become_the_later() -> None:
    assert days({"due": "2017-04-21", "ladder": ["+1d", "+2d", "+3d", "+4d"]}) == {
        "+3d": "2017-04-24",
        "+4d": "2017-04-25",
    }


def test_the_day_itself_moves_back_like_any_other_step() -> None:
    assert days({"due": "2017-04-23", "ladder": ["-0d"]}) == {"+0d": "2017-04-21"}


def test_an_office_that_works_on_sundays_and_not_on_fridays() -> None:
    tehran = Office(name="Office", postal_address="Street 1", weekend=("fri",))
    assert days({"ladder": ["-3d", "-1d"]}, tehran) == {"-3d": "2017-04-20", "-1d": "2017-04-23"}


def test_an_office_closed_for_months_sends_on_the_planned_day() -> None:
    closed = tuple(day("2017-01-01") + timedelta(days=n) for n in range(120))
    shut = Office(name="Office", postal_address="Street 1", weekend=(), holidays=closed)
    assert days({"ladder": ["-14d"]}, shut) == {"-14d": "2017-04-10"}


def test_an_extension_has_a_ladder_and_an_end_of_its_own() -> None:
    deadline = a_deadline(ladder=["-7d"], end="2017-05-15")
    assert days({"ladder": ["-7d"]}, ANY_DAY, due="2017-05-31") == {"-7d": "2017-05-24"}
    assert end_of(deadline, day("2017-04-24")) == day("2017-05-15")
    assert end_of(deadline, day("2017-05-31")) == day("2017-06-21"), "moved by the same 37 days"
    assert end_of(a_deadline(), day("2017-04-24")) == day("2017-05-24"), "30 days where none is given"


@pytest.mark.parametrize(
    ("zone", "moment", "expected"),
    [
        ("Europe/Berlin", "2017-03-25T22:59:59", "2017-03-25"),
        ("Europe/Berlin", "2017-03-25T23:00:00", "2017-03-26"),
        ("Europe/Berlin", "2017-03-26T21:59:59", "2017-03-26"),  # that day has 23 hours
        ("Europe/Berlin", "2017-03-26T22:00:00", "2017-03-27"),
        ("Europe/Berlin", "2016-10-30T22:59:59", "2016-10-30"),  # and that one 25
        ("Asia/Almaty", "2017-04-23T18:00:00", "2017-04-24"),
        ("Pacific/Apia", "2017-04-23T11:00:00", "2017-04-24"),
    ],
)
def test_the_day_is_that_of_the_deadlines_own_zone(zone: str, moment: str, expected: str) -> None:
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert today_in(a_deadline(timezone=zone), now) == day(expected)


def test_a_moment_without_a_zone_belongs_to_no_day() -> None:
    with pytest.raises(ValueError, match="zone"):
        today_in(a_deadline(), datetime(2017, 4, 24))  # noqa: DTZ001


def test_daylight_saving_neither_repeats_nor_drops_a_day() -> None:
    deadline = a_deadline()
    hours = [datetime(2017, 3, 24, tzinfo=UTC) + timedelta(hours=n) for n in range(24 * 5)]
    seen = [today_in(deadline, now) for now in hours]
    assert seen == sorted(seen)
    assert set(seen) == {date(2017, 3, 24) + timedelta(days=n) for n in range(6)}


OFFSETS = st.lists(st.integers(-120, 60), min_size=1, max_size=12, unique=True).map(
    lambda numbers: [f"{number:+d}d" for number in sorted(numbers)]
)
DAYS_OFF = st.frozensets(st.integers(-130, 70), max_size=60)


@settings(max_examples=80, deadline=None)
@given(OFFSETS, DAYS_OFF, st.sampled_from([(), ("sat", "sun"), ("fri",)]))
def test_every_ladder_has_one_step_a_working_day_in_its_own_order(
    ladder: list[str], off: frozenset[int], weekend: tuple[str, ...]
) -> None:
    deadline = a_deadline(ladder=ladder)
    holidays = tuple(deadline.due + timedelta(days=number) for number in off)
    office = Office.model_validate(
        {"name": "Office", "postal_address": "Street 1", "weekend": weekend, "holidays": holidays}
    )
    steps = steps_of(deadline, deadline.due, office)
    assert [days_of(step.offset) for step in steps] == sorted(days_of(step.offset) for step in steps)
    assert len({step.day for step in steps}) == len(steps)
    assert steps[-1].offset == deadline.ladder[-1], "the last of a ladder is never dropped"
    for step in steps:
        before, after = step.planned <= deadline.due, step.day <= deadline.due
        assert before == after, "nothing says overdue before it is, or not yet due when it is"
        assert office.is_working_day(step.day) or step.day in (step.planned, deadline.due + timedelta(days=1))
