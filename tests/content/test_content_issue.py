"""Reading an issue: the noun with its lines, or every problem of its file at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from mailer.content import IssueFile, find_issue, list_issues, read_issue
from mailer.errors import MailerError, Problem, ProblemsError
from mailer.model.finding import Finding

ISSUE = """\
id: a
series: S
date: 2016-12-19
language: en
items:
  - id: first
    kind: article
    title: One
    image:
      src: images/argali.png
      alt: An argali
    links:
      - url: https://example.org
        text: Words
      - {url: "https://example.org/2", text: Two}
  - id: due
    kind: deadline
    due: 2017-01-01
    timezone: Europe/Berlin
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "issues" / "2016-12"
    (folder / "images").mkdir(parents=True)
    Image.new("RGB", (4, 3)).save(folder / "images" / "argali.png")
    (folder / "issue.yaml").write_text(ISSUE)
    return folder


def read(folder: Path) -> IssueFile:
    return read_issue(folder, folder.parents[1])


def test_a_series_without_a_name_is_told_plainly(folder: Path) -> None:
    for empty in ('""', '"  "'):
        (found,) = problems(folder, ("series: S", f"series: {empty}"))
        assert (found.field, found.line) == ("series", 2)
        assert found.message == "is empty; write the newsletter's name."


def problems(folder: Path, *changes: tuple[str, str]) -> list[Problem]:
    text = ISSUE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "issue.yaml").write_text(text)
    with pytest.raises(ProblemsError) as caught:
        read(folder)
    return list(caught.value.problems)


def test_an_issue_is_read_with_the_line_of_everything(folder: Path) -> None:
    file = read(folder)
    assert file.slug == "2016-12"
    assert file.issue.items[0].title == "One"
    name = "issues/2016-12/issue.yaml"
    assert file.locate("first", None) == (name, 6)
    assert file.locate("first", "title") == (name, 8)
    assert file.locate("first", "image.alt") == (name, 11)
    assert file.locate("first", "links[0].url") == (name, 13)
    assert file.locate("first", "links[1].url") == (name, 15)
    assert file.locate("first", "image.caption") == (name, 9), "the nearest thing that is written"
    assert file.locate("due", "body") == (name, 16)
    assert file.locate(None, "language") == (name, 4)
    assert file.locate(None, "subject") == (name, 1)
    assert file.locate("nobody", None) == (name, 1)


def test_model_pictures_and_zones_are_told_together_in_order(folder: Path) -> None:
    found = problems(
        folder,
        ("series: S", "serie: S"),
        ("images/argali.png", "images/argalli.png"),
        ("Europe/Berlin", "Europe/Berlinn"),
        ("title: One", "title: 1"),
    )
    assert [(problem.line, problem.field) for problem in found] == [
        (1, "series"),
        (2, "serie"),
        (8, "items[0].title"),
        (10, "items[0].image.src"),
        (19, "items[1].timezone"),
    ]
    assert found[3].hint == 'Did you mean "images/argali.png"?'
    assert found[4].hint == 'Did you mean "Europe/Berlin"?'


def test_a_missing_picture_is_told_as_the_design_says(folder: Path) -> None:
    (problem,) = problems(folder, ("images/argali.png", "images/camel.jpg"))
    assert str(problem) == (
        'issues/2016-12/issue.yaml:10: first · image.src: "images/camel.jpg" is not in the issue\'s folder. '
        "Add it, or remove the image."
    )


@pytest.mark.parametrize(
    ("src", "near"),
    [
        ("images/missing.jpg", ""),
        ("images/argally.jpg", "images/argali.png"),
        ("ARGALI.PNG", "images/argali.png"),
        ("pictures/argali.jpeg", "images/argali.png"),
    ],
)
def test_a_picture_is_near_by_its_name_not_by_its_folder_or_ending(folder: Path, src: str, near: str) -> None:
    (folder / "images" / "big.jpg").write_bytes((folder / "images" / "argali.png").read_bytes())
    (problem,) = problems(folder, ("images/argali.png", src))
    assert problem.hint == (f'Did you mean "{near}"?' if near else "Add it, or remove the image.")


