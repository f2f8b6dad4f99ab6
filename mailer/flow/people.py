"""Everybody and everything in the recipients folder, read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mailer.audience import Scene, read_recipients, read_registers
from mailer.config import Workspace
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
    """Read contacts, groups and registers; ProblemsError with every problem in them."""
    registers = read_registers(workspace.recipients, workspace.root)
    return People(read_recipients(workspace.recipients, workspace.root, registers), registers)
