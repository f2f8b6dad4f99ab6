"""A rule: one thing that is looked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity
from mailer.model.register import Registers

STOP, WARN, NOTE = (Severity.STOP,), (Severity.WARN,), (Severity.NOTE,)
OWN = "the newsletter of December 2016"
"""A mistake that was there, and went out."""


class Register(StrEnum):
    """What a rule may have to look up in the registers, and where it stands."""

    TREATIES = "treaties in recipients/treaties.yaml"
    PARTY_NUMBERS = "`party_count` in recipients/treaties.yaml"
    PARTIES = "`parties` in recipients/countries.yaml"
    SPECIES = "species in recipients/species.yaml"
    NAMES = "names in recipients/names.yaml"

    def is_in(self, registers: Registers | None) -> bool:
        """Whether the registers have any of it."""
        if registers is None:
            return False
        match self:
            case Register.TREATIES:
                return bool(registers.treaties)
            case Register.PARTY_NUMBERS:
                return any(treaty.party_count for treaty in registers.treaties.values())
            case Register.PARTIES:
                return any(country.parties for country in registers.countries.values())
            case Register.SPECIES:
                return bool(registers.species)
            case Register.NAMES:
                return bool(registers.people or registers.bodies)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a rule cannot do without: where it is missing, the rule finds nothing, and that is said."""

    what: str
    """What is not checked then, in a few words."""
    registers: tuple[Register, ...] = ()
    languages: tuple[str, ...] = ()
    """The only ones whose words it knows; any where there are none."""
    mail_service: bool = False
    """Whether it is about the mail service of a real sending."""
    not_all: Callable[[CheckedIssue], str] = lambda _: ""
    """Why it does not look at all of a text that nobody writes by hand; "" where it does."""

    @property
    def is_more_than_room(self) -> bool:
        """Whether there is something that it needs in every issue, however short."""
        return bool(self.registers or self.languages or self.mail_service)


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is looked for. `check` yields findings under this id only."""

    id: str
    title: str
    severities: tuple[Severity, ...]
    """Worst first."""
    source: str
    """What the rule rests on."""
    check: Callable[[CheckedIssue], Iterator[Finding]]
    reads_words: bool = False
    """Whether it reads what people wrote, and so has to read every translation too."""
    is_strict: bool = False
    """Whether it belongs to the profile `strict` only: it is right less often than people want to be asked."""
    can_be_waived: bool = True
    """Whether somebody may answer for what it finds: not for a mail that is broken."""
    needs: Needs | None = None
    """What it cannot do without; None: it can always look."""
