"""The issue as it was received keeps every mistake that the checks are measured by; the sample has none of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from mailer.model.issue import Deadline, Heading, Issue

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "tests" / "data" / "issues" / "cami-as-received" / "issue.yaml"
CLEAN = ROOT / "issues" / "2016-12-cami" / "issue.yaml"
TEXT = FILE.read_text(encoding="utf-8")
CLEAN_TEXT = CLEAN.read_text(encoding="utf-8")
ISSUE = Issue.model_validate(YAML(typ="safe", pure=True).load(TEXT))

MISTAKES = {
    "F01 the link goes to another address than the one shown": ("yelizateva.protas@cms.int", 1),
    "F02 a space after mailto": (r"mailto: ", 3),
    "F03 a ligature is broken": (r"\bfi rst\b|profi le|fl agship|\b[oO]ffi cer|notifi cation", 7),
    "F04 two spaces": (r"\b(of|off|If)  \w", 40),
    "F05 the acronym does not fit its words": (r"\(SPF\)", 1),
    "F06 a wrong plural": ("Argali Sheeps", 1),
    "F07 a name is misspelled": ("Petera Kaczensky", 1),
    "F08 an organization has another name": (r"Flora and Fauna International \(FFI\)", 1),
    "F11 a number differs from the register": ("more than 124 Member States", 1),
    "F14 a title begins with a date in a style of its own": (r"title: .*[a-z],? 20\d\d ?[-–] ", 5),
    "F16 plain http": (r"(?:url: |\]\()http://", 12),
    "F17 a strange host": ("linode", 1),
    "F18 a link says nothing": (r"\[here\]\(|available here:", 5),
    "F19 an address is the link's words": ("text: http", 4),
    "F20 an address is broken": (r"(?:twitter|facebook)\.com/ bonnconvention", 2),
    "F21 the same link twice": (r"session/10269", 2),
    "F27 a caption runs into a heading": ("Panthera Reminder", 1),
    "F30 two telephone numbers in one": (r"01/02", 1),
    "F33 a word is broken at the line's end": (r"(?:Al|trans|die)-\n", 4),
    "F36 a heading in the singular, twice": ("title: Meeting and Events", 2),
    "F37 a word is missing": (
        r"representative of  Chinese|organized Flora|commitment of Tajikistan government",
        3,
    ),
}
"""What to look for, and how often it is there at least."""

KEPT = {
    "F09 the days do not add up": "180 days",
    "F10 the deadline has no hour": "24 April 2017",
    "F12 three days out of five": "productive days",
    "F13 the conference closed earlier": "24 September to 5 October",
    "F23 percent signs that must stay": "%E2%80%93",
}
"""What the sample says too: as announced, explained, or right."""


@pytest.mark.parametrize(("pattern", "times"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_kept_and_the_sample_is_free_of_it(pattern: str, times: int) -> None:
    assert len(re.findall(pattern, TEXT)) >= times
    assert not re.search(pattern, CLEAN_TEXT) or pattern == "session/10269"


@pytest.mark.parametrize("words", KEPT.values(), ids=KEPT.keys())
def test_what_needs_judgement_is_in_both(words: str) -> None:
    assert words in TEXT
    assert words in CLEAN_TEXT


def test_no_picture_has_an_alternative_text_and_one_has_no_caption() -> None:
    images = [item.image for item in ISSUE.items if item.image]
    assert len(images) == 8
    assert all(image.alt is None and not image.decorative for image in images)
    assert [image.credit for image in images if not image.caption] == ["David Braun"]
    assert sum(image.credit == "Askar Davletbakov" for image in images) == 2


def test_there_is_no_masthead() -> None:
    assert (ISSUE.subject, ISSUE.preheader, ISSUE.number, ISSUE.title) == ("", "", "", "")
    assert ISSUE.sender is None


def test_two_links_have_no_words() -> None:
    bare = [link.url for item in ISSUE.items for link in item.links if not link.text]
    assert bare == [
        "http://www.cms.int/en/news/cms-executive-secretary-visits-china-0",
        "http://www.cms.int/en/news/cites-cop17-%E2%80%93-implications-cms",
    ]


def test_a_full_stop_follows_an_address() -> None:
    assert "[www.iucn.org/ecaro](http://www.iucn.org/ecaro)." in ISSUE.item("iucn-ecaro").body


def test_nothing_has_a_last_day_or_a_group_though_each_party_is_meant() -> None:
    assert not any(item.expires or item.show_to for item in ISSUE.items)
    reminder = ISSUE.item("reporting-reminder")
    assert isinstance(reminder, Deadline)
    assert reminder.time is None
    assert "each CMS Party" in reminder.body


def test_the_reports_are_in_no_order_and_a_heading_follows_its_first_item() -> None:
    ids = [item.id for item in ISSUE.items]
    starts = [str(item.start) for item in ISSUE.items if item.kind == "event_report"]
    assert starts == ["2016-08-22", "2016-07-05", "2016-09-05", "2016-11-02", "2016-09-29"]
    assert isinstance(ISSUE.items[ids.index("vilm-workshop") + 1], Heading)


def test_acronyms_come_before_their_words() -> None:
    for acronym in ("CAMI", "NABU", "GIZ", "CITES"):
        first = re.search(rf"\b{acronym}\b", TEXT[TEXT.index("items:") :])
        assert first is not None
        assert TEXT[TEXT.index("items:") :][first.start() - 1] != "("


def test_spellings_vary_and_numbers_disagree() -> None:
    for variant in ("transboundary", "trans-boundary", "Snow leopards", "Snow Leopard", "COP 11", "COP11"):
        assert variant in TEXT
    for variant in (
        "UNEP/CMS",
        "UNEP / CMS",
        "programme of work (POW)",
        "Several project concepts",
        "Two projects",
    ):
        assert variant in TEXT
