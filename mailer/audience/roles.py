"""The roles cell of a contact: `national-focal-point:cms 2015-01-01.. alternate {letter 2015/7}; press`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mailer.audience.entries import (
    DAYS,
    REMARK,
    EntryError,
    is_slug,
    read_days,
    split_entries,
    written_days,
    written_remark,
)
from mailer.model.audience import Role

_ROLE = re.compile(
    rf"(?P<name>[^\s:;\[\]{{}}]+)(?::(?P<subject>[^\s:;\[\]{{}}]+))?{DAYS}(?P<alternate>\s+alternate)?{REMARK}"
)


class RolesError(EntryError):
    """A roles cell that cannot be read, and what to write instead."""


def parse_roles(cell: str) -> tuple[Role, ...]:
    """Roles between semicolons, each `name[:subject] [FROM..TO] [alternate] [{letter}]`; either day may be left out.

    RolesError names the first entry that is not written so.
    """
    try:
        return tuple(_role(text) for text in split_entries(cell))
    except EntryError as error:
        raise RolesError(str(error)) from error


def write_roles(roles: Iterable[Role]) -> str:
    """The cell that `parse_roles` reads back as the same roles."""
    return "; ".join(_written(role) for role in roles)


def _role(text: str) -> Role:
    found = _ROLE.fullmatch(text)
    if not found:
        raise EntryError(f'"{text}" is not written as a role')
    if not is_slug(found["name"]):
        raise EntryError(f'"{found["name"]}" cannot name a role: use a-z, digits and single hyphens')
    start, end = read_days(found["start"], found["end"], text)
    return Role(
        name=found["name"],
        subject=found["subject"] or "",
        start=start,
        end=end,
        alternate=found["alternate"] is not None,
        letter=(found["remark"] or "").strip(),
    )


def _written(role: Role) -> str:
    name = f"{role.name}:{role.subject}" if role.subject else role.name
    stand_in = " alternate" if role.alternate else ""
    return f"{name}{written_days(role.start, role.end)}{stand_in}{written_remark(role.letter)}"
