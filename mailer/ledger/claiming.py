"""Claiming: what is due, not suppressed, and within the pace."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from mailer.errors import LostClaimError
from mailer.ledger import quotas
from mailer.ledger.addresses import Forms
from mailer.ledger.dialects import Hot, listed
from mailer.ledger.gauges import relay_gauge
from mailer.ledger.headings import load_heading
from mailer.ledger.keys import next_token, set_clock_back
from mailer.ledger.moves import bring_forward, put_off, set_tries_back, take, take_up
from mailer.ledger.pacing import Gauge, Hold, PaceRow, read_paces, write_paces
from mailer.ledger.scene import Scene
from mailer.ledger.schema import EPOCH, MICROSECOND, WAITING
from mailer.ledger.suppressing import reasons_against
from mailer.model.dispatch import Claimed, DispatchState, Heading, State
from mailer.model.pace import Pace

decoded = json.JSONDecoder().raw_decode
"""What `json.loads` comes to in the end, of a text that `json.dumps` wrote."""

PAGE = 500
"""Deliveries looked at together, where some may have to be put off."""
MOST = 2_000
"""Deliveries looked at in one claim at the most, so that no other program waits long."""

_of_state = """
SELECT * FROM (
  SELECT id, state, due_at, address, domain,
    (SELECT min(because) FROM suppressions AS s
      WHERE s.address = d.address AND because IN (SELECT value FROM json_each(:reasons))) AS because
  FROM deliveries AS d WHERE dispatch_id = :dispatch AND state = '{state}' AND due_at <= :at
  ORDER BY due_at, id LIMIT :limit)
"""
LINE = (
    " UNION ALL ".join(_of_state.format(state=state) for state in WAITING)
    + " ORDER BY due_at, id LIMIT :limit"
)
"""A dispatch's deliveries that are due, oldest first, each with a reason not to send it, if there is one.

One look into the index for each state that waits, so that nothing else is read."""

FORGOTTEN_REASONS = """
SELECT address, min(because) FROM suppressions WHERE address IN (SELECT value FROM json_each(:hashes))
  AND because IN (SELECT value FROM json_each(:reasons)) GROUP BY address
"""

ROWS = """
SELECT id, address, email, name, language, variant, slots, message_id, dated_at, occasions, heading,
  (SELECT count(*) FROM attempts WHERE delivery_id = d.id AND verdict <> 'released')
FROM deliveries AS d WHERE id IN (SELECT value FROM json_each(:ids))
"""
"""What a worker needs of the deliveries that it claimed, each with its tries counted."""


class Due(NamedTuple):
    """A delivery in the line."""

    id: int
    state: str
    due_at: int
    address: str
    domain: str
    because: str | None


@dataclass(slots=True)
class Got:
    """What a claim came to."""

    rows: tuple[Claimed, ...] = ()
    hold: Hold | None = None
    """What held back more."""
    is_full: bool = False
    """Whether there may be more at once."""
    not_before: int | None = None
    """When the dispatch begins, where it has not."""


@dataclass(slots=True)
class Gate:
    """The pace of a claim: what it may take, and what it puts off."""

    db: Hot
    pace: Pace
    at: int
    relay: Gauge
    hand: quotas.InHand
    kept: dict[str, PaceRow]
    """Key → what was kept of its pace before."""
    domains: dict[str, Gauge] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    """Recipient domain → up to when its deliveries are put off."""
    go_at: dict[int, int | None] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether nothing is limited at all."""
        return not self.pace.domains and self.relay.is_unlimited

    def load(self, domains: set[str]) -> None:
        """Know the limits of these domains too."""
        new = {d: limits for d in domains - self.domains.keys() if (limits := quotas.limits_of(self.pace, d))}
        if new:
            keys = {domain: quotas.domain_key(self.pace.key, domain) for domain in new}
            self.kept |= read_paces(self.db, list(keys.values()))
            used = quotas.used(self.db, self.pace.key, list(new), self.at, self.hand)
            for domain, limits in new.items():
                row = self.kept[keys[domain]]
                self.domains[domain] = Gauge(limits, row, used[domain], self.at, domain)
                self.lines[domain] = row.line or 0

    def let(self, row: Due) -> int | None:
        """Take the delivery, or say until when it is put off."""
        gauge = self.domains.get(row.domain)
        if gauge is not None and not gauge.is_free:
            if self.lines[row.domain] <= self.at:
                hold = gauge.hold(self.db)
                self.lines[row.domain] = hold.until if hold else self.at
            until = self.lines[row.domain]
            self.lines[row.domain] = until + gauge.spacing
            return until
        slots = [self.relay.grant(), gauge.grant() if gauge is not None else None]
        self.go_at[row.id] = max((slot for slot in slots if slot is not None), default=None)
        return None

    def keep(self) -> None:
        """Write down what was taken and put off."""
        rows = [gauge.row._replace(line=self.lines[domain] or None) for domain, gauge in self.domains.items()]
        write_paces(self.db, [row for row in (self.relay.row, *rows) if row != self.kept.get(row.key)])


def claim(db: Hot, scene: Scene, n: int, pace: Pace | None, at: datetime) -> Got:
    """Up to `n` deliveries that are due, oldest first; those suppressed by now are skipped on the way."""
    if not scene.is_held:
        raise LostClaimError(
            "This program no longer holds anything: it was taken for dead.", "Start it again."
        )
    now = (at - EPOCH) // MICROSECOND
    if scene.state is not DispatchState.OPEN or now >= scene.expires_at or scene.is_late(now):
        return Got()
    if scene.not_before is not None and now < scene.not_before:
        return Got(not_before=scene.not_before)
    if now < scene.clock:
        bring_forward(db, now)
        set_tries_back(db, now, scene.clock - now)
        quotas.set_back(db, now)
        set_clock_back(db, now)
    gate = _gate(db, scene, pace, now) if pace else None
    return _Claiming(db, scene, now, gate).up_to(n)


