"""How fast mails go into the practice tray with the ledger on, beside plain aiosmtplib with the same messages."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import aiosmtplib

from mailer.config import Workspace, open_workspace
from mailer.flow import Composed, compose_issue, ledger_of, plan_send, prove_issue, send_plan
from mailer.flow.starter import SAMPLE, make_workspace
from mailer.model.proof import Proof
from mailer.relay import OutboxServer, Tray


def measure(folder: Path) -> list[tuple[str, str, str]]:
    """Rows for the table: what, measured, against what."""
    workspace = open_workspace(make_workspace(folder, sample=True).root)
    composed = compose_issue(workspace, SAMPLE, ("everyone",), secret=b"bench")
    proof = prove_issue(workspace, composed)
    started = time.perf_counter()
    count = asyncio.run(_ours(workspace, composed, proof))
    ours = count / (time.perf_counter() - started)
    messages = [Tray(workspace.outbox).read(m.id) for m in Tray(workspace.outbox).list()]
    size = sum(map(len, messages)) // len(messages)
    started = time.perf_counter()
    asyncio.run(_plain(folder / "plain", messages))
    plain = len(messages) / (time.perf_counter() - started)
    return [
        (
            f"{count} mails of {size // 1024} KB planned, sent and recorded",
            f"{ours:.0f} a second",
            f"{plain:.0f} a second by bare aiosmtplib, one connection, no record: {ours / plain:.2f}",
        )
    ]


async def _ours(workspace: Workspace, composed: Composed, proof: Proof) -> int:
    with ledger_of(workspace) as ledger:
        plan = plan_send(workspace, ledger, proof, composed, "outbox")
        sent = await send_plan(workspace, ledger, plan, stop=asyncio.Event())
        return sent.report.total


async def _plain(folder: Path, messages: list[bytes]) -> None:
    async with OutboxServer(folder) as server:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=server.port, start_tls=False)
        async with client:
            for message in messages:
                await client.sendmail("bounces@example.org", ["reader@example.org"], message)
