"""Save the date: an issue's events and deadlines as calendar files, read back by icalendar."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from mailer.config import open_workspace
from mailer.flow.starter import make_workspace
from tests.flow.office import Office

SLUG = "2016-12-cami"
WITH_AN_HOUR = 'due: 2017-04-24\n    time: "23:59"\n    timezone: Europe/Berlin'


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    root = tmp_path_factory.mktemp("calendar") / "office"
    make_workspace(root, sample=True)
    return Office(open_workspace(root))


def folder(office: Office) -> Path:
    return office.root / "build" / SLUG / "calendar"


def built(office: Office) -> dict[str, bytes]:
    office.run("build", SLUG)
    return {path.name: path.read_bytes() for path in folder(office).iterdir()}


def entry_in(content: bytes) -> Any:
    (entry,) = Calendar.from_ical(content).walk("VEVENT")
    return entry


def test_a_conference_is_whole_days_and_its_end_the_day_after(office: Office) -> None:
    entry = entry_in(built(office)["save-the-date-cop12.en.ics"])
    assert (entry["dtstart"].dt, entry["dtend"].dt) == (date(2017, 10, 23), date(2017, 10, 29))
    assert entry["dtstart"].params["VALUE"] == entry["dtend"].params["VALUE"] == "DATE"
    assert entry["summary"] == "CMS Conference of the Parties (COP12)"
    assert entry["location"] == "Manila, Philippines"
    assert entry["description"].startswith("Manila will host the Twelfth Meeting")
    (bell,) = entry.walk("VALARM")
    assert bell["trigger"].dt == -timedelta(days=6, hours=15)


def test_a_deadline_is_a_moment_where_it_has_an_hour_and_else_a_day_with_a_warning(office: Office) -> None:
    source = office.root / "issues" / SLUG / "issue.yaml"
    text = source.read_text("utf-8")
    whole_day = entry_in(built(office)["reporting-reminder.en.ics"])
    assert (whole_day["dtstart"].dt, whole_day["dtend"].dt) == (date(2017, 4, 24), date(2017, 4, 25))
    found = json.loads(office.run("check", SLUG, "--format", "json"))
    assert "date.deadline-zone" in {one["rule"] for one in found["waived"]}
    try:
        source.write_text(text.replace("due: 2017-04-24", WITH_AN_HOUR), "utf-8")
        content = built(office)["reporting-reminder.en.ics"]
        found = json.loads(office.run("check", SLUG, "--format", "json"))
        rules = {one["rule"] for one in [*found["findings"], *found["waived"]]}
        assert "date.deadline-zone" not in rules
        assert "waiver.unused" in rules
    finally:
        source.write_text(text, "utf-8")
    assert b"\r\nDTSTART:20170424T215900Z\r\n" in content
    timed = entry_in(content)
    assert "dtend" not in timed
    assert timed["uid"] == whole_day["uid"]
    assert timed["url"] == "https://ors.cms.int/"
    assert (
        "Hanah Al-Samaraie, Associate Capacity-Building Officer, hanah.alsamaraie@cms.int"
        in timed["description"]
    )
    assert "2016/035" in timed["description"]


def test_each_language_has_its_own_words_and_the_same_entry(office: Office) -> None:
    files = built(office)
    assert {name for name in files if name.startswith("save")} >= {
        "save-the-date-cop12.en.ics",
        "save-the-date-cop12.ru.ics",
    }
    russian = entry_in(files["save-the-date-cop12.ru.ics"])
    assert russian["summary"] == "Конференция Сторон КМВ (КС12)"
    assert russian["summary"].params["LANGUAGE"] == "ru"
    assert russian["uid"] == entry_in(files["save-the-date-cop12.en.ics"])["uid"]


def test_built_again_the_bytes_are_the_same_and_what_is_old_goes(office: Office) -> None:
    first = built(office)
    stale = folder(office) / "gone.en.ics"
    stale.write_bytes(first["save-the-date-cop12.en.ics"])
    other = folder(office) / "mine.ics"
    other.write_bytes(b"BEGIN:VCALENDAR\r\nPRODID:mine\r\nEND:VCALENDAR\r\n")
    assert built(office) == first | {"mine.ics": other.read_bytes()}
    other.unlink()
    assert re.search(rf"{len(first)} calendar files in build/{SLUG}/calendar", office.run("build", SLUG))
