"""A new issue begins with the text that fits its template, and can be checked and built at once."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from mailer.check.rules.starter_words import ADDRESS, OF_ISSUES, OFFICE
from mailer.config import Workspace, open_workspace
from mailer.errors import MailerError
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


def test_all_that_is_to_be_replaced_is_known_and_found_where_it_is_left(workspace: Workspace) -> None:
    found: set[str | None] = set()
    for template in ("newsletter", "bulletin", "notice", "letter"):
        folder = start_issue(workspace, f"left-{template}", DAY, template)
        findings = compose_issue(workspace, folder.name, secret=SECRET).findings
        left = [finding for finding in findings if finding.rule == "text.starter"]
        assert {finding.severity for finding in left} == {Severity.WARN}
        assert {"preheader", None} <= {finding.field for finding in left}
        found |= {finding.words for finding in left}
    in_a_comment = {"Name of the photographer"}
    assert found == {*OF_ISSUES, OFFICE, ADDRESS} - in_a_comment


def test_what_is_left_stops_a_real_sending_and_what_is_replaced_does_not(tmp_path: Path) -> None:
    root = make_workspace(tmp_path / "work").root
    settings = root / "mailer.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8") + '[relays.office]\nkind = "smtp"\nhost = "127.0.0.1"\n',
        encoding="utf-8",
    )
    issue = start_issue(open_workspace(root, {}), "first", DAY) / "issue.yaml"

    def left() -> list[tuple[Severity, str | None, str | None]]:
        findings = compose_issue(open_workspace(root, {}), "first", secret=SECRET).findings
        return [(one.severity, one.field, one.words) for one in findings if one.rule == "text.starter"]

    assert len(left()) > 6
    assert {severity for severity, _, _ in left()} == {Severity.STOP}
    words = issue.read_text(encoding="utf-8")
    for known in OF_ISSUES:
        words = words.replace(known, "Ours.")
    issue.write_text(words.replace('series: "Your office"', "series: Ours"), encoding="utf-8")
    assert {words for _, _, words in left()} == {OFFICE, ADDRESS}
    settings.write_text(
        settings.read_text(encoding="utf-8").replace(OFFICE, "Our office").replace(ADDRESS, "Bonn"),
        encoding="utf-8",
    )
    assert left() == []
    issue.write_text(
        words.replace("Ours.", f"Before it. {next(w for w in OF_ISSUES if len(w) > 80)} After.", 1)
    )
    assert len(left()) >= 1


def test_an_offices_own_template_begins_with_the_text_of_its_base(workspace: Workspace) -> None:
    house = workspace.templates / "house-notice"
    house.mkdir()
    (house / "template.yaml").write_text("base: notice\n")
    folder = start_issue(workspace, "own", DAY, "house-notice")
    issue = compose_issue(workspace, folder.name, secret=SECRET).issue
    assert (issue.template, issue.message_class) == ("house-notice", "notice")
    assert issue.reference


def test_a_template_that_is_not_there_is_named_and_nothing_is_made(workspace: Workspace) -> None:
    with pytest.raises(MailerError, match='no template "notise"') as caught:
        start_issue(workspace, "wrong", DAY, "notise")
    assert "notice" in caught.value.hint
    assert not (workspace.issues / "wrong").exists()


@pytest.mark.parametrize(
    "name", ["{elsewhere}", "../templates/notice", "notice/", "./notice", ".", "", "A B"]
)
def test_a_template_is_named_and_never_a_path(workspace: Workspace, tmp_path: Path, name: str) -> None:
    for folder in (tmp_path / "newsletter", workspace.templates / "A B"):
        folder.mkdir()
        (folder / "template.yaml").write_text("title: Elsewhere\n")
    given = name.format(elsewhere=tmp_path / "newsletter") or "\0"
    try:
        with pytest.raises(MailerError, match="template") as caught:
            start_issue(workspace, "away", DAY, given)
    finally:
        shutil.rmtree(workspace.templates / "A B")
    assert caught.value.hint
    assert not (workspace.issues / "away").exists()


def test_a_series_is_taken_from_issues_in_the_same_language_and_first_of_the_same_template(
    tmp_path: Path,
) -> None:
    office = open_workspace(make_workspace(tmp_path / "work").root, {})
    for slug, template, changes in (
        ("arabic", "", {"series: .*": "series: نشرة", "language: en": "language: ar"}),
        ("letter", "letter", {"series: .*": "series: Letters"}),
        ("broken", "", {"series: .*": "series: Broken", "items:": "itmes:"}),
    ):
        path = start_issue(office, slug, date(2031, 1, 1), template) / "issue.yaml"
        text = path.read_text(encoding="utf-8")
        for old, new in changes.items():
            text = re.sub(old, new, text, count=1)
        path.write_text(text, encoding="utf-8")
    assert 'series: "Our newsletter"' in (start_issue(office, "next", DAY) / "issue.yaml").read_text()
    assert (
        'series: "Letters"' in (start_issue(office, "next-letter", DAY, "letter") / "issue.yaml").read_text()
    )


def test_a_notices_name_is_not_taken_over_by_the_next_newsletter(tmp_path: Path) -> None:
    office = open_workspace(make_workspace(tmp_path / "work").root, {})
    start_issue(office, "reminder", date(2031, 1, 1), "notice")
    text = (start_issue(office, "next", date(2031, 2, 1)) / "issue.yaml").read_text()
    assert "Our newsletter" in text
    assert "Notification" not in text


def contacts(office: Workspace, *rows: str) -> None:
    head = "email,title,given_name,family_name,salutation,language,country,organization,roles,subscriptions\n"
    text = head + "".join(f"{row}\n" for row in rows)
    (office.root / "recipients" / "contacts.csv").write_text(text, encoding="utf-8")


def test_a_letter_says_letter_at_its_foot_and_shows_in_both_parts_the_same_head(workspace: Workspace) -> None:
    folder = start_issue(workspace, "a-letter", DAY, "letter")
    (rendition,) = compose_issue(workspace, folder.name, secret=SECRET).renditions
    for part in (rendition.html, rendition.text):
        assert "You receive this letter from" in part
        assert "newsletter" not in part.replace("newsletter@", "").casefold()
    assert "Our newsletter" not in rendition.text
    assert rendition.text.startswith("1 March 2030\n\nWhat this letter is about\n===")
    assert "\nName of the person who signs, Office, office@example.org\n" in rendition.text


def test_an_official_message_calls_nobody_a_subscriber_and_says_who_holds_no_office(tmp_path: Path) -> None:
    office = open_workspace(make_workspace(tmp_path / "work").root, {})
    over = "national-focal-point:cms 2010-01-01..2020-01-01"
    contacts(
        office,
        "one@example.org,,,,,en,,,press; partner,newsletter",
        "two@example.org,,,,,en,,,,newsletter",
        f"three@example.org,,,,,en,,,{over},newsletter",
    )
    folder = start_issue(office, "reminder", DAY, "notice")
    composed = compose_issue(office, folder.name, secret=SECRET)
    (rendition,) = composed.renditions
    assert rendition.defaults["role"] == "a contact of the Secretariat"
    (found,) = (f for f in composed.findings if f.rule == "audience.notice-without-office")
    assert found.severity is Severity.WARN
    assert found.message == "This is an official message, and 2 of 3 readers hold no role on the day."
    (empty,) = (f for f in composed.findings if f.rule == "slot.empty" and f.words == "role")
    assert 'no value for the personal field "role", which stands in the line that says why' in empty.message
    assert (empty.file, empty.line) == (None, None)
    path = folder / "issue.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("body: |\n", "body: |\n      As {{role}}:\n", 1))
    composed = compose_issue(office, folder.name, secret=SECRET)
    (empty,) = (f for f in composed.findings if f.rule == "slot.empty" and f.words == "role")
    assert empty.line
    assert "which stands in" not in empty.message


def test_a_newsletter_may_go_to_people_without_an_office(workspace: Workspace) -> None:
    folder = start_issue(workspace, "for-all", DAY)
    findings = compose_issue(workspace, folder.name, secret=SECRET).findings
    assert not [f for f in findings if f.rule == "audience.notice-without-office"]
