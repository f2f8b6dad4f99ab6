"""How readers leave a newsletter: a link that they see, and one that their mail program offers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from mailer.check.facts import MessageFacts
from mailer.check.mail_reading import EVERYWHERE, in_versions, made
from mailer.check.rule import STOP, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity
from mailer.model.rendition import Rendition

HEADER, POST = "List-Unsubscribe", "List-Unsubscribe-Post"
ONE_CLICK = "List-Unsubscribe=One-Click"
LINK = re.compile(r"href=[\"'][^\"'<>]{0,900}unsubscribe", re.IGNORECASE)
ADDRESS = re.compile(r"<([^<>]{1,900})>")
SIGNED = re.compile(r";\s{0,20}h\s{0,20}=([^;]{0,2000})")
FAULT = "This is a fault of the mailer: report it, and send nothing until it is mended."


def no_way_out(checked: CheckedIssue) -> Iterator[Finding]:
    """A newsletter that nobody can leave."""
    found = (
        ("", facts.variant)
        for rendition, facts in _newsletters(checked)
        if not facts.all(HEADER) and not _has_link(rendition.html)
    )
    for _, where in in_versions(found, len(checked.messages)):
        yield checked.finding(
            "unsubscribe.missing",
            Severity.STOP,
            f"Nobody could unsubscribe from this newsletter {where}: it has neither a link nor a {HEADER} field.",
            "Set `unsubscribe` under [newsletter] in mailer.toml, and link to {{ unsubscribe }} in the template; "
            "or, if it is no newsletter, write `message_class: notice`.",
            at=EVERYWHERE,
        )


def no_link(checked: CheckedIssue) -> Iterator[Finding]:
    """A newsletter without a link that readers can see."""
    found = (
        ("", facts.variant)
        for rendition, facts in _newsletters(checked)
        if facts.all(HEADER) and not _has_link(rendition.html)
    )
    for _, where in in_versions(found, len(checked.messages)):
        yield checked.finding(
            "unsubscribe.no-link",
            Severity.STOP,
            f"The text shows no link to unsubscribe {where}; Gmail, Yahoo and Outlook.com want one that is seen.",
            f"Show it in the footer of templates/{checked.issue.template}.",
            at=EVERYWHERE,
        )


def no_header(checked: CheckedIssue) -> Iterator[Finding]:
    """A newsletter whose mail programs cannot offer to unsubscribe."""
    found = (
        ("", facts.variant)
        for rendition, facts in _newsletters(checked)
        if not facts.all(HEADER) and _has_link(rendition.html)
    )
    for _, where in in_versions(found, len(checked.messages)):
        yield checked.finding(
            "unsubscribe.no-header",
            Severity.STOP,
            f"The message has no {HEADER} field {where}; Gmail and Yahoo want it of those who mail many.",
            "Set `unsubscribe` under [newsletter] in mailer.toml.",
            at=EVERYWHERE,
        )


def header_broken(checked: CheckedIssue) -> Iterator[Finding]:
    """Fields by which mail programs unsubscribe that do not do so."""
    found = ((why, facts.variant) for _, facts in made(checked) if (why := _why_broken(facts)))
    for why, where in in_versions(found, len(checked.messages)):
        yield checked.finding(
            "unsubscribe.header-broken", Severity.STOP, f"{why} {where}.", FAULT, at=EVERYWHERE, words=why
        )


def _newsletters(checked: CheckedIssue) -> Iterator[tuple[Rendition, MessageFacts]]:
    if checked.issue.message_class == "newsletter":
        yield from made(checked)


@lru_cache(maxsize=256)
def _has_link(page: str) -> bool:
    return LINK.search(page) is not None


def _why_broken(facts: MessageFacts) -> str:
    leaving, post = facts.all(HEADER), facts.all(POST)
    if not leaving:
        return f"{POST} stands there without {HEADER}" if post else ""
    addresses = ADDRESS.findall(leaving[0])
    schemes = {address.partition(":")[0].lower() for address in addresses}
    if not schemes & {"https", "mailto"}:
        return f"{HEADER} has neither an https nor a mailto address"
    if HEADER.lower() in facts.folded:
        return f"{HEADER} takes more than one line, at which Gmail finds signatures broken,"
    if bool(post) != ("https" in schemes):
        return (
            f"{POST} stands beside no https address"
            if post
            else f"{HEADER} has an https address without {POST}"
        )
    if post and post[0].strip() != ONE_CLICK:
        return f"{POST} does not say {ONE_CLICK}"
    if facts.is_signed and (unsigned := _unsigned(facts, post)):
        return f"our signature does not cover {unsigned}"
    return ""


def _unsigned(facts: MessageFacts, post: tuple[str, ...]) -> str:
    signed = SIGNED.search("".join(facts.all("DKIM-Signature")))
    names = {name.strip().lower() for name in signed[1].split(":")} if signed else set[str]()
    needed = (HEADER, POST) if post else (HEADER,)
    return next((name for name in needed if name.lower() not in names), "")


RULES = (
    Rule(
        "unsubscribe.missing",
        "A newsletter that nobody can leave",
        STOP,
        "CAN-SPAM; GDPR article 7(3)",
        no_way_out,
        can_be_waived=False,
    ),
    Rule(
        "unsubscribe.no-link",
        "A newsletter without a link to unsubscribe that is seen",
        STOP,
        "Gmail, Yahoo, Microsoft",
        no_link,
    ),
    Rule(
        "unsubscribe.no-header",
        "A newsletter without a List-Unsubscribe field",
        STOP,
        "RFC 2369; Gmail, Yahoo",
        no_header,
    ),
    Rule(
        "unsubscribe.header-broken",
        "List-Unsubscribe fields that do not work: folded, unsigned, or not as one click needs them",
        STOP,
        "RFC 8058 sections 3 and 4",
        header_broken,
        can_be_waived=False,
    ),
)
