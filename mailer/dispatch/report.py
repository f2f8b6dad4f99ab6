"""What a dispatch came to, in the words of people."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.ledger import Ledger
from mailer.model.dispatch import Delivery, Report, State

ON_SCREEN = {
    State.PLANNED: "waiting",
    State.CLAIMED: "under way",
    State.HANDED: "under way",
    State.ACCEPTED: "taken over",
    State.DEFERRED: "will be tried again",
    State.REFUSED: "refused",
    State.UNKNOWN: "in doubt",
    State.SKIPPED: "left out",
    State.EXPIRED: "given up",
    State.CANCELLED: "cancelled",
}
"""State → what people read; `claimed` and `handed` never appear on screen."""


def report_dispatch(dispatch_id: str, ledger: Ledger) -> Report:
    """Sums over the ledger's rows. LedgerError where it knows no such dispatch."""
    return ledger.report(dispatch_id)


def report_rows(dispatch_id: str, ledger: Ledger) -> Iterator[dict[str, str | int]]:
    """One row a reader, for CSV and JSON: who, in which state, the relay's answer."""
    for delivery in ledger.deliveries(dispatch_id):
        yield _row(delivery)


def _row(delivery: Delivery) -> dict[str, str | int]:
    return {
        "address": delivery.email,
        "name": delivery.name,
        "country": delivery.country,
        "language": delivery.language,
        "version": delivery.variant,
        "state": ON_SCREEN[delivery.state],
        "tries": delivery.attempts,
        "answer": str(delivery.reply) if delivery.reply else delivery.detail,
        "at": delivery.updated_at.isoformat(timespec="seconds"),
        "message_id": delivery.message_id,
    }


def counts_in_words(report: Report) -> list[tuple[str, int]]:
    """What people read, with how many; what is nought is left out."""
    sums: dict[str, int] = {}
    for state in State:
        count = report.counts.get(state, 0)
        if count:
            sums[ON_SCREEN[state]] = sums.get(ON_SCREEN[state], 0) + count
    return list(sums.items())
