"""The archive of what was really sent: it says so, and publishes nothing that was kept out, without a word for it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.config import open_workspace
from mailer.content import read_receipts
from mailer.errors import ProblemsError
from mailer.flow.archive import ArchivedNow, build_archive
from tests.flow.office import Office, a_mail_service

SECRET = """\
  - {id: secret, kind: article, title: For members only, archive: no, body: The agenda is confidential.}
"""


@pytest.fixture(scope="module")
def sent(made_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office whose issue, with an item that is kept out, has gone out for real."""
    root = tmp_path_factory.mktemp("sent") / "office"
    office = Office(open_workspace(shutil.copytree(made_once, root)))
    with office.issue.open("a", encoding="utf-8") as file:
        file.write(SECRET)
    with a_mail_service() as service:
        office.people(2)
        office.use_relay(service.port)
        office = Office(open_workspace(root))
        office.send(office.approved("everyone"))
        assert len(service.accepted) == 2
        yield office
    office.stop_workers()


@pytest.fixture
def office(sent: Office, tmp_path: Path) -> Iterator[Office]:
    made = Office(open_workspace(shutil.copytree(sent.root, tmp_path / "office")))
    yield made
    made.stop_workers()


def changed(office: Office, old: str, new: str) -> None:
    text = office.issue.read_text(encoding="utf-8")
    assert old in text
    office.issue.write_text(text.replace(old, new), encoding="utf-8")


def built(office: Office) -> ArchivedNow:
    (one,) = build_archive(office.workspace).built
    return one


def test_what_was_sent_is_archived_as_it_was_sent(office: Office) -> None:
    printed = office.run("build", "--archive")
    assert re.search(r"test-issue\s+en\s+sent; without secret", printed)
    assert built(office).sent.changes == ()


def test_words_that_are_others_now_are_named(office: Office) -> None:
    changed(office, "Snow leopards counted", "Snow leopards missing")
    printed = office.run("build", "--archive")
    assert "not as it was sent; without secret" in printed
    assert 'the title is now "Snow leopards missing"' in printed


def test_an_item_that_nobody_was_sent_is_named(office: Office) -> None:
    with office.issue.open("a", encoding="utf-8") as file:
        file.write("  - {id: late, kind: article, title: Late news, body: New.}\n")
    assert built(office).sent.changes == ('"Late news": sent to nobody',)


@pytest.mark.parametrize("named", [(), ("test-issue",)])
def test_what_was_kept_out_when_it_was_sent_is_not_published_without_a_word(
    office: Office, named: tuple[str, ...]
) -> None:
    changed(office, " archive: no,", "")
    refused = " ".join(office.run("build", *named, "--archive", code=1).split())
    assert "secret: kept out of the archive by the proof that was sent" in refused
    assert "--though-changed" in refused
    assert not (office.root / "build" / "archive").exists()
    printed = office.run("build", *named, "--archive", "--though-changed")
    assert "Kept out when it was sent, and public now: secret." in printed
    assert (office.root / "build" / "archive" / "archive.json").exists()


def test_a_newer_approved_proof_of_the_issue_as_it_is_now_publishes_it(office: Office) -> None:
    changed(office, " archive: no,", "")
    found = re.search(r"digest ([0-9a-f]{64})", office.run("proof", "test-issue", "--to", "everyone"))
    assert found
    with pytest.raises(ProblemsError, match="kept out of the archive"):
        built(office)
    office.run("approve", found[1], "--by", "Head of Unit")
    assert built(office).sent.freed == ()
    changed(office, "The agenda is confidential.", "The agenda is quite confidential.")
    with pytest.raises(ProblemsError, match="kept out of the archive"):
        built(office)


def test_where_the_proof_is_not_here_that_is_said(office: Office) -> None:
    shutil.rmtree(office.workspace.proofs)
    printed = " ".join(office.run("build", "--archive").split())
    assert "sent, not compared; without secret" in printed
    assert "the proof of the sending is not on this machine, or is damaged" in printed


def test_a_correction_that_was_sent_is_on_the_page_with_the_day_of_its_sending(office: Office) -> None:
    office.run("correct", "test-issue", "--because", "counted twice", code=1)
    changed(office, "is done", "is done again")
    path = office.issue.parent / "erratum.yaml"
    text = path.read_text(encoding="utf-8").replace('title: ""', 'title: "They were counted twice"')
    path.write_text(text.replace('text: ""', 'text: "We counted once."'), encoding="utf-8")
    (digest,) = set(re.findall(r"digest ([0-9a-f]{64})", office.run("correct", "test-issue", code=1)))
    office.run("approve", digest, "--by", "Head of Unit")
    office.run("correct", "test-issue", "--yes", "--digest", digest)
    one = built(office)
    receipt = read_receipts(office.issue.parent, office.root)[-1]
    assert one.corrected == office.workspace.config.office.day_of(receipt.finished_at)
    assert (one.sent.is_compared, one.sent.changes) == (True, ())
    page = office.root / "build" / "archive" / "test-issue" / "en" / "index.html"
    assert "They were counted twice" in page.read_text(encoding="utf-8")
