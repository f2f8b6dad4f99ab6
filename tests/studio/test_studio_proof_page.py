"""The page of a proof in the studio: what is said of it, that nothing else is served, and how it looks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from studio_server import SLUG, RunningStudio, copy_workspace, start_studio, stop_studio

from mailer.config import Workspace, open_workspace
from mailer.content import add_approval
from mailer.flow import compose_issue, ledger_of, plan_send, prove_issue
from mailer.flow.proof_page import write_proof_page
from mailer.flow.proof_page_kept import kept_page, page_file
from mailer.flow.records import unsubscribe_secret
from mailer.flow.relays import PRACTICE
from mailer.model.proof import Approval, Proof
from mailer.studio.desk import Desk
from mailer.studio.views_proof_page import PageRow, page_row

ADDRESS = f"/proof-page/{SLUG}"
GROUP = ("press",)


def write_page(workspace: Workspace, group: tuple[str, ...] = GROUP, also: tuple[str, ...] = ()) -> Proof:
    with ledger_of(workspace) as ledger:
        composed = compose_issue(workspace, SLUG, group, also=also, secret=unsubscribe_secret(ledger))
        proof = prove_issue(workspace, composed)
        plan = plan_send(workspace, ledger, proof, composed, PRACTICE)
    write_proof_page(workspace, composed, proof, plan, (), made_by="tester", screenshots=False)
    return proof


def row_of(workspace: Workspace) -> PageRow | None:
    desk = Desk(workspace)
    return page_row(workspace, SLUG, lambda groups: desk.look(SLUG, groups))


@pytest.fixture
def fresh(tmp_path: Path) -> Workspace:
    return open_workspace(copy_workspace(tmp_path), {})


def test_without_a_page_there_is_nothing_to_say(fresh: Workspace) -> None:
    assert row_of(fresh) is None


def test_a_page_says_of_which_proof_it_is_and_whether_that_still_holds(fresh: Workspace) -> None:
    proof = write_page(fresh)
    row = row_of(fresh)
    assert row
    assert (row.digest, row.made_at, row.state, row.tone) == (
        proof.digest,
        proof.made_at,
        "as it is now",
        "ok",
    )
    assert (row.approvals, row.missing) == ((), "0 of 1 approval")

    by = Approval(digest=proof.digest, by="A. Reviewer", at=datetime.now(UTC), words="Fine with me")
    add_approval(fresh.issues / SLUG, by)
    row = row_of(fresh)
    assert row
    assert row.missing == ""
    assert row.approvals[0].startswith("Approved by A. Reviewer, ")
    assert row.approvals[0].endswith(": Fine with me")

    file = fresh.issues / SLUG / "issue.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("small grants", "large grants"), encoding="utf-8"
    )
    row = row_of(fresh)
    assert row
    assert (row.state, row.tone) == ("changed since", "warn")
    assert row.changed


def test_where_it_cannot_be_told_whether_it_holds_that_is_said(fresh: Workspace) -> None:
    proof = write_page(fresh, also=("hostile@example.org",))
    row = row_of(fresh)
    assert row
    assert (row.state, row.changed) == ("cannot be told", ())
    assert "single readers" in row.note
    shutil.rmtree(fresh.proofs / proof.digest)
    row = row_of(fresh)
    assert row
    assert row.state == "cannot be told"
    assert "not kept here any more" in row.note


def test_a_page_that_does_not_say_of_which_proof_it_is_counts_as_none(fresh: Workspace) -> None:
    folder = fresh.build / SLUG / "proof"
    folder.mkdir(parents=True)
    for page in (
        b"",
        b"<p>no proof",
        b'<meta name="proof" content="' + b"0" * 64 + b' 2016-99-99T00:00:00">',
    ):
        (folder / "index.html").write_bytes(page)
        assert kept_page(fresh.build, SLUG) is None


TRICKS = (
    "../index.html",
    "mails/../../secret.html",
    "..",
    "",
    ".",
    "/etc/passwd",
    "mails",
    "mails//../index.html",
    "..\\secret.html",
    "index.html\0",
    "link.html",
    "away/secret.html",
    "a/b/c.html",
    "x" * 5000,
)


@pytest.mark.parametrize("name", TRICKS)
def test_only_the_files_of_the_page_are_given(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "build" / "one" / "proof"
    (folder / "mails").mkdir(parents=True)
    (folder / "index.html").touch()
    (folder / "mails" / "en.html").touch()
    secret = tmp_path / "build" / "one" / "secret.html"
    secret.touch()
    (folder / "link.html").symlink_to(secret)
    (folder / "away").symlink_to(secret.parent)
    assert page_file(tmp_path / "build", "one", "index.html")
    assert page_file(tmp_path / "build", "one", "mails/en.html")
    assert page_file(tmp_path / "build", "one", name) is None


def test_a_folder_that_is_a_link_is_no_page(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "index.html").touch()
    (tmp_path / "build" / "one").mkdir(parents=True)
    (tmp_path / "build" / "one" / "proof").symlink_to(tmp_path / "elsewhere")
    assert page_file(tmp_path / "build", "one", "index.html") is None


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningStudio, Proof]]:
    root = copy_workspace(tmp_path_factory.mktemp("proved"))
    workspace = open_workspace(root, {})
    proof = write_page(workspace, ("everyone",))
    by = Approval(digest=proof.digest, by="A. Reviewer", at=datetime.now(UTC), words="Fine with me")
    add_approval(workspace.issues / SLUG, by)
    (root / "build" / SLUG / "proof" / "notes.txt").write_text("not a file of the page", encoding="utf-8")
    (root / "build" / SLUG / "other.html").write_text("beside the page", encoding="utf-8")
    running = start_studio(root)
    yield running, proof
    stop_studio(running)


def test_the_page_its_mails_and_its_pictures_are_served_shut(proved: tuple[RunningStudio, Proof]) -> None:
    studio, proof = proved
    status, headers, body = studio.enter(f"{ADDRESS}/index.html")
    assert status == 200
    assert proof.digest.encode() in body
    assert headers["content-type"] == "text/html; charset=utf-8"
    folder = studio.root / "build" / SLUG / "proof"
    mail, picture = (next((folder / name).iterdir()) for name in ("mails", "pictures"))
    answers = [
        headers,
        studio.enter(f"{ADDRESS}/mails/{mail.name}")[1],
        studio.enter(f"{ADDRESS}/pictures/{picture.name}")[1],
    ]
    assert answers[1]["content-type"] == "text/html; charset=utf-8"
    assert answers[2]["content-type"] in ("image/png", "image/jpeg")
    for sent in answers:
        policy = sent["content-security-policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "sandbox allow-same-origin" in policy
        assert "script" not in policy
        assert sent["x-content-type-options"] == "nosniff"
        assert sent["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        ADDRESS,
        f"{ADDRESS}/",
        f"{ADDRESS}/notes.txt",
        f"{ADDRESS}/../other.html",
        f"{ADDRESS}/%2e%2e/other.html",
        f"{ADDRESS}/mails/%2e%2e/%2e%2e/other.html",
        f"{ADDRESS}/..%2fother.html",
        f"{ADDRESS}/%2fetc%2fpasswd",
        f"{ADDRESS}/index.html%00",
        "/proof-page/nothing-here/index.html",
        "/proof-page/../index.html",
        "/proof-page/%2e%2e/index.html",
    ],
)
def test_nothing_beside_the_page_is_served(proved: tuple[RunningStudio, Proof], path: str) -> None:
    status, _, body = proved[0].enter(path)
    assert status == 404
    assert b"beside the page" not in body


def test_without_the_token_it_is_not_given(proved: tuple[RunningStudio, Proof]) -> None:
    assert proved[0].get(f"{ADDRESS}/index.html")[0] == 403
