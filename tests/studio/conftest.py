"""One studio for all its tests, and a rehearsal in its practice tray."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from studio_server import SLUG, TRACKED, RunningStudio, copy_workspace, start_studio, stop_studio

from mailer.config import open_workspace
from mailer.flow import compose_issue, ledger_of, plan_send, prove_issue, send_plan
from mailer.flow.records import unsubscribe_secret


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which a rehearsal to the press was sent."""
    root = copy_workspace(tmp_path_factory.mktemp("office"))
    workspace = open_workspace(root, {})
    with ledger_of(workspace) as ledger:
        composed = compose_issue(workspace, SLUG, ("press",), secret=unsubscribe_secret(ledger))
        proof = prove_issue(workspace, composed)
        plan = plan_send(workspace, ledger, proof, composed, "outbox")
        asyncio.run(send_plan(workspace, ledger, plan, stop=asyncio.Event()))
    (workspace.outbox / "20200101T000000-tracked.eml").write_bytes(TRACKED)
    return root


@pytest.fixture(scope="session")
def studio(office: Path) -> Iterator[RunningStudio]:
    """The studio of that workspace."""
    running = start_studio(office)
    yield running
    stop_studio(running)
