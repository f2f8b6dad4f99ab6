"""No issue makes a rule fail, however odd; and the documentation names every rule."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from test_check_facts import FOUND as FOUND_OF_FACTS
from test_check_rules import FOUND

from mailer.check import RULES, CheckedIssue, check_issue
from mailer.check.docs import page
from mailer.model.body import Body
from mailer.model.issue import KINDS, Issue
from mailer.model.rendition import Rendition, Variant
from mailer.model.translation import HEAD_WORDS, TranslatedItem, Translation

ROOT = Path(__file__).parents[2]

SHARDS = st.sampled_from(
    [
        *(
            "{{",
            "}}",
            "{%",
            "%%slot:",
            "name",
            "%%",
            "[",
            "](",
            ")",
            "<",
            ">",
            "mailto:",
            " ",
            "  ",
            "\n",
            "\t",
        ),
        *(
            "https://",
            "http://",
            "www.",
            "example.org",
            "@",
            "#",
            "?",
            "[::1]",
            ":99999",
            "%zz",
            "xn--",
            "//",
        ),
        *("fi rst", "\ufb01", "Species Focal Point (SPF)", "(CMS)", "COP 12", "COP12", "trans-", "boundary"),
        *("Monday", "31", "February", "2017", "apr.", "İ", "ı", "ſ", "K", "180 days before", "Party", "each"),
        *(
            "`",
            "```\n",
            "- ",
            "1. ",
            "| a | b |\n|---|---|\n",
            "\\",
            "&amp;",
            "&#0;",
            "\u0000",
            "\u202e",
            "٣",
        ),
        *(r"\u{a0}", "<h1>", "<table>", "<mj-x>", "<!--[if mso]>", "<?xml version='1.0' encoding='x'?>"),
    ]
)
TEXT = st.lists(SHARDS | st.text(max_size=6), max_size=12).map("".join)
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@st.composite
def items(draw: st.DrawFn, number: int) -> dict[str, object]:
    kind = draw(st.sampled_from(KINDS))
    item: dict[str, object] = {
        "id": f"item-{number}",
        "kind": kind,
        "title": draw(TEXT),
        "body": draw(TEXT),
        "links": draw(st.lists(st.fixed_dictionaries({"url": TEXT, "text": TEXT}), max_size=3)),
        "show_to": draw(st.sampled_from([None, "press", "pres"])),
        "expires": draw(st.none() | DAYS),
    }
    if kind == "image" or draw(st.booleans()):
        item["image"] = {
            "src": draw(st.sampled_from(["a.png", "b.png"])),
            "alt": draw(st.none() | TEXT),
            "caption": draw(TEXT),
            "credit": draw(TEXT),
        }
    if kind in ("event", "event_report"):
        start, end = sorted((draw(DAYS), draw(DAYS)))
        item |= {"start": start, "end": end}
    if kind == "deadline":
        item |= {"due": draw(DAYS), "contact": {"name": draw(TEXT), "email": draw(TEXT)}}
    if kind == "contact":
        item |= {"phones": [draw(TEXT)], "email": draw(TEXT), "website": draw(TEXT)}
    return item


@st.composite
def issues(draw: st.DrawFn) -> CheckedIssue:
    issue = Issue.model_validate(
        {
            "id": "odd",
            "series": draw(TEXT.filter(str.strip)),
            "date": draw(DAYS),
            "subject": draw(TEXT),
            "preheader": draw(TEXT),
            "items": [draw(items(number)) for number in range(draw(st.integers(0, 4)))],
        }
    )
    worded = {
        item.id: TranslatedItem(item.model_copy(update={"title": draw(TEXT), "body": draw(TEXT)}), draw(TEXT))
        for item in issue.items
        if draw(st.booleans())
    }
    head = draw(st.dictionaries(st.sampled_from(HEAD_WORDS), TEXT))
    rendition = Rendition(
        variant=Variant(language="en", items=()),
        subject=draw(TEXT),
        preheader="",
        html=draw(TEXT),
        text=draw(TEXT),
        slots=("name", "unsubscribe"),
    )
    return CheckedIssue(
        issue=issue,
        locate=lambda item, field: ("issue.yaml", None if field is None else 7),
        day=draw(DAYS),
        renditions=(rendition,),
        slot_gaps={(rendition.variant.key, frozenset({"name"})): 2},
        known_segments=frozenset({"press"}),
        clip_bytes=40,
        translations={"fr": Translation("fr", head, draw(TEXT), worded)},
        locate_in={"fr": lambda item, field: ("issue.fr.yaml", None if field is None else 3)},
    )


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(issues())
def test_no_issue_makes_a_rule_fail_or_speak_for_another(seen: CheckedIssue) -> None:
    for rule in RULES:
        for finding in rule.check(seen):
            assert finding.rule == rule.id
            assert finding.severity in rule.severities
            assert finding.message
    check_issue(seen)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 20_000,
        "](" * 20_000,
        "[" * 20_000,
        "<" * 20_000,
        "A-" * 20_000,
        "Aa " * 15_000,
        " " * 20_000,
        "x  " * 15_000,
        "{{" * 20_000,
        "@" * 20_000,
        "a@" * 20_000,
        "9 " * 20_000,
        "Monday 1 " * 10_000,
        "trans-boundary " * 6_000,
        "5 July 2016 " * 8_000,
        "CMS (CMS) " * 10_000,
    ],
    ids=lambda text: text[:12],
)
def test_a_hostile_text_takes_no_more_than_seconds(text: str) -> None:
    item = {"id": "one", "kind": "deadline", "due": "2017-01-01", "title": text}
    issue = Issue.model_validate(
        {
            "id": "odd",
            "series": "S",
            "date": "2016-12-19",
            "items": [item | {"body": the_longest_that_a_body_may_be(text)}],
        }
    )
    seen = CheckedIssue(issue=issue, locate=lambda *_: ("issue.yaml", 1), day=date(2016, 12, 19))
    began = time.process_time()
    check_issue(seen)
    assert time.process_time() - began < 30


def the_longest_that_a_body_may_be(text: str) -> str:
    """The text, halved until a body may hold it: what is longer is refused before any rule sees it."""
    body = TypeAdapter(Body)
    while True:
        try:
            return body.validate_python(text)
        except ValidationError:
            text = text[: len(text) // 2]


def test_every_rule_is_shown_to_find_something() -> None:
    elsewhere = {
        rule.id
        for rule in RULES
        if rule.id.split(".")[0]
        in (
            "html",
            "a11y",
            "css",
            "compat",
            "size",
            "subject",
            "preheader",
            "unsubscribe",
            "segment",
            "audience",
            "translation",
            "from",
            "reply",
            "header",
            "relay",
            "attachment",
            "legal",
            "dark",
            "output",
        )
    } | {
        *("text.missing", "text.diverges", "text.line-long", "text.line-wide", "image.width", "image.only"),
        "slot.empty",
        "slot.two-stand-ins",
        "image.too-small",
        "image.animated",
        "image.heavy",
        "image.flattened",
        "text.starter",
        "archive.targeted",
    }
    shown = {rule for rule, *_ in (*FOUND, *FOUND_OF_FACTS)}
    assert shown | elsewhere == {rule.id for rule in RULES}


def test_the_page_of_checks_is_current() -> None:
    assert (ROOT / "docs/checks.md").read_text(encoding="utf-8") == page()


def test_the_page_is_printed_by_its_module() -> None:
    command = [sys.executable, "-m", "mailer.check.docs"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert printed.stdout == page()


def test_every_id_of_a_finding_that_the_program_has_is_on_the_page() -> None:
    on_page = set(re.findall(r"(?m)^\| `([a-z.-]+)`", page()))
    families = "|".join(sorted({name.partition(".")[0] for name in on_page}))
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "mailer").rglob("*.py")
        if path.name not in ("docs.py", "docs_around.py") and "compat" not in path.parts
    )
    found = set(re.findall(rf'"((?:{families})\.[a-z][a-z-]+)"', source))
    found |= {f"contacts.{name}" for name in re.findall(r'tell\(\s*\w+(?:\[0\])?,\s*"([a-z-]+)"', source)}
    found -= {
        "contacts.csv",
        "contacts.xlsx",
        "theme.yaml",
        "image.alt",
        "image.src",
        "image.caption",
        "image.credit",
        "image.rights",
        "archive.json",
    }  # files, and fields
    assert {"file.yaml", "theme.contrast", "waiver.void", "audience.too-many-versions"} <= found
    assert found - on_page == set()
