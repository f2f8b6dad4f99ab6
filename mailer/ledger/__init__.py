"""The ledger: the only truth about what happened, and why nobody gets the same thing twice.

It promises

- that (realm, occasion, address) is held by one delivery at most, by the database's own key;
- that a delivery moves only along the steps of `model.dispatch.TRANSITIONS`, each step written in one place;
- that what a verb did is on the disk when the verb returns, and that a verb which raises did nothing;
- that only who claimed a delivery last, and is alive, can hand it over or settle it;
- that what a dead program had claimed goes again, and what it had handed over is in doubt, never sent by itself;
- that every figure is a sum over rows.

`open_ledger(path)` opens one, or makes one.
"""

from mailer.ledger.holding import Holder
from mailer.ledger.ledger import Ledger, open_ledger, utc_now
from mailer.ledger.noticing import Notice
from mailer.ledger.records import (
    Attempt,
    Event,
    EventKind,
    Forgotten,
    Opened,
    Progress,
    Recovered,
    Reminded,
)
from mailer.ledger.standing import Stood

__all__ = [
    "Attempt",
    "Event",
    "EventKind",
    "Forgotten",
    "Holder",
    "Ledger",
    "Notice",
    "Opened",
    "Progress",
    "Recovered",
    "Reminded",
    "Stood",
    "open_ledger",
    "utc_now",
]
