"""What following an issue's links showed, as findings. Who followed them is not known here: visits are values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from lxml import html as lxml_html
from lxml.etree import LxmlError
from markdown_it.common.normalize_url import normalizeLink

from mailer.check.link_reading import links
from mailer.check.reading import Place
from mailer.check.rules.link_address import trouble_of
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity
from mailer.model.visit import Found, Visit

FOLLOWED: tuple[tuple[str, str, str], ...] = (
    ("link.dead", "stop", "A page that its site does not have (404, 410)"),
    ("link.trouble", "warn", "A site that is not reached, or that readers get nothing from"),
    ("link.moved", "note", "A page that has moved for good"),
    ("link.not-checked", "warn, note", "An address that could not be checked, and why"),
)
"""What `mailer check --links` tells besides: id, how bad, what it is."""

_OPEN = re.compile(r"\{\{|\{%|%%slot:|https://slot\.invalid/")

Spot = tuple[CheckedIssue, Place]


def addresses_of(checked: CheckedIssue) -> Mapping[str, tuple[Spot, ...]]:
    """Every web address that readers can follow → where it stands, by issue or translation.

    Without place where only the template has it. Addresses that are a reader's own are left out, and those that
    a rule stops by their looks.
    """
    spots: dict[str, list[Spot]] = {}
    seen: set[tuple[str, Place]] = set()
    stopped: set[str] = set()
    for each in (checked, *checked.local.values()):
        for link in links(each.issue):
            address = _asked_for(link.url)
            if address and trouble_of(link.url) is not None:
                stopped.add(address)
                continue
            # What a translation has from its source is told of the source.
            if address and (address, link.place) not in seen:
                seen.add((address, link.place))
                spots.setdefault(address, []).append((each, link.place))
    for rendition in checked.renditions:
        # Calendar files answer once the issue is sent, or its pages are handed over.
        ours = tuple(f"/calendar/{checked.issue.id}/{file.name}" for file in rendition.linked)
        for url in _hrefs(rendition.html):
            address = _asked_for(url)
            if address and address not in stopped and not (ours and address.endswith(ours)):
                spots.setdefault(address, [])
    return {address: tuple(found) for address, found in spots.items()}


def followed_findings(checked: CheckedIssue, visits: Iterable[Visit]) -> Iterator[Finding]:
    """A finding for each place of each address that does not simply answer."""
    spots = addresses_of(checked)
    for visit in visits:
        told = _told(visit)
        if told is None:
            continue
        rule, severity, message, hint = told
        for each, place in spots.get(visit.url, ()):
            yield each.finding(rule, severity, message, hint, at=place, words=visit.url)
        if not spots.get(visit.url):
            message = f"{message} The template has this link."
            yield checked.finding(rule, severity, message, hint, at=Place(None, None), words=visit.url)


def _told(visit: Visit) -> tuple[str, Severity, str, str] | None:
    site = urlsplit(visit.url).hostname or visit.url
    said = f"{site} {visit.reason}."
    match visit.found:
        case Found.ANSWERS:
            return _moved(visit) if visit.moved_to else None
        case Found.GONE:
            return "link.dead", Severity.STOP, said, "Find the page's new address, or take the link out."
        case Found.TROUBLE | Found.UNREACHED:
            hint = "Open it in a browser. If it fails there too, mend the address or take the link out."
            if visit.is_inside:
                hint = "Whatever a browser here shows: put in a public address, or take the link out."
            return "link.trouble", Severity.WARN, f"{said}{_way(visit)}", hint
        case _:
            return "link.not-checked", Severity.NOTE, f"Not checked: {said}", "Open it in a browser yourself."


def _moved(visit: Visit) -> tuple[str, Severity, str, str]:
    message = f"This page has moved for good to {visit.moved_to}."
    hint = f'Write "{visit.moved_to}", if it is the page that you mean.'
    return "link.moved", Severity.NOTE, message, hint


def _way(visit: Visit) -> str:
    return f" On the way: {visit.way}." if len(visit.hops) > 1 else ""


def _asked_for(url: str) -> str:
    """The address as it is asked for: as browsers write it, without its fragment; "" where it is none."""
    url = url.strip()
    if not re.match(r"https?://", url, re.IGNORECASE) or _OPEN.search(url) or re.search(r"\s", url):
        return ""
    return normalizeLink(url.partition("#")[0])


def _hrefs(html: str) -> Iterator[str]:
    try:
        page = lxml_html.document_fromstring(html) if html.strip() else None
    except (LxmlError, ValueError):
        # Broken output has rules of its own.
        return
    if page is not None:
        yield from (str(link.get("href")) for link in page.iter("a") if link.get("href"))
