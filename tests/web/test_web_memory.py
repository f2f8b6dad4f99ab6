"""What was found lately is remembered: a day for what answers, an hour for what does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailer.model.visit import Found, Hop, Visit
from mailer.web import recall, remember

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_visit(found: Found, *, ago: timedelta = timedelta(0)) -> Visit:
    url = f"https://example.org/{found}"
    return Visit(url=url, found=found, at=NOW - ago, hops=(Hop(url=url, status=200),))


def test_what_is_remembered_comes_back_as_it_was(tmp_path: Path) -> None:
    visits = [a_visit(found) for found in Found if found is not Found.UNASKED]
    remember(tmp_path / "new" / "links.json", visits, NOW)
    assert list(recall(tmp_path / "new" / "links.json", NOW).values()) == visits


@pytest.mark.parametrize("found", list(Found))
def test_how_long_it_holds(tmp_path: Path, found: Found) -> None:
    path = tmp_path / "links.json"
    remember(path, [a_visit(found)], NOW)
    holds = {Found.ANSWERS: timedelta(days=1), Found.UNASKED: timedelta(0)}.get(found, timedelta(hours=1))
    second = timedelta(seconds=1)
    assert bool(recall(path, NOW + holds - second)) is (found is not Found.UNASKED)
    assert not recall(path, NOW + holds)
    assert not recall(path, NOW - second), "a clock that was put back"


def test_the_file_forgets_what_is_old(tmp_path: Path) -> None:
    path = tmp_path / "links.json"
    remember(path, [a_visit(Found.GONE)], NOW)
    remember(
        path,
        [a_visit(Found.ANSWERS).model_copy(update={"at": NOW + timedelta(hours=2)})],
        NOW + timedelta(hours=2),
    )
    assert "gone" not in path.read_text()


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"version": 2, "visits": []}', '{"version": 1, "visits": 7}', "\x00"]
)
def test_a_file_that_cannot_be_used_is_as_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "links.json"
    path.write_text(content)
    assert recall(path, NOW) == {}
    remember(path, [a_visit(Found.ANSWERS)], NOW)
    assert len(recall(path, NOW)) == 1
