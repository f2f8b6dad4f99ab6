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
    folded: frozenset[str] = frozenset()
    """Names, in small letters, of header fields that take more than one line."""
    trouble: str = ""
    """Why it cannot be made at all; then there is nothing else to know of it."""
    way_out: str = ""
    """What to do about that."""

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of that field, whatever its case."""
        return tuple(value for each, value in self.fields if each.casefold() == name.casefold())


@dataclass(frozen=True, slots=True)
class RelayFacts:
    """A mail service through which it can go out in earnest, as mailer.toml has it."""

    name: str
    host: str
    is_signed: bool
    """Whether mails that go through it are signed for the From domain: by us, or, as mailer.toml says, by itself."""
    signs_itself: bool = False
    most_octets: int = 0
    """Of one message, as far as this service is known; 0: not known."""


@dataclass(frozen=True, slots=True)
class AudienceFacts:
    """Who is reached, and who is not."""

    segments: tuple[str, ...] = ()
    """Groups that it is composed for; none means every contact."""
    without_version: Mapping[Language, int] = field(default_factory=dict)
    """Language that readers read first, and that no version is in → how many readers."""
    unseen: Mapping[str, int] = field(default_factory=dict)
    """Item that no reader sees → how many contacts belong to the group that it is shown to."""
    one_item_versions: tuple[tuple[str, int], ...] = ()
    """Versions with a single item of news: what each is called, and how many readers it has."""
    without_slot: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Personal field → names of the first readers who have no value for it."""
    states_of: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Deadline item → codes of the States that its readers are from."""
    unreachable: tuple[str, ...] = ()
    """People with a role whom no address of theirs reaches, each with the reason."""
    declined: tuple[str, ...] = ()
    """People with a role who want no such mail, each with the reason."""
    obliged_unreached: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Deadline item → who owes it and does not get it: names of States, or of persons."""
    mails: int = 0
    """Readers who would get a mail."""
    last_sizes: tuple[int, ...] = ()
    """Mails of the last real sendings to the same groups, newest first."""
    unread: tuple[str, ...] = ()
    """What could not be read, and why: nothing is known of what stands there."""
