"""Taking somebody who is forgotten out of the logs of deadlines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

from mailer.audience import AddressError, normalise
from mailer.audience.deadlines import LOG_SUFFIX
from mailer.audience.submission_log import change_cells
from mailer.config import Workspace
from mailer.flow.deadlines import deadlines_folder
from mailer.ledger import Ledger
from mailer.ledger.erasing import quoting
from mailer.model.audience import Contact

NO_CODE = "…"
"""Stands for the name of somebody all of whose addresses others use too: their code would be that of the others."""


def require_readable_logs(workspace: Workspace) -> None:
    """ProblemsError where a log is no text, and so nobody could be taken out of it."""
    for path in _logs(workspace):
        change_cells(path, workspace.root, lambda _, words: words)


def erase_from_logs(
    workspace: Workspace, ledger: Ledger, addresses: Iterable[str], contact: Contact | None
) -> Mapping[str, int]:
    """Put the send record's code for a person where a log has one of the addresses, or the contact's name.

    File name → in how many of its rows; only files in which there was something. Done again, it does the rest.
    """
    change = _taking_out(tuple(addresses), contact, cache(ledger.known_as))
    changed = {path.name: change_cells(path, workspace.root, change) for path in _logs(workspace)}
    return {name: rows for name, rows in changed.items() if rows}


def _logs(workspace: Workspace) -> list[Path]:
    return sorted(deadlines_folder(workspace).glob(f"*{LOG_SUFFIX}"))


def _taking_out(
    addresses: tuple[str, ...], contact: Contact | None, known_as: Callable[[str], str]
) -> Callable[[str, str], str]:
    """Column and words → the words without the person. The code is asked for only where it is needed."""
    given = (contact.email, *contact.other_emails) if contact else ()
    spelled = {one: {one, *(raw for raw in given if _plain(raw) == one)} for one in addresses}
    quoted = {one: quoting(spellings) for one, spellings in spelled.items()}
    name = _naming(contact.name) if contact and contact.name else None

    def change(column: str, words: str) -> str:
        if column == "who" and (who := _plain(words)) in quoted:
            return known_as(who)
        for address, pattern in quoted.items():
            if pattern.search(words):
                words = pattern.sub(known_as(address), words)
        if name and column != "who" and name.search(words):
            words = name.sub(known_as(addresses[0]) if addresses else NO_CODE, words)
        return words

    return change


def _naming(name: str) -> re.Pattern[str]:
    """What finds a name; one of a single word only where nothing else stands: it may be a word like others."""
    words = r"\s+".join(map(re.escape, name.split()))
    whole = rf"(?<!\w){words}(?!\w)" if len(name.split()) > 1 else rf"\A{words}\Z"
    return re.compile(whole, re.IGNORECASE)


def _plain(address: str) -> str:
    with suppress(AddressError):
        return normalise(address)
    return ""
