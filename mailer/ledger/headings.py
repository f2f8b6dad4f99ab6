"""How a delivery's heading and code are kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mailer.model.dispatch import Heading, Mailbox


def dump_heading(heading: Heading) -> dict[str, Any]:
    """The heading as JSON; what is empty is left out."""
    found = {
        "to": [[one.name, one.email] for one in heading.to],
        "cc": [[one.name, one.email] for one in heading.cc],
        "references": list(heading.references),
    }
    return {name: value for name, value in found.items() if value}


def load_heading(kept: Mapping[str, Any]) -> Heading:
    """The heading that was kept."""
    to, cc = (tuple(Mailbox(*one) for one in kept.get(name, ())) for name in ("to", "cc"))
    return Heading(to, cc, tuple(kept.get("references", ())))


def stored_code(code: str) -> str:
    """A code as it is kept and looked for: capitals, without blanks and hyphens, however somebody types it."""
    return re.sub(r"[\s\u00ad\u2010-\u2015-]+", "", code).upper()
