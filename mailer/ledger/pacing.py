"""When the next mail may go: a rate shared by all programs, and what a relay or a domain was slowed down to.

A rate is kept as one instant, when the next mail may go (the generic cell rate algorithm, ITU-T I.371 A). A claim
takes the instants that come within the next half second and no more, so that a pause is heeded soon; what has gone by
unused is lost, but for a tenth of a second's, so that nothing is made up for in a burst.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mailer.ledger.dialects import Hot, given
from mailer.ledger.quotas import DAY_MINUTES, HOUR_MINUTES, MINUTE, Used, free_at
from mailer.model.pace import Limits

SECOND = 1_000_000
HORIZON = SECOND // 2
"""So far ahead instants are granted, in microseconds."""
BURST = SECOND // 10
"""So much of what went by unused may be made up for."""
FASTEST = 10_000.0
"""Mails a second; who was slowed down and is at that again is not slow any more."""
PER_CONNECTION = 50
"""Mails a second that a connection may do at the most; so often it is looked whether a domain has room again."""

READ_PACES = """
SELECT key, tat, cap, capped_at, until, line, limits FROM paces WHERE key IN (SELECT value FROM json_each(:keys))
"""
WRITE_PACES = f"""
INSERT INTO paces (key, tat, cap, capped_at, until, line, limits)
SELECT g.key, g.tat, g.cap, g.capped_at, g.until, g.line, g.limits
FROM {given("key", "tat", "cap", "capped_at", "until", "line", "limits")} AS g
WHERE true ON CONFLICT (key) DO UPDATE SET tat = excluded.tat, cap = excluded.cap, capped_at = excluded.capped_at,
  until = excluded.until, line = excluded.line, limits = excluded.limits
