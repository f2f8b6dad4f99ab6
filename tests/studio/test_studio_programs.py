"""What the studio says of mail programs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from studio_server import SLUG, copy_workspace

from mailer.config import Workspace, open_workspace
from mailer.flow import Composed, compose_issue
from mailer.flow.compat import compatibility_of
from mailer.studio.programs import line_words, program_rows


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return open_workspace(copy_workspace(tmp_path_factory.mktemp("programs")), {})


@pytest.fixture(scope="module")
def composed(workspace: Workspace) -> Composed:
    return compose_issue(workspace, SLUG, ("press",), secret=b"x")


def with_fault(composed: Composed) -> Composed:
    first, *others = composed.renditions
    html = first.html.replace("</h1>", '</h1><img src="a.webp" alt="" width="9">')
    assert html != first.html
    return replace(composed, renditions=(first.model_copy(update={"html": html}), *others))


def test_the_line_says_in_how_many_programs_the_sample_works(
    workspace: Workspace, composed: Composed
) -> None:
    assert line_words(composed, workspace) == ("Works in 41 of 41 mail programs", True)


def test_one_version_that_loses_something_shows_in_the_line_and_comes_first_in_the_list(
    workspace: Workspace, composed: Composed
) -> None:
    words, is_all = line_words(with_fault(composed), workspace)
    found = compatibility_of(with_fault(composed).renditions, ())
    rows = program_rows(found)
    failing = [row for row in rows if row.lost]
    assert not is_all
    assert words == f"Works in {found.working} of 41 mail programs"
    assert found.working == 41 - len(failing)
    assert rows[: len(failing)] == tuple(failing)
    assert "Outlook Windows" in {row.title for row in failing}
    assert failing[0].lost == ("webP image format",)


def test_the_list_has_every_program_with_what_its_readers_see(composed: Composed) -> None:
    rows = program_rows(compatibility_of(composed.renditions, ()))
    assert len(rows) == 41
    assert [row.native for row in rows] == sorted(row.native for row in rows)
    by_title = {row.title: row for row in rows}
    assert "square corners" in by_title["Outlook Windows"].instead
    assert by_title["GMX iOS"].instead == ()
