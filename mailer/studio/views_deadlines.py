"""What the pages of deadlines show, in the words people read: dates, who owes, how the ladder stands, its letters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from mailer.errors import Problem
from mailer.flow.ladder_state import LadderState, Owing, StepState
from mailer.model.deadline import days_of, within_reach
from mailer.model.finding import Finding
from mailer.remind.calendar import title_of
from mailer.studio.ladder_desk import DeadlineLook, LettersLook
from mailer.studio.views_issue import FindingRow, finding_row
from mailer.studio.views_proofs import day_words, many


@dataclass(frozen=True, slots=True)
class StepRow:
    """A reminder date."""

    offset: str
    """`30 days before`."""
    day: str
    """`Friday 24 March 2017`."""
    iso: str
    words: str
    kind: str
    """sent, today, coming, lapsed or nobody."""
    moved: str
    """Why it is not the day that the offset gives; "" where it is."""


@dataclass(frozen=True, slots=True)
class Named:
    """A country or a person, with what is to be said of them."""

    name: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class OwingGroup:
    """Those who stand alike."""

    title: str
    tone: str
    listed: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class DeadlineCard:
    """A deadline as it is listed."""

    slug: str
    title: str
    language: str
    """What the title is written in."""
    due: str
    due_iso: str
    left: str
    tone: str
    reference: str
    link: str
    unreached: tuple[Named, ...]
    steps: tuple[StepRow, ...]
    groups: tuple[OwingGroup, ...]
    shares: tuple[tuple[str, str, int, float], ...]
    """Words, tone, count and percent of the whole, for a bar."""
    findings: tuple[FindingRow, ...]


def day_asked(text: str) -> tuple[date | None, str]:
    """The day that an address asks for, and why it cannot be; neither where it asks for none."""
    if not text:
        return None, ""
    try:
        return within_reach(date.fromisoformat(text)), ""
    except ValueError:
        return None, f"“{text[:40]}” is not a day: write it as 2017-01-24. This is today."


def deadline_card(state: LadderState, findings: Iterable[Finding] = ()) -> DeadlineCard:
    """How a deadline stands on the day of its state."""
    deadline, left = state.file.deadline, state.days_left
    title = title_of(deadline)
    return DeadlineCard(
        slug=state.file.slug,
        title=title,
        language="en" if title == deadline.title.get("en") else deadline.language,
        due=f"{deadline.due:%A} {day_words(deadline.due)}, {deadline.time} {deadline.timezone}",
        due_iso=deadline.due.isoformat(),
        left=left_words(left) + ("; no more reminders" if state.is_over else ""),
        tone=_tone(state),
        reference=deadline.reference,
        link=deadline.link,
        unreached=tuple(Named(one.name, one.unreached) for one in state.outstanding if one.unreached)
        if not state.is_over
        else (),
        steps=tuple(_step(step) for step in state.steps),
        groups=tuple(group for group in _groups(state) if group.listed),
        shares=_shares(state),
        findings=tuple(finding_in(finding) for finding in findings),
    )


def left_words(left: int) -> str:
    """`90 days left`, `due today`, `3 days past`."""
    return "due today" if left == 0 else f"{many(abs(left), 'day')} {'left' if left > 0 else 'past'}"


def offset_words(offset: str) -> str:
    """`30 days before`, `on the day`, `3 days after`."""
    days = days_of(offset)
    return "on the day" if days == 0 else f"{many(abs(days), 'day')} {'before' if days < 0 else 'after'}"


def finding_in(finding: Finding) -> FindingRow:
    """A finding about a deadline, as it is listed."""
    return finding_row(finding.model_copy(update={"item": None}), {}, whole="The deadline")


def problems_of(look: DeadlineLook | LettersLook) -> tuple[FindingRow, ...]:
    """What keeps a deadline's files from being used, as findings that stop."""
    return problem_rows(look.problems)


def problem_rows(problems: Iterable[Problem]) -> tuple[FindingRow, ...]:
    """Problems of files, as findings that stop."""
    rows = (finding_row(Finding.from_problem(problem), {}) for problem in problems)
    return tuple(
        replace(row, where=problem.field or "The file") for row, problem in zip(rows, problems, strict=True)
    )


def _tone(state: LadderState) -> str:
    if not state.outstanding:
        return "done"
    if state.is_over:
        return "quiet"
    return "bad" if state.days_left < 0 else "warn" if state.days_left <= 14 else "info"  # noqa: PLR2004


def _step(state: StepState) -> StepRow:
    step = state.step
    kind = (
        "today"
        if state.today
        else "sent"
        if state.sent or state.waiting
        else "coming"
        if state.to_come
        else "lapsed"
        if state.lapsed
        else "nobody"
    )
    return StepRow(
        offset=offset_words(step.offset),
        day=f"{step.day:%A} {day_words(step.day)}",
        iso=step.day.isoformat(),
        words=state.words,
        kind=kind,
        moved="" if step.day == step.planned else f"{step.planned:%A} {day_words(step.planned)} is a day off",
    )


def _groups(state: LadderState) -> Iterable[OwingGroup]:
    owed = state.outstanding
    plain = [one for one in owed if not one.obligation.held and not one.obligation.extended]
    yield OwingGroup(
        "Say it is handed in, not recorded",
        "warn",
        tuple(Named(one.name, one.answered) for one in owed if one.is_claimed),
    )
    yield OwingGroup("Outstanding", "info", tuple(Named(one.name, _remark(one)) for one in plain))
    yield OwingGroup(
        "More time",
        "doubt",
        tuple(
            Named(one.name, f"until {day_words(one.obligation.due)}" + _next(one, state.plan.day))
            for one in owed
            if one.obligation.extended and not one.obligation.held
        ),
    )
    yield OwingGroup(
        "On hold",
        "quiet",
        tuple(Named(one.name, one.obligation.held) for one in owed if one.obligation.held),
    )
    yield OwingGroup(
        "Handed in",
        "ok",
        tuple(
            Named(one.name, day_words(one.obligation.done_on))
            for one in state.owing
            if one.obligation.done_on
        ),
    )


def _remark(one: Owing) -> str:
    told = ["owed again"] if one.obligation.returned else []
    told += ["nobody reachable"] if one.unreached else []
    told += [one.answered] if one.answered and not one.is_claimed else []
    return "; ".join(told)


def _next(one: Owing, day: date) -> str:
    if one.next is None:
        return ""
    return ", next reminder " + ("today" if one.next[0] == day else day_words(one.next[0]))


def _shares(state: LadderState) -> tuple[tuple[str, str, int, float], ...]:
    total = len(state.owing) or 1
    counts = {
        "handed in": ("ok", 0),
        "outstanding": ("info", 0),
        "more time": ("doubt", 0),
        "on hold": ("", 0),
    }
    for one in state.owing:
        obligation = one.obligation
        words = (
            "handed in"
            if not obligation.is_owed
            else "on hold"
            if obligation.held
            else "more time"
            if obligation.extended
            else "outstanding"
        )
        tone, count = counts[words]
        counts[words] = (tone, count + 1)
    return tuple((words, tone, n, 100 * n / total) for words, (tone, n) in counts.items() if n)
