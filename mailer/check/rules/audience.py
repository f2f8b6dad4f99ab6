"""Who gets what: nobody an empty issue, and nothing hidden from a few."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.check.reading import Place
from mailer.check.rule import NOTE, STOP, WARN, Rule
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


def unseen_item(checked: CheckedIssue) -> Iterator[Finding]:
    """An item that no reader sees: its group is empty, or not among those that the issue goes to."""
    for item in checked.issue.items:
        if item.id not in checked.audience.unseen:
            continue
        others = checked.audience.unseen[item.id]
        if others:
            belong = "contact belongs" if others == 1 else "contacts belong"
            why = f"{others:,} {belong} to its group, and none of them gets this issue"
            hint = "Leave it so if they get it by another sending."
        else:
            why = "nobody is in that group"
            hint = "Show it to another group, fill that one, or take the item out."
        yield checked.finding(
            "audience.unseen-item",
            Severity.NOTE if others else Severity.WARN,
            f"No reader sees this item: {why}.",
            hint,
            at=Place(item.id, "show_to"),
            words=item.show_to,
        )


def one_item(checked: CheckedIssue) -> Iterator[Finding]:
    """Readers for whom hardly anything is left."""
    for words, readers in checked.audience.one_item_versions:
        yield checked.finding(
            "audience.one-item",
            Severity.NOTE,
            f"{readers:,} {'reader gets' if readers == 1 else 'readers get'} a single item of news: {words}.",
            "Show them more, or leave them out, if that is not worth a mail.",
            at=Place(None, "items"),
            words=words,
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
    Rule(
        "audience.unseen-item",
        "An item that no reader sees",
        (*WARN, *NOTE),
        "the audience",
        unseen_item,
    ),
    Rule(
        "audience.one-item",
        "Readers who would get a single item of news",
        NOTE,
        "the audience",
        one_item,
    ),
)
