"""What the send record says about an audience: who must not be written to, and how many were, the last times.

Read once while the record stays as it is: the studio asks at every edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from mailer.errors import MailerError
from mailer.flow.stamps import Stamp, stamp_of
from mailer.model.dispatch import DispatchState
from mailer.model.issue import MessageClass
from mailer.model.suppression import Suppression

if TYPE_CHECKING:
    from mailer.ledger import Ledger

MOST_SENDINGS = 5
PATIENCE = 2.0
"""Seconds to wait for a record that is busy: an author is waiting too."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the record."""

    addresses: tuple[str, ...]
    message_class: MessageClass
    segments: frozenset[str]
    issue_id: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the record says; nothing where there is none yet."""

    suppressed: Mapping[str, Suppression] = field(default_factory=dict)
    last_sizes: tuple[int, ...] = ()
    """Mails of the last real sendings to the same groups, newest first."""
    trouble: str = ""
    """Why the record could not be read."""


def ask_record(path: Path, asked: Asked) -> Answer:
    """What the send record at `path` says. One that cannot be read is a value, with the reason."""
    if not path.exists():
        return Answer()
    try:
        return _answer(path, stamp_of(*record_files(path)), asked)
    except MailerError as error:
        return Answer(trouble=error.message)


def record_files(path: Path) -> tuple[Path, Path]:
    """The send record and its log of what was written last: while both stay, it says the same."""
    return path, path.with_name(f"{path.name}-wal")


@lru_cache(maxsize=4)
def _answer(path: Path, _unchanged: Stamp, asked: Asked) -> Answer:
    # Only where there is a record: the ledger brings in more than most commands need.
    from mailer.ledger import open_ledger

    with open_ledger(path, create=False, patience=PATIENCE) as ledger:
        suppressed = ledger.suppressed(asked.addresses, asked.message_class)
        return Answer(suppressed, _last_sizes(ledger, asked))


def _last_sizes(ledger: Ledger, asked: Asked) -> tuple[int, ...]:
    """Repeats and reminders, which have an occasion with a slash, are no measure, nor is what was cancelled."""
    if not asked.segments:
        return ()
    sizes: dict[str, int] = {}
    for dispatch in ledger.dispatches(include_rehearsals=False):
        alike = (
            dispatch.message_class == asked.message_class
            and frozenset(dispatch.segments) == asked.segments
            and dispatch.state is not DispatchState.CANCELLED
            and "/" not in dispatch.occasion
            and dispatch.occasion != asked.issue_id
        )
        if not alike:
            continue
        if dispatch.occasion not in sizes and len(sizes) == MOST_SENDINGS:
            break
        sizes[dispatch.occasion] = sizes.get(dispatch.occasion, 0) + ledger.progress(dispatch.id).total
    return tuple(sizes.values())
