"""What happened to a sending and when, how fast it goes, and what limits it now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rich.text import Text

from mailer.cli.output import console, hanging, indented
from mailer.dispatch.account import Account
from mailer.ledger import Event, EventKind
from mailer.model.dispatch import DispatchState
from mailer.model.pace import Brake
from mailer.model.report import Stretch

HEIGHTS = "▁▂▃▄▅▆▇█"
MARGIN = 13
SAID = {
    EventKind.PAUSED: "Paused",
    EventKind.REOPENED: "Went on",
    EventKind.CANCELLED: "Cancelled",
    EventKind.CORRECTED: "Corrected",
    EventKind.SETTLED: "Decided",
    EventKind.RESENT: "Decided",
    EventKind.FINISHED: "Finished",
}
DECIDED = {
    EventKind.SETTLED: "was taken over",
    EventKind.RESENT: "was not: it goes again",
}
BRAKES = {
    Brake.PACE: "our own limits in mailer.toml",
    Brake.LATENCY: "the mail service's answers",
    Brake.REFUSALS: "the mail service asks to wait",
    Brake.DISK: "the disk, where the send record is written",
    Brake.CPU: "this machine's processor",
    Brake.RETRIES: "waiting for the next tries",
    Brake.NONE: "",
}
"""What limits a sending → what people read."""
MOST_DECIDED = 3


def stamp(at: datetime) -> str:
    """An instant as people read it, in UTC, to the second."""
    return f"{at.astimezone(UTC):%d %b %Y %H:%M:%S} UTC"


def show_timeline(account: Account) -> None:
    """Print what happened, in UTC and in order; tries over time; and, while it runs, how fast and how long still."""
    for title, words in _lines(account):
        hanging(f"{title:<{MARGIN}}", words, 0, dim=True)
    _show_stretches(account.sums.stretches, account.sums.width)
    for title, words in _rates(account):
        hanging(f"{title:<{MARGIN}}", words, 0, dim=True)


def _lines(account: Account) -> Iterator[tuple[str, str]]:
    """What happened, in order; a day is said once."""
    dispatch, sums = account.dispatch, account.sums
    told: list[Told] = [Told(dispatch.created_at, "Planned")]
    if dispatch.not_before is not None:
        by = f"; asks if it has not begun by {stamp(dispatch.begin_by)}" if dispatch.begin_by else ""
        told.append(Told(dispatch.created_at, "Scheduled", f"for {stamp(dispatch.not_before)}{by}", False))
    if sums.first_try is not None:
        told.append(Told(sums.first_try, "Began"))
    if sums.first_taken is not None:
        told.append(Told(sums.first_taken, "Taken over", ", the first"))
    if sums.last_taken not in (None, sums.first_taken):
        last = ", the last so far" if account.left else ", the last"
        told.append(Told(sums.last_taken or dispatch.created_at, "Taken over", last))
    day = ""
    happened = _happened(account.happenings, is_cancelled=dispatch.state is DispatchState.CANCELLED)
    for one in sorted([*told, *happened], key=lambda one: one.at):
        at = one.at.astimezone(UTC)
        new = f"{at:%d %b %Y} "
        yield (
            one.title,
            (f"{new}{at:%H:%M:%S} UTC" if new != day else f"{at:%H:%M:%S}") * one.timed + one.words,
        )
        day = new if one.timed else day


@dataclass(frozen=True, slots=True)
class Told:
    """Something that happened; `words` follow the time, or stand in its place."""

    at: datetime
    title: str
    words: str = ""
    timed: bool = True


def _happened(happenings: Sequence[Event], *, is_cancelled: bool) -> Iterator[Told]:
    """What people did, and its end; what was cancelled has not finished."""
    decided = [event for event in happenings if event.kind in DECIDED]
    for event in happenings:
        if event.kind not in DECIDED and not (is_cancelled and event.kind is EventKind.FINISHED):
            yield Told(event.at, SAID[event.kind], f"{_by(event)}: {event.why}".removesuffix(": "))
    for event in decided[:MOST_DECIDED]:
        yield Told(event.at, SAID[event.kind], f"{_by(event)}: {event.address} {DECIDED[event.kind]}")
    if len(decided) > MOST_DECIDED:
        yield Told(decided[-1].at, "Decided", f", {len(decided) - MOST_DECIDED} more until then")


def _by(event: Event) -> str:
    return f" by {event.by}" if event.by else ""


def _show_stretches(stretches: Sequence[Stretch], width: timedelta) -> None:
    """A sign for each stretch of time, as high as there were tries; nothing for a single one."""
    if len(stretches) < 2:  # noqa: PLR2004
        return
    most = max(stretch.tries for stretch in stretches)
    at = {stretch.start: stretch.tries for stretch in stretches}
    count = (stretches[-1].start - stretches[0].start) // width + 1
    tries = [at.get(stretches[0].start + place * width, 0) for place in range(count)]
    bars = "".join(HEIGHTS[-(-one * len(HEIGHTS) // most) - 1] if one else " " for one in tries)
    console.print(Text.assemble((f"{'Tries':<{MARGIN}}", "dim"), bars))
    indented(f"{every(width)} a sign, {most:,} tries at the most", MARGIN, "dim")


def every(width: timedelta) -> str:
    """A stretch's length: "10 seconds"."""
    seconds = int(width.total_seconds())
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        if seconds % size == 0:
            return f"{seconds // size} {name}{'s' if seconds != size else ''}"
    return f"{seconds} seconds"


def _rates(account: Account) -> Iterator[tuple[str, str]]:
    if not account.workers or not account.left:
        return
    if account.measured_rate:
        allowed = f"; {per(account.set_rate)} allowed" if account.set_rate else ""
        yield "Rate", f"{per(account.measured_rate)} measured{allowed}"
    for status in account.said:
        words = BRAKES[status.brake]
        if words:
            why = f" ({status.why})" if status.why else ""
            until = f", until {stamp(status.until)}" if status.until else ""
            yield "Limited by", f"{words}{why}{until}"
    if account.to_finish is not None:
        yield "To finish", f"about {duration(account.to_finish)} for {account.left:,} more"


def per(rate: float) -> str:
    """Mails a second, or a minute where there are few."""
    return f"{rate:,.1f} a second" if rate >= 1 else f"{rate * 60:,.1f} a minute"


def duration(span: timedelta) -> str:
    """Such as "28 minutes"; rough, as a person says it."""
    seconds = max(int(span.total_seconds()), 0)
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return f"{round(seconds / size):,} {name}s"
    return f"{seconds:,} second{'s' if seconds != 1 else ''}"
