"""Text that a spreadsheet would run as a formula, written so that it does not."""

from __future__ import annotations

import re

_RUNS = re.compile(r"""[\s"']*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]""")
"""What spreadsheets take for the start of a formula, also after a quote or a blank, also full-width."""


def guarded(text: str) -> str:
    """The text for a CSV cell: with an apostrophe before it where a spreadsheet would run it (OWASP)."""
    return f"'{text}" if _RUNS.match(text) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given; what needed no apostrophe comes back as it is."""
    return text[1:] if text.startswith("'") and _RUNS.match(text, 1) else text
