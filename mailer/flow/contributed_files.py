"""Reading files that were sent in: within bounds, all of them or none."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath

from mailer.contribution.reading import read_contribution
from mailer.errors import MailerError, Problem, ProblemsError, UsageError
from mailer.model.contribution import Contribution
from mailer.picture import ENDINGS, MAX_FILE_BYTES
from mailer.source import read_bytes
from mailer.source.packed import MAX_FILE

MAX_TOGETHER = 128_000_000
MOST_FILES = 40
Beside = Callable[[str], bytes | None]


@dataclass(slots=True)
class _Room:
    """Bytes that may still be read."""

    left: int = MAX_TOGETHER


def read_sent(paths: Sequence[Path]) -> tuple[Contribution, ...]:
    """Read files that were sent in, all of them or none. ProblemsError with every problem of every file.

    What is no file, or larger than MAX_FILE bytes, is refused unread. A mail gives a contribution more for each
    text attached to it. Pictures that a Markdown file names may be given with it, or lie beside it.
    """
    if len(paths) > MOST_FILES:
        raise UsageError(
            f"These are {len(paths)} files; {MOST_FILES} at once is the most.", "Import them in parts."
        )
    sent: list[tuple[str, bytes, Beside]] = []
    problems: list[Problem] = []
    names: set[Path] = set()
    room = _Room()
    for path in paths:
        shown = str(path)
        if (place := path.absolute()) in names:
            problems.append(Problem("is named twice.", "Name it once.", shown, rule="file.import"))
            continue
        names.add(place)
        try:
            sent.append((path.name, _read(path, shown, room), _beside(path, room)))
        except MailerError as error:
            problems += _problems(error, shown)
    return _all_of(sent, problems)


def read_given(sent: Sequence[tuple[str, bytes]]) -> tuple[Contribution, ...]:
    """The same for files at hand, each its name and its bytes. Pictures of a Markdown file may be among them."""
    return _all_of([(name, content, _nothing) for name, content in sent], [])


def _all_of(
    sent: Sequence[tuple[str, bytes, Beside]], problems: Sequence[Problem]
) -> tuple[Contribution, ...]:
    pictures = {name: content for name, content, _ in sent if PurePath(name).suffix.lower() in ENDINGS}
    texts = [each for each in sent if each[0] not in pictures]
    used: set[str] = set()
    found: list[Contribution] = []
    told = list(problems)

    def read(name: str, content: bytes, beside: Beside) -> None:
        def given_or_beside(src: str) -> bytes | None:
            last = PurePosixPath(src).name
            used.add(last)
            return pictures[last] if last in pictures else beside(src)

        try:
            found.extend(read_contribution(content, name, beside=given_or_beside))
        except MailerError as error:
            told.extend(_problems(error, name))

    for each in texts:
        read(*each)
    # What no text has asked for is told of: a picture alone is no contribution.
    for name in sorted(pictures.keys() - used):
        read(name, pictures[name], _nothing)
    if told:
        raise ProblemsError(told)
    return tuple(found)


def _nothing(_: str) -> None:
    return None


def _read(path: Path, shown: str, room: _Room) -> bytes:
    smaller = "Make its photos smaller (1200 pixels wide will do), or import in parts."
    # What cannot be asked about is told better by opening it.
    with suppress(OSError):
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise MailerError(f"{shown} is a folder.", "Name the files in it.")
        if stat.S_ISREG(status.st_mode) and status.st_size > MAX_FILE:
            raise MailerError(f"{shown} is larger than {MAX_FILE // 1_000_000} MB.", smaller)
        if stat.S_ISREG(status.st_mode) and status.st_size > room.left:
            most = MAX_TOGETHER // 1_000_000
            raise MailerError(f"{shown} makes it more than {most} MB, all files together.", smaller)
    content = read_bytes(path, shown, MAX_FILE)
    room.left -= len(content)
    return content


def _beside(path: Path, room: _Room) -> Beside:
    """Reads pictures in the file's folder and below it, and nothing outside."""

    def read(name: str) -> bytes | None:
        with suppress(OSError, ValueError, RuntimeError, MailerError):
            folder = path.parent.resolve()
            place = (folder / name).resolve()
            if place.is_relative_to(folder) and place.is_file() and place.stat().st_size <= room.left:
                content = read_bytes(place, name, MAX_FILE_BYTES)
                room.left -= len(content)
                return content
        return None

    return read


def _problems(error: MailerError, shown: str) -> Iterator[Problem]:
    if isinstance(error, ProblemsError):
        yield from error.problems
    else:
        yield Problem(error.message.removeprefix(f"{shown} "), error.hint, shown, rule="file.import")
