"""Asking for many addresses, side by side, within a time that is known beforehand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from mailer.model.visit import Visit
from mailer.web.asking import Web
from mailer.web.following import unasked, visit
from mailer.web.pace import Pace

Progress = Callable[[int, int, str], None]
"""How many are done, of how many, and the address that was done last."""

TO_LEAVE = 2.0
"""Seconds that questions have to end once the time is up."""


async def visit_all(
    addresses: Iterable[str], web: Web, *, seconds: float, progress: Progress | None = None
) -> tuple[Visit, ...]:
    """One visit an address, in their order. After so many seconds, those that are left are told as not asked."""
    wanted = tuple(dict.fromkeys(addresses))
    transport, pace = web.transport(), Pace(web.pause)
    visits: dict[str, Visit] = {}

    async def one(address: str) -> None:
        visits[address] = await visit(web, transport, pace, address)
        if progress:
            progress(len(visits), len(wanted), address)

    async with transport:
        tasks = [asyncio.create_task(one(address)) for address in wanted]
        try:
            _, late = await asyncio.wait(tasks, timeout=seconds) if tasks else (set(), set())
        finally:
            for task in tasks:
                task.cancel()
        if late:
            await asyncio.wait(late, timeout=TO_LEAVE)
        for task in tasks:
            if task.done() and not task.cancelled():
                task.result()
    why = f"was not asked: the {seconds:g} seconds for all links were over"
    return tuple(visits.get(address) or unasked(address, why) for address in wanted)
