"""Answers to reminders: by mail or telephone through a command, or by a button that programs do not press."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from mailer.config import open_workspace
from mailer.flow import ledger_of
from mailer.model.dispatch import Acknowledgement, Answer, Delivery
from mailer.public import create_public
from mailer.remind.answers import SIGNS, read_code
from tests.flow.office import Office

ROOT = Path(__file__).parents[2]
URL = "https://news.example.org"
SLUG = "national-report-cop12"


@pytest.fixture(scope="module")
def reminded(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The sample's office, after the step of 14 days before went to the practice tray."""
    root = tmp_path_factory.mktemp("reminded") / "office"
    root.mkdir()
    for name in ("recipients", "templates", "issues"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copyfile(ROOT / "mailer.toml", root / "mailer.toml")
    made = Office(open_workspace(root))
    made.run("remind", SLUG, "--on", "2017-04-10", "--yes")
    return made


@pytest.fixture
def office(reminded: Office, tmp_path: Path) -> Office:
    root = tmp_path / "copy"
    shutil.copytree(reminded.root, root)
    return Office(open_workspace(root))


def mails(office: Office) -> dict[str, Delivery]:
    """Every reminder that went, by its reader."""
    with ledger_of(office.workspace) as ledger:
        (dispatch,) = ledger.dispatches()
        return {delivery.address: delivery for delivery in ledger.deliveries(dispatch.id)}


def answers(office: Office) -> list[Acknowledgement]:
    with ledger_of(office.workspace) as ledger:
        return list(ledger.acknowledgements())


def code_for(office: Office, address: str) -> str:
    return read_code(mails(office)[address].code)


KAZAKHSTAN = "aigerim.sadykova@example.org"


class TestByCommand:
    def test_the_subject_of_an_answer_is_enough_and_what_to_do_next_is_said(self, office: Office) -> None:
        subject = f"Re: Отправлено [{code_for(office, KAZAKHSTAN)}]"
        said = office.run("acknowledge", subject, "--answer", "handed-in", "--by", "Ann")
        assert f"Recorded: Aigerim Sadykova <{KAZAKHSTAN}> (KZ) answered" in said
        assert f"mailer deadlines submitted {SLUG} KZ" in said
        (one,) = answers(office)
        assert (one.address, one.answer, one.by) == (KAZAKHSTAN, Answer.HANDED_IN, "Ann")

    def test_a_code_read_out_with_blanks_and_small_letters_will_do(self, office: Office) -> None:
        groups = code_for(office, KAZAKHSTAN).lower().split("-")
        said = office.run("acknowledge", *groups, "--answer", "later", "--words", "3 May")
        assert "it will come later – 3 May" in said
        assert f"mailer deadlines extend {SLUG} KZ --until DATE" in said

    def test_who_has_left_the_office_is_to_be_ended_there(self, office: Office) -> None:
        code = code_for(office, KAZAKHSTAN)
        out = office.run("acknowledge", code, "--answer", "not-me", "--words", "Dana B.", "--format", "json")
        found = json.loads(out)
        assert (found["code"], found["answer"], found["words"]) == (code, "not-me", "Dana B.")
        assert KAZAKHSTAN in found["next"][0]
        assert "Dana B." in found["next"][0]

    def test_a_slip_of_the_pen_and_a_code_of_nobody_are_told_apart(self, office: Office) -> None:
        code = code_for(office, KAZAKHSTAN)
        other = SIGNS[(SIGNS.index(code[-1]) + 1) % 32]
        assert "slip" in office.run("acknowledge", code[:-1] + other, "--answer", "seen", code=2)
        strange = "0000-0000-0000-0000-0000"
        assert "No message was sent with the code" in office.run(
            "acknowledge", strange, "--answer", "seen", code=1
        )
        assert answers(office) == []

    def test_the_silent_are_listed_with_a_draft_in_their_languages(self, office: Office) -> None:
        (dispatch,) = {delivery.dispatch_id for delivery in mails(office).values()}
        count = len(mails(office))
        office.run("acknowledge", code_for(office, KAZAKHSTAN), "--answer", "seen")
        said = office.run("silent", dispatch)
        assert f"1 of {count} have answered." in said
        assert KAZAKHSTAN not in said
        assert "Draft (en): No answer yet: National report to COP12" in said
        assert "10 апреля 2017" in said
        found = json.loads(office.run("silent", dispatch, "--format", "json"))
        assert len(found["silent"]) == count - 1
        assert {"en", "ru"} <= set(found["drafts"])


@pytest.fixture
def web(office: Office) -> Iterator[tuple[Office, TestClient]]:
    path = office.root / "mailer.toml"
    text = path.read_text(encoding="utf-8")
    text = re.sub(r'public = "none"[^\n]*', f'public = "server"\npublic_url = "{URL}"', text)
    path.write_text(text, encoding="utf-8")
    made = Office(open_workspace(office.root))
    with TestClient(create_public(made.workspace), base_url=URL) as client:
        yield made, client


class TestOnTheWeb:
    def test_looking_records_nothing_and_the_button_does(self, web: tuple[Office, TestClient]) -> None:
        office, client = web
        path = f"/answer/{code_for(office, KAZAKHSTAN)}/done"
        for _ in range(2):
            page = client.get(path)
            assert page.status_code == 200
            client.head(path)
        assert answers(office) == []
        for _ in range(2):
            assert client.post(path).status_code == 200
        (one,) = answers(office)
        assert (one.address, one.answer, one.by) == (KAZAKHSTAN, Answer.HANDED_IN, "the reader")

    def test_the_page_is_in_the_readers_language_and_says_nothing_of_them(
        self, web: tuple[Office, TestClient]
    ) -> None:
        office, client = web
        page = client.get(f"/answer/{code_for(office, KAZAKHSTAN)}/later").text
        assert '<html lang="ru" dir="ltr">' in page
        assert "Национальный доклад к КС12" in page
        assert 'type="date"' in page
        for personal in ("Aigerim", "Sadykova", "example.org", "Казахстан", "KZ"):
            assert personal not in page

    def test_a_day_or_a_successor_comes_with_the_answer(self, web: tuple[Office, TestClient]) -> None:
        office, client = web
        code = code_for(office, KAZAKHSTAN)
        client.post(f"/answer/{code}/later", data={"words": "2017-05-03"})
        client.post(f"/answer/{code}/not_me", data={"words": "Дана <b>Б.</b>\r\nx"})
        assert [(one.answer, one.words) for one in answers(office)] == [
            (Answer.LATER, "2017-05-03"),
            (Answer.NOT_ME, "Дана <b>Б.</b> x"),
        ]

    def test_much_text_is_not_kept(self, web: tuple[Office, TestClient]) -> None:
        office, client = web
        code = code_for(office, KAZAKHSTAN)
        client.post(f"/answer/{code}/not_me", data={"words": "x" * 5000})
        client.post(f"/answer/{code}/later", content=b"words=" + b"y" * 50_000)
        assert [len(one.words) for one in answers(office)] == [300, 0]

    def test_every_wrong_address_is_answered_alike(self, web: tuple[Office, TestClient]) -> None:
        office, client = web
        code = code_for(office, KAZAKHSTAN)
        wrong = [
            f"/answer/{code}/seen",
            f"/answer/{code}/handed-in",
            f"/answer/{code[:-1]}/done",
            f"/answer/{code.lower()}/done",
            "/answer/0000-0000-0000-0000-0000/done",
            "/answer/KZ/done",
            "/answer/%00/done",
        ]
        pages = [client.request(method, path) for path in wrong for method in ("GET", "POST")]
        assert {page.status_code for page in pages} == {404}
        assert len({page.text for page in pages}) == 1
        assert answers(office) == []
