"""Mail programs: what a finished HTML uses, which programs lack it, and what their readers see instead.

`used_features()` finds what caniemail calls features in the HTML; `support_table()` is what is known of the
programs; `judge()` puts the two together with the table of fallbacks: works, works with a fallback, or fails.
Nothing here opens a socket or changes anything; the data is read once, when it is first asked for.
"""

from __future__ import annotations

from mailer.check.compat.fallbacks import FALLBACKS, Fallback
from mailer.check.compat.places import items_using
from mailer.check.compat.reading import nested_rules, style_elements, used_features
from mailer.check.compat.support import Client, SupportTable, support_table
from mailer.check.compat.use import Use
from mailer.check.compat.verdict import (
    Compatibility,
    Lack,
    State,
    Verdict,
    failing_in,
    judge,
    may_fail,
    together,
)
from mailer.check.compat.word import unbalanced

__all__ = [
    "FALLBACKS",
    "Client",
    "Compatibility",
    "Fallback",
    "Lack",
    "State",
    "SupportTable",
    "Use",
    "Verdict",
    "failing_in",
    "items_using",
    "judge",
    "may_fail",
    "nested_rules",
    "style_elements",
    "support_table",
    "together",
    "unbalanced",
    "used_features",
]
