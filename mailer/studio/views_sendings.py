"""What the pages of sendings show: counts and rows in the words people read, straight from the send record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from mailer.config import OutboxRelay, Workspace
from mailer.dispatch.report import ON_SCREEN
from mailer.flow import ledger_of
from mailer.flow.due import is_scheduled
from mailer.ledger import Progress, utc_now
from mailer.model.dispatch import Delivery, DispatchState, State

PAGE = 100
STATES_IN_WORDS = {
    DispatchState.OPEN: "under way",
    DispatchState.PAUSED: "paused",
    DispatchState.CANCELLED: "cancelled",
    DispatchState.FINISHED: "finished",
}
FILLING = (
    *(State.ACCEPTED, State.REFUSED, State.EXPIRED, State.UNKNOWN, State.SKIPPED, State.CANCELLED),
    *(State.DEFERRED, State.CLAIMED, State.HANDED, State.PLANNED),
)
"""The states in the order in which they stand in a bar."""
TONES = {
    "taken over": "ok",
    "waiting": "rest",
    "under way": "info",
    "will be tried again": "warn",
    "refused": "bad",
    "in doubt": "doubt",
    "left out": "quiet",
    "given up": "bad",
    "cancelled": "quiet",
}


@dataclass(frozen=True, slots=True)
class SendingRow:
    """One sending, as it is listed."""

    id: str
    slug: str
    seal: str
    is_rehearsal: bool
    state: str
    why: str
    relay: str
    groups: tuple[str, ...]
    made_at: datetime
    total: int
    counts: tuple[tuple[str, int], ...]

    @property
    def is_live(self) -> bool:
        """Whether more may happen."""
        return self.state in (STATES_IN_WORDS[DispatchState.OPEN], STATES_IN_WORDS[DispatchState.PAUSED])


@dataclass(frozen=True, slots=True)
class MailRow:
    """One reader's mail in a sending."""

    id: int
    address: str
    name: str
    country: str
    state: str
    tone: str
    tries: int
    answer: str
    at: datetime


def sendings(workspace: Workspace) -> tuple[SendingRow, ...]:
    """Every sending, newest first; none where nothing was ever sent."""
    if not workspace.ledger_path.exists():
        return ()
    with ledger_of(workspace) as ledger:
        return tuple(sending_row(workspace, ledger.progress(d.id)) for d in ledger.dispatches())


def sending(workspace: Workspace, dispatch_id: str) -> SendingRow:
    """One sending. LedgerError where the send record knows none of that id."""
    with ledger_of(workspace) as ledger:
        return sending_row(workspace, ledger.progress(dispatch_id))


def sending_row(workspace: Workspace, progress: Progress) -> SendingRow:
    """A sending with its counts in words."""
    dispatch = progress.dispatch
    settings = workspace.config.relays.get(dispatch.relay)
    return SendingRow(
        id=dispatch.id,
        slug=dispatch.slug,
        seal=dispatch.digest[:6],
        is_rehearsal=dispatch.is_rehearsal,
        state=_state(progress),
        why=dispatch.why,
        relay="the practice tray" if isinstance(settings, OutboxRelay) else dispatch.relay,
        groups=dispatch.segments,
        made_at=dispatch.created_at,
        total=progress.total,
        counts=words_of(progress.counts),
    )


def _state(progress: Progress) -> str:
    dispatch = progress.dispatch
    if dispatch.state is DispatchState.OPEN and dispatch.not_before and is_scheduled(dispatch, utc_now()):
        return f"planned for {dispatch.not_before:%-d %b %Y, %H:%M} UTC"
    return STATES_IN_WORDS[dispatch.state]


def words_of(counts: Mapping[State, int]) -> tuple[tuple[str, int], ...]:
    """What people read, with how many: what has ended first, as a bar fills; what is nought is left out."""
    sums: dict[str, int] = {}
    for state in FILLING:
        if count := counts.get(state, 0):
            sums[ON_SCREEN[state]] = sums.get(ON_SCREEN[state], 0) + count
    return tuple(sums.items())


def mails(workspace: Workspace, dispatch_id: str, words: str = "", page: int = 0) -> tuple[MailRow, ...]:
    """The mails on one page (from 0) of a sending; only those in the state with these words, if there are any."""
    wanted = states_called(words) or None
    with ledger_of(workspace) as ledger:
        found = ledger.deliveries(dispatch_id, wanted)
        return tuple(mail_row(delivery) for delivery in islice(found, page * PAGE, (page + 1) * PAGE))


def states_called(words: str) -> frozenset[State]:
    """The states that people know under these words; empty for unknown words."""
    return frozenset(state for state, name in ON_SCREEN.items() if name == words)


def mail_row(delivery: Delivery) -> MailRow:
    """A mail as it is listed."""
    words = ON_SCREEN[delivery.state]
    return MailRow(
        id=delivery.id,
        address=delivery.email,
        name=delivery.name,
        country=delivery.country,
        state=words,
        tone=TONES[words],
        tries=delivery.attempts,
        answer=str(delivery.reply) if delivery.reply else delivery.detail,
        at=delivery.updated_at,
    )


def shares(counts: Iterable[tuple[str, int]]) -> tuple[tuple[str, str, int, float], ...]:
    """Words, tone, count and percent of the whole, for a bar."""
    listed = list(counts)
    total = sum(count for _, count in listed) or 1
    return tuple((words, TONES[words], count, 100 * count / total) for words, count in listed)


def ago(then: datetime, now: datetime | None = None) -> str:
    """How long ago, in the largest unit that fits; the date after a week."""
    seconds = max(0, int(((now or datetime.now(UTC)) - then).total_seconds()))
    for size, unit in ((60, "s"), (3600, "min"), (86_400, "h"), (604_800, "d")):
        if seconds < size:
            value = seconds // {"s": 1, "min": 60, "h": 3600, "d": 86_400}[unit]
            return "just now" if unit == "s" and value < 5 else f"{value} {unit} ago"  # noqa: PLR2004
    return f"{then.day} {then:%b %Y}"
