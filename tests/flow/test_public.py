"""What answers on the web: leaving takes one POST and no GET, and only what was sent can be seen."""

from __future__ import annotations

import email
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from mailer.config import open_workspace
from mailer.flow import ledger_of
from mailer.public import create_public
from mailer.public.pages import HEADERS
from tests.flow.office import MailService, Office, a_mail_service, an_office

URL = "https://news.example.org"


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, MailService]]:
    """An office that has sent its issue, and what got it."""
    with a_mail_service() as service:
        office = an_office(tmp_path_factory.mktemp("public") / "office", 20)
        path = office.root / "mailer.toml"
        text = path.read_text(encoding="utf-8")
        text = re.sub(r'public = "none"[^\n]*', f'public = "server"\npublic_url = "{URL}"', text)
        path.write_text(text, encoding="utf-8")
        office.use_relay(service.port)
        digest = office.approved()
        office.run("send", "test-issue", "--to", "everyone", "--relay", "office", "--yes", "--digest", digest)
        yield office.root, service


@pytest.fixture
def served(
    sent: tuple[Path, MailService], tmp_path: Path
) -> Iterator[tuple[Office, MailService, TestClient]]:
    """A copy of that office, and its public side."""
    original, service = sent
    root = shutil.copytree(original, tmp_path / "office")
    with TestClient(create_public(open_workspace(root)), base_url=URL) as client:
        yield Office(open_workspace(root)), service, client


def leaving(service: MailService, reader: str) -> str:
    content = next(body for to, _, body in service.accepted if to == reader)
    message = email.message_from_bytes(content)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.search(rf"<{URL}(/unsubscribe/\S+?)>", message["List-Unsubscribe"])
    assert found
    return found[1]


def left(office: Office) -> set[str]:
    with ledger_of(open_workspace(office.root)) as ledger:
        return {entry.address for entry in ledger.suppressions()}


def test_looking_at_the_link_changes_nothing_and_one_post_unsubscribes(
    served: tuple[Office, MailService, TestClient],
) -> None:
    office, service, client = served
    path = leaving(service, "reader3@example.org")
    assert "reader3" not in path
    for _ in range(2):
        assert client.get(path).status_code == 200
    assert not left(office)
    for _ in range(2):
        answer = client.post(path, data={"List-Unsubscribe": "One-Click"}, follow_redirects=False)
        assert answer.status_code == 200
    assert left(office) == {"reader3@example.org"}


def test_a_token_with_any_sign_changed_or_for_another_list_leads_nowhere(
    served: tuple[Office, MailService, TestClient],
) -> None:
    office, service, client = served
    path = leaving(service, "reader3@example.org")
    head, _, token = path.rpartition("/")
    for place in range(len(token)):
        other = "a" if token[place] != "a" else "b"
        wrong = f"{head}/{token[:place]}{other}{token[place + 1 :]}"
        assert client.post(wrong).status_code == 404
    assert client.post(f"/unsubscribe/other-list/{token}").status_code == 404
    assert not left(office)


def test_the_web_view_shows_what_was_sent_without_anybody_s_data_and_with_its_pictures(
    served: tuple[Office, MailService, TestClient],
) -> None:
    _, service, client = served
    content = email.message_from_bytes(service.accepted[0][2])
    (text, html) = (
        part.get_payload(decode=True).decode() for part in content.walk() if not part.is_multipart()
    )
    found = re.search(rf"{URL}(/issues/[^\s\"<>)]+)", html)
    assert found
    assert found[1] in text
    page = client.get(found[1])
    assert page.status_code == 200
    assert "Snow leopards counted" in page.text
    assert "Number" not in page.text
    assert "%%slot" not in page.text
    pictures = set(re.findall(rf"{URL}(/pictures/[^\"]+)", page.text))
    assert pictures
    for picture in pictures:
        assert client.get(picture).headers["content-type"].startswith("image/")


def test_programs_that_check_links_ask_with_head_and_it_unsubscribes_nobody(
    served: tuple[Office, MailService, TestClient],
) -> None:
    office, service, client = served
    html = email.message_from_bytes(service.accepted[0][2]).as_string()
    view = "/issues/test-issue/en-000000/"
    found = re.search(rf"{URL}(/issues/[^\s\"<>)]+/)", html)
    if found:
        view = found[1]
        picture = re.search(rf"{URL}(/pictures/[^\"]+)", client.get(view).text)
        assert picture
        assert client.head(picture[1]).status_code == 200
    for path in (view, leaving(service, "reader3@example.org"), "/pictures/none.png", "/calendar/a/b.ics"):
        looked, asked = client.get(path), client.head(path)
        assert (asked.status_code, asked.headers) == (looked.status_code, looked.headers), path
    assert not left(office)


def test_what_is_not_answered_is_a_page_with_the_headers_of_all_pages(
    served: tuple[Office, MailService, TestClient],
) -> None:
    client = served[2]
    for answer, status in (
        (client.get("/nowhere"), 404),
        (client.head("/nowhere"), 404),
        (client.post("/pictures/a.png"), 405),
        (client.delete("/unsubscribe/a/b"), 405),
    ):
        assert answer.status_code == status
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert set(client.post("/pictures/a.png").headers["allow"].split(", ")) == {"GET", "HEAD"}


@pytest.mark.parametrize(
    "path", ["/", "/issues/test-issue/en-000000/", "/pictures/../mailer.toml", "/openapi.json"]
)
def test_nothing_else_answers(served: tuple[Office, MailService, TestClient], path: str) -> None:
    assert served[2].get(path).status_code == 404
