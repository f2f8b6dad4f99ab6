"""The newsletter of December 2016: its known mistakes are found, and our own version of it is clean."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from checked_cases import as_checked, put_pictures

from mailer.audience import read_registers
from mailer.check import CheckedIssue, check_issue
from mailer.model.finding import Finding, Severity

ROOT = Path(__file__).parents[2]
REGISTERS = read_registers(ROOT / "recipients", ROOT)
STOP, WARN, NOTE = Severity.STOP, Severity.WARN, Severity.NOTE

KNOWN_MISTAKES = 38
"""Counted by hand in the text of the newsletter, F01 to F38."""

# number of the mistake: rule, severity, one item it is in (None: the head), a part of the words
MISTAKES: dict[str, tuple[str, Severity, str | None, str]] = {
    "F01": ("mailto.differs-from-text", STOP, "contact", "yelizateva.protas@cms.int"),
    "F02": ("mailto.space", STOP, "reporting-reminder", "mailto: "),
    "F03": ("text.ligature", WARN, "china-partnership", "profi le"),
    "F04": ("text.double-space", NOTE, "about-cms", "of  Migratory"),
    "F05": ("text.acronym", WARN, "species-focal-points", "SPF"),
    "F06": ("text.plural", WARN, "", "Sheeps"),
    "F07": ("name.misspelt", WARN, "press-dw", "Petera Kaczensky"),
    "F08": ("name.misspelt", WARN, "berlin-snow-leopard", "Flora and Fauna International"),
    "F09": ("date.sum", WARN, "reporting-reminder", "180 days"),
    "F10": ("date.deadline-zone", WARN, "reporting-reminder", "2017-04-24"),
    "F11": ("fact.party-number", WARN, "about-cms", "more than 124 Member States"),
    "F12": ("date.span", NOTE, "vilm-workshop", "three productive days"),
    "F14": ("date.styles", NOTE, "iucn-wcc-side-event", "5 September, 2016"),
    "F15": ("date.order", NOTE, "iucn-wcc-side-event", ""),
    "F16": ("link.http", WARN, "iucn-ecaro", "http://"),
    "F17": ("link.test-host", WARN, "reporting-reminder", "linode"),
    "F18": ("link.vague-text", WARN, "berlin-snow-leopard", "here"),
    "F19": ("link.address-as-text", NOTE, "tajikistan-round-table", "http"),
    "F20": ("link.address-torn", WARN, "social", "bonnconvention"),
    "F21": ("link.duplicate", WARN, "iucn-wcc-side-event", "session/10269"),
    "F22": ("link.no-text", WARN, "cites-side-event", "http://www.cms.int/en/news/"),
    "F23": ("link.print-sign", NOTE, "cites-side-event", "%E2%80%93"),
    "F24": ("link.stop-behind", NOTE, "iucn-ecaro", "www.iucn.org/ecaro."),
    "F25": ("image.alt-missing", STOP, "berlin-snow-leopard", "images/"),
    "F26": ("image.caption-missing", WARN, "tajikistan-round-table", "images/"),
    "F27": ("image.credit-in-caption", WARN, "save-the-date-cop12", "Panthera Reminder"),
    "F28": ("image.alike", NOTE, "", "Argali Sheep"),
    "F29": ("text.variants", NOTE, "china-partnership", "transboundary"),
    "F30": ("contact.two-numbers", NOTE, "contact", "01/02"),
    "F31": ("item.no-expiry", WARN, "staff-change", ""),
    "F32": ("subject.missing", STOP, None, ""),
    "F33": ("text.line-end-hyphen", NOTE, "reporting-reminder", "Al-Samaraie"),
    "F34": ("text.acronym-late", NOTE, "china-partnership", "CAMI"),
    "F35": ("deadline.for-everybody", WARN, "reporting-reminder", "CMS Part"),
    "F36": ("heading.repeated", NOTE, "heading-page-4", "Meeting and Events"),
    "F37": ("text.missing-word", NOTE, "berlin-snow-leopard", "organized Flora"),
}
"""An empty item: it may be in any. F23 and F37 are told in the profile strict only."""

OUTSIDE = {
    "F13": "the day on which CITES CoP17 closed: a fact of the world that the issue does not have",
    "F38": "ten species in another newsletter; how many concepts became grants: facts of other documents",
}
"""Known mistakes that neither the issue nor a register shows."""

OF_FACT = ("fact", "name", "text.placeholder", "text.missing", "text.numbers", "contact.phone", "date.range")
"""How the ids of rules begin that hold words to registers and to each other."""


def copy_of(folder: Path, to: Path) -> CheckedIssue:
    shutil.copytree(folder, to / folder.name)
    put_pictures(to / folder.name)
    return as_checked(to / folder.name, to, day=date(2016, 12, 19), registers=REGISTERS)


@pytest.fixture(scope="module")
def as_received(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    folder = ROOT / "tests/data/issues/cami-as-received"
    return check_issue(copy_of(folder, tmp_path_factory.mktemp("received")), strict=True)


@pytest.mark.parametrize("number", MISTAKES)
def test_a_known_mistake_of_the_newsletter_is_found(as_received: list[Finding], number: str) -> None:
    rule, severity, item, words = MISTAKES[number]
    assert any(
        (found.rule, found.severity) == (rule, severity)
        and item in ("", found.item)
        and words in (found.words or "")
        for found in as_received
    )


def test_all_known_mistakes_are_found_that_the_issue_or_a_register_shows(record_property) -> None:
    record_property("known mistakes found", f"{len(MISTAKES)} of {KNOWN_MISTAKES}")
    assert {*MISTAKES, *OUTSIDE} == {f"F{number:02}" for number in range(1, KNOWN_MISTAKES + 1)}
    assert len(MISTAKES) == 36


def test_of_facts_nothing_is_told_but_what_is_wrong(as_received: list[Finding]) -> None:
    told = sorted(
        (found.rule, found.item, found.words) for found in as_received if found.rule.startswith(OF_FACT)
    )
    assert told == [
        ("contact.phone-formats", "staff-change", "+49 228 815 2419"),
        ("fact.member-states", "about-cms", "Member States"),
        ("fact.party-number", "about-cms", "more than 124 Member States"),
        ("name.misspelt", "berlin-snow-leopard", "Flora and Fauna International"),
        ("name.misspelt", "press-dw", "Petera Kaczensky"),
        ("text.missing-word", "berlin-snow-leopard", "organized Flora"),
        ("text.missing-word", "tajikistan-round-table", "of Tajikistan government"),
    ]


@pytest.mark.parametrize("number", ["F07", "F08", "F11", "F23", "F24", "F37"])
def test_it_is_found_on_the_very_line(as_received: list[Finding], number: str) -> None:
    rule, _, item, words = MISTAKES[number]
    lines = (ROOT / "tests/data/issues/cami-as-received/issue.yaml").read_text(encoding="utf-8").splitlines()
    [found] = [each for each in as_received if (each.rule, each.item) == (rule, item)]
    assert words.rstrip(".") in lines[(found.line or 0) - 1]


@pytest.mark.parametrize(
    ("rule", "times"),
    [
        ("mailto.space", 3),
        ("mailto.differs-from-text", 1),
        ("image.alt-missing", 8),
        ("text.ligature", 7),
        ("link.http", 12),
        ("link.no-text", 2),
        ("link.address-torn", 2),
        ("text.line-end-hyphen", 4),
    ],
)
def test_each_of_them_is_found_as_often_as_it_is_there(
    as_received: list[Finding], rule: str, times: int
) -> None:
    assert len([found for found in as_received if found.rule == rule]) == times


def test_our_version_has_no_stop_and_only_warnings_that_are_true(tmp_path: Path) -> None:
    findings = check_issue(copy_of(ROOT / "issues/2016-12-cami", tmp_path))
    assert [found for found in findings if found.severity is STOP] == []
    # Both are in the source: the deadline named no hour, and 24 April is 182 days before 23 October.
    assert [(found.rule, found.item) for found in findings if found.severity is WARN] == [
        ("date.deadline-zone", "reporting-reminder"),
        ("date.sum", "reporting-reminder"),
    ]
