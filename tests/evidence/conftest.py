"""One notice, really sent and once rehearsed; every test gets a copy of the office that sent it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mailer.config import open_workspace
from tests.evidence.sent_office import CONTACTS, NOTICE, SentOffice
from tests.flow.conftest import service
from tests.flow.office import MailService
from tests.own_words import make_office

__all__ = ["sent", "service"]

_served = pytest.fixture(scope="session", name="one_service")(service.__wrapped__)  # type: ignore[attr-defined]
"""The mail service of the flow's tests, for all these tests."""


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory, one_service: MailService) -> tuple[Path, str]:
    root = tmp_path_factory.mktemp("evidence") / "office"
    make_office(root)
    folder = root / "issues" / "test-issue"
    folder.mkdir()
    (folder / "issue.yaml").write_text(NOTICE, encoding="utf-8")
    (root / "recipients" / "contacts.csv").write_text(CONTACTS, encoding="utf-8")
    office = SentOffice(open_workspace(root))
    one_service.answers = {"enkhjargal@example.org": "550 5.1.1 no such user"}
    office.use_relay(one_service.port)
    digest = office.approved()
    office.run("send", "test-issue", "--to", "everyone", "--relay", "office", "--yes", "--digest", digest)
    office.run("send", "test-issue", "--to", "everyone", "--relay", "outbox", "--yes")
    return root, office.sending


@pytest.fixture
def sent(original: tuple[Path, str], tmp_path: Path) -> SentOffice:
    root = tmp_path / "office"
    shutil.copytree(original[0], root)
    return SentOffice(open_workspace(root))


@pytest.fixture
def written(sent: SentOffice, tmp_path: Path) -> Callable[[str], Path]:
    """The record of the sending as a file in that form."""

    def write(form: str) -> Path:
        path = tmp_path / f"notice.{form}"
        if form == "json":
            path.write_text(sent.run("evidence", sent.sending, "--format", "json"), encoding="utf-8")
        else:
            sent.run("evidence", sent.sending, f"--{form}", str(path))
        return path

    return write