class _Claiming:
    """One claim, page by page."""

    def __init__(self, db: Hot, scene: Scene, at: int, gate: Gate | None) -> None:
        self.db, self.scene, self.at, self.gate = db, scene, at, gate
        self.reasons = json.dumps(reasons_against(scene.message_class))
        self.forms = Forms(scene.forgotten_key)
        self.token = 0
        self.now = EPOCH + at * MICROSECOND

    def up_to(self, n: int) -> Got:
        wanted, looked = n, 0
        claimed: list[Claimed] = []
        relay = self.gate.relay if self.gate else None
        puts_off = self.gate is not None and bool(self.gate.pace.domains)
        while wanted and looked < MOST and (relay is None or relay.is_free):
            limit = max(PAGE, wanted) if puts_off else wanted
            page = self._line(limit)
            free = self._not_suppressed(page)
            taken = self._within_pace(free, wanted)
            claimed += self._take(taken)
            wanted -= len(taken)
            looked += len(page)
            if len(page) < limit:
                break
        if self.gate:
            self.gate.keep()
        if claimed and self.scene.begun_at is None:
            begun = "UPDATE dispatches SET begun_at = :at WHERE id = :dispatch"
            self.db.execute(begun, {"at": self.at, "dispatch": self.scene.dispatch_id})
        return Got(tuple(claimed), relay.hold(self.db) if relay else None, not wanted or looked >= MOST)

    def _line(self, limit: int) -> list[Due]:
        values = {"dispatch": self.scene.dispatch_id, "at": self.at, "limit": limit, "reasons": self.reasons}
        return [Due(*row) for row in self.db.execute(LINE, values).fetchall()]

    def _not_suppressed(self, page: list[Due]) -> list[Due]:
        barred = {row.id: row.because for row in page if row.because is not None}
        if self.forms.key is not None and page:
            hashes = {self.forms.hashed(row.address): row.id for row in page}
            values = {"hashes": json.dumps(list(hashes)), "reasons": self.reasons}
            rows = self.db.execute(FORGOTTEN_REASONS, values).fetchall()
            barred |= {hashes[address]: because for address, because in rows}
        if not barred:
            return page
        ended: dict[tuple[State, str], list[int]] = {}
        for row in page:
            if row.id in barred:
                ended.setdefault((State(row.state), barred[row.id]), []).append(row.id)
        for (start, because), ids in ended.items():
            take(self.db, start, State.SKIPPED, ids, self.at, detail=f"On the do-not-mail list: {because}.")
        return [row for row in page if row.id not in barred]

    def _within_pace(self, free: list[Due], wanted: int) -> list[Due]:
        if self.gate is None or self.gate.is_open:
            return free
        self.gate.load({row.domain for row in free})
        taken: list[Due] = []
        later: list[tuple[int, int]] = []
        for row in free:
            if len(taken) == wanted or not self.gate.relay.is_free:
                break
            until = self.gate.let(row)
            if until is None:
                taken.append(row)
            else:
                later.append((row.id, until))
        if later:
            put_off(self.db, later)
        return taken

    def _take(self, due: Sequence[Due]) -> list[Claimed]:
        if not due:
            return []
        if not self.token:
            self.token = next_token(self.db, self.at)
        taken: list[int] = []
        for start in WAITING:
            if ids := [row.id for row in due if row.state == start]:
                who = self.scene.holder_id
                taken += take_up(self.db, start, ids, self.at, holder_id=who, token=self.token)
        found = {row[0]: row for row in self.db.execute(ROWS, {"ids": listed(taken)}).fetchall()}
        go_at = self.gate.go_at if self.gate else {}
        return [self._claimed(found[row.id], go_at.get(row.id)) for row in due if row.id in found]

    def _claimed(self, row: Any, go_at: int | None) -> Claimed:
        return Claimed(
            id=row[0],
            token=self.token,
            dispatch_id=self.scene.dispatch_id,
            address=row[1],
            email=row[2],
            name=row[3],
            language=row[4],
            variant=row[5],
            slots=decoded(row[6], 0)[0],
            attempts=row[11],
            message_id=row[7],
            dated_at=self.now if row[8] == self.at else EPOCH + row[8] * MICROSECOND,
            occasions=tuple(json.loads(row[9])) if row[9] != "[]" else (),
            heading=load_heading(json.loads(row[10])) if row[10] != "{}" else Heading(),
            go_at=None if go_at is None else EPOCH + go_at * MICROSECOND,
        )


def _gate(db: Hot, scene: Scene, pace: Pace, at: int) -> Gate:
    rows = read_paces(db, [pace.key])
    row = rows[pace.key]
    kept = json.dumps({name: limits.model_dump() for name, limits in sorted(pace.domains.items())})
    kept = kept if pace.domains else ""
    if row.limits != kept or at < scene.clock:
        # Who was put off, was so by other limits, or by another clock.
        bring_forward(db, at)
        db.execute("UPDATE paces SET line = NULL", {})
        row = row._replace(limits=kept)
    asks = pace.domains or pace.limits.per_hour or pace.limits.per_day
    hand = quotas.in_hand(db, pace.key) if asks else quotas.InHand()
    return Gate(db, pace, at, relay_gauge(db, pace, row, at, hand), hand, rows)
