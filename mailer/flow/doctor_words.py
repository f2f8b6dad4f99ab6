"""What an examination says: one line a thing looked at, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MOST_SIGNS = 1_000
"""Of what is said: records of the DNS may be of any length."""


class State(StrEnum):
    """How a thing is."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"
    """It could not be looked at: neither good nor bad."""


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at."""

    id: str
    """Of the kind of thing: spf, dkim, relay …"""
    state: State
    message: str
    hint: str = ""
    """What to do next, where it is not good."""

    def __post_init__(self) -> None:
        # Records of the DNS and answers of servers are quoted, and anybody may have written them.
        object.__setattr__(self, "message", _shown(self.message))
        object.__setattr__(self, "hint", _shown(self.hint))


def good(id_: str, message: str, hint: str = "") -> Examined:
    """It is as it should be."""
    return Examined(id_, State.GOOD, message, hint)


def bad(id_: str, message: str, hint: str) -> Examined:
    """It is wrong."""
    return Examined(id_, State.BAD, message, hint)


def unknown(id_: str, message: str, hint: str) -> Examined:
    """Nobody can tell."""
    return Examined(id_, State.UNKNOWN, message, hint)


def _shown(words: str) -> str:
    cut = words if len(words) <= MOST_SIGNS else f"{words[:MOST_SIGNS]}…"
    return "".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in cut)
