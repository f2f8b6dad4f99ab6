"""The head of the finished message: what must be there, once each, and what it must say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.check.facts import MessageFacts
from mailer.check.mail_reading import EVERYWHERE, in_versions, made
from mailer.check.rule import STOP, WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.domains import is_aligned
from mailer.model.finding import Finding, Severity

ALWAYS = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type")
ONCE = (
    *ALWAYS,
    *("Sender", "Reply-To", "Cc", "Bcc", "In-Reply-To", "References", "Content-Transfer-Encoding"),
    *("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Help", "List-Archive"),
)
LONGEST_LINE = 998
"""Octets (RFC 5322 section 2.1.1)."""
MESSAGE_ID = re.compile(r"<[^<>@\s]{1,200}@([A-Za-z0-9.-]{1,253})>")


def impossible(checked: CheckedIssue) -> Iterator[Finding]:
    """A version of which no message can be made."""
    found = (
        (f"{facts.trouble}\n{facts.way_out}", facts.variant) for facts in checked.messages if facts.trouble
    )
    for told, where in in_versions(found, len(checked.messages)):
        why, _, hint = told.partition("\n")
        yield checked.finding(
            "header.impossible",
            Severity.STOP,
            f"No message can be made {where.replace('in ', 'of ', 1)}: {why}",
            hint or "Take out of the issue's head, or of mailer.toml, what is named here.",
            at=EVERYWHERE,
            words=why,
        )


def missing(checked: CheckedIssue) -> Iterator[Finding]:
    """A field that every message must have."""
    found = (
        (name, facts.variant)
        for _, facts in made(checked)
        for name in ALWAYS
        if not any(value.strip() for value in facts.all(name)) and not (name == "Subject" and facts.all(name))
    )
    for name, where in in_versions(found, len(checked.messages)):
        yield _broken(checked, "header.missing", f"The message has no {name} {where}.", name)


def twice(checked: CheckedIssue) -> Iterator[Finding]:
    """A field that stands there more than once."""
    found = ((name, facts.variant) for _, facts in made(checked) for name in ONCE if len(facts.all(name)) > 1)
    for name, where in in_versions(found, len(checked.messages)):
        yield _broken(checked, "header.twice", f"The message has {name} more than once {where}.", name)


def line_long(checked: CheckedIssue) -> Iterator[Finding]:
    """A line that no mail server has to take."""
    found = (("", facts.variant) for _, facts in made(checked) if facts.longest_line > LONGEST_LINE)
    for _, where in in_versions(found, len(checked.messages)):
        yield _broken(
            checked, "header.line-long", f"A line has more than {LONGEST_LINE} octets {where}.", None
        )


def _broken(checked: CheckedIssue, rule: str, message: str, words: str | None) -> Finding:
    hint = "This is a fault of the mailer: report it, and send nothing until it is mended."
    return checked.finding(rule, Severity.STOP, message, hint, at=EVERYWHERE, words=words)


def message_id(checked: CheckedIssue) -> Iterator[Finding]:
    """A Message-ID that is none, or of another domain than the sender's."""
    found = ((why, facts.variant) for _, facts in made(checked) if (why := _why_odd(checked, facts)))
    for why, where in in_versions(found, len(checked.messages)):
        yield checked.finding(
            "header.message-id",
            Severity.WARN,
            f"The Message-ID {why} {where}; Gmail wants a valid one, and filters compare it with the sender.",
            "Check the sender's address in mailer.toml.",
            at=EVERYWHERE,
            words=why,
        )


def _why_odd(checked: CheckedIssue, facts: MessageFacts) -> str:
    for value in facts.all("Message-ID"):
        form = MESSAGE_ID.fullmatch(value.strip())
        if form is None:
            return f"{value.strip()[:80]!r} is not one such as <a1b2@example.org>"
        domain = checked.sender.email.rpartition("@")[2] if checked.sender else ""
        if domain.isascii() and domain and not is_aligned(form[1], domain):
            return f"is of {form[1]}, the sender of {domain}"
    return ""


def list_id(checked: CheckedIssue) -> Iterator[Finding]:
    """A newsletter that does not name its list."""
    if checked.issue.message_class != "newsletter":
        return
    found = (("", facts.variant) for _, facts in made(checked) if not facts.all("List-Id"))
    for _, where in in_versions(found, len(checked.messages)):
        yield checked.finding(
            "header.list-id",
            Severity.WARN,
            f"The newsletter does not name its list (List-Id) {where}; readers' filters go by it.",
            "Set `list_id` under [newsletter] in mailer.toml.",
            at=EVERYWHERE,
        )


RULES = (
    Rule(
        "header.impossible",
        "Words or addresses of which no message can be made",
        STOP,
        "RFC 5322",
        impossible,
        can_be_waived=False,
    ),
    Rule(
        "header.missing",
        "A message without From, To, Subject, Date or Message-ID",
        STOP,
        "RFC 5322 section 3.6",
        missing,
        can_be_waived=False,
    ),
    Rule(
        "header.twice",
        "A header field that stands there more than once",
        STOP,
        "RFC 5322 section 3.6; RFC 2369",
        twice,
        can_be_waived=False,
    ),
    Rule(
        "header.line-long",
        "A line of more than 998 octets",
        STOP,
        "RFC 5322 section 2.1.1",
        line_long,
        can_be_waived=False,
    ),
    Rule("header.message-id", "A Message-ID that is none, or not the sender's", WARN, "Gmail", message_id),
    Rule("header.list-id", "A newsletter that does not name its list", WARN, "RFC 2919", list_id),
)
