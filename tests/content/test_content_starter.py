"""A new issue is valid as it stands, and the schemas serve the editor it is opened in."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from pydantic import BaseModel

from mailer.content import new_issue, read_issue, read_pictures, write_schemas
from mailer.errors import MailerError, UsageError

DAY = date(2017, 3, 1)


@pytest.mark.parametrize("slug", ["2017-03-cami", "2017", "2017-03-01", "null", "a_b"])
def test_a_new_issue_is_valid_and_teaches(tmp_path: Path, slug: str) -> None:
    folder = new_issue(tmp_path / "issues", slug, day=DAY, series='The "CAMI" newsletter: Ünï', language="en")
    assert folder == tmp_path / "issues" / slug
    file = read_issue(folder, tmp_path)
    assert (file.issue.id, file.issue.date, file.issue.series) == (slug, DAY, 'The "CAMI" newsletter: Ünï')
    assert file.issue.subject
    assert file.issue.preheader
    assert {"article", "event"} <= {item.kind for item in file.issue.items}
    assert read_pictures(file.issue, folder, "issue.yaml") == ()
    text = (folder / "issue.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=../../schemas/issue.schema.json\n")
    assert not re.search(r"\b(SLUG|SERIES|DAY|DUE|LANGUAGE|EVENT_\w+)\b", re.sub(r"#.*", "", text))
    assert "http:" not in text


def test_dates_of_a_new_issue_lie_after_its_day(tmp_path: Path) -> None:
    folder = new_issue(tmp_path, "a", day=DAY, series="S", language="ru")
    issue = read_issue(folder, tmp_path).issue
    assert issue.language == "ru"
    days = [
        getattr(item, name) for item in issue.items for name in ("start", "end", "due") if hasattr(item, name)
    ]
    assert days
    assert all(day > DAY for day in days)


def test_an_issue_that_exists_is_left_alone(tmp_path: Path) -> None:
    folder = new_issue(tmp_path, "a", day=DAY, series="S", language="en")
    (folder / "issue.yaml").write_text("mine")
    with pytest.raises(MailerError, match='already something called "a"'):
        new_issue(tmp_path, "a", day=DAY, series="S", language="en")
    assert (folder / "issue.yaml").read_text() == "mine"


@pytest.mark.parametrize("slug", ["", "../a", "A", "a b", "a--b", "-a", "a/b", "con", "a" * 81, "ä"])
def test_a_name_that_no_folder_should_have_is_refused(tmp_path: Path, slug: str) -> None:
    with pytest.raises(UsageError, match="cannot name an issue"):
        new_issue(tmp_path, slug, day=DAY, series="S", language="en")
    assert list(tmp_path.iterdir()) == []


def test_schemas_are_written_with_words_for_people(tmp_path: Path) -> None:
    class Extra(BaseModel):
        """Something of another part."""

        key: int

    paths = write_schemas(tmp_path, {"extra": Extra})
    names = {path.name.removesuffix(".schema.json") for path in paths}
    assert {"issue", "segments", "countries", "species", "waivers", "extra"} <= names
    issue = json.loads((tmp_path / "schemas" / "issue.schema.json").read_text())
    assert issue["additionalProperties"] is False
    assert issue["properties"]["date"]["description"].startswith("The planned day of sending")
    assert "description" in issue["$defs"]["Article"]
    segments = json.loads((tmp_path / "schemas" / "segments.schema.json").read_text())
    assert {"is", "in", "starts"} <= set(segments["$defs"]["FieldTest"]["properties"])


def test_schemas_are_the_same_each_time(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write_schemas(tmp_path)]
    assert [path.read_bytes() for path in write_schemas(tmp_path)] == first
