"""What could not be checked is told by the commands and on the page of the proof, and stops nothing."""

from __future__ import annotations

import json

import pytest

from mailer.flow.proof_page_shots import VARIABLE
from tests.flow.office import Office

NO_CHROMIUM = "Chromium was not found"


def in_arabic(office: Office) -> None:
    """The issue in a language that few rules know, in a workspace without registers."""
    for name in ("treaties.yaml", "species.yaml", "names.yaml", "countries.yaml"):
        (office.root / "recipients" / name).unlink(missing_ok=True)
    file = office.root / "issues" / "test-issue" / "issue.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "language: ar\n", encoding="utf-8")


def test_check_says_on_the_terminal_and_as_data_what_it_could_not_look_at(office: Office) -> None:
    in_arabic(office)
    shown = " ".join(office.run("check", "test-issue").split())
    assert shown.count("Not checked:") == 1
    for said in ("(in Arabic; known for", "names of people and bodies (no names in recipients/names.yaml)"):
        assert said in shown
    answer = json.loads(office.run("check", "test-issue", "--format", "json"))
    whys = {one["why"]: one for one in answer["not_checked"]}
    assert whys["no names in recipients/names.yaml"] == {
        "issue": "test-issue",
        "what": ["names of people and bodies"],
        "why": "no names in recipients/names.yaml",
        "rules": ["name.misspelt"],
    }
    told = {finding["rule"] for finding in answer["findings"]}
    assert not told & {
        rule for one in answer["not_checked"] for rule in one["rules"] if rule != "date.weekday"
    }


def test_proof_says_so_too_and_that_nobody_saw_it_in_a_browser(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "")
    in_arabic(office)
    shown = " ".join(office.run("proof", "test-issue", "--to", "everyone").split())
    assert "Not checked:" in shown
    assert NO_CHROMIUM in shown
    page = (office.root / "build" / "test-issue" / "proof" / "index.html").read_text(encoding="utf-8")
    [section] = [part for part in page.split("<h3>") if part.startswith("Not checked")]
    listed = section.partition("</ul>")[0]
    assert "in Arabic; known for" in listed
    assert NO_CHROMIUM in listed
