"""What one run of a template may use: time, steps, signs. Whoever exceeds it is stopped, with the line."""

from __future__ import annotations

import time
from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import islice
from types import GeneratorType
from typing import Any

from jinja2 import Undefined
from jinja2.exceptions import SecurityError

MAX_SECONDS = 2.0
"""Processor time of this thread: a busy machine does not fail a good template."""
LOOK_EVERY = 16
"""Steps between two looks at the clock, which is dear to ask."""
SIGNS_A_STEP = 1_000
"""Signs that are looked through in the time of one step, as far as the clock is concerned."""
MAX_STEPS = 200_000
"""Turns of loops, calls, includes and filters."""
MAX_SIGNS = 10_000_000
"""Signs written or put together on the way, all in all."""
MAX_TEXT = 1_000_000
"""Signs of one text."""
MAX_ENTRIES = 10_000
"""Entries of one list."""
MAX_LOOKED_THROUGH = 10_000_000
"""Signs that one comparison, test or filter may look through: nothing can stop it on the way."""
ENTRY = 100
"""How many signs an entry of a list counts for, beside its own."""
MAX_NUMBER = 10**12
MAX_DEPTH = 40
"""Macros and includes within each other."""


@dataclass(slots=True)
class Budget:
    """What is left of it."""

    steps: int = MAX_STEPS
    signs: int = MAX_SIGNS
    depth: int = 0
    until_look: int = LOOK_EVERY
    deadline: float = field(default_factory=lambda: time.thread_time() + MAX_SECONDS)

    def spend(self, signs: int = 0, looked_through: int = 0) -> None:
        """Count a step, and signs that it makes or looks through; SecurityError where something is used up."""
        self.steps -= 1
        self.signs -= signs
        self.until_look -= 1 + (signs + looked_through) // SIGNS_A_STEP
        if self.steps < 0:
            raise SecurityError(f"the template takes more than {MAX_STEPS:,} steps: a loop does not end")
        if self.signs < 0:
            raise SecurityError(f"the template makes more than {MAX_SIGNS:,} signs")
        if self.until_look <= 0:
            self.until_look = LOOK_EVERY
            if time.thread_time() > self.deadline:
                raise SecurityError(f"the template takes more than {MAX_SECONDS:g} seconds")


_running: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def budgeted() -> Iterator[Budget]:
    """Everything within shares one budget."""
    token = _running.set(Budget())
    try:
        yield current()
    finally:
        _running.reset(token)


def current() -> Budget:
    """The budget of the run that goes on; SecurityError outside of one."""
    budget = _running.get()
    if budget is None:
        raise SecurityError("templates run within a budget only")
    return budget


def counted(value: Any) -> Any:
    """The value, its size taken off the budget; SecurityError where it is too large."""
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise SecurityError(f"a text has more than {MAX_TEXT:,} signs")
        current().spend(len(value))
    elif isinstance(value, (list, tuple, dict)):
        if len(value) > MAX_ENTRIES:
            raise SecurityError(f"a list has more than {MAX_ENTRIES:,} entries")
        current().spend(len(value))
    elif isinstance(value, (int, float)) and not -MAX_NUMBER <= value <= MAX_NUMBER:
        raise SecurityError(f"a number is larger than {MAX_NUMBER:,}")
    return value


def announce(signs: int) -> None:
    """Say how long a text is going to be, before it is made."""
    if signs > MAX_TEXT:
        raise SecurityError(f"a text has more than {MAX_TEXT:,} signs")
    current().spend(signs)


def plain(value: Any) -> Any:
    """The value, where it is text or a number; SecurityError for all else: a list is joined first."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, (list, tuple, dict, GeneratorType)):
        raise SecurityError("a list cannot be written as text; name the entry, or use `join`")
    if isinstance(value, Undefined):
        return str(value)  # "" for `{{ "x" if no }}`; an unknown name raises here, and says its name
    raise SecurityError("only text and numbers can be written")


def look_through(*values: Any) -> None:
    """Count a step that looks through values to their depth; SecurityError, before it does, where they are too large.

    Lists are short, and their texts are too, but one text may stand in a list ten thousand times.
    """
    signs = 0
    left = list(values)
    while left:
        value = left.pop()
        if isinstance(value, str):
            signs += len(value)
        elif isinstance(value, Mapping):
            signs += ENTRY * len(value)
            left += value.keys()
            left += value.values()
        elif isinstance(value, (list, tuple, KeysView, ValuesView, ItemsView)):
            signs += ENTRY * len(value)
            left += value
        if signs > MAX_LOOKED_THROUGH:
            raise SecurityError(f"a list holds more than {MAX_LOOKED_THROUGH:,} signs to look through")
    current().spend(looked_through=signs)


def held(value: Any) -> Any:
    """What a filter passes on one by one, as a list that can be measured; all else as it is."""
    return counted(list(islice(value, MAX_ENTRIES + 1))) if isinstance(value, Iterator) else value


def text_size(value: Any) -> int:
    """Signs of a plain value."""
    return len(value) if isinstance(value, str) else len(str(plain(value)))
