"""What was found lately, so that no site is asked again and again: a file that may be deleted at any time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from mailer.errors import MailerError
from mailer.model.base import Noun
from mailer.model.visit import Found, Visit
from mailer.source import read_bytes, write_atomically

GOOD_FOR = timedelta(days=1)
"""For how long an address that answers is taken to do so still."""
BAD_FOR = timedelta(hours=1)
"""The same for one that does not: it may be mended meanwhile."""
MAX_BYTES = 8_000_000


class _Memory(Noun):
    version: int
    visits: tuple[Visit, ...]


VERSION = 1


def recall(path: Path, now: datetime) -> Mapping[str, Visit]:
    """Address → what was found there lately; nothing where there is no such file, or none that can be used."""
    try:
        memory = _Memory.model_validate_json(read_bytes(path, path.name, MAX_BYTES))
    except (MailerError, ValidationError, ValueError):
        return {}
    if memory.version != VERSION:
        return {}
    return {visit.url: visit for visit in memory.visits if _is_fresh(visit, now)}


def remember(path: Path, visits: Iterable[Visit], now: datetime) -> None:
    """Add to what is known, and forget what has become old. OSError where it cannot be written."""
    known = dict(recall(path, now))
    known |= {visit.url: visit for visit in visits if _is_fresh(visit, now)}
    path.parent.mkdir(parents=True, exist_ok=True)
    memory = _Memory(version=VERSION, visits=tuple(known.values()))
    write_atomically(path, memory.model_dump_json(indent=1).encode())


def _is_fresh(visit: Visit, now: datetime) -> bool:
    if visit.found is Found.UNASKED:
        return False
    age = now - visit.at
    return timedelta(0) <= age < (GOOD_FOR if visit.found is Found.ANSWERS else BAD_FOR)
