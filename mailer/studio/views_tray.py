"""What the practice tray shows: its mails as an inbox lists them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr

from mailer.relay import TrayMessage
from mailer.studio.views_issue import kilobytes
from mailer.studio.views_sendings import ago

MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class TrayRow:
    """One mail in the list."""

    id: str
    to: str
    sender: str
    subject: str
    when: str
    at: datetime
    size: str
    sending: str


@dataclass(frozen=True, slots=True)
class TrayList:
    """The mails that are listed, and how many there are in all."""

    rows: tuple[TrayRow, ...]
    found: int
    total: int
    sendings: tuple[tuple[str, int], ...]
    """Each sending with its number of mails, the newest first."""


def tray_list(
    messages: Iterable[TrayMessage], sending: str = "", words: str = "", now: datetime | None = None
) -> TrayList:
    """The newest mails, only those of a sending and with all the words where these are given."""
    everything = list(messages)
    counts: dict[str, int] = {}
    for message in everything:
        if message.group:
            counts[message.group] = counts.get(message.group, 0) + 1
    wanted = words.casefold().split()
    found = [m for m in everything if (not sending or m.group == sending) and _has(m, wanted)]
    return TrayList(
        rows=tuple(tray_row(message, now) for message in found[:MOST_LISTED]),
        found=len(found),
        total=len(everything),
        sendings=tuple(counts.items()),
    )


def tray_row(message: TrayMessage, now: datetime | None = None) -> TrayRow:
    """A mail as it is listed."""
    name, address = parseaddr(message.sender)
    return TrayRow(
        id=message.id,
        to=message.delivered_to or "nobody named",
        sender=name or address or "no sender",
        subject=message.subject or "No subject",
        when=ago(message.received_at, now),
        at=message.received_at,
        size=kilobytes(message.size),
        sending=message.group,
    )


def _has(message: TrayMessage, wanted: list[str]) -> bool:
    text = f"{message.delivered_to} {message.sender} {message.subject}".casefold()
    return all(word in text for word in wanted)
