"""The Jinja environment that templates run in: strict, escaping, and without ways into Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jinja2 import FunctionLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

FORBIDDEN_FILTERS = ("attr", "format", "map", "safe", "xmlattr", "pprint", "groupby", "tojson")
"""Filters that reach attributes by name, format by pattern, or let text through as markup."""
FORBIDDEN_GLOBALS = ("range", "lipsum", "cycler", "joiner")


def sandbox(sources: Mapping[str, str]) -> ImmutableSandboxedEnvironment:
    """An environment over these sources: file name → Jinja text."""

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        return (sources[name], name, lambda: True) if name in sources else None

    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(load),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    for name in FORBIDDEN_FILTERS:
        environment.filters.pop(name, None)
    for name in FORBIDDEN_GLOBALS:
        environment.globals.pop(name, None)
    return environment
