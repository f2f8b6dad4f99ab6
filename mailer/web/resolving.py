"""From a site's name to its addresses, without anything that could outlast the program."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable

Resolve = Callable[[str, int], Awaitable[tuple[str, ...]]]
"""Name and port → addresses, best first; OSError where there are none."""


async def resolve(name: str, port: int) -> tuple[str, ...]:
    """What the machine's own resolver says.

    On a thread that nobody waits for at the end: a resolver may be silent for longer than one may take.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[tuple[str, ...]] = loop.create_future()

    def settle(found: tuple[str, ...] | OSError) -> None:
        if answer.done():
            return
        if isinstance(found, OSError):
            answer.set_exception(found)
        else:
            answer.set_result(found)

    def look_up() -> None:
        found: tuple[str, ...] | OSError
        try:
            rows = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
            found = tuple(dict.fromkeys(str(row[4][0]) for row in rows))
        except OSError as error:
            found = error
        except UnicodeError:
            found = socket.gaierror(socket.EAI_NONAME, "no name of a site")
        if not loop.is_closed():
            try:
                loop.call_soon_threadsafe(settle, found)
            except RuntimeError:
                # Closed between the question and the call: nobody wants the answer any more.
                return

    threading.Thread(target=look_up, name=f"resolve {name[:40]}", daemon=True).start()
    return await answer
