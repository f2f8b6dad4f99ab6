"""An office to send from and a mail service to send to, for every test of the whole flow."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP

from mailer.config import open_workspace
from mailer.flow.starter import make_workspace
from tests.flow.office import ISSUE, MailService, Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    root = tmp_path / "office"
    make_workspace(root)
    folder = root / "issues" / "test-issue"
    folder.mkdir()
    (folder / "issue.yaml").write_text(ISSUE, encoding="utf-8")
    made = Office(open_workspace(root))
    made.people(20)
    yield made
    made.stop_workers()


@pytest.fixture
def service() -> Iterator[MailService]:
    made = MailService()
    loop = asyncio.new_event_loop()
    ready = threading.Event()

    def serve() -> None:
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(
            loop.create_server(lambda: SMTP(made, hostname="sink", loop=loop), "127.0.0.1", 0)
        )
        made.port = server.sockets[0].getsockname()[1]
        ready.set()
        loop.run_forever()
        server.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(10)
    yield made
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
