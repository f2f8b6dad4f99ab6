"""What a dispatch came to, in the words of people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mailer.dispatch.account import answer_of, reason_words
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


COLUMNS = (
    *("address", "name", "country", "language", "version", "state", "tries", "answer", "at", "message_id"),
    *("domain", "due", "code", "enhanced", "reason"),
)
"""What a row of a report tells of each reader."""


def report_dispatch(dispatch_id: str, ledger: Ledger) -> Report:
    """Sums over the ledger's rows. LedgerError where it knows no such dispatch."""
    return ledger.report(dispatch_id)


def report_rows(dispatch_id: str, ledger: Ledger) -> Iterator[dict[str, str | int]]:
    """One row a reader, for CSV and JSON, read as they are asked for: who, in which state, the relay's answer."""
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
        "answer": answer_of(delivery),
        "at": delivery.updated_at.isoformat(timespec="seconds"),
        "message_id": delivery.message_id,
        "domain": delivery.address.rpartition("@")[2] if "@" in delivery.address else "",
        "due": delivery.due_at.isoformat(timespec="seconds") if delivery.due_at else "",
        "code": delivery.reply.code if delivery.reply else "",
        "enhanced": delivery.reply.enhanced if delivery.reply else "",
        "reason": reason_words(delivery),
    }


def counts_in_words(report: Report) -> list[tuple[str, int]]:
    """What people read, with how many; what is nought is left out."""
    return list(in_words(report.counts).items())


def in_words(counts: Mapping[State, int]) -> dict[str, int]:
    """What people read → how many; what is nought is left out."""
    found: dict[str, int] = {}
    for state in State:
        if counts.get(state):
            found[ON_SCREEN[state]] = found.get(ON_SCREEN[state], 0) + counts[state]
    return found
