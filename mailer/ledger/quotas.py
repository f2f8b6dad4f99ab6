"""How many mails went in an hour and in a day: counts in minutes, and what is in hand and may still go.

A limit of an hour or a day holds for any 60 minutes and any 24 hours, wherever they begin. So a minute counts as long
as a part of it lies within, and what is claimed counts before it is handed over.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mailer.ledger.addresses import domain_of
from mailer.ledger.dialects import Hot, given
from mailer.model.dispatch import Claimed, State
from mailer.model.pace import Limits, Pace

MINUTE = 60_000_000
"""Microseconds."""
HOUR_MINUTES, DAY_MINUTES = 60, 24 * 60
KEPT_MINUTES = 2 * DAY_MINUTES
EVERY_DOMAIN = "*"

ADD_MINUTES = f"""
INSERT INTO minutes (key, minute, count) SELECT g.key, g.minute, g.count FROM {given("key", "minute", "count")} AS g
WHERE true ON CONFLICT (key, minute) DO UPDATE SET count = minutes.count + excluded.count
RETURNING count
"""  # noqa: S608

ADD_MINUTE = """
INSERT INTO minutes (key, minute, count) VALUES (?, ?, ?)
ON CONFLICT (key, minute) DO UPDATE SET count = minutes.count + excluded.count RETURNING count
"""

SUMS = """
SELECT key, sum(CASE WHEN minute >= :hour THEN count ELSE 0 END), sum(count) FROM minutes
WHERE key IN (SELECT value FROM json_each(:keys)) AND minute >= :day GROUP BY key
"""

IN_HAND = """
SELECT d.domain, d.state, count(*) FROM holders AS h
CROSS JOIN deliveries AS d ON d.holder_id = h.id
CROSS JOIN dispatches AS p ON p.id = d.dispatch_id
WHERE p.relay = :relay GROUP BY d.domain, d.state
"""
"""By way of the holders, so that only what is in hand is read, whatever the database makes of the rest."""


@dataclass(frozen=True, slots=True)
class Used:
    """What has gone under some limits, and what may still go because it is in hand."""

    hour: int = 0
    day: int = 0
    claimed: int = 0
    in_hand: int = 0


@dataclass(frozen=True, slots=True)
class InHand:
    """What all programs hold of one relay's mails."""

    claimed: Mapping[str, int] = field(default_factory=dict)
    """Recipient domain → claimed and not handed over yet."""
    every: Mapping[str, int] = field(default_factory=dict)
    """Recipient domain → claimed or handed over."""


def domain_key(relay: str, domain: str) -> str:
    """Under which a recipient domain's use through a relay is counted."""
    return f"{relay}@{domain}"


def limits_of(pace: Pace, domain: str) -> Limits | None:
    """The limits of that recipient domain, if it has any."""
    return pace.domains.get(domain) or pace.domains.get(EVERY_DOMAIN)


def count_handed(db: Hot, pace: Pace, handed: Sequence[Claimed], at: int) -> None:
    """Count mails that are handed over now."""
    minute = at // MINUTE
    rows: list[tuple[str, int, int]] = []
    if any(limits.per_hour or limits.per_day for limits in pace.domains.values()):
        domains = Counter(domain_of(one.address) for one in handed)
        for domain, count in domains.items():
            limits = limits_of(pace, domain)
            if limits and (limits.per_hour or limits.per_day):
                rows.append((domain_key(pace.key, domain), minute, count))
    if rows:
        db.execute(ADD_MINUTES, {"rows": json.dumps(rows)}).fetchall()
    count = db.execute(ADD_MINUTE, (pace.key, minute, len(handed))).fetchone()[0]
    if count == len(handed):
        # The first of its minute: now and then is the time to let go of what no window can reach any more.
        db.execute("DELETE FROM minutes WHERE minute < :old", {"old": minute - KEPT_MINUTES})


def used(db: Hot, relay: str, domains: Sequence[str], at: int, hand: InHand) -> dict[str, Used]:
    """What has gone through the relay ("") and to each of these domains through it."""
    keys = {relay if not domain else domain_key(relay, domain): domain for domain in domains}
    minute = at // MINUTE
    bounds = {"hour": minute - HOUR_MINUTES, "day": minute - DAY_MINUTES}
    rows = db.execute(SUMS, {"keys": json.dumps(list(keys)), **bounds}).fetchall()
    sums = {keys[row[0]]: (row[1], row[2]) for row in rows}
    found = {}
    for domain in domains:
        claimed = hand.claimed.get(domain, 0) if domain else sum(hand.claimed.values())
        every = hand.every.get(domain, 0) if domain else sum(hand.every.values())
        found[domain] = Used(*sums.get(domain, (0, 0)), claimed, every)
    return found


def in_hand(db: Hot, relay: str) -> InHand:
    """What all programs have in hand of the relay's mails."""
    claimed: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for domain, state, count in db.execute(IN_HAND, {"relay": relay}).fetchall():
        every[domain] += count
        if state == State.CLAIMED:
            claimed[domain] += count
    return InHand(claimed, every)


def free_at(db: Hot, key: str, window: int, room: int, at: int) -> int:
    """When so few of the key's mails are left in the window of so many minutes that one more fits in `room`."""
    since = at // MINUTE - window
    rows = db.execute(
        "SELECT minute, count FROM minutes WHERE key = :key AND minute >= :since ORDER BY minute",
        {"key": key, "since": since},
    ).fetchall()
    left = sum(count for _, count in rows)
    for minute, count in rows:
        left -= count
        if left < room:
            return int(minute + window + 1) * MINUTE
    # It is in hand, and not gone yet, what fills it.
    return at + MINUTE // 60


def gone(db: Hot, key: str, at: int) -> list[tuple[int, int]]:
    """What went in the last 24 hours: minutes and how many in each, oldest first."""
    rows = db.execute(
        "SELECT minute, count FROM minutes WHERE key = :key AND minute >= :since ORDER BY minute",
        {"key": key, "since": at // MINUTE - DAY_MINUTES},
    ).fetchall()
    return [(minute * MINUTE, count) for minute, count in rows]


def set_back(db: Hot, at: int) -> None:
    """After the clock was set back: what went in minutes still to come counts as having gone now."""
    now = at // MINUTE
    rows = db.execute(
        "SELECT key, sum(count) FROM minutes WHERE minute > :now GROUP BY key", {"now": now}
    ).fetchall()
    if rows:
        db.execute("DELETE FROM minutes WHERE minute > :now", {"now": now})
        db.execute(ADD_MINUTES, {"rows": json.dumps([(key, now, count) for key, count in rows])}).fetchall()
