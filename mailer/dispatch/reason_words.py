"""Why a mail was not taken over, each in words that a person understands, with what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Whose(StrEnum):
    """Who can mend it."""

    READER = "reader"
    """The reader's address or mailbox."""
    OURS = "ours"
    """Our sender, our records, our message: it concerns every reader there."""
    SERVICE = "service"
    """A server on the way; mostly it passes."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a mail was not taken over, in words that a person understands, and what to do."""

    key: str
    """For programs, and to group by."""
    words: str
    todo: str
    whose: Whose


def _reason(key: str, whose: Whose, words: str, todo: str) -> Reason:
    return Reason(key, words, todo, whose)


_R, _O, _S = Whose.READER, Whose.OURS, Whose.SERVICE

GONE: Final = _reason(
    "no-such-address",
    _R,
    "There is no such mailbox.",
    "Look for a typing mistake; else ask the office or the person for the new address.",
)
UNAVAILABLE: Final = _reason(
    "mailbox-unavailable",
    _R,
    "The mailbox is not there, or takes nothing from us: the server does not say which.",
    "Ask the person for their address; with the answer in hand their postmaster can say more.",
)
NO_DOMAIN: Final = _reason(
    "no-such-domain",
    _R,
    "The part of the address after the @ does not exist, or takes no mail.",
    "Look for a typing mistake; the office may have a new domain.",
)
BAD_ADDRESS: Final = _reason(
    "bad-address",
    _R,
    "The address is written in a way that the server does not take.",
    "Correct it in contacts.csv.",
)
AMBIGUOUS: Final = _reason(
    "ambiguous", _R, "The address fits more than one mailbox there.", "Ask the person which address to use."
)
MOVED: Final = _reason(
    "moved", _R, "The person has moved away from this address.", "Ask the office for the new address."
)
CLOSED: Final = _reason(
    "mailbox-closed",
    _R,
    "The mailbox is there, but is closed or switched off.",
    "Ask the person or the office for another address.",
)
NOT_NOW: Final = _reason(
    "mailbox-not-now",
    _R,
    "The mailbox takes nothing just now.",
    "Nothing to do: it is tried again. If it was given up, ask the person for another address.",
)
FULL: Final = _reason(
    "mailbox-full",
    _R,
    "The mailbox is full.",
    "Write to another address of theirs, or telephone; it goes once they have made room.",
)
LIST_TROUBLE: Final = _reason(
    "list-trouble", _R, "The address is a mailing list that could not pass it on.", "Ask who keeps that list."
)
NOT_ALLOWED: Final = _reason(
    "not-allowed",
    _R,
    "This mailbox takes mail from certain senders only.",
    "Ask the person to let our address in.",
)
TOO_LARGE: Final = _reason(
    "too-large",
    _O,
    "The mail is too large for them.",
    "Make pictures smaller or take attachments out, and have a new proof approved.",
)
CONTENT: Final = _reason(
    "content",
    _O,
    "The server does not take the form or the content of the mail.",
    "Read the answer; run `mailer check`, then ask their postmaster with the answer in hand.",
)
SPAM: Final = _reason(
    "taken-for-spam",
    _O,
    "They take our mail for spam.",
    "Stop, do not try again and again. Ask their postmaster to let our address in, with the answer in hand.",
)
BLOCKED: Final = _reason(
    "blocked",
    _O,
    "The server that sends for us is on a list of blocked servers.",
    "Follow the address in the answer to have it taken off, or ask the mail service to.",
)
POLICY: Final = _reason(
    "policy",
    _O,
    "A rule of theirs keeps our mail out.",
    "Read the answer, and ask their postmaster to let our address in.",
)
UNAUTHENTICATED: Final = _reason(
    "unauthenticated",
    _O,
    "They cannot see that the mail is really ours: SPF, DKIM or DMARC is missing or wrong.",
    "Stop. Have the DNS records of the sender's domain put right (docs/dkim.md), then send again.",
)
NO_PTR: Final = _reason(
    "no-reverse-name",
    _O,
    "The server that sends for us has no proper name in the DNS (PTR).",
    "Ask whoever runs it to set one that leads back to it.",
)
NO_TLS: Final = _reason(
    "no-encryption", _O, "They want mail to come encrypted (TLS).", 'Use security = "starttls" or "tls".'
)
SENDER: Final = _reason(
    "sender-refused",
    _O,
    "Our sender address is not one that may send this.",
    "Give the mail service's user the right to send as this address, or change [sender] in mailer.toml.",
)
RELAY: Final = _reason(
    "not-a-relay",
    _O,
    "The server does not pass mail on for us.",
    "Look at host, port and login of the mail service in mailer.toml.",
)
LOGIN: Final = _reason(
    "login", _O, "The mail service does not accept our login.", "Renew the password or token, then resume."
)
BARRED: Final = _reason(
    "account-barred",
    _O,
    "The mail service has barred our account from sending.",
    "Ask your administrator to release it, and find out why it was barred.",
)
QUOTA: Final = _reason(
    "our-quota",
    _O,
    "We have sent as much as the mail service lets us for now.",
    "Wait until it lets us go on; set per_day and per_minute in mailer.toml to what it allows.",
)
PROTOCOL: Final = _reason(
    "protocol",
    _O,
    "The server did not understand us.",
    "It is a mistake of the program or of a device between: report it with the answer.",
)
GREYLISTED: Final = _reason(
    "greylisted",
    _S,
    "They make unknown senders wait at first (greylisting).",
    "Nothing: it is tried again by itself.",
)
TOO_FAST: Final = _reason(
    "too-fast",
    _S,
    "They take no more mail from us for the moment.",
    "Nothing: it is tried again, more slowly. If it lasts, lower the limits for this domain in mailer.toml.",
)
BUSY: Final = _reason(
    "server-busy",
    _S,
    "Their server cannot take mail at the moment.",
    "Nothing while it is tried again; if it was given up, send it again tomorrow.",
)
UNREACHABLE: Final = _reason(
    "unreachable",
    _S,
    "Their server could not be reached.",
    "If it lasts, look for a typing mistake in the domain, or telephone.",
)
LOOP: Final = _reason(
    "loop",
    _S,
    "Their servers send the mail round in a circle.",
    "Tell their postmaster; use another address.",
)
SECURITY: Final = _reason(
    "security",
    _S,
    "Their rules on encryption or signatures stop it.",
    "Ask their postmaster, with the answer.",
)
TIME_OUT: Final = _reason(
    "given-up",
    _S,
    "It could not be handed over before the sending's time had run out.",
    "Look at the last answer; send it to them again with `mailer person EMAIL --again`.",
)
DOUBT: Final = _reason(
    "no-answer",
    _S,
    "The link broke before the answer came: the mail service may have it.",
    "Look for the Message-ID in its log, then `mailer settle`.",
)
LISTED: Final = _reason(
    "do-not-mail", _R, "The address is on the do-not-mail list.", "See `mailer suppressions`."
)
UNSAID: Final = _reason(
    "unsaid",
    _S,
    "The server gave no reason that is known here.",
    "Read the answer, and ask their postmaster.",
)
