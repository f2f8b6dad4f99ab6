"""A new issue begins with the text that fits its template, and can be checked and built at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mailer.config import Workspace, open_workspace
from mailer.errors import ProblemsError
from mailer.flow import compose_issue
from mailer.flow.starter import make_workspace, start_issue
from mailer.model.finding import Severity

DAY = date(2030, 3, 1)
SECRET = b"0" * 32


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return open_workspace(make_workspace(tmp_path_factory.mktemp("office") / "work").root, {})


@pytest.mark.parametrize("template", ["newsletter", "bulletin", "notice", "letter"])
def test_a_new_issue_of_each_template_has_nothing_that_stops_it(workspace: Workspace, template: str) -> None:
    folder = start_issue(workspace, f"new-{template}", DAY, template)
    composed = compose_issue(workspace, folder.name, secret=SECRET)
    assert composed.issue.template == template
    assert composed.issue.message_class == ("notice" if template == "notice" else "newsletter")
    assert not [finding for finding in composed.standing if finding.severity is Severity.STOP]
    assert composed.renditions


def test_an_offices_own_template_begins_with_the_text_of_its_base(workspace: Workspace) -> None:
    house = workspace.templates / "house-notice"
    house.mkdir()
    (house / "template.yaml").write_text("base: notice\n")
    folder = start_issue(workspace, "own", DAY, "house-notice")
    issue = compose_issue(workspace, folder.name, secret=SECRET).issue
    assert (issue.template, issue.message_class) == ("house-notice", "notice")
    assert issue.reference


def test_a_template_that_is_not_there_is_named_and_nothing_is_made(workspace: Workspace) -> None:
    with pytest.raises(ProblemsError, match='no template "notise"'):
        start_issue(workspace, "wrong", DAY, "notise")
    assert not (workspace.issues / "wrong").exists()


def test_a_notices_name_is_not_taken_over_by_the_next_newsletter(tmp_path: Path) -> None:
    office = open_workspace(make_workspace(tmp_path / "work").root, {})
    start_issue(office, "reminder", date(2031, 1, 1), "notice")
    text = (start_issue(office, "next", date(2031, 2, 1)) / "issue.yaml").read_text()
    assert "Our newsletter" in text
    assert "Notification" not in text
