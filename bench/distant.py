"""A mail service at a distance: each answer leaves exactly so long after what it answers came.

    python -m bench.distant SECONDS

Prints its port. It keeps nothing, and takes so little processor time that what is measured against it is the sender.
"""

from __future__ import annotations

import select
import socket
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

ROOM = 524_288
END = b"\r\n.\r\n"
EHLO = b"250-distant.invalid\r\n250-PIPELINING\r\n250-SIZE 10000000\r\n250 8BITMIME\r\n"
ANSWERS = {b"EHLO": EHLO, b"MAIL": b"250 ok\r\n", b"RCPT": b"250 ok\r\n", b"DATA": b"354 go on\r\n"}


@dataclass(eq=False)
class Link:
    """One connection: what came and is not yet understood, and the answers on their way."""

    socket: socket.socket
    rest: bytes = b""
    in_body: bool = False
    answers: deque[tuple[float, bytes]] = field(default_factory=deque)

    def take(self, data: bytes) -> Iterator[bytes]:
        """The answers to what is complete now."""
        data = self.rest + data
        while True:
            end = data.find(END if self.in_body else b"\r\n")
            if end < 0:
                # Of a body only its end matters, and that may come in two pieces.
                self.rest = data[1 - len(END) :] if self.in_body else data
                return
            line, data = data[:end], data[end + len(END if self.in_body else b"\r\n") :]
            if self.in_body:
                self.in_body = False
                yield b"250 kept\r\n"
            else:
                word = line[:4].upper()
                self.in_body = word == b"DATA"
                # An empty body's dot follows the command at once.
                data = b"\r\n" + data if self.in_body else data
                yield b"221 bye\r\n" if word == b"QUIT" else ANSWERS.get(word, b"250 ok\r\n")


def serve(listener: socket.socket, lag: float) -> None:
    """Answer until the process ends."""
    room = memoryview(bytearray(ROOM))
    links: dict[socket.socket, Link] = {}
    while True:
        dues = [link.answers[0][0] for link in links.values() if link.answers]
        # select, because it alone waits for less than a whole millisecond.
        left = max(0.0, min(dues) - time.monotonic()) if dues else None
        ready, _, _ = select.select([listener, *links], [], [], left)
        now = time.monotonic()
        for one in ready:
            if one is listener:
                accepted, _ = listener.accept()
                links[accepted] = Link(accepted)
                links[accepted].answers.append((now + lag, b"220 distant.invalid ESMTP\r\n"))
                continue
            link = links[one]
            count = one.recv_into(room)
            if not count:
                del links[one]
                one.close()
            elif said := b"".join(link.take(bytes(room[:count]))):
                link.answers.append((now + lag, said))
        now = time.monotonic()
        for link in links.values():
            while link.answers and link.answers[0][0] <= now:
                link.socket.sendall(link.answers.popleft()[1])


def main() -> None:
    """Listen on loopback, say where, and serve."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        serve(listener, float(sys.argv[1]))


if __name__ == "__main__":
    main()
