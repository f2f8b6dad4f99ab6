"""What a mail service does, as far as we were told or have seen it; shared by all connections of a relay."""

from __future__ import annotations


class Habits:
    """How many messages one connection carries; shared by all connections of a relay.

    Some services close after so many messages without a word. Whoever pipelines loses answers there, so we hang up
    ourselves one before. Learned from two closings in a row after the same number, for one alone may be the network.
    """

    def __init__(self, asked: int | None = None) -> None:
        self._asked = asked
        self._last = 0
        self.learned: int | None = None
        """Messages after which the service was seen to close; None where it never was."""
        self.takes_groups = True
        """False once it announced PIPELINING and then answered a group in another order."""

    @property
    def messages_per_connection(self) -> int | None:
        """After so many a connection is done; None: no limit is known."""
        return min((count for count in (self._asked, self.learned) if count), default=None)

    def note_closing(self, carried: int) -> None:
        """The service closed without a word, after it had taken so many messages and before the next one."""
        if carried and carried == self._last:
            self.learned = min(carried, self.learned or carried)
        self._last = carried
