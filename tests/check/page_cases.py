"""A short mail that is as it should be, and what the rules say of one that is not."""

from __future__ import annotations

from datetime import date
from typing import Any

from mailer.check import CheckedIssue, check_issue
from mailer.model.finding import Finding
from mailer.model.issue import Issue
from mailer.model.rendition import Rendition, Variant

ADDRESS = "Example Street 1, 53113 Bonn"
LEAVE = "https://slot.invalid/unsubscribe"
DARK = "body { background: #111111 !important; } div, td, p, h1, a { color: #eeeeee !important; }"
FOOT = f'<p style="color:#444444">{ADDRESS}<br><a href="{LEAVE}" style="color:#004455">Unsubscribe</a></p>'
TEXT = f"The news\n\nMore to read: https://example.org/more\n\nExample Street 1,\n53113 Bonn\n{LEAVE}\n"


def html(
    body: str = "", *, css: str = "", dark: str = DARK, foot: str = FOOT, meta: str = "light dark"
) -> str:
    """A page with that body, in styles as mail programs get them: on the elements, dark ones in the head."""
    scheme = f'<meta name="color-scheme" content="{meta}">' if meta else ""
    night = f"@media (prefers-color-scheme: dark) {{ {dark} }}" if dark else ""
    return (
        f'<!DOCTYPE html><html lang="en" dir="ltr"><head><title>The news</title>{scheme}<style>{css}</style>'
        f'<style>{night}</style></head><body style="background-color:#eeeeee">'
        '<div lang="en" dir="ltr" style="font-size:16px; line-height:1.5; color:#222222">'
        f'<h1 style="font-size:24px">The news</h1>{body}{foot}</div></body></html>'
    )


def rendition(page: str, text: str = TEXT, **known: Any) -> Rendition:
    values = {"subject": "The news of the day", "preheader": "What else is inside of it."} | known
    return Rendition(variant=Variant(language="en", items=("one",)), html=page, text=text, **values)


def mail(*renditions: Rendition, body: str = "", kind: str = "newsletter", **known: Any) -> CheckedIssue:
    issue = Issue.model_validate(
        {
            "id": "one",
            "series": "N",
            "date": date(2016, 12, 19),
            "subject": "The news of the day",
            "preheader": "Forty signs or so that say what else is inside.",
            "message_class": kind,
            "items": [{"id": "one", "kind": "article", "title": "A piece", "body": body}],
        }
    )
    return CheckedIssue(
        issue=issue,
        locate=lambda item, _: ("issue.yaml", 7 if item else None),
        day=issue.date,
        renditions=renditions,
        **{"postal_address": ADDRESS} | known,
    )


def found(page: str, text: str = TEXT, **known: Any) -> list[Finding]:
    """What all rules say of a page, the strict ones too, but for what single mail programs lack."""
    findings = check_issue(mail(rendition(page, text), **known), strict=True)
    return [finding for finding in findings if not finding.rule.startswith("compat.")]


def rules(findings: list[Finding]) -> list[str]:
    return [finding.rule for finding in findings]
