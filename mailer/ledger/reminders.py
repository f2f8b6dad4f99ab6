"""The ledger's verbs on official messages: one verb, one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date as Date  # noqa: N812
from datetime import datetime

from mailer.ledger import answering, noticing, reminding
from mailer.ledger.noticing import Notice
from mailer.ledger.reading import span
from mailer.ledger.records import Reminded
from mailer.ledger.standing import Stood, stood, was_decided
from mailer.ledger.store import PAGE, Store
from mailer.model.dispatch import Acknowledgement, Answer, Delivery
from mailer.model.reminder import History


class Reminders:
    """What went out under a deadline, what was answered, and what there is to show for it.

    Who was forgotten is known by a keyed hash only. Where a verb gives addresses and is told of people `among` whom
    to look, it gives these by their address, though they had been forgotten and came back.
    """

    _store: Store
    _now: Callable[[], datetime]

    def lapse(self, realm: str, occasion: str, why: str) -> bool:
        """Record that this step will never go, and why; False where that is recorded already."""
        with self._store.write() as connection:
            return reminding.lapse(connection, realm, {occasion: why}, self._now()) > 0

    def lapse_all(self, realm: str, occasions: Mapping[str, str]) -> int:
        """Record all of these steps, occasion → why, at once; how many were not recorded yet."""
        if not occasions:
            return 0
        with self._store.write() as connection:
            return reminding.lapse(connection, realm, occasions, self._now())

    def reminders(self, realm: str, deadline_id: str, among: Iterable[str] = ()) -> History:
        """What is known of a deadline's reminders; `unreachable` is left to those who know about addresses."""
        with self._store.read() as connection:
            return reminding.history(connection, realm, deadline_id, among)

    def reminded(self, realm: str, deadline_id: str) -> tuple[Reminded, ...]:
        """Every occasion of the deadline that is held, for whom, and how far it has come; oldest first."""
        with self._store.read() as connection:
            return reminding.reminded(connection, realm, deadline_id)

    def first_message_ids(
        self, realm: str, deadline_id: str, among: Iterable[str] = ()
    ) -> dict[tuple[str, Date], str]:
        """(address, due date) → the Message-ID of the first reminder of it that was, or may have been, taken over.

        Later steps thread on it.
        """
        with self._store.read() as connection:
            return reminding.first_message_ids(connection, realm, deadline_id, among)

    def delivery_by_code(self, code: str) -> Delivery | None:
        """The delivery whose reader answers with this code; small letters, blanks and hyphens do not matter.

        LedgerError where two readers have the same code.
        """
        with self._store.read() as connection:
            return answering.delivery_by_code(connection, code)

    def acknowledge(self, code: str, answer: Answer, words: str = "", by: str = "") -> Acknowledgement:
        """Record an answer, and return the one that then stands: the same answer again adds nothing.

        LedgerError for a code that nobody has, and for a message that its reader cannot have.
        """
        with self._store.write() as connection:
            return answering.acknowledge(connection, code, answer, words=words, by=by, at=self._now())

    def acknowledgements(self, dispatch_id: str = "", deadline_id: str = "") -> tuple[Acknowledgement, ...]:
        """Every answer, in order; those to a dispatch, or to a deadline's real reminders, where one is named."""
        with self._store.read() as connection:
            return answering.acknowledgements(connection, dispatch_id, deadline_id)

    def notices(self, dispatch_id: str) -> Iterator[Notice]:
        """Every delivery as it stood when the dispatch was finished, and what came after; in the plan's order."""
        with self._store.read() as connection:
            first, until = span(connection, dispatch_id)
        last, full = first - 1, True
        while full:
            with self._store.read() as connection:
                page = noticing.notices(connection, dispatch_id, last, PAGE, until)
            yield from page
            full = len(page) == PAGE
            last = page[-1].delivery.id if page else last

    def stood(self, dispatch_id: str) -> Iterator[Stood | Notice]:
        """How every delivery stood when the dispatch was finished, in the order of their Message-IDs.

        A million of them take little memory, unless doubts of the dispatch were decided by people.
        """
        with self._store.read() as connection:
            if not was_decided(connection, dispatch_id):
                yield from stood(connection, dispatch_id)
                return
        yield from sorted(self.notices(dispatch_id), key=lambda one: one.message_id)

    def notices_to(self, addresses: Collection[str], country: str = "") -> list[Notice]:
        """All that really went to the addresses, or to anybody of the country, newest first."""
        with self._store.read() as connection:
            return noticing.notices_to(connection, addresses, country)
