"""A body of an author's Markdown, within what can be laid out at once."""

from __future__ import annotations

import re
from itertools import pairwise
from operator import mul
from typing import Annotated

from pydantic import AfterValidator

MAX_SIGNS = 20_000
"""Ten pages; the whole of a long letter has fewer."""
MAX_LOOKED_AT = 2_000_000
"""Signs `[` times signs, over all paragraphs: from each on, the paragraph is searched for the end of a link."""
MAX_COLUMNS = 20
MAX_CELLS = 5_000
"""Cells of all tables: each row is filled up to the columns of its head, however short it is."""
_BETWEEN = re.compile(r"\n(?=[ \t]*(?:\n|\Z)|[ ]{0,3}[-*+][ \t]+\S)")
"""Where a paragraph ends in any case: a blank line, an entry of a list."""
_UNDER_A_HEAD = re.compile(r"^(?=.*-)[>|: \t-]*\|[>|: \t-]*$", re.MULTILINE)


def bounded(text: str) -> str:
    """The text as it is. ValueError, with what to do, where laying it out would take too long."""
    if len(text) > MAX_SIGNS:
        raise ValueError(
            f"has {len(text):,} signs; {MAX_SIGNS:,} is the most. Split it, or link to a page that has the rest"
        )
    if sum(len(part) * part.count("[") for part in _BETWEEN.split(text)) > MAX_LOOKED_AT:
        raise ValueError(
            f"has the sign [ {text.count('['):,} times, in paragraphs too long for so many links. "
            "Make it shorter paragraphs, or a list"
        )
    tables = list(_UNDER_A_HEAD.finditer(text))
    columns = [found[0].strip(" \t>|").count("|") + 1 for found in tables]
    if max(columns, default=0) > MAX_COLUMNS:
        raise ValueError(
            f"has a table of {max(columns):,} columns; {MAX_COLUMNS} is the most. Link to a file that has the table"
        )
    edges = pairwise([*(found.end() for found in tables), len(text)])
    rows = [text.count("\n", begin, end) for begin, end in edges]
    cells = sum(map(mul, columns, rows))
    if cells > MAX_CELLS:
        raise ValueError(
            f"has tables of some {cells:,} cells; {MAX_CELLS:,} is the most. Link to a file that has the table"
        )
    return text


Body = Annotated[str, AfterValidator(bounded)]
"""Markdown that is not so long, nor so full of brackets and cells, that laying it out would take seconds."""
