"""Who gets what: nobody an empty issue, and nothing hidden from a few."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.check.reading import Place
from mailer.check.rule import STOP, WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity

FEW = 3


def empty_version(checked: CheckedIssue) -> Iterator[Finding]:
    """Readers who would get an issue with no news in it."""
    for words, readers in checked.empty_versions:
        yield checked.finding(
            "audience.empty-version",
            Severity.STOP,
            f"{readers:,} {'reader' if readers == 1 else 'readers'} would get an issue with no news in it: {words}.",
            "Show them something, or send to groups that they do not belong to.",
            at=Place(None, "items"),
            words=words,
        )


def notice_without_office(checked: CheckedIssue) -> Iterator[Finding]:
    """An official message to people who hold no office."""
    number = checked.without_office
    if checked.issue.message_class == "notice" and number:
        readers = f"{number:,} of {checked.readers:,} readers" if checked.readers > 1 else "its one reader"
        yield checked.finding(
            "audience.notice-without-office",
            Severity.WARN,
            f"This is an official message, and {readers} {'holds' if number == 1 else 'hold'} no role on the day.",
            "Send it to the group that it is meant for, or write their roles into the contacts.",
            at=Place(None, "message_class"),
        )


def hidden_from_few(checked: CheckedIssue) -> Iterator[Finding]:
    """An item hidden from a few States only, which will notice it when somebody forwards the mail."""
    for item in checked.issue.items:
        states = checked.hidden_from.get(item.id, ())
        if item.show_to is None or not 0 < len(states) <= FEW:
            continue
        named = f"{', '.join(states[:-1])} and {states[-1]}" if len(states) > 1 else states[0]
        yield checked.finding(
            "audience.hidden-from-few",
            Severity.WARN,
            f"Among the States in the audience, this item is hidden from {named} only.",
            f"Mail is forwarded, and hiding is noticed. Milder: lead_for: {item.show_to} shows it to all, and "
            "first to that group.",
            at=Place(item.id, "show_to"),
            words=named,
        )


RULES = (
    Rule(
        "audience.empty-version",
        "Readers who would get an issue without news",
        STOP,
        "the audience",
        empty_version,
    ),
    Rule(
        "audience.notice-without-office",
        "An official message to people without a role",
        WARN,
        "the audience",
        notice_without_office,
    ),
    Rule(
        "audience.hidden-from-few",
        "An item hidden from three States or fewer",
        WARN,
        "the audience",
        hidden_from_few,
    ),
)
