"""The recipients folder as a whole: people and groups, tested against each other and the registers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from mailer.audience.contacts import read_contacts
from mailer.audience.registers import read_registers
from mailer.audience.segments import Known, read_segments
from mailer.config.workspace import shown
from mailer.errors import MailerError, Problem, ProblemsError
from mailer.model.audience import Recipients
from mailer.model.register import Registers

CONTACTS_FILE = "contacts.csv"
SEGMENTS_FILE = "segments.yaml"

Value = TypeVar("Value")


def read_recipients(folder: Path, root: Path, registers: Registers | None = None) -> Recipients:
    """Contacts and groups of a recipients folder. ProblemsError with the problems of all its files together.

    The registers are read from the same folder where none are given.
    """
    problems: list[Problem] = []

    def attempt(read: Callable[[], Value], path: Path) -> Value | None:
        try:
            return read()
        except ProblemsError as error:
            problems.extend(error.problems)
        except MailerError as error:
            problems.append(Problem(error.message, error.hint, shown(path, root), rule="file.missing"))
        return None

    facts = registers or attempt(lambda: read_registers(folder, root), folder)
    people = folder / CONTACTS_FILE
    contacts = attempt(lambda: read_contacts(people, root, facts or Registers()), people)
    groups = folder / SEGMENTS_FILE
    known = Known.from_files(facts, contacts) if facts else Known()
    segments = attempt(lambda: read_segments(groups, root, known), groups)
    if problems:
        raise ProblemsError(problems)
    return Recipients(contacts or (), segments or {})
