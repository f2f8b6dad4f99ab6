"""What the studio suggests for the next issue: a name like the old one's, and a day."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

AHEAD = timedelta(days=30)


def suggested(slug: str, taken: Collection[str], today: date | None = None) -> tuple[str, str]:
    """Name and day (ISO 8601): a month from today; the month in a name such as 2016-12-cami is that day's."""
    day = (today or datetime.now(UTC).date()) + AHEAD
    month = f"{day:%Y-%m}"
    name = (
        re.sub(r"\d{4}-\d{2}", month, slug, count=1) if re.search(r"\d{4}-\d{2}", slug) else f"{month}-{slug}"
    )
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free, day.isoformat()
