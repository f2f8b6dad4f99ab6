"""Mistakes of people: a clear message each, exit code 1 (2 for wrong usage), nothing half done."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from mailer.relay import Tray
from tests.flow.office import Office
from tests.flow.test_approving import no_file_beyond


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def contacts(office: Office) -> Path:
    return office.root / "recipients" / "contacts.csv"


CASES: list[tuple[str, Callable[[Office], object], list[str]]] = [
    ("broken YAML", lambda o: change(o.issue, "subject: Two", "subject: [Two"), ["issue.yaml:", "YAML"]),
    (
        "a wrong kind",
        lambda o: change(o.issue, "kind: article", "kind: artikle"),
        ["issue.yaml:8", "article"],
    ),
    (
        "a missing image",
        lambda o: change(o.issue, "title: Snow", "image: {src: images/none.jpg, alt: x}\n    title: Snow"),
        ["issue.yaml:10", "images/none.jpg"],
    ),
    (
        "an image path that leaves the folder",
        lambda o: change(o.issue, "title: Snow", "image: {src: ../../mailer.toml, alt: x}\n    title: Snow"),
        ["issue.yaml:10", "../../mailer.toml"],
    ),
    (
        "an unknown key",
        lambda o: change(o.issue, "preheader:", "preheadr:"),
        ["issue.yaml:6", "preheadr", "preheader"],
    ),
    (
        "an unknown group",
        lambda o: change(o.issue, "show_to: press", "show_to: pres"),
        ["issue.yaml", "pres", "press"],
    ),
    (
        "wrong headers",
        lambda o: change(contacts(o), "email,title", "e-mail,titel"),
        ["contacts.csv:1", "email"],
    ),
    (
        "a wrong encoding",
        lambda o: contacts(o).write_bytes(
            contacts(o).read_bytes().replace(b"Number3", "Нур".encode("cp1251"))
        ),
        ["contacts.csv", "UTF-8"],
    ),
    (
        "a person who is there twice",
        lambda o: change(
            contacts(o),
            "reader4@example.org,Ms.,Reader,Number4,",
            "reader3@EXAMPLE.ORG,Ms.,Reader,Number3,",
        ),
        ["contacts.csv:6", "reader3@example.org"],
    ),
    (
        "an invalid address",
        lambda o: change(contacts(o), "reader4@example.org", "reader4@office.invalid"),
        ["contacts.csv:6", "reader4@office.invalid"],
    ),
    (
        "a line break in a name",
        lambda o: change(contacts(o), "Number4", '"Number4\r\nBcc: evil@example.com"'),
        ["contacts.csv:6"],
    ),
    (
        "an unknown setting",
        lambda o: change(o.root / "mailer.toml", 'relay = "outbox"', 'realy = "outbox"'),
        ["mailer.toml:6", "realy", "relay"],
    ),
    (
        "a broken template",
        lambda o: (o.root / "templates/newsletter/items/article.mjml.j2").write_text("{% if %}"),
        ["article.mjml.j2", "1"],
    ),
]


@pytest.mark.parametrize(("name", "spoil", "said"), CASES, ids=[case[0] for case in CASES])
def test_a_mistake_in_a_file_is_named_with_its_place_and_nothing_is_sent(
    office: Office, name: str, spoil: Callable[[Office], object], said: list[str]
) -> None:
    spoil(office)
    code = 1
    printed = office.run("check", "test-issue", code=code)
    for words in said:
        assert words in printed, printed
    if name != "an unknown group":  # a finding: a rehearsal may still be looked at
        office.run("send", "test-issue", "--to", "everyone", "--yes", code=1)
        assert not list((office.root / ".mailer").rglob("*.eml"))


@pytest.fixture(autouse=True)
def _mended_settings(office: Office) -> None:
    """Every case begins with an office in which all is well."""
    office.run("check", "test-issue")


def test_markup_in_a_name_reaches_readers_as_letters(office: Office) -> None:
    change(contacts(office), "Number4", "<img src=x onerror=alert(1)>{{7*7}}")
    office.run("send", "test-issue", "--to", "everyone", "--yes")
    (mail,) = [
        m for m in json.loads(office.run("outbox", "list", "--format", "json")) if "reader4" in m["to"]
    ]
    content = Tray(office.workspace.outbox).read(mail["id"]).replace(b"=\n", b"").replace(b"=\r\n", b"")
    assert b"&lt;img src=3Dx" in content
    assert b"<img src=3Dx onerror" not in content.split(b"text/html", 1)[1]
    assert b"{{7*7}}" in content


def test_a_group_that_matches_nobody_is_said_and_sends_nothing(office: Office) -> None:
    (office.root / "recipients/segments.yaml").write_text(
        "segments:\n  everyone: {title: Everyone}\n  press: {title: Press, rule: {role: press}}\n"
        "  nobody: {title: Nobody, rule: {all: [{role: press}, {none: [{role: press}]}]}}\n",
        encoding="utf-8",
    )
    printed = office.run("send", "test-issue", "--to", "nobody", "--yes")
    assert "Nobody to send to" in printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["send", "test-issue", "--to", "evryone", "--yes"], "everyone"),
        (["send", "test-issue", "--yes"], "--to"),
        (["send", "test-issue", "--to", "everyone", "--relay", "outbx"], "outbox"),
        (["check", "--on", "2016-13-40"], "2016-12-19"),
        (["audience", "prees"], "press"),
        (["nonsense"], "nonsense"),
        (["send"], "SLUG"),
    ],
)
def test_a_wrong_call_ends_with_2_and_says_what_to_type(
    office: Office, arguments: list[str], said: str
) -> None:
    assert said in office.run(*arguments, code=2)


def test_an_unknown_issue_names_the_nearest(office: Office) -> None:
    assert "test-issue" in office.run("check", "test-isue", code=1)


def test_a_folder_that_is_no_workspace_says_how_to_make_one(office: Office, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "mailer init" in office.run("-w", str(empty), "check", code=1)


def test_a_port_in_use_is_named(office: Office) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert str(port) in office.run("outbox", "serve", "--port", str(port), code=1)
        assert str(port) in office.run("studio", "--no-open", "--port", str(port), code=1)


def test_a_ledger_from_a_newer_version_is_left_alone(office: Office) -> None:
    path = office.root / ".mailer" / "ledger.db"
    with sqlite3.connect(path) as connection:
        changed = connection.execute("update meta set value = '999' where key = 'version'").rowcount
        assert changed == 1
    connection.close()
    before = path.read_bytes()
    assert "newer" in office.run("send", "test-issue", "--to", "everyone", "--yes", code=1)
    assert path.read_bytes() == before


def test_a_file_that_is_no_ledger_is_left_alone(office: Office) -> None:
    path = office.root / ".mailer" / "ledger.db"
    for file in path.parent.glob("ledger.db-*"):
        file.unlink()
    path.write_bytes(b"This is a letter, not a ledger. " * 100)
    office.run("dispatches", code=1)
    assert path.read_bytes().startswith(b"This is a letter")


def test_a_damaged_proof_is_refused(office: Office) -> None:
    printed = office.run("proof", "test-issue", "--to", "everyone")
    found = re.search(r"digest ([0-9a-f]{64})", printed)
    assert found
    (page,) = list((office.root / ".mailer/proofs" / found[1]).glob("*.html"))[:1]
    page.write_text(page.read_text(encoding="utf-8").replace("counted", "counted!"), encoding="utf-8")
    assert "changed on disk" in office.run("approve", found[1], "--by", "Head", code=1)


def test_a_full_disk_that_names_no_file_is_said_with_the_command(office: Office) -> None:
    with no_file_beyond(10):
        printed = office.run("new", "2027-01-news", code=1)
    assert printed.endswith("mailer new: File too large.\n")


def test_the_environment_overrides_and_its_mistakes_are_named(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mailer.config import read_config
    from mailer.errors import ProblemsError

    path = office.root / "mailer.toml"
    assert read_config(path, {"MAILER_LIFETIME_HOURS": "5"}).lifetime_hours == 5
    assert read_config(path, {"MAILER_OFFICE__NAME": "Another"}).office.name == "Another"
    with pytest.raises(ProblemsError, match="lifetime"):
        read_config(path, {"MAILER_LIFETIME_HOUR": "5"})