"""  # noqa: S608


class PaceRow(NamedTuple):
    """What is kept of a pace. Instants are whole microseconds."""

    key: str
    tat: int = 0
    cap: float | None = None
    capped_at: int | None = None
    until: int | None = None
    line: int | None = None
    limits: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """A limit that holds something back, in words, and until when."""

    words: str
    until: int


def read_paces(db: Hot, keys: Sequence[str]) -> dict[str, PaceRow]:
    """What is kept of those paces; a new row for one of which nothing is."""
    rows = db.execute(READ_PACES, {"keys": json.dumps(list(keys))}).fetchall()
    return {key: PaceRow(key) for key in keys} | {row[0]: PaceRow(*row) for row in rows}


def write_paces(db: Hot, rows: Sequence[PaceRow]) -> None:
    """Keep them."""
    if rows:
        db.execute(WRITE_PACES, {"rows": json.dumps(rows)})


def slowed_to(row: PaceRow, at: int) -> float | None:
    """What it was slowed down to, doubled for each minute since; None where that is over."""
    if row.cap is None or row.capped_at is None:
        return None
    since = max(row.capped_at, row.until or 0)
    cap = row.cap * 2.0 ** min(60, max(0, at - since) // MINUTE)
    return cap if cap < FASTEST else None


def rate_words(rate: float) -> str:
    """A rate as people say it."""
    return f"{rate:,.3g} a second" if rate >= 1 else f"{rate * 60:,.3g} a minute"


class Gauge:
    """One set of limits at one moment: how many more may go, when each, and what holds back the next."""

    def __init__(self, limits: Limits, row: PaceRow, used: Used, at: int, name: str = "") -> None:
        cap = slowed_to(row, at)
        if row.capped_at is not None and row.capped_at > at:
            # The clock was set back.
            row = row._replace(capped_at=at, until=None)
        self.limits, self.used, self._at = limits, used, at
        self._name = f"{name}: " if name else ""
        self.is_slowed = cap is not None and (limits.rate is None or cap < limits.rate)
        self.rate = cap if self.is_slowed else limits.rate
        self.step = max(1, round(SECOND / self.rate)) if self.rate else 0
        self._until = row.until if row.until is not None and row.until > at else None
        # Never further ahead than a slot that was granted can have put it: a clock set back stalls nothing.
        tat = min(row.tat, at + HORIZON + self.step)
        self._next = max(tat, at - max(0, BURST - self.step))
        self._row = row
        self.taken = 0

    @property
    def row(self) -> PaceRow:
        """What is to be kept of it."""
        row = self._row._replace(tat=self._next) if self.step else self._row
        return (
            row
            if slowed_to(row, self._at) is not None
            else row._replace(cap=None, capped_at=None, until=self._until)
        )

    @property
    def room(self) -> int | None:
        """How many more the quotas and the connections leave; None: any number."""
        used, limits = self.used, self.limits
        lefts = [
            limits.per_hour - used.hour - used.claimed if limits.per_hour else None,
            limits.per_day - used.day - used.claimed if limits.per_day else None,
            limits.connections - used.in_hand if limits.connections and self._name else None,
        ]
        least = min((left for left in lefts if left is not None), default=None)
        return None if least is None else max(0, least - self.taken)

    @property
    def is_unlimited(self) -> bool:
        """Whether any number may go at any time."""
        return not self.step and self._until is None and self.room is None

    @property
    def is_free(self) -> bool:
        """Whether one more may be claimed now."""
        return self.room != 0 and self._until is None and (not self.step or self._next <= self._at + HORIZON)

    def grant(self) -> int | None:
        """Take one more: the instant at which it may go; None: at once."""
        self.taken += 1
        if not self.step:
            return None
        slot, self._next = self._next, self._next + self.step
        return max(slot, self._at)

    @property
    def spacing(self) -> int:
        """Microseconds from one mail to the next at which no limit is ever met."""
        spaces = [self.step]
        if self.limits.per_hour:
            spaces.append(HOUR_MINUTES * MINUTE // self.limits.per_hour)
        if self.limits.per_day:
            spaces.append(DAY_MINUTES * MINUTE // self.limits.per_day)
        if self.limits.connections and self._name:
            spaces.append(SECOND // PER_CONNECTION // self.limits.connections)
        return max(1, *spaces)

    def hold(self, db: Hot) -> Hold | None:
        """What holds back the next one, if anything does: the limit that does so longest."""
        used, limits, at, taken = self.used, self.limits, self._at, self.taken
        holds = []
        if self._until is not None:
            holds.append(Hold("the mail service asked to wait", self._until))
        if self.step and self._next > at + HORIZON:
            holds.append(Hold(self.rate_words, self._next - HORIZON))
        quotas = (
            (limits.per_hour, used.hour, HOUR_MINUTES, "60 minutes"),
            (limits.per_day, used.day, DAY_MINUTES, "24 hours"),
        )
        for limit, gone, window, words in quotas:
            if limit and gone + used.claimed + taken >= limit:
                until = free_at(db, self._row.key, window, limit - used.claimed - taken, at)
                holds.append(Hold(f"{limit:,} in {words}", until))
        connections = limits.connections if self._name else None
        if connections and used.in_hand + taken >= connections:
            words = f"{connections} connections" if connections > 1 else "1 connection"
            holds.append(Hold(words, at + SECOND // PER_CONNECTION))
        worst = max(holds, key=lambda hold: hold.until, default=None)
        return worst and Hold(self._name + worst.words, worst.until)

    @property
    def rate_words(self) -> str:
        """The rate that is allowed now, in words."""
        if self.rate is None:
            return ""
        if self.is_slowed:
            return f"slowed down to {rate_words(self.rate)}"
        if self.limits.per_second is not None and self.rate == self.limits.per_second:
            return f"{self.rate:,.6g} a second"
        return f"{self.limits.per_minute:,} a minute"


def slow_down(db: Hot, key: str, per_second: float, until: int | None, at: int) -> None:
    """Keep to that rate from now on, doubled for each minute that passes; and let nothing go before `until`.

    A longer wait that was asked for before still holds.
    """
    row = read_paces(db, [key])[key]
    later = max((moment for moment in (row.until, until) if moment is not None and moment > at), default=None)
    write_paces(db, [row._replace(cap=per_second, capped_at=at, until=later)])
