"""Verdicts on addresses, kept with the hash of the file they stand in, so that the slow test is made once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from mailer.audience.addresses import in_full, plain_form
from mailer.config import Workspace
from mailer.source import write_atomically

FILE = "addresses.json"
MAX_BYTES = 64_000_000


class KnownAddresses:
    """Gives the one form of an address; remembers those of which only the full test can tell."""

    def __init__(self, verdicts: Mapping[str, str]) -> None:
        self.verdicts = dict(verdicts)
        """Address as given → normalised."""
        self.is_new = False
        """Whether the full test was made for any."""

    def form_of(self, email: str) -> str:
        """The address in its one form. AddressError where it is none."""
        if plain := plain_form(email):
            return plain
        if email not in self.verdicts:
            self.verdicts[email] = in_full(email)
            self.is_new = True
        return self.verdicts[email]


def recall(workspace: Workspace, contacts: Path) -> KnownAddresses:
    """What is known of the addresses of that very file; nothing where it has changed, or the memory is damaged."""
    path = workspace.state / FILE
    with suppress(OSError, ValueError, TypeError, AttributeError, RecursionError):
        if path.stat().st_size <= MAX_BYTES:
            kept = json.loads(path.read_bytes())
            verdicts = kept["addresses"] if kept["of"] == _key(contacts) else {}
            if all(isinstance(text, str) and text for pair in verdicts.items() for text in pair):
                return KnownAddresses(verdicts)
    return KnownAddresses({})


def remember(workspace: Workspace, contacts: Path, known: KnownAddresses) -> None:
    """Keep the verdicts for the next time. A file that cannot be written is no trouble: it only saves time."""
    if not known.is_new:
        return
    with suppress(OSError):
        workspace.state.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"of": _key(contacts), "addresses": known.verdicts}, ensure_ascii=False)
        write_atomically(workspace.state / FILE, text.encode())


def forget(workspace: Workspace) -> None:
    """Keep nothing."""
    (workspace.state / FILE).unlink(missing_ok=True)


def _key(contacts: Path) -> str:
    """What the verdicts depend on: the file's bytes, and the test's version."""
    with contacts.open("rb") as file:
        return (
            f"{hashlib.file_digest(file, 'sha256').hexdigest()} email-validator {version('email-validator')}"
        )
