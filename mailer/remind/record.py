"""What the send record says of a deadline's reminders, ready to be asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from mailer.model.deadline import Obligation, occasion_of, parts_of
from mailer.model.reminder import DayPlan, History


@dataclass(frozen=True, slots=True)
class Record:
    """A history, by occasion."""

    history: History
    by_occasion: Mapping[str, frozenset[str]]
    """Occasion → the addresses that got it."""

    def got(self, occasion: str) -> frozenset[str]:
        """The addresses that got it, or are about to."""
        return self.by_occasion.get(occasion, frozenset())

    def has_gone(self, occasion: str) -> bool:
        """Whether it went to anybody, or is known to have lapsed."""
        return occasion in self.by_occasion or occasion in self.history.lapsed

    def moved_from(self, obligation: Obligation, own: Iterable[str]) -> date | None:
        """The due date that these addresses of a reader heard last for it, where it is another by now."""
        heard = self.history.heard
        last = {heard[address, obligation.who] for address in own if (address, obligation.who) in heard}
        return None if obligation.due in last else max(last, default=None)


def told_at_any(history: History, mains: Mapping[str, str]) -> History:
    """The history as if people had always owed under the main address that they have now.

    `mains`: other address → main address.
    """
    if all(address == main for address, main in mains.items()):
        return history

    def renamed(occasion: str) -> str:
        parts = parts_of(occasion)
        return occasion_of(*parts[:3], mains.get(parts[3], parts[3])) if parts else occasion

    heard: dict[tuple[str, str], date] = {}
    for (address, who), due in history.heard.items():
        main = mains.get(who, who)
        # What was heard under the main address is the newer.
        if main == who or (address, main) not in history.heard:
            heard[address, main] = due
    return replace(
        history,
        sent=frozenset((renamed(occasion), address) for occasion, address in history.sent),
        lapsed=frozenset(map(renamed, history.lapsed)),
        heard=heard,
    )


def record_of(history: History) -> Record:
    """The history, put in order once."""
    by_occasion: dict[str, set[str]] = {}
    for occasion, address in history.sent:
        by_occasion.setdefault(occasion, set()).add(address)
    return Record(history, {occasion: frozenset(readers) for occasion, readers in by_occasion.items()})


def history_after(history: History, plan: DayPlan) -> History:
    """The history once all of the plan has been sent and noted."""
    sent = {(occasion, one.address) for one in plan.reminders for occasion in one.occasions}
    heard = {(one.address, part.who): part.due for one in plan.reminders for part in one.obligations}
    return replace(
        history,
        sent=history.sent | sent,
        lapsed=history.lapsed | {one.occasion for one in plan.lapsed},
        heard={**history.heard, **heard},
    )
