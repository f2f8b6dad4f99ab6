"""Rules about the finished HTML, on a real rendition and on spoilt ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mailer.check import CheckedIssue, check_issue
from mailer.config import Office
from mailer.content import read_pictures
from mailer.model.finding import Severity
from mailer.model.issue import Issue
from mailer.model.rendition import Picture, Rendition, Variant
from mailer.render import edition_of, read_template, render_variant, variant_for

ROOT = Path(__file__).parents[2]
ITEMS = """\
  - id: one
    kind: article
    title: A first formal partner
    body: |
      {{salutation}}

      This is of use in {{country|your country}}. [The report](https://example.org/report) says more.
    image: {src: images/a.png, alt: A camel before dunes, caption: Wild Camel, credit: Ana}
  - {id: two, kind: deadline, title: Reports, due: 2017-04-24, time: "23:59", timezone: Europe/Berlin}
"""

Spoil = Callable[[str], str]


@pytest.fixture(scope="module")
def template():
    return read_template(ROOT / "templates/newsletter", "en")


@pytest.fixture
def rendered(checked, tmp_path: Path, template) -> CheckedIssue:
    seen = checked(ITEMS)
    pictures = read_pictures(seen.issue, tmp_path / "issues/trial", "issues/trial/issue.yaml")
    variant = variant_for(seen.issue, "en", lambda _: True, seen.day)
    office = Office(name="Secretariat", postal_address="Example Street 1, 53113 Bonn")
    return replace(
        seen, renditions=(render_variant(edition_of(seen.issue, variant), template, pictures, office),)
    )


def spoilt(checked: CheckedIssue, spoil: Spoil) -> CheckedIssue:
    [rendition] = checked.renditions
    html = spoil(rendition.html)
    assert html != rendition.html
    return replace(checked, renditions=(rendition.model_copy(update={"html": html}),))


def test_a_rendition_of_ours_has_no_findings(rendered: CheckedIssue) -> None:
    assert check_issue(rendered) == []


@pytest.mark.parametrize(
    ("rule", "severity", "spoil"),
    [
        ("html.doctype", Severity.STOP, lambda html: html[html.index("<html") :]),
        ("html.escape", Severity.STOP, lambda html: html.replace("Wild", r"Wild\u{a0}", 1)),
        ("html.mjml-left", Severity.STOP, lambda html: html.replace("<body", "<mj-text>x</mj-text><body", 1)),
        ("a11y.language", Severity.STOP, lambda html: html.replace(' lang="en"', "", 1)),
        ("a11y.language", Severity.STOP, lambda html: html.replace(' dir="ltr"', "", 1)),
        ("a11y.title", Severity.STOP, lambda html: html.replace("<title>", "<title></title><x>", 1)),
        ("a11y.headings", Severity.WARN, lambda html: html.replace("<h1", "<p").replace("</h1", "</p")),
        ("a11y.headings", Severity.WARN, lambda html: html.replace("<h2", "<h1").replace("</h2", "</h1")),
        ("a11y.headings", Severity.WARN, lambda html: html.replace("<h2", "<h4").replace("</h2", "</h4")),
        ("a11y.table-role", Severity.STOP, lambda html: "".join(html.rsplit('role="presentation"', 1))),
        ("a11y.table-role", Severity.STOP, lambda html: html.replace('role="presentation"', "")),
        ("a11y.image-alt", Severity.STOP, lambda html: html.replace('alt="A camel before dunes"', "")),
        ("slot.unresolved", Severity.STOP, lambda html: html.replace("Wild", "{{ wild }}", 1)),
        ("slot.unresolved", Severity.STOP, lambda html: html.replace("slot:salutation", "slot:salvation", 1)),
    ],
)
def test_what_went_wrong_in_the_making_is_found(
    rendered: CheckedIssue, rule: str, severity: Severity, spoil: Spoil
) -> None:
    [found] = check_issue(spoilt(rendered, spoil))
    assert (found.rule, found.severity) == (rule, severity)
    assert rendered.renditions[0].variant.key in found.message


def test_one_fault_in_many_versions_is_one_finding(rendered: CheckedIssue) -> None:
    [rendition] = spoilt(rendered, lambda html: html.replace(' lang="en"', "", 1)).renditions
    others = tuple(
        rendition.model_copy(update={"variant": Variant(language="en", items=(item,))})
        for item in ("one", "two")
    )
    [found] = check_issue(replace(rendered, renditions=others))
    assert "every version" in found.message
    [found] = check_issue(replace(rendered, renditions=(*rendered.renditions, *others)))
    assert "2 versions" in found.message


def test_an_authors_example_of_an_escape_is_not_taken_for_one(checked, template) -> None:
    seen = checked('  - {id: one, kind: article, title: Rust, body: "It is written `\\\\u{a0}` there."}\n')
    variant = variant_for(seen.issue, "en", lambda _: True, seen.day)
    office = Office(name="Secretariat", postal_address="Example Street 1, 53113 Bonn")
    rendition = render_variant(edition_of(seen.issue, variant), template, (), office)
    assert r"\u{a0}" in rendition.html
    assert check_issue(replace(seen, renditions=(rendition,))) == []


def test_size_is_said_before_gmail_clips_and_stops_where_it_does(rendered: CheckedIssue) -> None:
    size = rendered.renditions[0].html_bytes
    severities = [
        [(f.rule, f.severity) for f in check_issue(replace(rendered, clip_bytes=limit))]
        for limit in (size - 1, size, int(size / 0.9) - 1, int(size / 0.9) + 2)
    ]
    assert severities == [
        [("size.clip", Severity.STOP)],
        [("size.clip", Severity.WARN)],
        [("size.clip", Severity.WARN)],
        [],
    ]


PLAIN = "  - {id: plain, kind: article, title: Plain, body: Nothing to see.}\n"


def page(slots: tuple[str, ...], defaults: dict[str, str], language: str = "en") -> Rendition:
    return Rendition(
        variant=Variant(language=language, items=("plain",)),
        subject="S",
        preheader="P",
        html='<!DOCTYPE html><html lang="en" dir="ltr"><head><title>S</title><meta name="color-scheme" '
        'content="light"></head><body><div lang="en" dir="ltr"><h1>S</h1></div></body></html>',
        text="S",
        slots=slots,
        defaults=defaults,
    )


@pytest.mark.parametrize(
    ("slots", "defaults", "gaps", "expected"),
    [
        (("country",), {}, {("country",): 47}, (Severity.WARN, "47 of 150 readers have no value")),
        (("country",), {"country": " "}, {("country",): 47}, (Severity.WARN, "nothing stands in its place")),
        (
            ("country",),
            {"country": "your State"},
            {("country",): 1},
            (
                Severity.NOTE,
                '1 of 150 readers has no value for the personal field "country"; they see "your State"',
            ),
        ),
        (("unsubscribe",), {}, {("unsubscribe",): 3}, (Severity.STOP, "their link would lead nowhere")),
        (("country", "name"), {}, {(): 47}, None),
        ((), {}, {(): 150}, None),
    ],
)
def test_an_empty_field_says_how_many_readers_it_hits(checked, slots, defaults, gaps, expected) -> None:
    rendition = page(slots, defaults)
    hit = {(rendition.variant.key, frozenset(names)): readers for names, readers in gaps.items()}
    seen = checked(PLAIN, renditions=(rendition,), slot_gaps=hit, readers=150)
    found = [(finding.severity, finding.message) for finding in check_issue(seen)]
    if expected is None:
        assert found == []
    else:
        [(severity, message)] = found
        assert severity is expected[0]
        assert expected[1] in message


def test_an_empty_field_shows_what_stands_in_the_versions_of_those_readers_and_in_no_other(checked) -> None:
    english = page(("country",), {})
    russian = page(("country", "country__fr"), {"country": "ваша страна", "country__fr": "votre pays"}, "ru")
    hit = {
        (english.variant.key, frozenset[str]()): 40,
        (russian.variant.key, frozenset({"country"})): 2,
        (russian.variant.key, frozenset({"country", "country__fr"})): 1,
    }

    def told(*left_out: frozenset[str]) -> tuple[str, str]:
        gaps = {key: number for key, number in hit.items() if key[1] not in left_out}
        [found] = check_issue(checked(PLAIN, renditions=(english, russian), slot_gaps=gaps, readers=43))
        return found.severity, found.message

    in_words = 'of 43 readers have no value for the personal field "country"; they see'
    assert told() == (Severity.NOTE, f'3 {in_words} "votre pays" or "ваша страна".')
    assert told(frozenset({"country", "country__fr"})) == (Severity.NOTE, f'2 {in_words} "ваша страна".')


@pytest.mark.parametrize(("octets", "severity"), [(400_000, None), (600_000, "warn"), (18_000_000, "stop")])
def test_a_mail_that_is_too_heavy_names_the_picture_to_make_smaller(
    octets: int, severity: str | None
) -> None:
    picture = Picture(
        src="images/big.jpg",
        cid="a@b",
        media_type="image/jpeg",
        sha256="0" * 64,
        width=1,
        height=1,
        content=b"x" * octets,
    )
    variant = Variant(language="en", items=("a",))
    made = Rendition(
        variant=variant, subject="S", preheader="", html="<p>x</p>", text="x", pictures=(picture,)
    )
    item = {"kind": "article", "id": "a", "title": "A"}
    issue = Issue.model_validate({"id": "one", "series": "N", "date": date(2016, 12, 19), "items": [item]})
    checked = CheckedIssue(issue=issue, locate=lambda _i, _f: ("f", 1), day=issue.date, renditions=(made,))
    found = [finding for finding in check_issue(checked) if finding.rule == "size.mail"]
    assert [finding.severity for finding in found] == ([severity] if severity else [])
    assert all("images/big.jpg" in finding.hint for finding in found)
