"""Where links lead: an address that works from a mailbox, over an encrypted line, once an item."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import SplitResult, unquote, urlsplit

from mailer.check.link_reading import Form, links
from mailer.check.rule import OWN, STOP, WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity

SCHEMES = ("https", "http", "mailto", "tel")
TEST_LABELS = frozenset("linode staging preprod uat sandbox".split())
"""Parts before a site's own name that say: under construction."""
HIRED_HOSTS = frozenset("ngrok ngrok-free herokuapp netlify vercel azurewebsites linodeusercontent".split())
"""Sites that lend their name to others' trials."""
PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg")

_MAIL_SPACE = re.compile(r"^\s*mailto:(?:\s|%20)", re.IGNORECASE)
_OPEN_SLOT = re.compile(r"\{\{|\{%|%%slot:|https://slot\.invalid/")


def bad(checked: CheckedIssue) -> Iterator[Finding]:
    """An address that leads nowhere from a mailbox."""
    for link in links(checked.issue):
        # A spaced mailto and an open slot have rules of their own.
        if _MAIL_SPACE.match(link.url) or _OPEN_SLOT.search(link.url):
            continue
        trouble = trouble_of(link.url)
        if trouble is None and link.form is Form.UNMADE:
            trouble = ("does not make a link; readers see the brackets", "Write [words](address).")
        if trouble:
            yield checked.finding(
                "link.bad",
                Severity.STOP,
                f'The address "{link.url}" {trouble[0]}.',
                trouble[1],
                at=link.place,
                words=link.url,
            )


def unencrypted(checked: CheckedIssue) -> Iterator[Finding]:
    """An address with http instead of https."""
    for link in links(checked.issue):
        # Where an address leads nowhere, it is no help that it would do so encrypted.
        if link.url.strip().casefold().startswith("http://") and trouble_of(link.url) is None:
            yield checked.finding(
                "link.http",
                Severity.WARN,
                "This link is not encrypted: what is read there can be seen and changed on the way.",
                f'Write "https{link.url.strip()[4:]}" if the site answers there.',
                at=link.place,
                words=link.url,
            )


def test_host(checked: CheckedIssue) -> Iterator[Finding]:
    """An address on a machine for trials."""
    for link in links(checked.issue):
        host = _host(link.url)
        # The site's own name and its ending are no sign: only what stands before them, or a hosting firm.
        before = host.removeprefix("www.").split(".")[:-1]
        found = set(before[:-1]) & TEST_LABELS or (set(before[-1:]) & HIRED_HOSTS if before[:-1] else set())
        if found:
            yield checked.finding(
                "link.test-host",
                Severity.WARN,
                f'The host "{host}" looks like a site for trials ("{min(found)}"); readers may take it for '
                "phishing, and it may vanish.",
                "Use the official address.",
                at=link.place,
                words=link.url,
            )


def twice(checked: CheckedIssue) -> Iterator[Finding]:
    """The same page linked twice within one item, as one reader gets it."""
    seen: set[tuple[str | None, str, str]] = set()
    for link in links(checked.issue):
        url = link.url.strip()
        if link.form is Form.FIELD or not re.match(r"https?://", url, re.IGNORECASE):
            continue
        # Nobody reads two wordings of an item.
        worded = link.field if link.field.startswith("wording[") else ""
        key = (link.item, worded, re.sub(r"^https?://", "", url.casefold()).rstrip("/"))
        if key in seen:
            yield checked.finding(
                "link.duplicate",
                Severity.WARN,
                "This item links the same address twice.",
                "Leave one out, or put in the address that was meant.",
                at=link.place,
                words=link.url,
            )
        seen.add(key)


def trouble_of(url: str) -> tuple[str, str] | None:
    """What is wrong with an address by its looks, and what to do; None where nothing is."""
    if url.strip()[:1] in ("", "#"):
        return "leads nowhere from a mail", "Put in a whole address, or make it plain text."
    try:
        parts = urlsplit(url.strip())
        parts.port  # noqa: B018
    except ValueError:
        return "cannot be read as an address", "Copy it again from the browser."
    if re.search(r"\s", url.strip()):
        return "has a space in it", "Take the space out, or copy the address again."
    match parts.scheme.casefold():
        case "":
            return _relative_trouble(parts)
        case "http" | "https":
            return _host_trouble(parts)
        case "mailto":
            fits = re.fullmatch(
                r"[^@\s,;:<>()\[\]\\\"]{1,64}@(?:[\w-]{1,63}\.)+[\w-]{2,63}", unquote(parts.path)
            )
            return None if fits else ("names no mail address", "Write mailto:name@host.")
        case "tel":
            fits = re.match(r"\+?[\d().-]{3,}", parts.path)
            return None if fits else ("names no telephone number", "Write tel: and the whole number.")
        case scheme:
            known = ", ".join(SCHEMES)
            return f'begins with "{scheme}:", which mail programs refuse', f"Use one of {known}."


def _relative_trouble(parts: SplitResult) -> tuple[str, str]:
    if parts.path.casefold().endswith(PICTURES):
        return "is a picture's, and pictures cannot stand in the text", "Give it as the item's `image`."
    if re.match(r"(?:[\w-]+\.)+[a-z]{2,}(?:/|$)", parts.path, re.IGNORECASE):
        return "leads nowhere without https:// before it", f'Write "https://{parts.geturl()}".'
    return "leads nowhere from a mail", "Put in the whole address, with https:// and the site."


def _host_trouble(parts: SplitResult) -> tuple[str, str] | None:
    host = (parts.hostname or "").rstrip(".")
    if not host:
        return "names no site", "Put in the whole address."
    private = ("leads to a machine that readers cannot reach", "Use the public address.")
    try:
        return None if ipaddress.ip_address(host).is_global else private
    except ValueError:
        pass
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".lan")):
        return private
    if "." not in host:
        return "names no whole site", "Put in the whole address, with the site's ending."
    return None


def _host(url: str) -> str:
    try:
        return (urlsplit(url.strip()).hostname or "").casefold()
    except ValueError:
        return ""


RULES = (
    Rule(
        "link.bad",
        "An address that leads nowhere: empty, `#`, without https://, `javascript:`, localhost, spaces",
        STOP,
        "RFC 3986 section 3",
        bad,
        reads_words=True,
    ),
    Rule(
        "link.http",
        "http where https should be",
        WARN,
        "RFC 9325",
        unencrypted,
        reads_words=True,
    ),
    Rule("link.test-host", "A site for trials", WARN, OWN, test_host, reads_words=True),
    Rule(
        "link.duplicate",
        "The same address twice in one item",
        WARN,
        OWN,
        twice,
        reads_words=True,
    ),
)
