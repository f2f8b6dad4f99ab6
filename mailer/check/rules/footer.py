"""What every mail owes its readers, seen in what they get: who writes, how to leave, where to read it on the web."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from mailer.check.likeness import letters_of
from mailer.check.page.looks import looks_of, words_of_link
from mailer.check.rule import STOP, WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.check.versions import Trouble, in_versions
from mailer.model.finding import Finding, Severity
from mailer.model.rendition import Rendition, url_slot


def no_address(checked: CheckedIssue) -> Iterator[Finding]:
    """A mail without the postal address of the office."""
    address = checked.postal_address
    if address is None:
        return
    wanted = letters_of(address)

    def troubles(rendition: Rendition) -> Iterator[Trouble]:
        if not wanted:
            yield Trouble("names no postal address: there is none in mailer.toml")
            return
        shown = {"html": wanted in _shown(rendition.html), "text part": wanted in letters_of(rendition.text)}
        lacking = [name for name, is_there in shown.items() if not is_there]
        if lacking:
            yield Trouble(
                f"names no postal address of the office in its {' and '.join(lacking)}", words=address
            )

    hint = (
        "Show {{ office.postal_address }} in the footer of the template; mailer.toml has it as postal_address "
        "under [office]."
    )
    yield from in_versions(checked, "legal.address", Severity.STOP, troubles, hint, what="mail")


def hidden_way_out(checked: CheckedIssue) -> Iterator[Finding]:
    """A newsletter whose link to unsubscribe is there, and cannot be seen."""
    address = url_slot("unsubscribe")

    def troubles(rendition: Rendition) -> Iterator[Trouble]:
        if checked.issue.message_class != "newsletter" or address not in rendition.html:
            return
        if address not in _seen(rendition.html):
            yield Trouble("hides the link to unsubscribe, or gives it no words")
        elif address not in rendition.text:
            yield Trouble("has no address to unsubscribe in its text part")

    hint = "Show it in the footer of the template, in words and in the letter's own size and colours."
    yield from in_versions(checked, "legal.unsubscribe", Severity.STOP, troubles, hint, what="mail")


def no_web_view(checked: CheckedIssue) -> Iterator[Finding]:
    """A newsletter that can be read on the web, and does not say where."""

    def troubles(rendition: Rendition) -> Iterator[Trouble]:
        is_asked = checked.public and checked.issue.message_class == "newsletter"
        if is_asked and url_slot("web_view") not in rendition.html:
            yield Trouble("does not say where it can be read on the web")

    hint = "Show {{ web_view }} in the footer of the template: your own web address answers."
    yield from in_versions(checked, "legal.web-view", Severity.WARN, troubles, hint, what="mail")


@lru_cache(maxsize=256)
def _seen(page: str) -> frozenset[str]:
    """The addresses of links that have words, or a picture that says something."""
    said = words_of_link(looks_of(page))
    return frozenset(link.href for link, words in said if words or any(alt.strip() for alt in link.alts))


@lru_cache(maxsize=256)
def _shown(page: str) -> str:
    return letters_of(looks_of(page).words)


RULES = (
    Rule(
        "legal.address",
        "A mail without the postal address of the office, in html and text",
        STOP,
        "CAN-SPAM 15 U.S.C. 7704(a)(5)",
        no_address,
        can_be_waived=False,
    ),
    Rule(
        "legal.unsubscribe",
        "A link to unsubscribe that cannot be seen, or is not in the text part",
        STOP,
        "CAN-SPAM 15 U.S.C. 7704(a)(3); Gmail, Yahoo",
        hidden_way_out,
        can_be_waived=False,
    ),
    Rule(
        "legal.web-view",
        "A newsletter on the web that does not link to itself there",
        WARN,
        "pictures off, Gmail's clip",
        no_web_view,
    ),
)
