"""Files that the studio has made, and what it suggests and says around an issue."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from studio_server import SLUG, copy_workspace

from mailer.config import Workspace, open_workspace
from mailer.flow import read_people
from mailer.flow.archive import build_archive
from mailer.studio import shelf as module
from mailer.studio.archive_files import ARCHIVE, archive_routes
from mailer.studio.desk import Desk
from mailer.studio.shelf import Shelf, shelf_routes
from mailer.studio.views_archive import archive_row
from mailer.studio.views_calendar import date_rows
from mailer.studio.views_next import suggested


def client_of(shelf: Shelf) -> TestClient:
    app = FastAPI()
    app.include_router(shelf_routes(shelf))
    return TestClient(app)


def test_a_file_is_given_under_its_own_name_to_save_and_only_pdf_to_look_at() -> None:
    shelf = Shelf()
    client = client_of(shelf)
    html = shelf.put("отчёт.html", "text/html", b"<script>alert(1)</script>")
    answer = client.get(html)
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%D0%BE")
    pdf = shelf.put("issue.pdf", "application/pdf", b"%PDF-")
    assert client.get(pdf).headers["content-disposition"].startswith("inline")
    assert client.get(f"{pdf}?save=true").headers["content-disposition"].startswith("attachment")
    assert shelf.put("issue.pdf", "application/pdf", b"%PDF-") == pdf


def test_a_wrong_key_or_name_gives_nothing() -> None:
    shelf = Shelf()
    client = client_of(shelf)
    address = shelf.put("a.ics", "text/calendar", b"x")
    key = address.split("/")[2]
    for wrong in (f"/made/{key}/b.ics", "/made/guessed/a.ics", f"/made/{key}x/a.ics"):
        assert client.get(wrong).status_code == 404


def test_only_the_last_files_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    monkeypatch.setattr(module, "MOST_BYTES", 100)
    shelf = Shelf()
    client = client_of(shelf)
    addresses = [shelf.put(f"{n}.ics", "text/calendar", bytes([n])) for n in range(5)]
    assert [client.get(each).status_code for each in addresses] == [404, 404, 200, 200, 200]
    large = shelf.put("large.ics", "text/calendar", b"x" * 200)
    assert [client.get(each).status_code for each in (*addresses, large)] == [404] * 5 + [200]


@pytest.mark.parametrize(
    ("slug", "taken", "name"),
    [
        ("2016-12-cami", ["2016-12-cami"], "2017-01-cami"),
        ("2016-12-cami", ["2017-01-cami", "2017-01-cami-2"], "2017-01-cami-3"),
        ("notices", [], "2017-01-notices"),
    ],
)
def test_the_next_issue_is_called_after_its_month(slug: str, taken: list[str], name: str) -> None:
    assert suggested(slug, taken, date(2016, 12, 5)) == (name, "2017-01-04")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return open_workspace(copy_workspace(tmp_path_factory.mktemp("around-views")), {})


def test_the_dates_of_an_issue_are_listed_with_their_files(workspace: Workspace) -> None:
    event, deadline = date_rows(workspace, SLUG, read_people(workspace))
    assert event.when == "23–28 October 2017, whole days"
    assert deadline.when == "24 April 2017, the whole day: no hour is given"
    assert "calendar: attach" in event.how
    assert {file.name for file in event.files} == {
        f"save-the-date-cop12.{language}.ics" for language in ("en", "fr", "ru")
    }
    assert all(file.content.startswith(b"BEGIN:VCALENDAR\r\n") for file in event.files)


def test_the_studio_shows_of_the_archive_what_its_list_names_and_nothing_beside_it(
    workspace: Workspace,
) -> None:
    app = FastAPI()
    app.include_router(archive_routes(Desk(workspace)))
    client = TestClient(app)
    before = archive_row(workspace, SLUG)
    assert before.pages == ()
    assert not before.was_sent
    folder = build_archive(workspace, (SLUG,)).folder
    (folder / "own.html").write_text("<p>Somebody else's", "utf-8")
    (folder.parent / "secret.txt").write_text("secret", "utf-8")
    row = archive_row(workspace, SLUG)
    assert [language for language, _ in row.pages] == ["en", "fr", "ru"]
    page = client.get(f"{ARCHIVE}/{row.pages[0][1]}")
    assert page.status_code == 200
    assert "script" not in page.headers["content-security-policy"]
    assert "sandbox" in page.headers["content-security-policy"]
    for name in ("own.html", "archive.json", "../secret.txt", "%2e%2e/secret.txt", "/etc/hostname"):
        assert client.get(f"{ARCHIVE}/{name}").status_code == 404
    first = folder / row.pages[0][1]
    first.unlink()
    first.symlink_to(Path(folder.parent / "secret.txt"))
    assert client.get(f"{ARCHIVE}/{row.pages[0][1]}").status_code == 404
