"""Rules about what every mail owes its readers: address, a way out, words that are there, a text part."""

from __future__ import annotations

from dataclasses import replace

import pytest
from page_cases import ADDRESS, FOOT, LEAVE, TEXT, found, html, mail, rendition, rules

from mailer.check import RULES, check_issue
from mailer.model.finding import Severity

WAIVABLE = {rule.id: rule.can_be_waived for rule in RULES}


@pytest.mark.parametrize(
    ("page", "text"),
    [
        (html(foot=FOOT.replace("53113", "")), TEXT),
        (html(), TEXT.replace("53113", "")),
        (html(foot=FOOT.replace("<p style=", '<p hidden style="display:none" title=')), TEXT),
    ],
)
def test_a_mail_without_the_offices_address_is_stopped(page: str, text: str) -> None:
    [finding] = [each for each in found(page, text) if each.rule == "legal.address"]
    assert (finding.severity, finding.words) == (Severity.STOP, ADDRESS)
    assert not WAIVABLE["legal.address"]


def test_an_address_may_be_broken_in_any_way() -> None:
    foot = FOOT.replace(ADDRESS, "<b>Example Street&nbsp;1</b><br>53113 BONN")
    assert found(html(foot=foot)) == []


def test_an_office_without_an_address_is_told_so_and_an_unknown_one_is_not() -> None:
    [finding] = found(html(), postal_address=" ")
    assert "there is none in mailer.toml" in finding.message
    assert found(html(), postal_address=None) == []


@pytest.mark.parametrize(
    ("page", "text", "kind", "expected"),
    [
        (html(foot=FOOT.replace(">Unsubscribe", ">")), TEXT, "newsletter", 1),
        (html(foot=f"<p>{ADDRESS}</p><p style='display:none'>{FOOT}</p>"), TEXT, "newsletter", 0),
        (html(foot=f"<p>{ADDRESS}</p><div style='display:none'>{FOOT}</div>"), TEXT, "newsletter", 1),
        (html(foot=FOOT.replace("<a ", "<a style='font-size:0' ")), TEXT, "newsletter", 1),
        (html(), TEXT.replace(LEAVE, ""), "newsletter", 1),
        (html(), TEXT.replace(LEAVE, ""), "notice", 0),
    ],
)
def test_a_newsletter_shows_how_to_leave(page: str, text: str, kind: str, expected: int) -> None:
    told = [each for each in found(page, text, kind=kind) if each.rule == "legal.unsubscribe"]
    assert [each.severity for each in told] == [Severity.STOP] * expected
    assert not WAIVABLE["legal.unsubscribe"]


def test_a_newsletter_on_the_web_says_where() -> None:
    assert rules(found(html(), public=True)) == ["legal.web-view"]
    there = '<a href="https://slot.invalid/web_view" style="color:#004455">Read it on the web</a>'
    text = f"{TEXT}https://slot.invalid/web_view"
    assert found(html(f"<p>{there}</p>"), text, public=True) == []
    assert found(html(), public=True, kind="notice") == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<p>Telephone: None</p>", "None"),
        ("<p>undefined</p>", "undefined"),
        ("<td>[object Object]</td>", "[object Object]"),
        ("<p>Dear [[first_name]],</p>", "[[first_name]]"),
        ("<p>Dear ${name},</p>", "${name}"),
        ("<p>Dear &lt;%= name %&gt;,</p>", "<%= name %>"),
        ('<p><img src="cid:a@b" alt="None" width="40"></p>', 'alt="None"'),
    ],
)
def test_what_a_program_left_is_found(body: str, words: str) -> None:
    [finding] = found(html(body))
    assert (finding.rule, finding.severity, finding.words) == ("output.left-over", Severity.STOP, words)
    assert not WAIVABLE["output.left-over"]


@pytest.mark.parametrize(
    "body",
    ["<p>None of the Parties came.</p>", "<p>The array[[0, 1]] is written so, undefined or not yet.</p>"],
)
def test_words_that_authors_wrote_are_meant(body: str) -> None:
    assert found(html(body), body="The array[[0, 1]] is written so.") == []


def test_the_subject_and_the_text_part_are_looked_at_too() -> None:
    [finding] = check_issue(mail(rendition(html(), subject="The news of [[month]]")))
    assert "in its subject" in finding.message
    [finding] = found(html(), f"{TEXT}Due: undefined\n")
    assert "in its text part" in finding.message


def test_a_mail_has_a_text_part() -> None:
    told = found(html(), " \n", kind="notice", postal_address=None)
    assert [(each.rule, each.severity) for each in told] == [("text.missing", Severity.STOP)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<p><a href="https://example.org/only" style="color:#004455">A page</a></p>', "example.org/only"),
        ('<p><a href="https://example.org/more/" style="color:#004455">A page</a></p>', ""),
        ('<p><a href="mailto:a@example.org?subject=x" style="color:#004455">Write</a></p>', "a@example.org"),
        ('<p><a href="tel:+49228" style="color:#004455">+49 228</a> <a name="x"></a></p>', ""),
        ("<h2>A heading of its own</h2>", "A heading of its own"),
        ("<h2>THE news</h2>", ""),
    ],
)
def test_the_text_part_says_what_the_html_says(body: str, expected: str) -> None:
    told = [each for each in found(html(body)) if each.rule == "text.diverges"]
    assert [expected in each.message for each in told] == [True] * bool(expected)


def test_lines_of_the_text_part() -> None:
    assert rules(found(html(), TEXT + "x" * 79)) == ["text.line-wide"]
    assert found(html(), f"{TEXT}https://example.org/{'x' * 79}") == []
    assert rules(found(html(), TEXT + "ж " * 500)) == ["text.line-long", "text.line-wide"]
    assert found(html(), TEXT + "ж" * 78) == []


def test_a_fault_of_every_version_is_one_finding() -> None:
    page = html(foot=f"<p>{ADDRESS}</p><div style='display:none'>{FOOT}</div>")
    one = rendition(page)
    two = one.model_copy(update={"variant": one.variant.model_copy(update={"items": ()})})
    told = check_issue(replace(mail(one), renditions=(one, two)))
    [finding] = [each for each in told if each.rule == "legal.unsubscribe"]
    assert "every version" in finding.message
