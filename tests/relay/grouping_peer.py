"""A server that takes commands in groups (RFC 2920), answers as a script says, and keeps its own book."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

CUT, STALL = "cut", "stall"


@dataclass
class Book:
    """What the server was told, and what it took."""

    script: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    """Stage (MAIL, RCPT, DATA, DOT, RSET) → number of that command, from 0, over all links → what to answer: raw
    text, "cut", or "stall". "cut" after some text and a bar cuts behind the text."""
    pipelines: bool = True
    extensions: tuple[str, ...] = ()
    split: int = 0
    """Send answers in pieces of so many octets; 0: whole."""
    drop_after: int = 0
    """Close without a word after so many taken messages on a link."""
    taken: list[str] = field(default_factory=list)
    """Recipients of the messages that it has taken, empty ones too."""
    contents: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)
    """What each read from the link gave."""
    links: int = 0
    port: int = 0
    seen: dict[str, int] = field(default_factory=dict)

    def contents_unstuffed(self) -> list[bytes]:
        """The messages as their sender meant them (RFC 5321 4.5.2)."""
        return [content.replace(b"\r\n..", b"\r\n.") for content in self.contents]

    def answer(self, stage: str, usual: str) -> str:
        """The answer to this command: the script's, or the usual one."""
        number = self.seen.get(stage, 0)
        self.seen[stage] = number + 1
        return self.script.get(stage, {}).get(number, usual)


class Link:
    """One client's connection."""

    def __init__(self, book: Book, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.book, self.reader, self.writer = book, reader, writer
        self.buffer = b""
        self.sender: str | None = None
        self.recipient: str | None = None
        self.took = 0

    async def serve(self) -> None:
        self.book.links += 1
        try:
            await self.say("220 book\r\n")
            while line := await self.line():
                await self.obey(line)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.writer.close()

    async def line(self) -> bytes:
        while b"\r\n" not in self.buffer:
            await self.more()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line

    async def more(self) -> None:
        data = await self.reader.read(65_536)
        if not data:
            raise ConnectionResetError
        self.book.chunks.append(data)
        self.buffer += data

    async def obey(self, line: bytes) -> None:
        book = self.book
        word = line.split(b" ")[0].split(b":")[0].decode().upper()
        book.commands.append(line.decode())
        match word:
            case "EHLO":
                names = ["book", *(["PIPELINING"] if book.pipelines else []), *book.extensions]
                await self.say("".join(f"250-{name}\r\n" for name in names[:-1]) + f"250 {names[-1]}\r\n")
            case "MAIL":
                answer = book.answer("MAIL", "250 2.1.0 ok\r\n")
                self.sender = line.decode() if answer.startswith("2") else None
                await self.say(answer)
            case "RCPT":
                answer = book.answer(
                    "RCPT", "250 2.1.5 ok\r\n" if self.sender else "503 5.5.1 MAIL first\r\n"
                )
                self.recipient = line.decode().split("<")[1].split(">")[0] if answer.startswith("2") else None
                await self.say(answer)
            case "DATA":
                usual = "354 go on\r\n" if self.recipient else "503 5.5.1 RCPT first\r\n"
                answer = book.answer("DATA", usual)
                await self.say(answer)
                if answer.startswith("354"):
                    await self.take()
            case "RSET":
                self.sender = self.recipient = None
                await self.say(book.answer("RSET", "250 2.0.0 ok\r\n"))
            case "QUIT":
                await self.say("221 bye\r\n")
                raise ConnectionResetError
            case _:
                await self.say("500 5.5.2 what?\r\n")

    async def take(self) -> None:
        """The body up to its dot; kept where the answer begins with 2, or never gets out."""
        body = b"\r\n"
        while not body.endswith(b"\r\n.\r\n"):
            body += await self.line() + b"\r\n"
        answer = self.book.answer("DOT", "250 2.0.0 taken\r\n")
        is_taken = answer.startswith(("2", CUT, STALL))
        if is_taken and self.recipient:
            self.book.taken.append(self.recipient)
            self.book.contents.append(body[2:-3])
            self.took += 1
        self.sender = self.recipient = None
        await self.say(answer)
        if self.book.drop_after and self.took >= self.book.drop_after:
            raise ConnectionResetError

    async def say(self, answer: str) -> None:
        text, _, end = answer.partition("|")
        if text == CUT:
            self.writer.transport.abort()
            raise ConnectionResetError
        if text == STALL:
            await asyncio.sleep(30)
        raw = text.encode()
        step = self.book.split or len(raw) or 1
        for start in range(0, len(raw), step):
            self.writer.write(raw[start : start + step])
            if self.book.split:
                await asyncio.sleep(0.001)
        await self.writer.drain()
        if end == CUT:
            raise ConnectionResetError


@contextlib.asynccontextmanager
async def booking(book: Book | None = None) -> AsyncIterator[Book]:
    """The server, for as long as the block runs."""
    book = book or Book()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        await Link(book, reader, writer).serve()
        tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    book.port = server.sockets[0].getsockname()[1]
    try:
        yield book
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
