"""Addresses that took a sign of the sentence in, or may lose one of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from mailer.check.link_reading import Form, links
from mailer.check.reading import texts
from mailer.check.rule import NOTE, OWN, WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity

CLOSING = ".,;:!»”“’\"'…"
"""Signs that end a sentence or a quotation, and no address that people publish."""
DASHES_AND_QUOTES = "–—‐‑‒−‘’“”«»…"

_SHOWN = re.compile(r"(?<![\w@/.-])(?:https?://|www\.)[^\s<>()\[\]]{3,300}", re.IGNORECASE)
_WITH_STOP_BEHIND = re.compile(
    r"\[((?:https?://|www\.)[^\s\[\]()<>]{3,300})\]\([^()\s]{1,500}\)([.,;:!?])(?=\s|$)", re.IGNORECASE
)


def taken_in(checked: CheckedIssue) -> Iterator[Finding]:
    """An address that ends in a full stop, a quotation mark or half a sign."""
    for link in links(checked.issue):
        url = link.url.strip()
        if link.form is Form.FIELD or not url.casefold().startswith(("http://", "https://")):
            continue
        if sign := _sign_at_end(url):
            yield checked.finding(
                "link.sign-taken-in",
                Severity.WARN,
                f"The address ends in {sign}, which belongs to the sentence around it, if to anything.",
                "Take it off, open the address once, and see that the page is there.",
                at=link.place,
                words=link.url,
            )


def _sign_at_end(url: str) -> str:
    """What the address ends in and should not; "" where nothing is amiss."""
    raw = unquote_to_bytes(url)
    try:
        read = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        # Half a sign in the middle is another encoding; at the end, the address was cut off.
        return "half a sign (%E2 or the like)" if error.end >= len(raw) else ""
    if read.endswith(")") and read.count(")") > read.count("("):
        return '")"'
    return f'"{read[-1]}"' if read[-1:] and read[-1] in CLOSING else ""


def stop_behind(checked: CheckedIssue) -> Iterator[Finding]:
    """An address that readers see, with a full stop right behind it."""
    for text in texts(checked.issue):
        if text.field != "body" and not text.field.endswith(".body"):
            continue
        if not any(sign in text.text.casefold() for sign in ("://", "www.")):
            continue
        linked = [(found.start(), found[1], found[2]) for found in _WITH_STOP_BEHIND.finditer(text.text)]
        inside = [
            found.span()
            for found in re.finditer(r"\[[^\[\]]{0,300}\]\([^()\s]{0,500}\)|<[^<>\s]{1,500}>", text.text)
        ]
        for found in _SHOWN.finditer(text.text):
            bare = found[0].rstrip(".,;:!?")
            if bare != found[0] and not any(start <= found.start() < end for start, end in inside):
                linked.append((found.start(), bare, found[0][len(bare)]))
        for start, address, sign in sorted(linked):
            yield checked.finding(
                "link.stop-behind",
                Severity.NOTE,
                f'"{sign}" stands right behind the address "{address}"; who copies it, and some mail programs, '
                "take the sign in.",
                "Link words that name the thing, or end the sentence otherwise.",
                at=text.at(start),
                words=f"{address}{sign}",
            )


def typographic(checked: CheckedIssue) -> Iterator[Finding]:
    """A dash or quotation mark of print within an address."""
    for link in links(checked.issue):
        url = link.url.strip()
        if not url.casefold().startswith(("http://", "https://")):
            continue
        read = unquote_to_bytes(url).decode("utf-8", "replace")
        signs = sorted({sign for sign in read[:-1] if sign in DASHES_AND_QUOTES})
        if signs:
            yield checked.finding(
                "link.print-sign",
                Severity.NOTE,
                f'The address has a sign of print in it ("{signs[0]}"), which gets lost where addresses are '
                "typed in or tidied up.",
                "Leave it as it was copied (%E2… and all), and open it once; or ask the site for a plainer one.",
                at=link.place,
                words=link.url,
            )


RULES = (
    Rule(
        "link.sign-taken-in",
        "An address that ends in a full stop, a quotation mark, or half a sign",
        WARN,
        "RFC 3986 appendix C",
        taken_in,
        reads_words=True,
    ),
    Rule(
        "link.stop-behind",
        "An address shown with a full stop right behind it",
        NOTE,
        OWN,
        stop_behind,
        reads_words=True,
    ),
    Rule(
        "link.print-sign",
        "A dash or quotation mark of print within an address",
        NOTE,
        OWN,
        typographic,
        reads_words=True,
        is_strict=True,
    ),
)
