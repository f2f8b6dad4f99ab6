"""What a sending came to: why not, what is in doubt, and how it went by country, language and domain."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from babel import Locale

from mailer.config import Workspace
from mailer.dispatch.account import Because, account_of
from mailer.flow import ledger_of
from mailer.model.dispatch import State
from mailer.model.report import Tally
from mailer.source import language_name

MOST_ROWS = 8
MOST_NAMED = 5
MOST_DOUBTS = 50
TITLES = {
    State.REFUSED: "Refused",
    State.EXPIRED: "Given up",
    State.DEFERRED: "Will be tried again",
    State.SKIPPED: "Left out on the way",
}
KINDS = (
    ("taken over", (State.ACCEPTED,)),
    ("not taken over", (State.REFUSED, State.EXPIRED)),
    ("in doubt", (State.UNKNOWN,)),
    ("to go", (State.PLANNED, State.CLAIMED, State.HANDED, State.DEFERRED)),
    ("left out", (State.SKIPPED, State.CANCELLED)),
)
"""The columns of a table: few enough for a telephone."""
TONE_OF = {State.REFUSED: "bad", State.EXPIRED: "bad", State.DEFERRED: "warn", State.SKIPPED: "quiet"}


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """Mails that stand alike for one reason."""

    title: str
    tone: str
    count: int
    words: str
    todo: str
    named: tuple[tuple[str, str], ...]
    """Address, and the answer as it came."""
    more: int


@dataclass(frozen=True, slots=True)
class DoubtRow:
    """A mail of which nobody knows whether it was taken over."""

    address: str
    at: datetime
    what: str
    message_id: str
    accepted: str
    """The command where it was."""
    resend: str
    """The command where it was not."""


@dataclass(frozen=True, slots=True)
class TallyTable:
    """How it went by one thing."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, int, tuple[int, ...]], ...]
    """Name, mails, and how many in each column."""
    more: int


@dataclass(frozen=True, slots=True)
class Story:
    """What is read seldom: all rows are looked at for it."""

    reasons: tuple[ReasonRow, ...] = ()
    doubts: tuple[DoubtRow, ...] = ()
    more_doubts: int = 0
    tables: tuple[TallyTable, ...] = ()
    times: tuple[tuple[str, str], ...] = ()
    """When it began and ended."""


def story_of(workspace: Workspace, dispatch_id: str) -> Story:
    """The whole account of a sending, in words. LedgerError where there is none of that id."""
    with ledger_of(workspace) as ledger:
        account = account_of(dispatch_id, ledger, most=MOST_NAMED)
    sums = account.sums
    doubts = tuple(
        DoubtRow(
            address=doubt.delivery.email,
            at=doubt.at,
            what=(doubt.tried.detail if doubt.tried and doubt.tried.detail else doubt.delivery.detail),
            message_id=doubt.delivery.message_id,
            accepted=f"mailer settle {dispatch_id} {shlex.quote(doubt.delivery.email)} --accepted",
            resend=f"mailer settle {dispatch_id} {shlex.quote(doubt.delivery.email)} --resend",
        )
        for doubt in account.doubts[:MOST_DOUBTS]
    )
    ended = account.finished_at or (sums.last_try if not account.left else None)
    times = (("Begun", sums.first_try), ("Ended", ended))
    return Story(
        reasons=tuple(_reason(one) for one in account.because),
        doubts=doubts,
        more_doubts=account.counts.get(State.UNKNOWN, 0) - len(doubts),
        tables=tuple(
            table
            for table in (
                _table("Country", sums.by_country, country_name),
                _table("Language", sums.by_language, language_name),
                _table("Domain", sums.by_domain, str),
            )
            if table.rows
        ),
        times=tuple((name, f"{at:%-d %b %Y, %H:%M:%S} UTC") for name, at in times if at is not None),
    )


def country_name(code: str) -> str:
    """A country's English name; its code where it has none."""
    return str(Locale("en").territories.get(code, code)) if code else "no country"


def _reason(one: Because) -> ReasonRow:
    return ReasonRow(
        title=TITLES[one.state],
        tone=TONE_OF[one.state],
        count=one.count,
        words=one.reason.words,
        todo=one.reason.todo,
        named=tuple(one.named),
        more=one.count - len(one.named),
    )


def _table(title: str, tally: Tally, name: Callable[[str], str]) -> TallyTable:
    listed = list(tally.items())[:MOST_ROWS]
    used = [
        words for words, states in KINDS if any(each.get(state, 0) for _, each in listed for state in states)
    ]
    rows = tuple(
        (
            name(what) or "none",
            sum(states.values()),
            tuple(sum(states.get(state, 0) for state in kind) for words, kind in KINDS if words in used),
        )
        for what, states in listed
    )
    return TallyTable(title, tuple(used), rows, max(0, len(tally) - MOST_ROWS))
