"""The recipients folder as a whole: people and groups, tested against each other and the registers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from mailer.audience.addresses import normalise
from mailer.audience.contacts import read_contacts
from mailer.audience.deadlines import FOLDER, SUFFIX
from mailer.audience.registers import SPECIES_FILE, TREATIES_FILE, read_registers
from mailer.audience.segments import Known, read_segments
from mailer.config.workspace import shown
from mailer.errors import MailerError, Problem, ProblemsError, nearest
from mailer.model.audience import Contact, Recipients
from mailer.model.register import Registers
from mailer.source import is_hidden, read_yaml

CONTACTS_FILE = "contacts.csv"
SEGMENTS_FILE = "segments.yaml"

Value = TypeVar("Value")


def read_recipients(
    folder: Path,
    root: Path,
    registers: Registers | None = None,
    form_of: Callable[[str], str] = normalise,
    *,
    issues: Collection[str] | None = None,
) -> Recipients:
    """Contacts and groups of a recipients folder. ProblemsError with the problems of all its files together.

    The registers are read from the same folder where none are given. `form_of` gives the one form of an address,
    `issues` are the ids of the issues that there are.
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
    contacts = attempt(lambda: read_contacts(people, root, facts or Registers(), form_of), people)
    groups = folder / SEGMENTS_FILE
    known = Known.from_files(facts, contacts, obliged_groups(folder, root), issues) if facts else Known()
    segments = attempt(lambda: read_segments(groups, root, known), groups)
    if facts and contacts:
        problems += unknown_subjects(contacts, facts, shown(people, root))
    if problems:
        raise ProblemsError(problems)
    return Recipients(contacts or (), segments or {})


def unknown_subjects(contacts: Iterable[Contact], registers: Registers, file: str) -> Iterator[Problem]:
    """Roles about a treaty or species that no register knows, where the workspace keeps a register of treaties.

    What a role may be about is free until somebody's is about one of those: then it is so for all who hold it.
    """
    known = registers.species_names() | frozenset(registers.treaties)
    if not registers.treaties:
        return
    cells = {id(contact.roles): contact for contact in contacts}.values()
    subjects = {(role.name, role.subject) for contact in cells for role in contact.roles if role.subject}
    bound = {name for name, subject in subjects if subject in known}
    wrong = {pair for pair in subjects if pair[0] in bound and pair[1] not in known}
    for contact in contacts if wrong else ():
        for role in contact.roles:
            if (role.name, role.subject) in wrong:
                message = f'"{role.subject}" is neither in {TREATIES_FILE} nor in {SPECIES_FILE}.'
                hint = nearest(role.subject, known)
                yield Problem(message, hint, file, contact.row, "roles", "file.contacts")


def obliged_groups(folder: Path, root: Path) -> dict[str, str]:
    """Each deadline of a recipients folder, by its file's name → the group that owes it.

    "" where its file does not say; what else is wrong with a deadline is told by whoever reads it.
    """
    found: dict[str, str] = {}
    for path in sorted((folder / FOLDER).glob(f"*{SUFFIX}")):
        if not is_hidden(path.name):
            found[path.stem] = _obliged(path, root)
    return found


def _obliged(path: Path, root: Path) -> str:
    try:
        said = read_yaml(path, shown(path, root)).data
    except MailerError:
        return ""
    group = said.get("obliged") if isinstance(said, dict) else None
    return group if isinstance(group, str) else ""
