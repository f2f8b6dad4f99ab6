"""A backup taken while workers send for real: what it says went out did, and nothing that it has goes twice."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from mailer.config import open_workspace
from mailer.flow import ledger_of
from mailer.flow.starter import make_workspace
from mailer.model.dispatch import DispatchState, State
from tests.flow.conftest import made_once, office, service
from tests.flow.office import MailService, Office

__all__ = ["made_once", "office", "service"]


def test_taken_in_mid_sending_and_restored_elsewhere(
    office: Office,
    service: MailService,
    tmp_path: Path,
) -> None:
    office.people(40)
    office.use_relay(service.port, connections=2)
    digest = office.approved()
    # Slow from the fifth on, so that it is under way whenever the backup is taken.
    service.on_accepted = lambda count: setattr(service, "delay", 0 if count < 5 else 1.5)
    sending = office.start(
        *("send", "test-issue", "--to", "everyone", "--relay", "office", "--yes", "--digest", digest)
    )
    end = time.monotonic() + 60
    while len(service.accepted) < 6:
        assert time.monotonic() < end
        assert sending.poll() is None, sending.communicate()[0]
        time.sleep(0.05)
    answered = {to for to, _, _ in service.accepted[:3]}
    made = json.loads(office.run("backup", str(tmp_path / "a.zip"), "--format", "json"))
    by_then = set(service.recipients)
    assert sum(made["counts"].values()) == 40
    assert made["counts"].get("planned", 0) > 0
    refused = office.run("restore", str(tmp_path / "a.zip"), "--replace", code=1)
    assert "A sending is under way" in refused
    service.on_accepted = lambda _count: None
    service.delay = 0
    sending.wait(timeout=60)
    assert len(service.recipients) == 40

    make_workspace(tmp_path / "elsewhere")
    elsewhere = Office(open_workspace(tmp_path / "elsewhere", {}))
    for path in elsewhere.workspace.state.glob("ledger.db*"):
        path.unlink()
    done = json.loads(elsewhere.run("restore", str(tmp_path / "a.zip"), "--format", "json"))
    (dispatch_id,) = done["paused"]
    with ledger_of(elsewhere.workspace) as ledger:
        assert ledger.find_dispatch(dispatch_id).state is DispatchState.PAUSED
        by_state = {
            state: {one.email for one in ledger.deliveries(dispatch_id, [state])}
            for state in (State.ACCEPTED, State.UNKNOWN, State.PLANNED)
        }
    assert sum(map(len, by_state.values())) == 40
    assert answered <= by_state[State.ACCEPTED] | by_state[State.UNKNOWN]
    assert by_state[State.ACCEPTED] <= by_then
    assert (elsewhere.root / ".mailer" / "proofs" / digest / "proof.json").is_file()


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAILER_WORKSPACE", raising=False)
