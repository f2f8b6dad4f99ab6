"""What mail services and receivers want of bulk mail, as far as mailer.toml tells."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.check.mail_reading import EVERYWHERE
from mailer.check.rule import WARN, Needs, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.domains import is_aligned
from mailer.model.finding import Finding, Severity


def unsigned(checked: CheckedIssue) -> Iterator[Finding]:
    """Mail that nobody signs: Gmail, Yahoo and Outlook.com refuse it of those who mail many."""
    domain = checked.sender.email.rpartition("@")[2] if checked.sender else ""
    names = [relay.name for relay in checked.relays if not relay.is_signed]
    if domain and names:
        yield checked.finding(
            "relay.unsigned",
            Severity.WARN,
            f"What goes through {' and '.join(names)} is not signed for {domain} (DKIM); Gmail, Yahoo and "
            "Outlook.com refuse such mail of those who mail many.",
            f"Make a key: `mailer dkim new SELECTOR --domain {domain}`; or, if the mail service signs itself, write "
            f"`dkim = false` under [relays.{names[0]}].",
            at=EVERYWHERE,
            words=" ".join(names),
        )


def envelope(checked: CheckedIssue) -> Iterator[Finding]:
    """An envelope sender of another domain: SPF then says nothing about the From address."""
    if not checked.relays or checked.sender is None:
        return
    domain, bounces = (
        address.rpartition("@")[2] for address in (checked.sender.email, checked.envelope_sender)
    )
    if not bounces or is_aligned(domain, bounces):
        return
    is_unsigned = any(not relay.is_signed for relay in checked.relays)
    yield checked.finding(
        "relay.envelope-domain",
        Severity.WARN if is_unsigned else Severity.NOTE,
        f"Bounces go to {checked.envelope_sender}, which is not of {domain}: SPF does not count for the sender, "
        + ("and nothing signs: DMARC fails." if is_unsigned else "and DMARC rests on the signature alone."),
        f"Use an address of {domain} as `bounces` in mailer.toml.",
        at=EVERYWHERE,
        words=checked.envelope_sender,
    )


def too_large(checked: CheckedIssue) -> Iterator[Finding]:
    """A message over what the mail service is known to take."""
    largest = max(checked.messages, key=lambda facts: facts.octets, default=None)
    for relay in checked.relays:
        if largest and 0 < relay.most_octets < largest.octets:
            yield checked.finding(
                "size.relay",
                Severity.WARN,
                f"A mail of version {largest.variant} has {largest.octets / 1e6:.1f} MB; {relay.name} takes "
                f"{relay.most_octets / 1e6:.1f} MB where its owner has changed nothing.",
                "Leave out a picture or lower `image_bytes` in mailer.toml; `mailer doctor` asks what it takes.",
                at=EVERYWHERE,
                words=relay.name,
            )


RULES = (
    Rule(
        "relay.unsigned",
        "Bulk mail that nobody signs",
        WARN,
        "Gmail, Yahoo, Microsoft",
        unsigned,
        needs=Needs("signing", mail_service=True),
    ),
    Rule(
        "relay.envelope-domain",
        "Bounces to another domain than the sender's",
        (Severity.WARN, Severity.NOTE),
        "RFC 9989 section 4.4 (DMARC alignment)",
        envelope,
        needs=Needs("where bounces go", mail_service=True),
    ),
    Rule(
        "size.relay",
        "A mail over what the mail service takes",
        WARN,
        "RFC 1870",
        too_large,
        needs=Needs("the largest mail it takes", mail_service=True),
    ),
)
