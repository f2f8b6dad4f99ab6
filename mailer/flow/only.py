"""`send --only accepted|refused --repeat NAME`: those of an issue's readers for whom it went one way or the other."""

from __future__ import annotations

from dataclasses import replace

from mailer.errors import UsageError, nearest
from mailer.flow.compose import Composed
from mailer.ledger import Ledger
from mailer.model.dispatch import State

ACCEPTED, REFUSED = "accepted", "refused"
ONLY = (ACCEPTED, REFUSED)
"""What may be asked for."""


def only_readers(ledger: Ledger, issue_id: str, composed: Composed, only: str) -> Composed:
    """The same issue with only those readers for whom it was really taken over, or really refused.

    `accepted`: taken over under the issue's own occasion; repeats do not count. `refused`: refused under it, and
    taken over neither then nor in any repeat. An address counts, whichever of a reader's it is.
    UsageError for any other word.
    """
    if only not in ONLY:
        raise UsageError(f'"{only}" is neither accepted nor refused.', nearest(only, ONLY))
    wanted = _reached(ledger, issue_id, only)
    readers = tuple(reader for reader in composed.readers if not wanted.isdisjoint(reader.contact.addresses))
    return replace(composed, readers=readers)


def _reached(ledger: Ledger, issue_id: str, only: str) -> frozenset[str]:
    """The addresses for which the issue was taken over, or was refused and not taken over since."""
    real = ledger.dispatches(include_rehearsals=False)
    own = [one for one in real if one.occasion == issue_id]
    state = State.ACCEPTED if only == ACCEPTED else State.REFUSED
    found = {row.address for one in own for row in ledger.deliveries(one.id, (state,))}
    return frozenset(found if only == ACCEPTED else found - ledger.received(issue_id, found))
