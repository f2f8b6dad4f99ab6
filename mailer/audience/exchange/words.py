"""Cells of a contacts file for what people read and write: which messages, which newsletters."""

from __future__ import annotations

import re
from collections.abc import Collection

from mailer.audience.entries import EntryError
from mailer.audience.exchange.meanings import slug_of
from mailer.audience.exchange.plainly import UnclearError
from mailer.audience.subscriptions import parse_subscriptions, write_subscriptions
from mailer.errors import nearest

ANSWER = "newsletter"
"""Beside the cells of a contacts file: yes or no to the workspace's own newsletter."""
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


def subscription_cell(text: str, known: Collection[str] | None) -> str:
    """The subscriptions cell for lists in our own writing, or by readable name.

    EntryError where it is neither; UnclearError where it names a list that is not `known`. None: any will do.
    """
    try:
        given = parse_subscriptions(text)
    except EntryError:
        names = [slug_of(part) for part in re.split(r"[;,\n]", text) if part.strip()]
        given = parse_subscriptions("; ".join(names))
    for entry in given:
        if known is not None and entry.list not in known:
            close = nearest(entry.list, known)
            hint = close if close.startswith("Did") else "Write yes or no, or the name of a newsletter."
            raise UnclearError(f'"{entry.list}" is no newsletter that is known', hint)
    return write_subscriptions(given)
