"""The limits of a relay, and of a recipient domain through it, as they stand at one moment."""

from __future__ import annotations

from mailer.ledger import quotas
from mailer.ledger.dialects import Hot
from mailer.ledger.pacing import Gauge, PaceRow, read_paces
from mailer.model.pace import Limits, Pace


def domain_gauge(db: Hot, pace: Pace, domain: str, limits: Limits, at: int) -> Gauge:
    """The limits of a recipient domain at this moment."""
    key = quotas.domain_key(pace.key, domain)
    used = quotas.used(db, pace.key, [domain], at, quotas.in_hand(db, pace.key))
    return Gauge(limits, read_paces(db, [key])[key], used[domain], at, domain)


def relay_gauge(db: Hot, pace: Pace, row: PaceRow, at: int, hand: quotas.InHand) -> Gauge:
    """The limits of the relay at this moment."""
    limits = pace.limits
    used = quotas.Used()
    if limits.per_hour or limits.per_day:
        used = quotas.used(db, pace.key, [""], at, hand)[""]
    return Gauge(limits, row, used, at)
