"""Files that a page hands over: bounded, by secret names, and forgotten."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from mailer.studio import sent as module
from mailer.studio.guard import Guard, Keys
from mailer.studio.sent import Sent, sent_routes


@pytest.fixture
def sent() -> Sent:
    return Sent()


@pytest.fixture
def client(sent: Sent) -> TestClient:
    app = FastAPI()
    app.include_router(sent_routes(sent))
    return TestClient(app)


def test_files_are_kept_in_the_order_in_which_they_came(client: TestClient, sent: Sent) -> None:
    heap = sent.begin()
    for name, content in (("b.docx", b"two"), ("a.md", b"one"), ("b.docx", b"two again")):
        assert client.post(f"/sent/{heap}", params={"name": name}, content=content).status_code == 200
    assert sent.files(heap) == {"b.docx": b"two again", "a.md": b"one"}
    sent.drop(heap, "a.md")
    assert list(sent.files(heap)) == ["b.docx"]
    sent.forget(heap)
    assert sent.files(heap) == {}


def test_only_a_page_that_is_open_may_hand_over_files(client: TestClient, sent: Sent) -> None:
    answer = client.post("/sent/guessed", params={"name": "a.md"}, content=b"x")
    assert answer.status_code == 410
    assert "reload it" in answer.json()["detail"]


@pytest.mark.parametrize("name", ["", "a\r\nb.md", "a\x00.md", "n" * 201])
def test_a_name_that_cannot_be_shown_is_refused(client: TestClient, sent: Sent, name: str) -> None:
    heap = sent.begin()
    assert client.post(f"/sent/{heap}", params={"name": name}, content=b"x").status_code in (400, 422)
    assert sent.files(heap) == {}


def test_a_file_is_cut_off_where_it_grows_too_large(
    client: TestClient, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_FILE", 1_000)
    monkeypatch.setattr(module, "MAX_TOGETHER", 1_500)
    heap, taken = sent.begin(), []

    def endless() -> Iterator[bytes]:
        for _ in range(10_000):
            taken.append(1)
            yield b"x" * 100

    assert client.post(f"/sent/{heap}", params={"name": "a"}, content=endless()).status_code == 413
    assert sent.files(heap) == {}
    assert client.post(f"/sent/{heap}", params={"name": "a"}, content=b"x" * 1_000).status_code == 200
    assert client.post(f"/sent/{heap}", params={"name": "b"}, content=b"x" * 501).status_code == 413
    assert client.post(f"/sent/{heap}", params={"name": "a"}, content=b"y" * 1_000).status_code == 200


def test_heaps_are_few_and_do_not_last(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    first = sent.begin()
    sent.add(first, "a", b"x")
    others = [sent.begin() for _ in range(module.MOST_HEAPS)]
    assert sent.files(first) == {"a": b"x"}, "empty ones go first"
    for heap in others[1:]:
        sent.add(heap, "a", b"x")
    sent.begin()
    assert sent.files(first) == {}
    monkeypatch.setattr(module, "KEPT", -1.0)
    sent.begin()
    assert sent.files(others[-1]) == {}


def test_there_is_room_for_so_many_files(sent: Sent) -> None:
    heap = sent.begin()
    for number in range(module.MOST_FILES):
        sent.add(heap, str(number), b"")
    assert sent.room(heap, "one more") == 0
    assert sent.room(heap, "0") == module.MAX_FILE


def test_another_page_and_whoever_has_no_token_can_hand_over_nothing(sent: Sent) -> None:
    app = FastAPI()
    app.include_router(sent_routes(sent))
    app.add_middleware(Guard, keys=Keys("token"), port=8000)
    client = TestClient(app, base_url="http://127.0.0.1:8000")
    heap = sent.begin()
    cookie = {"Cookie": "saiga_studio_8000=token"}

    def answer(**headers: str) -> int:
        given = {name.capitalize(): value for name, value in headers.items()}
        return client.post(f"/sent/{heap}", params={"name": "a.md"}, content=b"x", headers=given).status_code

    assert answer() == 403
    assert answer(**cookie, origin="http://elsewhere.example.org") == 403
    assert answer(**cookie, origin="null") == 403
    assert answer(**cookie, host="elsewhere.example.org") == 403
    assert client.get(f"/sent/{heap}", params={"name": "a.md"}, headers=cookie).status_code == 405
    assert sent.files(heap) == {}
    assert answer(**cookie, origin="http://127.0.0.1:8000") == 200
    assert sent.files(heap) == {"a.md": b"x"}


def test_what_comes_at_the_same_time_has_no_more_room_together(
    client: TestClient, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_TOGETHER", 1_000)
    monkeypatch.setattr(module, "MOST_FILES", 2)
    heap = sent.begin()

    def meanwhile() -> Iterator[bytes]:
        yield b"x" * 300
        sent.add(heap, "other", b"y" * 800)
        yield b"x" * 300

    assert client.post(f"/sent/{heap}", params={"name": "a"}, content=meanwhile()).status_code == 413
    assert list(sent.files(heap)) == ["other"]
    assert sent.add(heap, "b", b"")
    assert not sent.add(heap, "c", b"")
