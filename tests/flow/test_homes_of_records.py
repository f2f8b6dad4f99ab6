"""Approvals and receipts lie beside their issue, or in their deadline's folder."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailer.config import Workspace, open_workspace
from mailer.content import Receipt, add_approval, add_receipt, read_approvals, read_receipts
from mailer.errors import MailerError
from mailer.flow.homes import deadline_slug, records_folder
from mailer.flow.starter import SAMPLE, make_workspace
from mailer.model.proof import Approval

WHEN = datetime(2017, 1, 24, 8, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return open_workspace(make_workspace(tmp_path / "office", sample=True).root)


def test_those_of_an_issue_lie_beside_it(workspace: Workspace) -> None:
    assert records_folder(workspace, SAMPLE) == workspace.issues / SAMPLE
    with pytest.raises(MailerError, match='There is no issue "nowhere"'):
        records_folder(workspace, "nowhere")


def test_those_of_a_deadline_get_a_folder_when_first_written(workspace: Workspace) -> None:
    slug = deadline_slug("national-report-cop12")
    folder = records_folder(workspace, slug)
    assert folder == workspace.recipients / "deadlines" / "national-report-cop12"
    assert read_approvals(folder) == read_receipts(folder) == ()
    assert not folder.exists(), "reading makes nothing"
    approval = Approval(digest="ab", by="D. Officer", at=WHEN)
    receipt = Receipt(
        id="d1",
        digest="ab",
        ledger="l1",
        finished_at=WHEN,
        counts={"accepted": 9},
        relay="office",
        segments=(),
    )
    folder = records_folder(workspace, slug, make=True)
    add_approval(folder, approval)
    written = add_receipt(folder, receipt)
    assert read_approvals(records_folder(workspace, slug)) == (approval,)
    assert read_receipts(records_folder(workspace, slug)) == (written,)
    head = (folder / "approvals.yaml").read_text(encoding="utf-8").splitlines()[0]
    schema = folder / head.rpartition("=")[2]
    assert schema.resolve() == workspace.root / "schemas" / "approvals.schema.json"


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "/etc", "A", "a b", "a\n", "."])
def test_a_name_that_leads_elsewhere_is_no_deadline(workspace: Workspace, name: str) -> None:
    with pytest.raises(MailerError, match="cannot be the name of a deadline"):
        records_folder(workspace, deadline_slug(name), make=True)


def test_another_kind_of_folder_is_no_home(workspace: Workspace) -> None:
    with pytest.raises(MailerError, match="There is no issue"):
        records_folder(workspace, "templates/newsletter")
