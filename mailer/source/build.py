"""From a parser's events to plain values and their lines, refusing what could grow, hide or run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from mailer.errors import Problem, ProblemsError
from mailer.source.document import Loc, field_path
from mailer.source.scalars import plain_value

MAX_DEPTH = 40
TOO_DEEP = (f"is nested deeper than {MAX_DEPTH} levels.", "Make it flatter.")

_NOT_IN_VALUES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class _Open:
    """A list or mapping that is not finished: for a mapping, `key` is the key whose value comes next."""

    __slots__ = ("key", "loc", "values")

    def __init__(self, values: dict[str, Any] | list[Any], loc: Loc) -> None:
        self.values = values
        self.loc = loc
        self.key: str | None = None


class Builder:
    """Takes events in order; afterwards `data`, `lines` and `problems` say what the file says."""

    def __init__(self, file: str, line_at: Callable[[int], int]) -> None:
        self.data: Any = None
        self.lines: dict[Loc, int] = {}
        self.problems: list[Problem] = []
        self.line = 1
        self._file = file
        self._line_at = line_at
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, events: Iterable[Any]) -> None:
        """Build from all events; ProblemsError at once where going on makes no sense."""
        for event in events:
            if isinstance(event, ScalarEvent):
                self._mark(event)
                self._scalar(event)
            elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
                self._mark(event)
                self._start({} if isinstance(event, MappingStartEvent) else [])
            elif isinstance(event, CollectionEndEvent):
                self._open.pop()
            elif isinstance(event, AliasEvent):
                self._alias(event)
            elif isinstance(event, DocumentStartEvent):
                self._document(event)

    def _document(self, event: Any) -> None:
        self.line = self._line_at(event.start_mark.index)
        self._documents += 1
        if self._documents > 1:
            self._refuse("starts a second document.", "Take out the line `---`, or make two files.")
            raise ProblemsError(self.problems)

    def _mark(self, event: Any) -> None:
        self.line = self._line_at(event.start_mark.index)
        if event.anchor:
            self._refuse(
                f"names a value with &{event.anchor}.", "Take the mark out and write values in full."
            )
        if event.ctag is not None:
            tag = str(event.ctag).replace("tag:yaml.org,2002:", "!!")
            self._refuse(f"has the tag {tag}.", "Take the tag out; put text in quotes.")

    def _alias(self, event: Any) -> None:
        self.line = self._line_at(event.start_mark.index)
        self._refuse(
            f"repeats a value with *{event.anchor}.", "Write the value out, or put the text in quotes."
        )
        self._put(None)

    def _start(self, values: dict[str, Any] | list[Any]) -> None:
        if len(self._open) >= MAX_DEPTH:
            self._refuse(*TOO_DEEP)
            raise ProblemsError(self.problems)
        self._open.append(_Open(values, self._put(values)))

    def _scalar(self, event: ScalarEvent) -> None:
        text: str = event.value
        if event.style == '"' and _NOT_IN_VALUES.search(text):
            self._refuse("writes a control sign with a backslash.", "Take it out of the text.")
        top = self._open[-1] if self._open else None
        if top is not None and isinstance(top.values, dict) and top.key is None:
            self._key(top, text, is_plain=event.style is None)
        else:
            self._put(plain_value(text) if event.style is None else text)

    def _key(self, top: _Open, text: str, *, is_plain: bool) -> None:
        top.key = text
        loc = (*top.loc, text)
        if is_plain and text == "<<":
            self._refuse("merges values with <<.", "Write them out.")
        elif loc in self.lines:
            self._refuse(
                f'"{text}" stands here twice; first on line {self.lines[loc]}.',
                "Keep one of the two.",
                field_path(loc),
            )
        else:
            self.lines[loc] = self.line

    def _put(self, value: Any) -> Loc:
        """Give a value its place in what is open, and return the place."""
        if not self._open:
            self.data = value
            self.lines[()] = self.line
            return ()
        top = self._open[-1]
        if isinstance(top.values, list):
            loc = (*top.loc, len(top.values))
            top.values.append(value)
            self.lines[loc] = self.line
            return loc
        if top.key is None:
            self._refuse(
                "has a list or a mapping as a key.", "A key is a word; put text with { or [ in quotes."
            )
            top.key = ""
            return (*top.loc, "")
        loc = (*top.loc, top.key)
        top.values[top.key] = value
        top.key = None
        return loc

    def _refuse(self, message: str, hint: str, field: str = "") -> None:
        self.problems.append(Problem(message, hint, self._file, self.line, field, "file.yaml"))
