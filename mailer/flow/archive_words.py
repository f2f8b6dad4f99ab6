"""What there is to say of an issue that has been archived, at the terminal and in the studio."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.flow.archive import ArchivedNow
from mailer.flow.archive_editions import listed
from mailer.flow.archive_sent import Sent
from mailer.proof import some_text


def sent_words(sent: Sent) -> str:
    """`sent`; `not as it was sent`; and where it cannot be told, that."""
    if not sent.was_sent:
        return "not sent yet"
    if sent.freed or sent.changes:
        return "not as it was sent"
    return "sent" if sent.is_compared else "sent, not compared"


def archived_notes(one: ArchivedNow) -> Iterator[str]:
    """Sentences about what somebody may not expect there."""
    if one.sent.was_sent and not one.sent.is_compared:
        yield (
            "Whether it is as it was sent cannot be told: "
            "the proof of the sending is not on this machine, or is damaged."
        )
    if one.sent.changes:
        yield f"Not as it was sent: {some_text(one.sent.changes)}."
    if one.sent.freed:
        yield f"Kept out when it was sent, and public now: {listed(one.sent.freed)}."
    if one.targeted:
        titles = [f'"{title}"' for title in one.targeted]
        yield f"Everybody finds there what only some get: {listed(titles)}."
    if one.loose_errata:
        yield loose_words(one.loose_errata)


def loose_words(names: tuple[str, ...]) -> str:
    """That errata are for everybody which may be about an item that is not."""
    return (
        f"Everybody reads the words of {listed(names)}, though items are kept out. "
        "If they are about one of these, name it there: `items: [ID]`; or write `archive: no`."
    )
