"""The sample issue holds every fact of the newsletter it retells, and none of its mistakes."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from mailer.model.issue import Event, EventReport, Issue

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "issues" / "2016-12-cami" / "issue.yaml"
TEXT = FILE.read_text(encoding="utf-8")


def plain(text: str) -> Any:
    """The YAML as plain values."""
    return YAML(typ="safe", pure=True).load(text)


ISSUE = Issue.model_validate(plain(TEXT))

FACTS = {
    "editors-note": ("{{salutation}}", "{{country|your country}}", "Central Asian Mammals Initiative (CAMI)"),
    "china-partnership": (
        "Bradnee Chambers",
        "Executive Secretary of CMS",
        "Range State of CAMI",
        "29 October 2016",
        '"Ecological One Belt One Road and CMS Workshop"',
        "Beijing",
        "State Forestry Administration of China",
        "Partnership Agreement",
        "China Biodiversity Conservation and Green Development Foundation (CBCGDF)",
        "first Chinese non-governmental organization (NGO) to be a formal partner",
        "Zhou Jinfeng, its Secretary General",
        "saiga antelope",
        "snow leopard",
    ),
    "greetings": ("2017",),
    "staff-change": (
        "Polina Orlinskiy",
        "temporary consultant",
        "November 2016",
        "permanent CAMI officer",
        "March 2017",
        "Yelizaveta (Lizza) Protas",
        "yelizaveta.protas@cms.int",
        "+49 228 815 2419",
    ),
    "save-the-date-cop12": (
        "Twelfth Meeting of the Conference of the Parties (COP12)",
        "Convention on the Conservation of Migratory Species of Wild Animals (CMS)",
        "Manila",
        "PH",
        "23 to 28 October 2017",
        "Government of the Philippines",
        "Snow Leopard",
        "Panthera",
    ),
    "reporting-reminder": (
        "Every CMS Party is obliged",
        "National Report",
        "24 April 2017",
        "announced as 180 days before",
        "online form",
        "notification",
        "2016/035",
        "National Focal Points",
        "register first",
        "Ms. Hanah Al-Samaraie",
        "Associate Capacity-Building Officer",
        "hanah.alsamaraie@cms.int",
    ),
    "iucn-ecaro": (
        "International Union for Conservation of Nature (IUCN)",
        "Regional Office for Eastern Europe and Central Asia (IUCN ECARO)",
        "2015",
        "Belgrade, Serbia",
        "constituency",
        "Programme",
        "East Europe, North Asia and Central Asia",
        "good governance",
        "global conservation policy",
        "Knowledge Products",
        "conserving biodiversity and managing natural resources",
        "regions, sectors and countries",
        "Annual Report 2015",
    ),
    "species-focal-points": (
        "Programme of Work",
        "Species Focal Point (SFP)",
        "15 priority species",
        "independent scientists",
        "non-governmental institutions",
        "planning workshops",
        "Terms of reference",
        "two experts",
        "platform",
        "let the Secretariat know",
        "Mongolian Gazelle",
        "Rich Reading",
    ),
    "press-dw": (
        "Migratory animals under threat in the 'Serengeti of the north'",
        "Deutsche Welle, Living Planet",
        "slide show",
        "Polina Orlinskiy",
        "Steffen Zuther",
        "Frankfurt Zoological Society",
        "Association for the Conservation of Biodiversity of Kazakhstan (ACBK)",
        "Petra Kaczensky",
        "Norwegian Institute for Nature Research (NINA)",
        "Przewalski's Horses",
        "Grunewald",
    ),
    "small-grants": (
        "the German Government",
        "two small grants",
        "2016",
        "Saiga Conservation Alliance (SCA)",
        "sampling protocol",
        "veterinarians",
        "three projects",
        "Russian Federation",
        "Kazakhstan",
        "cultural value",
        "Association for the Conservation of Biodiversity of Kazakhstan (ACBK)",
        "Guidelines for Addressing the Impact of Linear Infrastructure on Large Migratory Mammals in Central Asia",
        "COP11",
        "2014",
        "Russian, the language of the region",
        "PowerPoint presentations",
    ),
    "meetings-and-events": ("Meetings and events",),
    "tajikistan-round-table": (
        "More than 90 experts",
        "Dushanbe",
        "2 and 3 November 2016",
        '"Sustainable Use and Conservation of Wildlife in Tajikistan"',
        "Committee of Environmental Protection (CEP) under the Government of the Republic of Tajikistan",
        "German Agency for International Cooperation (GIZ)",
        "final resolution",
        "hunting quotas",
        "exchange of data",
        "training courses",
        "Convention on International Trade in Endangered Species of Wild Fauna and Flora (CITES)",
        "Natalya Yakusheva",
        "Argali Action Plan",
        "Argali Single Species Action Plan",
        "Guiding Principles on Trophy Hunting as a Tool for Creating Conservation Incentives",
        "David Braun",
    ),
    "cites-side-event": (
        "29 September 2016",
        "Johannesburg",
        "17th Conference of the Parties (CoP17)",
        "24 September to 5 October",
        "closed on 4 October",
        "Sustainable Use for Conservation – How CMS Can Provide a Complementary Tool to CITES",
        "civil dialogue",
        "delegations of Tajikistan and the US",
        "Panthera",
        "Argali Sheep",
        "Askar Davletbakov",
    ),
    "iucn-wcc-side-event": (
        "5 September 2016",
        "World Conservation Congress",
        "Empowering Local Communities to Combat Poaching and Illegal Wildlife Trade",
        "Sustainable Use and Livelihoods Specialist Group (IUCN SULI)",
        "United Nations Development Programme (UNDP)",
        "Africa and Central Asia",
        "Wildlife Conservation Society (WCS)",
        "German Agency for International Cooperation (GIZ)",
        "Rules of Engagement",
        "Beyond enforcement: the role of indigenous peoples and local communities in combating illegal "
        "wildlife trade in West and Central Africa",
        "Argali Single Species Action Plan",
        "Saiga Medium-Term International Work Programme 2016-2020",
        "Programme of Work of CAMI",
        "Executive Secretary's OpEd",
        "Argali Sheep",
        "Askar Davletbakov",
    ),
    "vilm-workshop": (
        "Thirty experts",
        "International Academy of Nature Conservation",
        "Isle of Vilm",
        "22 to 26 August 2016",
        "Setting Priorities for the Implementation of the Central Asian Mammals Initiative (CAMI)",
        "German Federal Agency for Nature Conservation (BfN)",
        "Naturschutzbund Deutschland (NABU)",
        "German Federal Ministry for the Environment, Nature Conservation, Building and Nuclear Safety (BMUB)",
        "Government of Switzerland",
        "Three productive days",
        "nine CAMI species",
        "eight project proposals",
        "small-scale funding",
        "Mongolian gazelle",
        "wild camel",
        "khulan",
        "saiga antelope",
        "John Hare",
    ),
    "berlin-snow-leopard": (
        "Berlin",
        "5 July 2016",
        "Naturschutzbund Deutschland (NABU)",
        "Polina Orlinskiy, acting CAMI officer",
        "Yelizaveta Protas, acting Terrestrial Species Coordinator",
        "United Nations Environment Programme (UNEP)",
        "Global Snow Leopard and Ecosystem Protection Program (GSLEP)",
        "State Agency on Environmental Protection and Forestry of Kyrgyzstan",
        "Appendix I",
        "concerted actions",
        "programme of work",
        "NSLEPs",
        "23 landscapes",
        "one of the 23",
        "Eight trans-boundary landscapes",
        "2014",
        "Aspects of Trans-Boundary Snow Leopard Conservation in Central Asia",
        "Fauna & Flora International (FFI)",
        "five countries of Central Asia",
        "Martin Forster",
    ),
    "contact": (
        "Yelizaveta Protas",
        "CAMI focal point",
        "UNEP/CMS Secretariat",
        "Platz der Vereinten Nationen 1",
        "D-53113 Bonn, Germany",
        "+49 228 815 2401",
        "+49 228 815 2402",
        "+49 228 815 2449",
        "yelizaveta.protas@cms.int",
        "https://www.cms.int",
    ),
    "about-cami": ("COP11", "Quito, Ecuador", "2014", "Programme of Work", "migratory mammals"),
    "about-cms": ("Bonn Convention", "treaty", "124 Parties"),
    "social": ("bonnconvention",),
}

ADDRESSES = {
    "https://www.cms.int/en/news/cms-executive-secretary-visits-china-0",
    "https://ors.cms.int/",
    "https://www.cms.int/en/news/2016035-launch-online-reporting-system-reporting-deadline-cms-cop12",
    "https://www.iucn.org/ecaro",
    "https://www.cms.int/cami/en/page/cami-contacts",
    "https://www.dw.com/en/migratory-animals-under-threat-in-the-serengeti-of-the-north/a-19511499",
    "https://www.cms.int/en/news/strengthening-partnerships-snow-leopard-protection",
    "https://portals.iucn.org/congress/session/10269",
    "https://voices.nationalgeographic.com/2016/08/22/involving-communities-in-the-fight-against-wildlife-crime/",
    "https://naturalresources-centralasia.org/index.php?id=142",
    "https://naturalresources-centralasia.org/index.php?id=141",
    "https://www.cms.int/en/news/cites-cop17-%E2%80%93-implications-cms",
    "https://www.facebook.com/bonnconvention",
    "https://www.twitter.com/bonnconvention",
}

PHOTOS = {
    "save-the-date-cop12": ("images/snow-leopard-ridge.jpg", "Panthera"),
    "species-focal-points": ("images/mongolian-gazelle.jpg", "Rich Reading"),
    "press-dw": ("images/przewalskis-horses.jpg", "Grunewald"),
    "berlin-snow-leopard": ("images/snow-leopard-portrait.jpg", "Martin Forster"),
    "vilm-workshop": ("images/wild-camel.jpg", "John Hare"),
    "iucn-wcc-side-event": ("images/argali-sheep.jpg", "Askar Davletbakov"),
    "tajikistan-round-table": ("images/tajik-mountains.jpg", "David Braun"),
    "cites-side-event": ("images/argali-flock.jpg", "Askar Davletbakov"),
}

ACRONYMS = (
    "ACBK BMUB BfN CAMI CBCGDF CEP CITES CMS COP11 COP12 CoP17 FFI GIZ GSLEP IUCN NABU NGO NINA NSLEPs SCA SFP "
    "SULI UNDP UNEP WCS"
).split()


def links() -> list[tuple[str, str]]:
    """Every link of the issue: words and address."""
    found = [(link.text, link.url) for item in ISSUE.items for link in item.links]
    for item in ISSUE.items:
        found += re.findall(r"\[([^\]]+)\]\(([^)\s]+)\)", item.body)
    return found


def test_every_item_is_there_in_reading_order() -> None:
    assert [item.id for item in ISSUE.items] == [
        "editors-note",
        "save-the-date-cop12",
        "reporting-reminder",
        "greetings",
        "staff-change",
        "press-dw",
        "china-partnership",
        "iucn-ecaro",
        "species-focal-points",
        "small-grants",
        "meetings-and-events",
        "tajikistan-round-table",
        "cites-side-event",
        "iucn-wcc-side-event",
        "vilm-workshop",
        "berlin-snow-leopard",
        "contact",
        "about-cami",
        "about-cms",
        "social",
    ]


@pytest.mark.parametrize("item", plain(TEXT)["items"], ids=lambda item: item["id"])
def test_an_item_holds_its_facts(item: dict[str, Any]) -> None:
    words = json.dumps(item, ensure_ascii=False, default=str).replace('\\"', '"')
    missing = [fact for fact in FACTS[item["id"]] if fact not in words]
    assert not missing


def test_the_dates_are_data_and_the_reports_run_from_new_to_old() -> None:
    dates = {
        item.id: (str(item.start), str(item.end or item.start))
        for item in ISSUE.items
        if isinstance(item, Event | EventReport)
    }
    assert dates == {
        "save-the-date-cop12": ("2017-10-23", "2017-10-28"),
        "tajikistan-round-table": ("2016-11-02", "2016-11-03"),
        "cites-side-event": ("2016-09-29", "2016-09-29"),
        "iucn-wcc-side-event": ("2016-09-05", "2016-09-05"),
        "vilm-workshop": ("2016-08-22", "2016-08-26"),
        "berlin-snow-leopard": ("2016-07-05", "2016-07-05"),
    }
    deadline = next(item for item in plain(TEXT)["items"] if item["id"] == "reporting-reminder")
    assert str(deadline["due"]) == "2017-04-24"
    assert "time" not in deadline, "the notification names no hour"


def test_every_address_is_there_once_and_all_are_https() -> None:
    assert sorted(url for _, url in links()) == sorted(ADDRESSES)
    assert "http://" not in TEXT
    assert not re.search(r"mailto:\s", TEXT)


def test_every_mail_address_is_spelled_as_its_owner_spells_it() -> None:
    assert set(re.findall(r"[\w.]+@[\w.]+\w", TEXT)) == {
        "yelizaveta.protas@cms.int",
        "hanah.alsamaraie@cms.int",
    }


def test_every_link_says_where_it_leads() -> None:
    texts = [text for text, _ in links()]
    assert len(set(texts)) == len(texts)
    for text in texts:
        assert len(text.split()) >= 3
        assert not re.search(r"\bhere\b|www\.|://", text)


def test_every_photo_has_its_place_words_and_credit() -> None:
    pictured = {item.id: item.image for item in ISSUE.items if item.image}
    assert set(pictured) == set(PHOTOS)
    for item_id, image in pictured.items():
        src, credit = PHOTOS[item_id]
        assert image.src == src
        assert image.credit.startswith(credit)
        assert image.caption
        assert image.rights
        assert image.alt is not None
        assert image.alt.startswith("Drawing of ")
        assert image.alt.endswith(".")
        assert len(image.alt) <= 125


@pytest.mark.parametrize("everybody_sees_all", [True, False])
def test_an_acronym_is_written_out_where_a_reader_first_meets_it(everybody_sees_all: bool) -> None:
    seen = [item for item in ISSUE.items if everybody_sees_all or item.show_to is None]
    words = "\n".join(
        item.body + " ".join(person.organization for person in getattr(item, "people", ())) for item in seen
    )
    for acronym in ACRONYMS:
        first = re.search(rf"\b{acronym}\b", words)
        if first is None:
            assert not everybody_sees_all, acronym
            continue
        before = words[: first.end() + 1]
        assert re.search(rf"\((?:IUCN )?{acronym}\)$", before), before[-80:]


def test_each_item_is_shown_to_those_whom_it_concerns() -> None:
    segments = plain((ROOT / "recipients" / "segments.yaml").read_text(encoding="utf-8"))["segments"]
    shown = {item.id: item.show_to for item in ISSUE.items if item.show_to}
    assert shown == {
        "reporting-reminder": "national-focal-points-of-parties",
        "small-grants": "sees-saiga-projects",
        "tajikistan-round-table": "sees-argali-reports",
        "cites-side-event": "sees-argali-reports",
        "berlin-snow-leopard": "sees-snow-leopard-report",
    }
    leading = {item.id: item.lead_for for item in ISSUE.items if item.lead_for}
    assert leading == {"china-partnership": "sees-china-article"}, "it is hidden from nobody"
    assert {*shown.values(), *leading.values()} <= set(segments)


def test_texts_that_age_have_a_last_day() -> None:
    ages = {item.id: str(item.expires) for item in ISSUE.items if item.expires}
    assert ages == {"greetings": "2017-01-31", "staff-change": "2017-03-31"}


def test_the_head_is_complete() -> None:
    assert ISSUE.id == "cami-newsletter-2016-12"
    assert (str(ISSUE.date), str(ISSUE.send_from), str(ISSUE.send_until)) == (
        "2016-12-19",
        "2016-12-14",
        "2017-01-15",
    )
    assert ISSUE.authors
    assert 30 <= len(ISSUE.preheader) <= 110
    assert ISSUE.preheader not in ISSUE.subject
    assert len(ISSUE.subject) <= 70


def test_the_bodies_leave_room_below_the_clip_line() -> None:
    assert sum(len(item.body) for item in ISSUE.items) < 17_000


def test_the_studio_may_save_the_file_without_changing_it() -> None:
    yaml = YAML(typ="rt", pure=True)
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 4096
    yaml.preserve_quotes = True
    out = StringIO()
    yaml.dump(yaml.load(TEXT), out)
    assert out.getvalue() == TEXT
