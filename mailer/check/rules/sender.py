"""Who the message is from, and where answers go."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.check.mail_reading import EMOJI, sender_file, sender_place
from mailer.check.rule import NOTE, WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity

LONGEST_NAME = 25
"""Signs of a name that phones show."""
LOOKED_AT = 1000
"""Signs of a name or an address: a longer one is another rule's."""
NOBODY_READS = re.compile(
    r"(?:^|[._+-])(?:no[._-]?reply|do[._-]?not[._-]?reply|ne[._-]?pas[._-]?repondre|keine[._-]?antwort)(?:$|[._+-])"
)
PROVIDERS: dict[str, str] = {
    **dict.fromkeys(("gmail.com", "googlemail.com"), "gmail.com"),
    **dict.fromkeys(("yahoo.com", "yahoo.fr", "yahoo.de", "yahoo.co.uk", "ymail.com"), "yahoo.com"),
    **dict.fromkeys(("outlook.com", "hotmail.com", "hotmail.fr", "live.com", "msn.com"), "outlook.com"),
    **dict.fromkeys(("icloud.com", "me.com", "mac.com"), "mail.me.com"),
    **dict.fromkeys(("gmx.de", "gmx.net", "gmx.com"), "gmx.net"),
    **dict.fromkeys(("mail.ru", "bk.ru", "list.ru", "inbox.ru"), "mail.ru"),
    **dict.fromkeys(("yandex.ru", "yandex.com", "ya.ru"), "yandex.ru"),
    **dict.fromkeys(("proton.me", "protonmail.com"), "protonmail.ch"),
    **{name: name for name in ("aol.com", "web.de", "t-online.de", "laposte.net", "qq.com", "163.com")},
}
"""Domain of mailboxes for everybody → the end of the name of its own servers, which alone may send for it."""
ADDRESS_IN_NAME = re.compile(r"\S@\S|https?://|\bwww\.", re.IGNORECASE)
FIELD_IN_NAME = re.compile(r"\{\{|%%|\*\||\$\{")


def name_missing(checked: CheckedIssue) -> Iterator[Finding]:
    """A sender without a name: inboxes show the bare address."""
    if checked.sender and not checked.sender.name.strip():
        yield _finding(
            checked,
            "from.name-missing",
            Severity.WARN,
            f"The sender has no name; inboxes will show {checked.sender.email}.",
            "Write the office's name as `name` under",
            words=checked.sender.email,
        )


def name_long(checked: CheckedIssue) -> Iterator[Finding]:
    """A sender's name that phones cut off."""
    name = checked.sender.name.strip() if checked.sender else ""
    if len(name) > LONGEST_NAME:
        yield _finding(
            checked,
            "from.name-long",
            Severity.NOTE,
            f'The sender\'s name has {len(name)} signs; phones show "{name[:LONGEST_NAME].rstrip()}…".',
            f"Put what readers know you by into the first {LONGEST_NAME} signs:",
            words=name,
        )


def name_odd(checked: CheckedIssue) -> Iterator[Finding]:
    """A sender's name that junk filters and Gmail's rules object to."""
    name = checked.sender.name[:LOOKED_AT] if checked.sender else ""
    if ADDRESS_IN_NAME.search(name):
        why = "holds an address, as forged mails do"
    elif FIELD_IN_NAME.search(name):
        why = "holds a personal field: it is to say who writes, not who reads"
    elif EMOJI.search(name):
        why = "has an emoji in it"
    else:
        return
    yield _finding(
        checked,
        "from.name-odd",
        Severity.WARN,
        f'The sender\'s name "{name}" {why}; junk filters count that against it.',
        "Write the office's name, and nothing else:",
        words=name,
    )


def provider(checked: CheckedIssue) -> Iterator[Finding]:
    """A sender at a provider of mailboxes, whose domain tells receivers to refuse what others send for it (DMARC)."""
    domain = checked.sender.email.rpartition("@")[2].lower() if checked.sender else ""
    servers = PROVIDERS.get(domain, "")
    own = [relay for relay in checked.relays if f".{relay.host.lower()}".endswith(f".{servers}")]
    if not servers or (own and own == list(checked.relays)):
        return
    yield _finding(
        checked,
        "from.provider",
        Severity.STOP if checked.relays else Severity.WARN,
        f"The sender's address is at {domain}, and only {domain} itself may send for that: receivers will refuse it.",
        "Use an address of the office's own domain:",
        words=domain,
    )


def noreply(checked: CheckedIssue) -> Iterator[Finding]:
    """Answers that nobody reads."""
    if checked.sender is None:
        return
    answers = checked.sender.reply_to or checked.sender.email
    if NOBODY_READS.search(answers.rpartition("@")[0].lower()[:LOOKED_AT]):
        yield _finding(
            checked,
            "reply.noreply",
            Severity.WARN,
            f"Answers go to {answers}, which looks as if nobody read it.",
            "Name an address that somebody reads as `reply_to`:",
            words=answers,
        )


def reply_missing(checked: CheckedIssue) -> Iterator[Finding]:
    """No Reply-To: answers go to the address that the mail is from."""
    if checked.sender and not checked.sender.reply_to:
        yield _finding(
            checked,
            "reply.missing",
            Severity.NOTE,
            f"No `reply_to` is named: answers go to {checked.sender.email}.",
            "If somebody reads them there, all is well; if not, name an address:",
            words=checked.sender.email,
        )


def _finding(
    checked: CheckedIssue, rule: str, severity: Severity, message: str, what_to_do: str, *, words: str
) -> Finding:
    """A finding at the sender; what to do ends with where the sender stands."""
    hint = f"{what_to_do} {sender_file(checked)}."
    return checked.finding(rule, severity, message, hint, at=sender_place(checked), words=words)


RULES = (
    Rule("from.name-missing", "A sender without a name", WARN, "what inboxes show", name_missing),
    Rule("from.name-long", "A sender's name over 25 signs", NOTE, "what inboxes show", name_long),
    Rule(
        "from.name-odd",
        "An address, a personal field or an emoji in the sender's name",
        WARN,
        "Gmail's rules for senders",
        name_odd,
    ),
    Rule(
        "from.provider",
        "A sender at gmail.com, yahoo.com and the like, for which only their own servers may send",
        (Severity.STOP, Severity.WARN),
        "RFC 9989 (DMARC)",
        provider,
    ),
    Rule("reply.noreply", "Answers that nobody reads", WARN, "Microsoft's rules for senders", noreply),
    Rule(
        "reply.missing",
        "No address for answers",
        NOTE,
        "RFC 5322 section 3.6.2",
        reply_missing,
        is_strict=True,
    ),
)
