"""What mail servers' answers mean, as tables: RFC 3463 and RFC 5321, and what the great ones say in their own way.

Read by `reasons`. Where an answer fits several rows, the first of the first table counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from mailer.dispatch.reason_words import (
    AMBIGUOUS,
    BAD_ADDRESS,
    BARRED,
    BLOCKED,
    BUSY,
    CLOSED,
    CONTENT,
    DOUBT,
    FULL,
    GONE,
    GREYLISTED,
    LIST_TROUBLE,
    LISTED,
    LOGIN,
    LOOP,
    MOVED,
    NO_DOMAIN,
    NO_PTR,
    NO_TLS,
    NOT_ALLOWED,
    POLICY,
    PROTOCOL,
    QUOTA,
    RELAY,
    SECURITY,
    SENDER,
    SPAM,
    TIME_OUT,
    TOO_FAST,
    TOO_LARGE,
    UNAUTHENTICATED,
    UNAVAILABLE,
    UNREACHABLE,
    UNSAID,
    Reason,
)

ENHANCED: Final[Mapping[str, Reason]] = {
    # RFC 3463, 3.2: addressing.
    "1.0": BAD_ADDRESS,
    "1.1": GONE,
    "1.2": NO_DOMAIN,
    "1.3": BAD_ADDRESS,
    "1.4": AMBIGUOUS,
    "1.6": MOVED,
    "1.7": SENDER,
    "1.8": SENDER,
    "1.9": CONTENT,
    "1.10": NO_DOMAIN,  # RFC 7505: a null MX
    # 3.3: mailbox.
    "2.0": UNAVAILABLE,
    "2.1": CLOSED,
    "2.2": FULL,
    "2.3": TOO_LARGE,
    "2.4": LIST_TROUBLE,
    # 3.4: mail system.
    "3.0": BUSY,
    "3.1": BUSY,
    "3.2": BUSY,
    "3.3": CONTENT,
    "3.4": TOO_LARGE,
    "3.5": UNREACHABLE,
    # 3.5: network and routing.
    "4.0": UNREACHABLE,
    "4.1": UNREACHABLE,
    "4.2": UNREACHABLE,
    "4.3": UNREACHABLE,
    "4.4": NO_DOMAIN,
    "4.5": BUSY,
    "4.6": LOOP,
    "4.7": TIME_OUT,
    # 3.6: protocol.
    "5.0": PROTOCOL,
    "5.1": PROTOCOL,
    "5.2": PROTOCOL,
    "5.3": TOO_FAST,
    "5.4": PROTOCOL,
    "5.5": PROTOCOL,
    # 3.7: content.
    "6.0": CONTENT,
    "6.1": CONTENT,
    "6.2": CONTENT,
    "6.3": CONTENT,
    "6.4": CONTENT,
    "6.5": CONTENT,
    "6.7": BAD_ADDRESS,  # RFC 6531: non-ASCII addresses
    # 3.8: security and policy.
    "7.0": POLICY,
    "7.1": POLICY,
    "7.2": NOT_ALLOWED,
    "7.3": SECURITY,
    "7.4": SECURITY,
    "7.5": SECURITY,
    "7.6": SECURITY,
    "7.7": SECURITY,
    "7.8": LOGIN,  # RFC 4954
    "7.9": LOGIN,
    "7.10": NO_TLS,  # RFC 5248's registry: encryption needed
    "7.11": LOGIN,
    "7.13": BARRED,
    "7.17": MOVED,  # RFC 7293: the mailbox has another owner now
    "7.18": MOVED,
    # RFC 7372: SPF, DKIM, reverse DNS.
    "7.20": UNAUTHENTICATED,
    "7.21": UNAUTHENTICATED,
    "7.22": UNAUTHENTICATED,
    "7.23": UNAUTHENTICATED,
    "7.24": UNAUTHENTICATED,
    "7.25": NO_PTR,
    "7.26": UNAUTHENTICATED,
    "7.27": NO_DOMAIN,
    "7.28": TOO_FAST,  # RFC 5248's registry: mail flood
}
"""Subject and detail of an enhanced code, whatever its class → what it means (the IANA registry of RFC 5248)."""

SUBJECTS: Final[Mapping[str, Reason]] = {
    "0": UNSAID,
    "1": BAD_ADDRESS,
    "2": UNAVAILABLE,
    "3": BUSY,
    "4": UNREACHABLE,
    "5": PROTOCOL,
    "6": CONTENT,
    "7": POLICY,
}
"""The subject alone, where the detail is not known (RFC 3463 3.1)."""

VAGUE: Final = frozenset(
    {"0.0", "1.0", "2.0", "3.0", "4.0", "5.0", "6.0", "7.0", "7.1", "4.1", "1.5", "2.1", "5.5", "3.5"}
)
"""Codes that servers use for anything: the words beside them say more, where they are known."""

CODES: Final[Mapping[int, Reason]] = {
    # RFC 5321 4.2.2 and 4.2.3.
    421: BUSY,
    432: TOO_FAST,
    450: BUSY,
    451: BUSY,
    452: BUSY,
    454: LOGIN,
    455: BUSY,
    500: PROTOCOL,
    501: PROTOCOL,
    502: PROTOCOL,
    503: PROTOCOL,
    504: PROTOCOL,
    521: NO_DOMAIN,
    523: TOO_LARGE,
    530: LOGIN,
    534: LOGIN,
    535: LOGIN,
    538: NO_TLS,
    550: UNAVAILABLE,
    551: MOVED,
    552: FULL,
    553: BAD_ADDRESS,
    555: PROTOCOL,
    556: NO_DOMAIN,
}
"""A code without an enhanced one, where its words are not known either."""

SPECIAL: Final[tuple[tuple[str, str, Reason], ...]] = (
    # Microsoft: Exchange Online and Outlook.com.
    (r"5\.7\.515", "", UNAUTHENTICATED),
    (r"5\.1\.10", r"null ?mx", NO_DOMAIN),
    (r"5\.1\.10", r"recipient|resolver|not found", GONE),
    (r"5\.1\.8", r"outbound|access denied|bad sender", BARRED),
    (r"5\.1\.90|5\.2\.0", r"quota|daily limit|submission", QUOTA),
    (r"[45]\.7\.5[01]\d", "", SPAM),
    (r"5\.7\.(?:6[0-4]\d|70[58]|750)", "", BLOCKED),
    (r"5\.7\.(?:12[4-9]|13[0-6])|5\.7\.20[1-9]", "", NOT_ALLOWED),
    (r"5\.7\.139|5\.7\.3", "", LOGIN),
    (r"5\.7\.(?:57|60|367|368)|5\.2\.252", "", SENDER),
    (r"5\.7\.64|5\.4\.300", "", RELAY),
    (r"5\.4\.1", r"access denied|recipient address rejected", GONE),
    (r"5\.4\.14|5\.4\.6", "", LOOP),
    (r"5\.4\.310", "", NO_DOMAIN),
    # Google: Gmail and Workspace.
    (r"5\.4\.5", r"daily|limit|quota|sending", QUOTA),
    (r"[45]\.7\.23", r"\bptr\b|reverse", NO_PTR),
    (r"[45]\.7\.25", "", NO_PTR),
    (r"[45]\.7\.(?:26|27|30|31|32|40)", r"auth|spf|dkim|dmarc|align", UNAUTHENTICATED),
    (r"[45]\.7\.29", r"tls|encrypt|secure", NO_TLS),
    (r"[45]\.7\.28", "", TOO_FAST),
    (r"5\.2\.1", r"disabled|inactive", CLOSED),
    (r"[45]\.2\.[12]|4\.2\.1", r"rate|too quickly|receiving mail", TOO_FAST),
    # Yahoo and AOL.
    (r".*", r"\[?ts[so]\d\d\]?", TOO_FAST),
    (r".*", r"\[bl\d\d\]", SPAM),
    (r"5\.7\.9|", r"policy reasons", SPAM),
)
"""Enhanced code, and something in the words, of servers that use codes in their own way → what they mean by it."""

WORDS: Final[tuple[tuple[str, Reason], ...]] = (
    (r"submission ?quota|daily [\w ]*(?:limit|quota)|sending (?:limit|quota)", QUOTA),
    (r"gr[ea]y-?list", GREYLISTED),
    (r"\b(?:spf|dkim|dmarc)\b|unauthenticated|not authenticated", UNAUTHENTICATED),
    (r"\bptr\b|reverse dns|reverse host|rdns", NO_PTR),
    (r"spamhaus|barracuda|spamcop|\brbl\b|dnsbl|black ?list|block ?list|blocked using|client host", BLOCKED),
    (r"\bspam|unsolicited|reputation|bulk mail|junk", SPAM),
    (r"relay(?:ing)? (?:access )?(?:denied|not)|unable to relay|not permitted to relay", RELAY),
    (r"sender (?:address )?(?:rejected|denied)|send ?as ?denied|not allowed to send", SENDER),
    (r"over ?quota|quota exceeded|(?:mail|in)box (?:is )?full|out of storage|insufficient storage", FULL),
    (r"too (?:large|big)|message size|exceeds? (?:the )?(?:maximum )?size|\bsize limit", TOO_LARGE),
    (r"disabled|deactivated|inactive|suspended|mailbox (?:is )?(?:closed|locked)", CLOSED),
    (
        r"(?:no such|unknown|invalid) (?:user|recipient|mailbox|address|account)|(?:user|recipient|mailbox|account)"
        r"(?: \S+)? (?:unknown|not found|is invalid)|does(?:n't| not) (?:exist|have an?)|no mailbox|not a valid"
        r"|recipient (?:address )?rejected|not our customer|undeliverable address",
        GONE,
    ),
    (r"(?:host|domain) (?:\S+ )?(?:not found|unknown|does not exist)|no mx|nullmx|null mx", NO_DOMAIN),
    (r"mailbox unavailable", UNAVAILABLE),
    (r"too many|\brates?\b|throttl|try (?:again )?later|temporarily deferred|concurren", TOO_FAST),
    (r"virus|malware|attachment|content", CONTENT),
    (r"polic(?:y|ies)|not permitted|access denied|administrative|prohibited|banned", POLICY),
    (r"starttls|must issue|encryption required|tls required", NO_TLS),
    (r"time(?:d )?.?out|unreachable|connection (?:refused|reset)|could not connect|network", UNREACHABLE),
)
"""What servers say in words, in small letters → what it means; the first that fits."""

OWN_WORDS: Final[tuple[tuple[str, Reason], ...]] = (
    (r"do-not-mail", LISTED),
    (r"time had run out|not in time", TIME_OUT),
    (r"no answer after the final dot|in doubt|may have", DOUBT),
    (r"SMTPUTF8|cannot be written to|cannot stand", BAD_ADDRESS),
    (r"(?i)login|password|token", LOGIN),
    (r"(?i)no answer|connect|link|closed|unreachable|refused the connection", UNREACHABLE),
)
"""What this program writes itself where no server answered → what it means."""

COMPILED: Final = tuple((re.compile(code), re.compile(words), reason) for code, words, reason in SPECIAL)
COMPILED_WORDS: Final = tuple((re.compile(words), reason) for words, reason in WORDS)
