"""A mail service for the storms: it writes down what it takes, and nothing in it is shared with the mailer.

    python tests/storm/sink.py FILE [--port N] [--delay SECONDS] [--lag SECONDS] [--mute SHARE] [--drop SHARE]
                               [--hang-up-after N] [--idle SECONDS] [--seed N] [--keep FOLDER]

FILE gets a line for each message, `took MESSAGE-ID RECIPIENT`, once the whole of it is here up to the dot and right
before 250 is said; and `mute-dot` where a link was cut at the dot instead of an answer. Prints its port. What it
answers goes by the address, so that the right end of every reader is known:

    later…   450 to RCPT the first time, then taken      nobody…  550 5.1.1 to RCPT, always
    busy…    451 to the dot the first time, then taken   full…    552 5.2.2 to the dot, always
    cut…     the link is cut at RCPT the first time, then taken
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import socket
from contextlib import suppress
from pathlib import Path

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.MULTILINE | re.IGNORECASE)
GREETING = b"220 sink.invalid ESMTP\r\n"
EHLO = (
    b"250-sink.invalid\r\n250-PIPELINING\r\n250-SIZE 10000000\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n"
)
TAKEN = b"250 2.0.0 kept\r\n"


class Hang(Exception):  # noqa: N818
    """The link is to be cut now, after what has been said so far."""


class Book:
    """The file of what was taken. Whoever kills this program loses no line of it."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self.seen: set[str] = set()
        """Addresses that were told to come back. Forgotten when this program dies."""
        self.kept = 0

    def write(self, *words: str) -> None:
        """Add a line in one write."""
        os.write(self._file, (" ".join(words) + "\n").encode())

    def is_first(self, address: str) -> bool:
        """Whether the address was not here before; from now on it was."""
        first = address not in self.seen
        self.seen.add(address)
        return first


class Session:
    """One link: bytes in, bytes out. Commands may come in any grouping (RFC 2920)."""

    def __init__(self, book: Book, options: argparse.Namespace, chance: random.Random) -> None:
        self.book, self.options, self.chance = book, options, chance
        self.buffer = bytearray()
        self.searched = 0
        self.recipient = ""
        self.sender = False
        self.in_data = False
        self.taken = 0

    def feed(self, data: bytes, say: bytearray) -> None:
        """Answer what is complete, into `say`. Hang: cut the link."""
        self.buffer += data
        while True:
            if self.in_data:
                content = self._content()
                if content is None:
                    return
                self._dot(content, say)
            else:
                line, newline, rest = self.buffer.partition(b"\n")
                if not newline:
                    return
                self.buffer = rest
                say += self._command(line.rstrip(b"\r").decode("latin-1"))

    def _content(self) -> bytes | None:
        if self.buffer.startswith(b".\r\n"):
            end, skip = 0, 3
        else:
            end, skip = self.buffer.find(b"\r\n.\r\n", max(0, self.searched - 4)), 5
            self.searched = len(self.buffer)
        if end < 0:
            return None
        content = bytes(self.buffer[: end + 2 if skip == 5 else 0])
        del self.buffer[: end + skip]
        self.in_data, self.searched = False, 0
        return content

    def _command(self, line: str) -> bytes:
        word = line[:4].upper()
        match word:
            case "EHLO" | "HELO":
                return EHLO
            case "MAIL":
                self.sender, self.recipient = True, ""
                return b"250 2.1.0 ok\r\n"
            case "RCPT":
                return self._recipient(line)
            case "DATA":
                if not self.recipient:
                    return b"554 5.5.1 no valid recipients\r\n"
                self.in_data = True
                return b"354 go on\r\n"
            case "RSET":
                self.sender, self.recipient = False, ""
                return b"250 2.0.0 ok\r\n"
            case "NOOP":
                return b"250 2.0.0 ok\r\n"
            case "QUIT":
                raise Hang(b"221 2.0.0 bye\r\n")
        return b"500 5.5.2 what?\r\n"

    def _recipient(self, line: str) -> bytes:
        found = re.match(r"RCPT TO:<([^>]+)>", line, re.IGNORECASE)
        if not found or not self.sender:
            return b"503 5.5.1 MAIL first\r\n"
        address = found[1]
        if address.startswith("nobody"):
            return b"550 5.1.1 no such user here\r\n"
        if address.startswith("later") and self.book.is_first(address):
            return b"450 4.2.1 come back later\r\n"
        if address.startswith("cut") and self.book.is_first(address):
            raise Hang(b"")
        self.recipient = address
        return b"250 2.1.5 ok\r\n"

    def _dot(self, content: bytes, say: bytearray) -> None:
        address, self.recipient, self.sender = self.recipient, "", False
        found = MESSAGE_ID.search(content.partition(b"\r\n\r\n")[0])
        if found is None:
            say += b"554 5.6.0 no message\r\n"
            return
        if address.startswith("full"):
            say += b"552 5.2.2 mailbox full\r\n"
            return
        if address.startswith("busy") and self.book.is_first(address):
            say += b"451 4.2.0 mailbox busy\r\n"
            return
        dice = self.chance.random()
        if dice < self.options.drop:
            # Cut at the dot, and the message thrown away.
            self.book.write("mute-dot")
            raise Hang(b"")
        self._keep(content)
        self.book.write("took", found[1].decode("latin-1"), address)
        if dice < self.options.drop + self.options.mute:
            self.book.write("mute-dot")
            raise Hang(b"")
        say += TAKEN
        self.taken += 1
        if self.options.hang_up_after and self.taken >= self.options.hang_up_after:
            # The way of some large receivers: after so many the link is just closed.
            raise Hang(b"")

    def _keep(self, content: bytes) -> None:
        if self.options.keep is not None:
            self.book.kept += 1
            plain = content[1:] if content.startswith(b".") else content
            path = self.options.keep / f"{os.getpid()}-{self.book.kept}.eml"
            path.write_bytes(plain.replace(b"\r\n.", b"\r\n"))


