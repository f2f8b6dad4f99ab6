"""An office to send from and a mail service to send to, for every test of the whole flow."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.config import open_workspace
from tests.flow.office import MailService, Office, a_mail_service, an_office


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office to copy, which takes a small part of the time that making one takes."""
    return an_office(tmp_path_factory.mktemp("made") / "office", 20).root


@pytest.fixture
def office(made_once: Path, tmp_path: Path) -> Iterator[Office]:
    made = Office(open_workspace(shutil.copytree(made_once, tmp_path / "office")))
    yield made
    made.stop_workers()


@pytest.fixture
def service() -> Iterator[MailService]:
    with a_mail_service() as made:
        yield made
