"""What has changed between two proofs, in words: each part of the digest as people call it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from mailer.proof.changed_text import some_text
from mailer.source import language_name

PARTS = {
    "html": "the mail",
    "text": "the plain text",
    "subject": "subject or preheader",
    "attachment": "what is attached",
    "calendar": "a calendar file that is linked to",
    "make-up": "how the mail is put together",
    "personal fields": "personal fields",
    "sender": "the sender",
    "authors": "the authors",
    "translators": "the translators",
    "waivers": "findings that somebody answers for",
    "issue": "the issue's head",
    "audience": "the readers asked for",
    "languages": "who gets which language",
    "who reads what": "who reads which item",
    "archive": "what the archive leaves out",
    "what is corrected": "what is corrected",
    "deadline": "the deadline's facts",
}
OF_VERSION = re.compile(
    r"(html|text|subject|attachment|calendar|make-up|personal fields)(?: \S+)? [a-z]{2,3}\S*-[0-9a-f]{6}"
)
"""A part of one version: its kind, and the version's key."""
REGISTER = re.compile(r"(Parties to|region|range of) (.+)")
PHRASES = re.compile(r"personal fields in (\S+)")


def changed_words(parts: Iterable[str], *, count_versions: bool = False) -> tuple[str, ...]:
    """What has changed, each once, as `what_changed` names it: pictures, groups and registers by their name.

    With `count_versions`, in how many versions too: `the mail in 3 versions`.
    """
    versions: dict[str, int] = defaultdict(int)
    for part in parts:
        versions[_called(part)] += bool(OF_VERSION.fullmatch(part))
    return tuple(
        words + (_in_versions(count) if count and count_versions else "") for words, count in versions.items()
    )


def in_words(parts: Iterable[str], said: Sequence[str]) -> str:
    """What has changed, and the first few changes of words, as `changed_text` gives them."""
    words = ", ".join(changed_words(parts, count_versions=True))
    return f"{words}. In words: {some_text(said)}" if said else words


def _in_versions(count: int) -> str:
    return f" in {count} version{'s' if count > 1 else ''}"


def _called(part: str) -> str:
    if found := OF_VERSION.fullmatch(part):
        return PARTS[found[1]]
    if found := REGISTER.fullmatch(part):
        return f"the register: {found[1]} {found[2]}"
    if found := PHRASES.fullmatch(part):
        return f"personal fields in {language_name(found[1])}"
    return PARTS.get(part, part)
