"""Cells of a contacts file for what people read and write: which messages, which newsletters."""

from __future__ import annotations

import re

from mailer.audience.entries import EntryError
from mailer.audience.exchange.meanings import slug_of
from mailer.audience.subscriptions import parse_subscriptions, write_subscriptions

MESSAGES = {
    "Newsletter and official messages": "",
    "Newsletter only": "newsletter",
    "Official messages only": "notice",
    "Nothing": "none",
}
"""What the workbook says of messages → the cell of a contacts file."""


def message_cell(text: str) -> str:
    """The messages cell for a readable choice; any other text as it is, to be tested with the rest."""
    chosen = {words.casefold(): cell for words, cell in MESSAGES.items()}
    return chosen.get(text.casefold(), text)


def subscription_cell(text: str) -> str:
    """The subscriptions cell for lists in our own writing, or by readable name. EntryError where it is neither."""
    try:
        return write_subscriptions(parse_subscriptions(text))
    except EntryError:
        names = [slug_of(part) for part in re.split(r"[;,\n]", text) if part.strip()]
        return write_subscriptions(parse_subscriptions("; ".join(names)))
