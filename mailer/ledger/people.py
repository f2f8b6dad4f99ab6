"""The ledger's verbs on people: the do-not-mail list, whom mail reaches, and forgetting somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from mailer.ledger import forgetting, reaching, suppressing
from mailer.ledger.addresses import forms_from_now
from mailer.ledger.records import Forgotten
from mailer.ledger.store import Store
from mailer.model.suppression import Because, Suppression


class People:
    """Whom mail must not go to, whom it reaches, and who is to be forgotten.

    Who was forgotten is known by a keyed hash only. Where a verb gives addresses and is told of people `among` whom
    to look, it gives these by their address, though they had been forgotten and came back.
    """

    _store: Store
    _now: Callable[[], datetime]

    def suppress(self, address: str, because: Because, note: str = "", by: str = "") -> Suppression:
        """Put the address on the do-not-mail list; the entry that then stands, the older where there was one."""
        with self._store.write() as connection:
            return suppressing.suppress(connection, address, because, words=note, by=by, at=self._now())

    def suppress_all(
        self, addresses: Iterable[str], because: Because, note: str = "", by: str = ""
    ) -> tuple[tuple[Suppression, ...], tuple[Suppression, ...]]:
        """Put all of them on the do-not-mail list, or none; the new entries, and those that stood there already."""
        with self._store.write() as connection:
            at = self._now()
            done = [
                suppressing.suppress(connection, one, because, words=note, by=by, at=at) for one in addresses
            ]
        added = tuple(entry for entry in done if entry.at == at)
        return added, tuple(entry for entry in done if entry.at != at)

    def unsuppress(self, address: str, by: str = "", why: str = "") -> int:
        """Take the address off the list; for how many reasons it had been on it."""
        with self._store.write() as connection:
            return suppressing.unsuppress(connection, address, by, why, self._now())

    def suppressions(self) -> list[Suppression]:
        """The do-not-mail list, by address."""
        with self._store.read() as connection:
            return suppressing.all_suppressions(connection)

    def suppressed(self, addresses: Iterable[str], message_class: str) -> dict[str, Suppression]:
        """Those of the addresses that must get no message of that class, each with the oldest reason."""
        with self._store.read() as connection:
            return suppressing.suppressed_among(connection, addresses, message_class)

    def received(self, issue_id: str, among: Iterable[str] = ()) -> frozenset[str]:
        """Addresses for which the issue, or a repeat of it, was really taken over."""
        with self._store.read() as connection:
            return reaching.received(connection, issue_id, among)

    def bounced(self, among: Iterable[str] = ()) -> frozenset[str]:
        """Addresses that are no longer there: listed as bounced, or refused as unknown and never taken since."""
        with self._store.read() as connection:
            return reaching.bounced(connection, among)

    def forget(self, address: str, by: str = "", why: str = "", *, on_file: bool = False) -> Forgotten:
        """Erase a person: in every row a keyed hash stands for them, by which alone they are known from now on.

        What waits for them is skipped first. That they must not be mailed, and had something already, still holds.
        Who is in no row leaves no trace, but for who was on file elsewhere: then `forgotten` knows them from now on.
        LedgerError where a mail to them is being sent right now.
        """
        with self._store.write() as connection:
            forgotten = forgetting.forget(
                connection, address, by=by, why=why, at=self._now(), on_file=on_file
            )
        if forgotten.known_as:
            self._store.wipe()
        return forgotten

    def forgotten(self, addresses: Iterable[str]) -> dict[str, datetime]:
        """Those of the addresses whose person was forgotten, as they were given, each with when that was last."""
        with self._store.read() as connection:
            return forgetting.forgotten_on(connection, addresses)

    def known_as(self, address: str) -> str:
        """The keyed hash that stands for the address once its person is forgotten."""
        with self._store.write() as connection:
            return forms_from_now(connection).hashed(address)
