"""What rules about the finished message read, and how they say where something is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mailer.check.facts import MessageFacts
from mailer.check.reading import Place
from mailer.check.subject import CheckedIssue
from mailer.model.rendition import Rendition

EVERYWHERE = Place(None, None)
EMOJI = re.compile(
    "[\U0001f000-\U0001faff\N{BLACK SUN WITH RAYS}-\u27bf\u231a\u231b\u23e9-\u23f3\u2b05-\u2b07\u2b50\u2b55]"
)
"""Pictures among the letters; not ©, №, → and the like, which are writing."""


def sender_place(checked: CheckedIssue) -> Place:
    """Where the issue names its sender; its head where mailer.toml does."""
    return Place(None, "sender" if checked.issue.sender else None)


def sender_file(checked: CheckedIssue) -> str:
    """Where to mend the sender, for people."""
    return "`sender` of the issue" if checked.issue.sender else "[sender] in mailer.toml"


def made(checked: CheckedIssue) -> Iterator[tuple[Rendition, MessageFacts]]:
    """Each version with its message, but those that cannot be made."""
    by_key = {facts.variant: facts for facts in checked.messages if not facts.trouble}
    for rendition in checked.renditions:
        if rendition.variant.key in by_key:
            yield rendition, by_key[rendition.variant.key]


def in_versions(found: Iterable[tuple[str, str]], among: int) -> Iterator[tuple[str, str]]:
    """Words and the versions that they are true of → each words once, and where: "in every version"."""
    versions: dict[str, list[str]] = {}
    for words, version in found:
        versions.setdefault(words, []).append(version)
    for words, keys in versions.items():
        if len(keys) == 1:
            yield words, f"in version {keys[0]}"
        else:
            yield words, "in every version" if len(keys) == among else f"in {len(keys)} versions"
