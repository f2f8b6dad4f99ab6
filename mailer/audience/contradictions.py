"""What cannot be true in a log of submissions: lines that contradict those before them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812

from mailer.errors import Problem
from mailer.model.deadline import Submission, What

RULE = "file.submissions"


@dataclass(slots=True)
class _Course:
    """How far things have gone for one who owes."""

    name: str
    on: Date
    row: int | None
    came_in: Submission | None = None
    held: bool = False


def contradictions(
    submissions: Iterable[Submission],
    file: str = "",
    names: Mapping[str, str] | None = None,
) -> Iterator[Problem]:
    """Each line that cannot be true after the lines before it.

    `names` has what people call those who owe, where that is not the code or address itself.
    """
    courses: dict[str, _Course] = {}
    for entry in submissions:
        name = (names or {}).get(entry.who, entry.who)
        course = courses.setdefault(entry.who, _Course(name, entry.on, entry.row))
        # What stands out of order contradicts by that alone.
        told = (*(tuple(_backwards(entry, course)) or _against(entry, course)), *_until(entry))
        for field, message, hint in told:
            yield Problem(message, hint, file, entry.row, field, RULE)
        _follow(entry, course)


Told = tuple[str, str, str]
"""Field, what is wrong, what to do."""


def _backwards(entry: Submission, course: _Course) -> Iterator[Told]:
    if entry.on < course.on:
        before = f"the day of the line before it for {course.name}{_at(course.row)}"
        message = f"{entry.on} is before {course.on}, {before}."
        yield "on", message, "Put the lines into the order in which things happened, or correct the day."


def _until(entry: Submission) -> Iterator[Told]:
    if entry.what is not What.EXTENDED:
        if entry.until:
            message = f"a day until which stands only with `{What.EXTENDED}`, not with `{entry.what}`."
            yield "until", message, "Take it out, or correct what happened."
    elif entry.until is None:
        yield "until", "is empty: an extension needs its new due date.", "Write it: YYYY-MM-DD."
    elif entry.until < entry.on:
        message = f"{entry.until} is before {entry.on}, the day on which it was granted."
        yield "until", message, "Correct one of the two days."


def _against(entry: Submission, course: _Course) -> Iterator[Told]:
    """What contradicts the state of things."""
    who, came_in = course.name, course.came_in
    if entry.what is What.SUBMITTED and came_in:
        hint = f"Take one out; or, if it was sent back in between, write `{What.RETURNED}` between them."
        yield "what", f"{who} had handed in already, on {came_in.on}{_at(came_in.row)}.", hint
    elif entry.what in (What.WITHDRAWN, What.RETURNED) and not came_in:
        message = f"nothing of {who} had come in that could be {entry.what}."
        yield "what", message, f"Write `{What.SUBMITTED}` before it, or take the line out."
    elif entry.what is What.EXTENDED and came_in:
        message = (
            f"{who} had handed in already, on {came_in.on}{_at(came_in.row)}: there is nothing to extend."
        )
        yield "what", message, "Take one of the two out."
    elif entry.what is What.HELD and came_in:
        message = f"{who} had handed in already, on {came_in.on}{_at(came_in.row)}: nobody is reminded."
        yield "what", message, "Take the line out."
    elif entry.what is What.HELD and course.held:
        yield "what", f"{who} is held already.", "Take one of the two out."
    elif entry.what is What.RELEASED and not course.held:
        yield "what", f"{who} was not held.", "Take the line out."


def _follow(entry: Submission, course: _Course) -> None:
    course.on, course.row = max(course.on, entry.on), entry.row
    match entry.what:
        case What.SUBMITTED:
            course.came_in = course.came_in or entry
        case What.WITHDRAWN | What.RETURNED:
            course.came_in = None
        case What.HELD:
            course.held = True
        case What.RELEASED:
            course.held = False


def _at(row: int | None) -> str:
    return f" (row {row})" if row else ""
