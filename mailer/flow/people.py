"""Everybody and everything in the recipients folder, read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from mailer.audience import Scene, read_recipients, read_registers
from mailer.config import Workspace
from mailer.flow.stamps import Stamp, stamp_of
from mailer.model.audience import Recipients
from mailer.model.register import Registers


@dataclass(frozen=True, slots=True)
class People:
    """Contacts and groups, with the registers they rest on."""

    recipients: Recipients
    registers: Registers

    def scene(self, day: date) -> Scene:
        """What group rules are decided by on that day."""
        return Scene(self.registers, self.recipients.segments, day)


def read_people(workspace: Workspace) -> People:
    """Contacts, groups and registers, read once while their files stay; ProblemsError with all their problems."""
    return _people(workspace.recipients, workspace.root, stamp_of(workspace.recipients))


@lru_cache(maxsize=4)
def _people(folder: Path, root: Path, _unchanged: Stamp) -> People:
    registers = read_registers(folder, root)
    return People(read_recipients(folder, root, registers), registers)