async def serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, session: Session, options: argparse.Namespace
) -> None:
    """Talk on one link until it ends."""

    async def pause() -> None:
        if options.delay:
            await asyncio.sleep(session.chance.uniform(0, options.delay))

    def answer(said: bytes) -> None:
        if not options.lag:
            writer.write(said)
        elif said:
            asyncio.get_running_loop().call_later(options.lag, writer.write, said)

    with suppress(ConnectionError, TimeoutError):
        writer.write(GREETING)
        while data := await asyncio.wait_for(reader.read(262_144), options.idle or None):
            say = bytearray()
            hang = None
            await pause()
            try:
                session.feed(data, say)
            except Hang as end:
                hang = end
                say += end.args[0]
            await pause()
            answer(bytes(say))
            if hang:
                break
    with suppress(ConnectionError):
        writer.close()


async def main(options: argparse.Namespace) -> None:
    """Listen until killed."""
    book, chance = Book(options.file), random.Random(options.seed)

    async def link(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serve(reader, writer, Session(book, options, chance), options)

    listener = socket.create_server(("127.0.0.1", options.port), backlog=200)
    server = await asyncio.start_server(link, sock=listener, limit=1 << 20)
    print(listener.getsockname()[1], flush=True)
    await server.serve_forever()


def parsed(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--delay", type=float, default=0.0, help="at most so long before and after each read")
    parser.add_argument(
        "--lag", type=float, default=0.0, help="seconds by which each answer is late on its way"
    )
    parser.add_argument("--mute", type=float, default=0.0, help="share of messages kept and never answered")
    parser.add_argument(
        "--drop", type=float, default=0.0, help="share of messages lost at the dot, unanswered"
    )
    parser.add_argument("--hang-up-after", type=int, default=0, help="close a link after so many messages")
    parser.add_argument("--idle", type=float, default=0.0, help="close a link that is silent so long")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--keep", type=Path, default=None, help="write each message into this folder as well")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main(parsed()))
