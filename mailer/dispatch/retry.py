"""When to try again: for a reader, and for a relay."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

RETRY_MINUTES = (5, 15, 30, 60, 120, 240)
"""Minutes before the next try of one reader; the last goes on. RFC 5321 4.5.4.1 asks for 30 at the least on
average; the first two are short for greylisting."""

RELAY_SECONDS = (1.0, 2.0, 4.0, 8.0)
"""Seconds before a relay in trouble is tried again. Who cannot wait any longer pauses the dispatch after the last."""

RELAY_MINUTES = (1, 2, 4, 8)
"""Minutes before it is tried again by who can wait; the last goes on."""

LONG_WAITS = 12
"""So many waits of minutes, then the dispatch is paused: after more than an hour somebody has to look."""

QUOTA_WAIT = timedelta(hours=1)
"""Before a relay is tried again whose quota of hours or a day is used up by its own account."""

POLICY_RUN = 3
"""So many refusals for reasons of policy, one after the other, pause the dispatch."""

BOUNCES_AT_LEAST = 20
"""Answers before the share of addresses that do not exist means anything."""


def next_try(attempts: int, now: datetime, jitter: random.Random) -> datetime:
    """When a deferred reader is due again, `attempts` tries being counted before this one. ±20 %."""
    minutes = RETRY_MINUTES[min(attempts, len(RETRY_MINUTES) - 1)]
    return now + timedelta(minutes=with_jitter(minutes, jitter))


def with_jitter(length: float, jitter: random.Random) -> float:
    """The length ±20 %, so that not all come at the same moment."""
    return length * jitter.uniform(0.8, 1.2)
