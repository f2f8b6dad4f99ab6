"""The ledger as the rest of the program sees it: one verb, one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from mailer.ledger import counting, deciding, keys, opening, planning, reading
from mailer.ledger.addresses import normalised
from mailer.ledger.moves import note
from mailer.ledger.people import People
from mailer.ledger.records import Attempt, Event, EventKind, Opened, Progress
from mailer.ledger.reminders import Reminders
from mailer.ledger.store import PAGE, PATIENCE, Store
from mailer.ledger.sums import Summing
from mailer.ledger.working import Working
from mailer.model.dispatch import Delivery, Dispatch, Plan, Report, State

MESSAGE_IDS = "message-id"


def utc_now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def open_ledger(
    path: Path, *, clock: Callable[[], datetime] = utc_now, create: bool = True, patience: float = PATIENCE
) -> Ledger:
    """The ledger at `path`, made where there is none. While another program writes, waits `patience` seconds.

    LedgerError, in words: a newer program's ledger, another program's file, a damaged file, a place that cannot
    be written, a network drive, a folder that is kept in step with other machines.
    """
    opening.ready_file(path, clock(), create)
    store = Store(path, patience)
    try:
        return Ledger(opening.check_ours(store), store, clock)
    except BaseException:
        store.close()
        raise


class Ledger(Working, People, Reminders, Summing):
    """The only truth about what happened. May be used from any thread and from several processes at once.

    What a verb has done when it returns is on the disk; what it raises on has not happened at all.
    """

    def __init__(self, ledger_id: str, store: Store, clock: Callable[[], datetime]) -> None:
        self.id = ledger_id
        self.path = store.path
        self._store = store
        self._now = clock
        self._locks = store.path.with_name(f"{store.path.name}.holders")
        self._totals: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file. Nothing is lost where this is never called."""
        self._store.close()

    def secret(self, purpose: str) -> bytes:
        """32 random bytes for that purpose, made when first asked for and the same ever after."""
        with self._store.write() as connection:
            return keys.secret(connection, purpose)

    # Plan

    def open_dispatch(self, plan: Plan) -> Opened:
        """Write the plan down, whole, but for the readers whom its occasion holds already."""
        secret = self.secret(MESSAGE_IDS)
        with self._store.write() as connection:
            return planning.open_dispatch(connection, plan, secret, self._now())

    def holds(self, realm: str, occasion: str) -> int:
        """How many addresses the occasion holds."""
        with self._store.read() as connection:
            return planning.count_held(connection, realm, occasion)

    def claimed_addresses(self, realm: str, occasion: str, addresses: Iterable[str]) -> frozenset[str]:
        """Those of the addresses that the occasion holds: nobody among them is written to again."""
        with self._store.read() as connection:
            return planning.held_among(connection, realm, occasion, addresses)

    # Decide

    def skip_waiting(self, dispatch_id: str, addresses: Iterable[str], why: str) -> int:
        """End what waits for these addresses, as there is no more reason to send it. How many."""
        with self._store.write() as connection:
            return deciding.skip_waiting(connection, dispatch_id, addresses, why, self._now())

    def expire(self, dispatch_id: str) -> int:
        """End what still waits, where the dispatch's time has run out. How many."""
        with self._store.write() as connection:
            return deciding.expire(connection, dispatch_id, self._now())

    def pause(self, dispatch_id: str, why: str, by: str = "") -> Dispatch:
        """Claim no more from it until it is reopened; what is in flight ends. One that has ended stays so."""
        with self._store.write() as connection:
            return deciding.pause(connection, dispatch_id, why, by, self._now())

    def reopen(self, dispatch_id: str, by: str = "") -> Dispatch:
        """Let a paused dispatch go on. LedgerError where it has ended."""
        with self._store.write() as connection:
            return deciding.reopen(connection, dispatch_id, by, self._now())

    def cancel(self, dispatch_id: str, why: str, by: str = "") -> Dispatch:
        """End it: once this returns, nothing more is handed over. LedgerError where it was finished."""
        with self._store.write() as connection:
            return deciding.cancel(connection, dispatch_id, why, by, self._now())

    def note_correction(self, dispatch_id: str, why: str, by: str = "") -> Dispatch:
        """Write down by what a dispatch that has ended was put right. LedgerError where it has not ended."""
        with self._store.write() as connection:
            return deciding.note_correction(connection, dispatch_id, why, by, self._now())

    def finish_if_done(self, dispatch_id: str) -> bool:
        """Whether every delivery is at its end; an event is left the first time."""
        with self._store.write() as connection:
            return deciding.finish_if_done(connection, dispatch_id, self._now())

    def resolve(self, dispatch_id: str, address: str, accepted: bool, by: str) -> State:
        """A person's word on a delivery in doubt: it was accepted, or it goes again as the same message.

        LedgerError where it is not in doubt.
        """
        with self._store.write() as connection:
            return deciding.resolve(
                connection, dispatch_id, address, accepted=accepted, by=by, at=self._now()
            )

    def remark(
        self, dispatch_id: str | None, address: str, kind: EventKind, words: str, by: str = ""
    ) -> None:
        """Leave an event that moves nothing: about a dispatch, about an address, or about the ledger itself."""
        with self._store.write() as connection:
            if dispatch_id is not None:
                reading.dispatch_named(connection, dispatch_id)
            where = normalised(address)
            note(connection, kind, self._now(), dispatch_id=dispatch_id, address=where, by=by, why=words)

    def note(self, address: str, words: str, by: str = "") -> None:
        """Keep what a person noted about an address: "telephoned, found it in spam"."""
        self.remark(None, address, EventKind.NOTED, words, by)

    def forget_rehearsals(self) -> int:
        """Delete every rehearsal with all it left, but for those being sent right now. How many."""
        self._totals.clear()
        with self._store.write() as connection:
            return deciding.forget_rehearsals(connection)

    # Read

    def knows(self, dispatch_id: str) -> bool:
        """Whether this ledger has the dispatch of a receipt."""
        with self._store.read() as connection:
            return reading.knows(connection, dispatch_id)

    def find_dispatch(self, prefix: str) -> Dispatch:
        """The dispatch whose id is, or alone begins with, `prefix`. LedgerError where none or several do."""
        with self._store.read() as connection:
            return reading.find_dispatch(connection, prefix)

    def dispatches(self, include_rehearsals: bool = True) -> list[Dispatch]:
        """Every dispatch, newest first."""
        with self._store.read() as connection:
            return reading.all_dispatches(connection, include_rehearsals)

    def report(self, dispatch_id: str) -> Report:
        """What the dispatch has come to, summed over its rows at one moment."""
        with self._store.read() as connection:
            return reading.report(connection, dispatch_id)

    def progress(self, dispatch_id: str) -> Progress:
        """Where the dispatch stands, in figures that may be asked for every second, however many mails it has."""
        with self._store.read() as connection:
            found = counting.progress(connection, dispatch_id, self._totals.get(dispatch_id))
        # A dispatch gets no more rows once it is open, and loses none.
        self._totals[dispatch_id] = found.total
        return found

    def deliveries(self, dispatch_id: str, states: Collection[State] | None = None) -> Iterator[Delivery]:
        """The dispatch's deliveries in the order of the plan, a page at a time, each as it stands when read."""
        with self._store.read() as connection:
            first, until = reading.span(connection, dispatch_id)
        last, full = first - 1, True
        while full:
            with self._store.read() as connection:
                found = reading.some_deliveries(
                    connection, dispatch_id, states, after=last, until=until, limit=PAGE
                )
                page = list(found)
            yield from page
            full = len(page) == PAGE
            last = page[-1].id if page else last

    def attempts(self, delivery_id: int) -> list[Attempt]:
        """Every try at the delivery, in order."""
        with self._store.read() as connection:
            return reading.attempts_at(connection, delivery_id)

    def events(self, dispatch_id: str | None = None, address: str | None = None) -> list[Event]:
        """Events in order: all, or those of a dispatch, or of an address."""
        with self._store.read() as connection:
            return reading.some_events(connection, dispatch_id, address)
