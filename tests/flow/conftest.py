"""An office to send from and a mail service to send to, for every test of the whole flow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flow.office import MailService, Office, a_mail_service, an_office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = an_office(tmp_path / "office", 20)
    yield made
    made.stop_workers()


@pytest.fixture
def service() -> Iterator[MailService]:
    with a_mail_service() as made:
        yield made
