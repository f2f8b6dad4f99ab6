"""The words that carry a link: they must say where it leads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from mailer.check.link_reading import Form, LinkPlace, links
from mailer.check.rule import NOTE, OWN, WARN, Needs, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity

VAGUE = frozenset(
    {
        # English
        *("here", "click here", "click", "click this", "see here", "over here", "right here"),
        *("read more", "more", "learn more", "find out more", "see more", "more here", "read more here"),
        *("this", "this link", "the link", "link", "this page", "this site", "this one", "it"),
        *("more info", "more information", "further information", "details", "more details", "continue"),
        # Russian
        *("здесь", "тут", "сюда", "по ссылке", "по этой ссылке", "ссылка", "эта ссылка", "далее"),
        *("подробнее", "подробнее здесь", "читать далее", "читать дальше", "нажмите здесь", "узнать больше"),
        # French
        *("ici", "cliquez ici", "cliquer ici", "lire la suite", "la suite", "lire plus", "plus"),
        *("en savoir plus", "ce lien", "lien", "plus d'informations", "cette page"),
        # German
        *("hier", "hier klicken", "klicken sie hier", "mehr", "mehr lesen", "mehr erfahren", "weiterlesen"),
        *("dieser link", "weiter", "mehr dazu"),
        # Spanish
        *("aquí", "aqui", "haga clic aquí", "clic aquí", "leer más", "más", "ver más", "este enlace"),
        *("enlace", "más información", "saber más"),
    }
)
"""Words that say nothing about where a link leads, when they are all of its text."""

_SITE_IN_TEXT = re.compile(
    r"^(?:(?:https?://|(?=www\.))((?:[\w-]{1,63}\.){1,8}[a-z]{2,24})"
    r"|((?:[\w-]{1,63}\.){1,8}(?:com|org|net|int|edu|gov|info)))(?:[/?#]\S*)?$",
    re.IGNORECASE,
)


def vague(checked: CheckedIssue) -> Iterator[Finding]:
    """Link text such as "here", which says nothing when read out by itself."""
    for link in _worded(checked):
        if _plain(link.text) in VAGUE:
            yield checked.finding(
                "link.vague-text",
                Severity.WARN,
                f'The link text "{link.text.strip()}" does not say where the link leads.',
                "Link the words that name the thing.",
                at=link.place,
                words=link.text.strip(),
            )


def missing(checked: CheckedIssue) -> Iterator[Finding]:
    """A link without words."""
    for link in links(checked.issue):
        if link.text.strip():
            continue
        if link.form is Form.ENTRY:
            yield checked.finding(
                "link.no-text",
                Severity.WARN,
                "This link has no text; readers see the bare address.",
                "Say what it leads to: text: …",
                at=link.place,
                words=link.url,
            )
        elif link.form in (Form.MARKDOWN, Form.UNMADE):
            yield checked.finding(
                "link.no-text",
                Severity.STOP,
                "This link has no words between its brackets, so nobody can see or follow it.",
                "Write [what it leads to](address).",
                at=link.place,
                words=link.url,
            )


def is_address(checked: CheckedIssue) -> Iterator[Finding]:
    """A bare address as link text."""
    for link in _worded(checked, Form.BARE):
        # With a space inside it is a torn address, which has a rule of its own.
        if re.fullmatch(r"\s*https?://\S+\s*", link.text, re.IGNORECASE):
            yield checked.finding(
                "link.address-as-text",
                Severity.NOTE,
                "Readers see a bare address, which screen readers spell out.",
                "Link the words that name the thing.",
                at=link.place,
                words=link.text.strip(),
            )


def torn(checked: CheckedIssue) -> Iterator[Finding]:
    """An address in the link text that is torn apart by a space or line break."""
    for link in _worded(checked):
        whole = re.sub(r"\s+", "", link.text)
        if whole != link.text.strip() and re.match(r"https?://|www\.", whole, re.IGNORECASE):
            if not _same_address(whole, link.url):
                continue
            yield checked.finding(
                "link.address-torn",
                Severity.WARN,
                f'The address shown is torn apart: "{" ".join(link.text.split())}".',
                f'Write "{whole}", or better, words that name the thing.',
                at=link.place,
                words=" ".join(link.text.split()),
            )


def other_site(checked: CheckedIssue) -> Iterator[Finding]:
    """One site is shown and another one opened, as in phishing."""
    for link in _worded(checked):
        shown, target = _host_shown(link.text), _host(link.url)
        if shown and target and not (_within(shown, target) or _within(target, shown)):
            yield checked.finding(
                "link.other-site",
                Severity.WARN,
                f'Readers see "{shown}", but the link opens "{target}"; mail filters take that for phishing.',
                "Show the address that opens, or words that name the thing.",
                at=link.place,
                words=link.text.strip(),
            )


def _worded(checked: CheckedIssue, *also: Form) -> Iterator[LinkPlace]:
    wanted = {Form.MARKDOWN, Form.ENTRY, Form.UNMADE, *also}
    return (link for link in links(checked.issue) if link.form in wanted and link.text.strip())


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s']", " ", text.casefold().replace("’", "'")).split())


def _same_address(one: str, other: str) -> bool:
    return _bare(one) == _bare(other)


def _bare(address: str) -> str:
    return re.sub(r"^https?://(?:www\.)?|^www\.|/+$", "", address.strip().casefold())


def _host_shown(text: str) -> str:
    found = _SITE_IN_TEXT.match(text.strip())
    return (found[1] or found[2]).casefold() if found else ""


def _host(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        return (parts.hostname or "") if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _within(host: str, site: str) -> bool:
    host, site = host.removeprefix("www."), site.removeprefix("www.")
    return host == site or host.endswith(f".{site}")


RULES = (
    Rule(
        "link.no-text",
        "A link without words",
        (Severity.STOP, Severity.WARN),
        "WCAG 2.4.4",
        missing,
        reads_words=True,
    ),
    Rule(
        "link.other-site",
        "One site is shown, another one opens",
        WARN,
        "phishing filters",
        other_site,
        reads_words=True,
    ),
    Rule(
        "link.vague-text",
        'Link text that says nothing: "here", "подробнее", "ici"',
        WARN,
        "WCAG 2.4.4",
        vague,
        reads_words=True,
        needs=Needs("links that say nothing", languages=("en", "ru", "fr", "de", "es")),
    ),
    Rule("link.address-torn", "An address shown torn apart", WARN, OWN, torn, reads_words=True),
    Rule(
        "link.address-as-text",
        "A bare address as link text",
        NOTE,
        "WCAG 2.4.4",
        is_address,
        reads_words=True,
    ),
)
