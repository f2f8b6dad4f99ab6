"""Whom an issue reaches: officials, those who owe something, readers of other languages, and as many as usual."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from mailer.check.listing import some_of
from mailer.check.reading import Place
from mailer.check.rule import NOTE, WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity
from mailer.source import language_name

HEAD = Place(None, None)
AUDIENCE = "the audience"
MOST_NAMED = 5
NOTED_SHARE = 0.02
"""Of the readers, who read a language first that no version is in."""
WARNED_SHARE, WARNED_READERS = 0.1, 5
UNUSUAL = 2.0
"""How many times as many, or as few, as the last sendings."""
MARGIN = 10
"""Mails more or less that are nothing to speak of, however small the group."""


def language_without_version(checked: CheckedIssue) -> Iterator[Finding]:
    """A language that many read first, and that the issue is not in."""
    for language, number in checked.audience.without_version.items():
        share = number / checked.readers if checked.readers else 0.0
        if share < NOTED_SHARE:
            continue
        # Where the settings say what else they are to get, somebody has thought of them.
        is_much = share >= WARNED_SHARE and number >= WARNED_READERS and language not in checked.fallbacks
        name = language_name(language)
        yield checked.finding(
            "audience.language",
            Severity.WARN if is_much else Severity.NOTE,
            f"{_of(number, checked.readers)} {'reads' if number == 1 else 'read'} {name} first, "
            "and no version is in it.",
            f"Translate it: `mailer translate start {checked.slug} {language}`.",
            at=HEAD,
            words=name,
        )


def official_unreached(checked: CheckedIssue) -> Iterator[Finding]:
    """People who hold a role, and whom the do-not-mail list keeps this from."""
    facts = checked.audience
    if named := facts.unreachable:
        who = f"{len(named):,} {'person who holds a role has' if len(named) == 1 else 'people who hold a role have'}"
        yield checked.finding(
            "audience.official-unreached",
            Severity.WARN,
            f"{who} no address that may be written to: {some_of(named, MOST_NAMED)}.",
            "Ask them, or their office, for another address, and add it to the contacts.",
            at=HEAD,
            words="no address",
        )
    if named := facts.declined:
        is_notice = checked.issue.message_class == "notice"
        who = f"{len(named):,} {'person who holds a role' if len(named) == 1 else 'people who hold a role'}"
        yield checked.finding(
            "audience.official-unreached",
            Severity.WARN if is_notice else Severity.NOTE,
            f"{who} will not get it, by their own word: {some_of(named, MOST_NAMED)}.",
            "Reach them in another way if they have to know.",
            at=HEAD,
            words="their own word",
        )


def obliged_unreached(checked: CheckedIssue) -> Iterator[Finding]:
    """Those who owe what a deadline asks for, and of whom nobody gets it."""
    for item in checked.issue.items:
        if named := checked.audience.obliged_unreached.get(item.id, ()):
            whom = f"{len(named):,} who owe this and have not handed it in get nothing"
            if len(named) == 1:
                whom = "One who owes this and has not handed it in gets nothing"
            yield checked.finding(
                "audience.obliged-unreached",
                Severity.WARN,
                f"{whom}: {some_of(named, MOST_NAMED)}.",
                "See who stands for them in the contacts, and whether mail to them is barred: "
                "`mailer deadlines`, `mailer suppressions`.",
                at=Place(item.id, "due"),
                words=", ".join(named),
            )


def unusual_size(checked: CheckedIssue) -> Iterator[Finding]:
    """Many more, or far fewer, than the last times to the same groups."""
    facts = checked.audience
    if not facts.last_sizes:
        return
    usual, mails = median(facts.last_sizes), facts.mails
    if abs(mails - usual) < MARGIN or usual / UNUSUAL <= mails <= usual * UNUSUAL:
        return
    sent = ", ".join(f"{size:,}" for size in facts.last_sizes)
    last = (
        f"the last {len(facts.last_sizes)} times it was"
        if len(facts.last_sizes) > 1
        else "the last time it was"
    )
    yield checked.finding(
        "audience.unusual-size",
        Severity.WARN,
        f"{mails:,} would get it; {last} {sent} of the same groups.",
        f"See who is in them: `mailer audience {' '.join(facts.segments)}`. Look whether contacts are missing, "
        "or were imported twice.",
        at=HEAD,
        words="fewer" if mails < usual else "more",
    )


def record_unread(checked: CheckedIssue) -> Iterator[Finding]:
    """What keeps these rules from knowing."""
    for what in checked.audience.unread:
        yield checked.finding(
            "audience.not-checked",
            Severity.WARN,
            f"It could not be checked whom this reaches, as far as that rests on {what}.",
            "Mend that, then check again.",
            at=HEAD,
            words=what.partition(" (")[0],
        )


def _of(number: int, readers: int) -> str:
    return f"{number:,} of {readers:,} readers"


RULES = (
    Rule(
        "audience.language",
        "A language that many read first, and no version is in",
        (*WARN, *NOTE),
        AUDIENCE,
        language_without_version,
    ),
    Rule(
        "audience.official-unreached",
        "People with a role whom the do-not-mail list keeps this from",
        (*WARN, *NOTE),
        AUDIENCE,
        official_unreached,
    ),
    Rule(
        "audience.obliged-unreached",
        "States, or people, who owe something and do not get it",
        WARN,
        "the deadlines",
        obliged_unreached,
    ),
    Rule(
        "audience.unusual-size",
        "Less than half, or more than twice, of the mails of the last sendings to the same groups",
        WARN,
        "the send record",
        unusual_size,
    ),
    Rule(
        "audience.not-checked",
        "A send record, or deadlines, that could not be read",
        WARN,
        "the send record",
        record_unread,
    ),
)
