"""Reading a YAML file within bounds: whatever the bytes are, a Document or a ProblemsError."""

from __future__ import annotations

import os
import re
import stat
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scanner import Scanner, ScannerError

from mailer.errors import MailerError, Problem, ProblemsError
from mailer.source.build import MAX_DEPTH, TOO_DEEP, Builder
from mailer.source.document import Document
from mailer.source.pieces import read_in_pieces

MAX_BYTES = 2_000_000
MAX_PROBLEMS = 50

_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_LINE_END = re.compile(r"\r\n|\r|\n")


class _UnreadableError(MailerError):
    """Something is there, and no file that can be read."""

    def __init__(self, shown: str, words: str, hint: str = "") -> None:
        super().__init__(f"{shown} {words}", hint)
        self.problem = _problem(shown, None, words, hint)


def read_yaml(path: Path, shown: str) -> Document:
    """Read one YAML 1.2 document into plain values with their lines; `shown` is its name in messages.

    Refuses, as a ProblemsError with every problem found: what is no file or cannot be read, files over 2 MB, what is
    not UTF-8 or holds control signs, aliases and anchors, merge keys, tags, double keys, a second document, nesting
    deeper than 40. MailerError where there is nothing.
    """
    try:
        content = read_bytes(path, shown, MAX_BYTES)
    except _UnreadableError as error:
        raise ProblemsError([error.problem]) from error
    return parse_yaml(content, shown)


def read_bytes(path: Path, shown: str, most: int) -> bytes:
    """The bytes of a file of at most `most` bytes. MailerError where it cannot be read, or is larger.

    All that people write is read by this: what is no file, such as a pipe, is refused and never waited for.
    """
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise _UnreadableError(
                    shown, "is no ordinary file, but a pipe or a device.", "Put a file there."
                )
            if status.st_size > most:
                raise _too_large(shown, most)
            content = file.read(most + 1)
    except FileNotFoundError as error:
        raise MailerError(f"{shown} does not exist.", "Make the file, or correct the name.") from error
    except OSError as error:
        raise _UnreadableError(shown, f"cannot be read: {error.strerror}.") from error
    if len(content) > most:
        # It has grown meanwhile.
        raise _too_large(shown, most)
    return content


def _too_large(shown: str, most: int) -> ProblemsError:
    words, hint = f"is larger than {most // 1_000_000} MB.", "Split it, or take out what is not text."
    return ProblemsError([_problem(shown, None, words, hint)])


def _without_waiting(path: str, flags: int) -> int:
    """Opens for reading: a pipe that nobody writes to is opened too, where it would be waited for (POSIX, open)."""
    return os.open(path, flags | os.O_NONBLOCK)


@lru_cache(maxsize=64)
def parse_yaml(content: bytes, shown: str) -> Document:
    """The same as `read_yaml`, for bytes at hand. Documents are shared: nobody may change what is in them."""
    text = decode(content, shown)
    return read_in_pieces(text, shown, _read_piece) or _read_text(text, shown)


def _read_piece(text: str) -> Document:
    return _read_text(text, "")


def _read_text(text: str, shown: str) -> Document:
    starts = [0, *(found.end() for found in _LINE_END.finditer(text))]

    def line_at(index: int) -> int:
        return bisect_right(starts, index)

    if control := list(_control_signs(text, shown, line_at)):
        raise ProblemsError(control)
    builder = Builder(shown, line_at)
    try:
        builder.take(_events(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = line_at(mark.index) if mark else None
        words = TOO_DEEP if isinstance(error, _TooDeepError) else (_in_words(error), _WAY_OUT)
        builder.problems.append(_problem(shown, line, *words))
    except (YAMLError, ValueError, OverflowError, NotImplementedError, LookupError, TypeError) as error:
        # The scanner lets a few of Python's own errors through, such as a sign number beyond Unicode.
        builder.problems.append(_problem(shown, builder.line, f"is not valid YAML: {error}.", _WAY_OUT))
    if builder.problems:
        raise ProblemsError(builder.problems[:MAX_PROBLEMS])
    return Document(builder.data, shown, builder.lines)


def decode(content: bytes, shown: str) -> str:
    """UTF-8 bytes as text, without a byte order mark. ProblemsError naming the line otherwise."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ProblemsError([_problem(shown, 1, "is UTF-16 text, not UTF-8.", "Save it as UTF-8.")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(_LINE_END.findall(content[: error.start].decode("latin-1"))) + 1
        sign = content[error.start]
        raise ProblemsError(
            [_problem(shown, line, f"is not UTF-8 text (byte 0x{sign:02x}).", "Save it as UTF-8.")]
        ) from error


_WAY_OUT = "Mend the line; look at its indent, quotes and colons, and at the line above."


class _TooDeepError(ScannerError):
    """More open brackets than a document may have levels."""


class _ShallowScanner(Scanner):
    """Stops at brackets nested too deeply: it would scan a thousand of them before it yields the first."""

    def fetch_flow_collection_start(self, TokenClass: Any, to_push: str) -> None:  # noqa: N803
        if len(self.flow_context) >= MAX_DEPTH:
            raise _TooDeepError(problem_mark=self.reader.get_mark())
        super().fetch_flow_collection_start(TokenClass, to_push)


def _events(text: str) -> Iterator[Any]:
    yaml = YAML(typ="safe", pure=True)
    yaml.Scanner = _ShallowScanner
    return cast("Iterator[Any]", yaml.parse(text))


def _control_signs(text: str, shown: str, line_at: Any) -> Iterator[Problem]:
    seen: set[int] = set()
    for found in _NOT_TEXT.finditer(text):
        line = line_at(found.start())
        if line not in seen:
            seen.add(line)
            sign = f"U+{ord(found[0]):04X}"
            yield _problem(
                shown, line, f"holds a control sign ({sign}).", "Delete it, or type the line anew."
            )
        if len(seen) == MAX_PROBLEMS:
            return


def _in_words(error: MarkedYAMLError) -> str:
    parts = [part.strip() for part in (error.context, error.problem) if part]
    return f"is not valid YAML: {', '.join(parts) or 'it cannot be read'}."


def _problem(shown: str, line: int | None, message: str, hint: str) -> Problem:
    return Problem(message, hint, shown, line, rule="file.yaml")
