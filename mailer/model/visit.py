"""What became of asking for a web address: the answers on the way, and what they mean."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime

from mailer.model.base import Noun

PERMANENT = frozenset({301, 308})
"""Answers by which a site says that a page has moved for good (RFC 9110 section 15.4)."""

INSIDE = "which readers cannot reach"
"""How the reason ends where a name leads into a network that is not the public one."""


class Found(StrEnum):
    """What asking for an address showed."""

    ANSWERS = "answers"
    GONE = "gone"
    """The site says that there is no such page."""
    TROUBLE = "trouble"
    """The site is there, but what it gives is of no use to readers."""
    UNREACHED = "unreached"
    """No site was reached: its name is not known, or nothing answers there."""
    UNCLEAR = "unclear"
    """The site does not answer programs; people may get the page."""
    UNASKED = "unasked"
    """It was not asked for, and `reason` says why."""


class Hop(Noun):
    """One answer: the address that was asked for, and the status that came back."""

    url: str
    status: int


class Visit(Noun):
    """An address, and what asking for it showed."""

    url: str
    found: Found
    at: AwareDatetime
    hops: tuple[Hop, ...] = ()
    """Every answer in order: redirects, then the last."""
    reason: str = ""
    """Why it does not answer, as the end of "The site …"; "" where it does."""

    @property
    def end(self) -> str:
        """Where the redirects lead."""
        return self.hops[-1].url if self.hops else self.url

    @property
    def is_inside(self) -> bool:
        """Whether it leads to a machine that only some can reach, though perhaps those who check it."""
        return self.found is Found.TROUBLE and self.reason.endswith(INSIDE)

    @property
    def moved_to(self) -> str:
        """Where the page has gone for good; "" where it has not, or where that does not answer."""
        if self.found is not Found.ANSWERS:
            return ""
        for hop in self.hops:
            if hop.status not in PERMANENT:
                return hop.url if hop is not self.hops[0] else ""
        return ""

    @property
    def way(self) -> str:
        """The answers in one line: `301 https://… → 200 https://…`."""
        return " → ".join(f"{hop.status} {hop.url}" for hop in self.hops)
