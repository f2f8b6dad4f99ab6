"""The roles cell of a contact: `national-focal-point:cms 2015-01-01..2016-12-31; press`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from mailer.model.audience import Role

_ROLE = re.compile(
    r"(?P<name>[^\s:;\[\]]+)(?::(?P<subject>[^\s:;\[\]]+))?(?:\s+\[?(?P<start>[^\s.\[\]]*)\.\.(?P<end>[^\s.\[\]]*)\]?)?"
)
SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
MAX_SLUG = 80


class RolesError(ValueError):
    """A roles cell that cannot be read, and what to write instead."""


def parse_roles(cell: str) -> tuple[Role, ...]:
    """Roles between semicolons, each `name[:subject] [FROM..TO]`; either day may be left out.

    RolesError names the first entry that is not written so.
    """
    return tuple(_role(part.strip()) for part in cell.split(";") if part.strip())


def write_roles(roles: Iterable[Role]) -> str:
    """The cell that `parse_roles` reads back as the same roles."""
    return "; ".join(_written(role) for role in roles)


def _role(text: str) -> Role:
    found = _ROLE.fullmatch(text)
    if not found:
        raise RolesError(f'"{text}" is not written as a role')
    name = found["name"]
    if len(name) > MAX_SLUG or not SLUG.fullmatch(name):
        raise RolesError(f'"{name}" cannot name a role: use a-z, digits and single hyphens')
    start, end = _day(found["start"]), _day(found["end"])
    if start and end and end < start:
        raise RolesError(f'"{text}" ends ({end}) before it starts ({start})')
    return Role(name=name, subject=found["subject"] or "", start=start, end=end)


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
    except ValueError as error:
        raise RolesError(f'"{text}" is not a day in the calendar') from error
    raise RolesError(f'"{text}" is not a day: write YYYY-MM-DD')


def _written(role: Role) -> str:
    text = f"{role.name}:{role.subject}" if role.subject else role.name
    if role.start or role.end:
        text += f" {role.start or ''}..{role.end or ''}"
    return text
