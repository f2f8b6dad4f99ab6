"""What rules are told besides the issue and its renditions: the finished message, and its audience."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailer.model.base import Language


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """One version's message, as a reader of whom nothing personal is known would get it."""

    variant: str
    fields: tuple[tuple[str, str], ...]
    """Name and value of each header field, unfolded and decoded, in their order."""
    octets: int
    """Of the whole message as it goes over the wire."""
    longest_line: int
    """Octets of its longest line, without the line end."""
    is_signed: bool
    """Whether we sign it by DKIM."""

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of that field, whatever its case."""
        return tuple(value for each, value in self.fields if each.casefold() == name.casefold())


@dataclass(frozen=True, slots=True)
class AudienceFacts:
    """Who is reached, and who is not."""

    segments: tuple[str, ...] = ()
    languages: Mapping[Language, int] = field(default_factory=dict)
    """Language that readers read first → how many."""
    suppressed: tuple[str, ...] = ()
    """Mailboxes of those in the groups who are on the do-not-mail list for this class of mail."""
    unreachable: tuple[str, ...] = ()
    """Names of people with a role in the groups whom no address of theirs reaches."""
    obliged_unreached: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Deadline → names of States that owe something and of which nobody gets this mail."""
    not_parties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Item with a duty of Parties → States among its readers that are none on the day."""
    one_item_versions: tuple[tuple[str, int], ...] = ()
    """Versions with a single item of news: what each is called, and how many readers it has."""
    last_sizes: tuple[int, ...] = ()
    """Mails of the last real sendings to the same groups, newest first."""