@pytest.mark.parametrize(
    ("src", "words"),
    [
        ("../secret.png", "leaves the issue's folder"),
        ("images/../../secret.png", "leaves the issue's folder"),
        ("/etc/passwd", "leaves the issue's folder"),
        ("~/secret.png", "leaves the issue's folder"),
        ("images\\\\argali.png", "has a backslash"),
        ("\\\\\\\\server\\\\share.png", "has a backslash"),
        ("file:///etc/passwd", "is an address"),
        ("https://example.org/a.png", "is an address"),
        ("//example.org/a.png", "is an address"),
        ("C:/a.png", "is an address"),
        ("data:image/png;base64,AA", "is an address"),
        ("images/%2e%2e/%2E%2E/secret.png", "percent escape"),
        ("images/argali%00.png", "percent escape"),
        ("images/a\\tb.png", "control sign"),
        ("images/Argali.png", "is not in the issue's folder"),
        ("images", "is a folder"),
        (" ", "is empty"),
        ("x" * 5000, "cannot be read"),
        ("images/argali.png/more.png", "is not in the issue's folder"),
    ],
)
def test_no_path_leaves_the_folder(folder: Path, src: str, words: str) -> None:
    (folder.parent / "secret.png").write_bytes(b"x")
    (problem,) = problems(folder, ("images/argali.png", f'"{src}"'))
    assert words in problem.message
    assert problem.line == 10
    assert problem.hint


def test_a_link_out_of_the_folder_is_refused(folder: Path) -> None:
    (folder.parent / "secret.png").write_bytes(b"x")
    os.symlink(folder.parent / "secret.png", folder / "images" / "out.png")
    os.symlink(folder.parent, folder / "up")
    os.symlink(folder / "round", folder / "round")
    for src in ("images/out.png", "up/secret.png"):
        (problem,) = problems(folder, ("images/argali.png", src))
        assert "is a link out of the issue's folder" in problem.message
    (problem,) = problems(folder, ("images/argali.png", "round"))
    assert "cannot be read" in problem.message or "is not in" in problem.message


def test_a_window_that_ends_before_it_begins_is_told(folder: Path) -> None:
    (problem,) = problems(folder, ("language: en", "send_from: 2016-12-20\nsend_until: 2016-12-19"))
    assert (problem.line, problem.field) == (5, "send_until")


def test_broken_yaml_is_one_problem_with_its_line(folder: Path) -> None:
    (problem,) = problems(folder, ("title: One", "title: One: two"))
    assert (problem.line, problem.rule) == (8, "file.yaml")


def test_a_missing_issue_names_the_nearest(folder: Path) -> None:
    with pytest.raises(MailerError, match=r'There is no issue "2016-13"\. Did you mean "2016-12"\?'):
        read_issue(folder.parent / "2016-13", folder.parents[1])


def test_issues_are_listed_and_found_by_slug_or_folder(folder: Path, tmp_path: Path) -> None:
    issues = folder.parent
    (issues / "no-issue").mkdir()
    (issues / ".hidden").mkdir()
    (issues / ".hidden" / "issue.yaml").write_text("")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "issue.yaml").write_text(ISSUE)
    assert list_issues(issues) == ["2016-12"]
    assert list_issues(tmp_path / "nowhere") == []
    assert find_issue("2016-12", issues) == folder
    for name in (str(folder), f"{folder}/", str(folder / "issue.yaml")):
        assert find_issue(name, issues) == folder
    assert find_issue(str(elsewhere), issues) == elsewhere


@pytest.mark.parametrize(
    "name", ["2016-1", "no-issue", "..", ".", "", "/", "a\x00b", "x" * 5000, "../issues"]
)
def test_what_is_no_issue_is_not_found(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    with pytest.raises(MailerError, match="There is no issue"):
        find_issue(name, folder.parent)


def test_an_item_is_named_by_its_id_and_one_without_by_its_number_counted_from_one(folder: Path) -> None:
    found = problems(
        folder, ("  - id: first\n    kind: article", "  - kind: event"), ("Europe/Berlin", "Berlin")
    )
    said = [str(problem).partition("issue.yaml:")[2] for problem in found]
    assert any(': item 1 · id: "id" is missing. Add it.' in one for one in said), said
    assert any(
        ': item 1 · start: "start" is missing. Add it: the first day, or the only one, written as 2016-12-19.'
        in one
        for one in said
    ), said
    second = next(problem for problem in found if problem.field == "items[1].timezone")
    assert (Finding.from_problem(second).item, Finding.from_problem(second).field) == (
        second.item,
        "timezone",
    )
    assert not any("items[" in one for one in said)
