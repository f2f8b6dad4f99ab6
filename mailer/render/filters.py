"""The filters and tests that templates may use, each within the budget."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from jinja2 import Environment, pass_context
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.filters import do_join, do_replace, make_attrgetter
from jinja2.runtime import Context
from jinja2.tests import TESTS as JINJA_TESTS
from jinja2.utils import _PassArg
from markupsafe import Markup, escape

from mailer.render.budget import (
    MAX_ENTRIES,
    announce,
    counted,
    current,
    held,
    look_through,
    plain,
    text_size,
)

ON_TEXT = frozenset("capitalize e escape lower string title truncate upper urlencode".split())
"""Filters that make text of whatever they get: they get text or a number."""
ON_ALL = frozenset(
    "abs count d default dictsort first float int items last length list max min reject rejectattr reverse "
    "round select selectattr sort unique".split()
)
ON_LISTS = frozenset("list max min reject rejectattr reverse select selectattr sort unique".split())
"""Those that take a text apart into its signs."""
COMPARING = frozenset("dictsort max min sort unique".split())
"""Filters that look at every sign of every entry, and may hold each again in lower case."""
TEST_NAMES = frozenset(
    "boolean defined divisibleby eq equalto escaped even false float ge greaterthan gt in integer iterable le "
    "lessthan lower lt mapping ne none number odd sameas sequence string true undefined upper".split()
)
AT_A_GLANCE = frozenset(
    "boolean defined divisibleby escaped even false float integer iterable mapping none number odd sameas "
    "sequence string true undefined".split()
)
"""Tests that need not look into a value."""
MAX_ARGUMENT = 10_000
"""Signs of a text, or size of a number, that is given to a filter."""

Filter = Any
"""A callable that Jinja hands what its marks ask for."""


def _within_budget(name: str) -> Filter:
    """Jinja's own filter, with what goes in and what comes out counted."""
    inner: Filter = JINJA_FILTERS[name]
    passed = _PassArg.from_obj(inner)

    @pass_context
    def run(context: Context, value: Any, *args: Any, **options: Any) -> Any:
        current().spend()
        if name in ON_TEXT:
            plain(value)
        if name in ON_LISTS and isinstance(value, str) and len(value) > MAX_ENTRIES:
            raise SecurityError(f"a list has more than {MAX_ENTRIES:,} entries")
        if name in COMPARING:
            value = held(value)
            look_through(value)
        if name not in ("d", "default"):
            for argument in (*args, *options.values()):
                _small(argument)
        first = (
            {
                _PassArg.context: (context,),
                _PassArg.eval_context: (context.eval_ctx,),
                _PassArg.environment: (context.environment,),
            }.get(passed, ())
            if passed
            else ()
        )
        return counted(inner(*first, value, *args, **options))

    return run


def _counted_test(name: str) -> Filter:
    """Jinja's own test: `select` and its kin ask it of each entry, and each time is a step."""
    inner: Filter = JINJA_TESTS[name]
    looks = name not in AT_A_GLANCE

    def run(*values: Any, **named: Any) -> bool:
        if looks:
            values = tuple(held(value) for value in values)
            named = {key: held(value) for key, value in named.items()}
            look_through(*values, *named.values())
        else:
            current().spend()
        return bool(inner(*values, **named))

    return run


def _small(argument: Any) -> None:
    if isinstance(argument, (int, float)) and abs(argument) > MAX_ARGUMENT:
        raise ValueError(f"{argument:g} is more than the {MAX_ARGUMENT:,} that a filter takes")
    if isinstance(argument, str) and len(argument) > MAX_ARGUMENT:
        raise ValueError(f"a filter takes texts of at most {MAX_ARGUMENT:,} signs")


@pass_context
def _join(context: Context, value: Iterable[Any], d: str = "", attribute: str | None = None) -> Any:
    entries = list(islice(value, MAX_ENTRIES + 1))
    if attribute is not None:
        inside = make_attrgetter(context.environment, attribute)
        entries = [inside(entry) for entry in entries]
    counted(entries)
    announce(sum(text_size(entry) for entry in entries) + text_size(d) * len(entries))
    return counted(do_join(context.eval_ctx, entries, d))


@pass_context
def _replace(context: Context, value: Any, old: str, new: str, count: int | None = None) -> Any:
    text: Any = plain(value)
    if hasattr(old, "__html__") or (hasattr(new, "__html__") and not hasattr(text, "__html__")):
        text = escape(text)
    longer = len(escape(plain(new))) if isinstance(text, Markup) else text_size(new)
    times = str(text).count(str(plain(old)))
    announce(len(str(text)) + times * longer)
    return counted(do_replace(context.eval_ctx, text, old, new, count))


@pass_context
def _trim(_context: Context, value: Any) -> Any:
    text = plain(value)
    return counted(text.strip() if isinstance(text, str) else str(text))


FILTERS: dict[str, Filter] = {name: _within_budget(name) for name in sorted(ON_TEXT | ON_ALL)}
FILTERS |= {"join": _join, "replace": _replace, "trim": _trim}
SIGNS = ("==", "!=", "<", "<=", ">", ">=")
"""Under these names too `select` and `reject` find tests."""
TESTS: dict[str, Filter] = {name: _counted_test(name) for name in (*sorted(TEST_NAMES), *SIGNS)}


def allow(environment: Environment) -> None:
    """Leave an environment these filters and tests only."""
    environment.filters = dict(FILTERS)
    environment.tests = dict(TESTS)
