"""When to try again: for a reader, and for a relay."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

RETRY_MINUTES = (5, 15, 30, 60, 120, 240)
"""Minutes before the next try of one reader; the last goes on. RFC 5321 4.5.4.1 asks for 30 at the least on
average; the first two are short for greylisting."""

RELAY_SECONDS = (1.0, 2.0, 4.0, 8.0)
"""Seconds before a relay in trouble is tried again; after the last the dispatch is paused."""

POLICY_RUN = 3
"""So many refusals for reasons of policy, one after the other, pause the dispatch."""


def next_try(attempts: int, now: datetime, jitter: random.Random) -> datetime:
    """When a deferred reader is due again, `attempts` tries being counted before this one. ±20 %."""
    minutes = RETRY_MINUTES[min(attempts, len(RETRY_MINUTES) - 1)]
    return now + timedelta(minutes=minutes * jitter.uniform(0.8, 1.2))
