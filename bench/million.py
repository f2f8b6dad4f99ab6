"""A million readers, planned and sent by `mailer work`: that memory does not grow with the audience.

Takes about twenty minutes, so it runs only where it is named: `python -m bench million`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path

from bench import peers
from bench.delivering import CONNECTIONS, NO_DKIM, work
from bench.figures import told
from bench.made_sending import MadeSending, made_sending
from mailer.flow import ledger_of
from mailer.model.dispatch import Plan, PlannedDelivery

READERS, QUICK_READERS = 1_000_000, 20_000
MADE = 3_000
"""Readers that are made as contacts; the others are their likes under other addresses."""
MOST = 300
"""Megabytes that a program may hold."""
Row = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Multiplied(Plan):
    """A plan with so many readers, made as they are asked for."""

    readers: int = 0

    def __iter__(self) -> Iterator[PlannedDelivery]:
        for number, each in enumerate(islice(cycle(self.deliveries), self.readers)):
            address = f"reader.{number}@example.org"
            yield replace(each, address=address, email=address)


def measure(folder: Path, *, quick: bool = False) -> Iterator[Row]:
    """One row for the table."""
    if not peers.is_there():
        yield "a million", "smtp-sink and smtp-source are missing", "apt-get install postfix"
        return
    readers = QUICK_READERS if quick else READERS
    made = made_sending(folder / "office", MADE)
    with peers.smtp_sink() as port:
        made.use_relay(port, CONNECTIONS, NO_DKIM)
        dispatch_id = _planned(made, readers)
        cost = peers.run(work(made, dispatch_id))
    counts = made.counts(dispatch_id)
    if counts != {"accepted": readers}:
        raise RuntimeError(f"not all was taken over: {counts}")
    yield (
        f"{readers:,} mails of {made.size // 1000} KB sent by one program",
        f"{cost.megabytes:.0f} MB at most; {readers / cost.seconds:.0f} a second",
        f"goal at most {MOST} MB: {told(cost.megabytes <= MOST)}",
    )


def _planned(made: MadeSending, readers: int) -> str:
    plan = made.plan_for_all()
    with ledger_of(made.workspace) as ledger:
        return ledger.open_dispatch(
            Multiplied(plan.dispatch, plan.deliveries, plan.left_out, readers)
        ).dispatch.id
