"""What every page of the studio is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from nicegui import ui

from mailer.studio.desk import Desk
from mailer.studio.ladder_desk import LadderDesk
from mailer.studio.sent import Sent
from mailer.studio.shelf import Shelf
from mailer.studio.watch import Bell


@dataclass(frozen=True, slots=True)
class Studio:
    """The files as they are, and the bell that rings when they change."""

    desk: Desk
    ladders: LadderDesk
    bell: Bell
    sent: Sent = field(default_factory=Sent)
    shelf: Shelf = field(default_factory=Shelf)

    def on_change(self, kinds: frozenset[str], bring_up_to_date: Callable[[], Awaitable[None]]) -> None:
        """While the page that is being built stays open, call this after each change of one of these kinds."""
        client = ui.context.client

        async def listener(what: frozenset[str]) -> None:
            if what & kinds:
                with client:
                    await bring_up_to_date()

        self.bell.listen(client.id, listener)
        client.on_delete(lambda: self.bell.forget(client.id))
