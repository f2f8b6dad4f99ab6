"""The do-not-mail list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Because(StrEnum):
    """Why an address must not be mailed."""

    UNSUBSCRIBED = "unsubscribed"
    """Holds for newsletters only; official messages still go."""
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    MANUAL = "manual"

    @property
    def of_person(self) -> bool:
        """Whether it is a person's own word, which holds under all their addresses; else it is about the address."""
        return self in (Because.UNSUBSCRIBED, Because.COMPLAINED)


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address we must not mail, and why."""

    address: str
    because: Because
    note: str
    at: datetime

    def applies_to(self, message_class: str) -> bool:
        """Whether it keeps a message of that class from going."""
        return self.because is not Because.UNSUBSCRIBED or message_class == "newsletter"
