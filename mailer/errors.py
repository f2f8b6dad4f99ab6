"""What can go wrong, as one tree.

    MailerError                 anything a person can mend; printed without a traceback, exit code 1
    ├─ ProblemsError            one or more problems in files, each with its place and the way out
    ├─ UsageError               the command was called wrongly; exit code 2
    ├─ RenderError              an issue or template could not be turned into HTML
    ├─ ProofError               a proof is missing, changed or not approved
    ├─ LedgerError              the send record cannot be used
    │  ├─ DamagedLedgerError    it is none, or none any more
    │  └─ LostClaimError        a delivery was taken over by somebody else: do not send it
    ├─ RelayError               the mail service could not be reached or will not have us
    │  └─ ConnectFailure       no connection; says what to conclude from it (mailer.relay)
    ├─ BackupError              a backup cannot be made, is damaged, or must not be restored here
    └─ PortInUseError           another program already listens there

Troubles that are part of the work (a refused reader, a deferred one) are values, not exceptions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a file: where, what, and what to do next. `line` counts from 1."""

    message: str
    hint: str = ""
    file: str = ""
    line: int | None = None
    field: str = ""
    rule: str = "file.invalid"
    item: str = ""
    """The id of an issue's item that it is in, or `item 6` where it has none; `field` has the whole path still."""

    @property
    def below(self) -> str:
        """The field within the item; the whole path where it is in none."""
        return re.sub(r"^items\[\d+\]\.?", "", self.field) if self.item else self.field

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file
        field = " · ".join(part for part in (self.item, self.below) if part)
        parts = [part for part in (place, field) if part]
        text = f"{self.message} {self.hint}".strip()
        return ": ".join([*parts, text])


class MailerError(Exception):
    """Something a person can mend: what happened, then what to do."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ProblemsError(MailerError):
    """One or more files cannot be used as they are; carries every problem, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UsageError(MailerError):
    """The command was called in a way that cannot mean anything."""

    exit_code = 2


class RenderError(MailerError):
    """An issue or a template could not be turned into HTML."""


class BackupError(MailerError):
    """A backup cannot be made, is none or a damaged one, or must not be restored here."""


class ProofError(MailerError):
    """A proof is missing, has changed, or is not approved."""


class LedgerError(MailerError):
    """The send record cannot be used."""


class DamagedLedgerError(LedgerError):
    """The file is no send record, or none any more: another program's, an empty one, or a damaged one."""


class LostClaimError(LedgerError):
    """The delivery is no longer held by this worker: it must not be sent."""


class RelayError(MailerError):
    """The mail service could not be reached or will not have us."""


class PortInUseError(MailerError):
    """Another program already listens on that port."""


def sentence(words: str) -> str:
    """The words with the mark that ends a sentence, where they have none."""
    return words if words.endswith((".", "?", "!", "…")) else f"{words}."


def nearest(word: str, known: Iterable[str], most: int = 12) -> str:
    """Return a hint naming the nearest known word, or the known words where none is near, `most` at most."""
    choices = sorted(set(known))
    close = get_close_matches(word, choices, n=1, cutoff=0.6)
    if close:
        return f'Did you mean "{close[0]}"?'
    if not choices:
        return ""
    shown = ", ".join(choices[:most]) + (", …" if len(choices) > most else "")
    return f"Known: {shown}."
