"""The rule by which a due date was announced: what it gives, and what rule would give the date that stands."""

from __future__ import annotations

from calendar import monthrange
from datetime import date as Date  # noqa: N812
from datetime import timedelta

from mailer.config.settings import Office
from mailer.model.deadline import Announced

MOST_MONTHS = 36
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()


def day_by_rule(rule: Announced) -> Date:
    """The day that the rule gives, whatever day of the week it is."""
    if rule.days is not None:
        return rule.before - timedelta(days=rule.days)
    return months_before(rule.before, rule.months or 0)


def months_before(day: Date, months: int) -> Date:
    """The same day of an earlier month, or that month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return Date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def next_working_day(day: Date, office: Office) -> Date:
    """The day itself, or the first after it on which the office works."""
    while not office.is_working_day(day):
        day += timedelta(days=1)
    return day


def in_words(rule: Announced) -> str:
    """Such as `180 days` or `six months`."""
    number, unit = (rule.days, "day") if rule.days is not None else (rule.months or 0, "month")
    said = _NUMBERS[number - 1] if unit == "month" and number <= len(_NUMBERS) else str(number)
    return f"{said} {unit}{'s' if number != 1 else ''}"


def other_rule(due: Date, before: Date, office: Office) -> str:
    """A rule of whole months that gives the due date, in a sentence; "" where none does."""
    for months in range(1, MOST_MONTHS + 1):
        day = months_before(before, months)
        moved = next_working_day(day, office)
        if due not in (day, moved):
            continue
        count = in_words(Announced(months=months, before=before, event=""))
        if day == due:
            return f"{count.capitalize()} before is {long(day)}."
        return f"{count.capitalize()} before is {long(day)}; the next working day is the {ordinal(due.day)}."
    return ""


def long(day: Date) -> str:
    """Monday 24 April 2017."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def ordinal(number: int) -> str:
    """24th of 24."""
    teens = range(11, 14)
    ending = "th" if number % 100 in teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
