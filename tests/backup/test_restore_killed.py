"""A restore that is killed with -9 at any point leaves the former send record or the restored one, whole."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path
from types import FrameType

import pytest

from mailer.config import Workspace
from mailer.flow import ledger_of
from mailer.flow.backup import make_backup
from mailer.flow.restore import restore_backup
from mailer.ledger.copying import require_sound, standing_of
from mailer.model.dispatch import State
from tests.backup.backup_cases import an_office, dump, send

TAKEN = {State.ACCEPTED: 2, State.PLANNED: 298}
SINCE = {State.ACCEPTED: 60, State.PLANNED: 240}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Path]:
    """An office whose record has gone on since its backup, and a whole copy of its state to start from each time."""
    folder = tmp_path_factory.mktemp("killed")
    workspace = an_office(folder / "office", [f"reader{n:04}" for n in range(300)])
    make_backup(workspace, folder / "a.zip")
    with ledger_of(workspace) as ledger:
        send(ledger, "d1", 58)
    shutil.copytree(workspace.state, folder / "state")
    return workspace, folder


def restore_in_child(workspace: Workspace, folder: Path, at_call: int = 0) -> int:
    """Restore in a process of its own, which dies by SIGKILL at its nth call of anything; its process id."""
    child = os.fork()
    if child:
        return child
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        if event in ("c_call", "call"):
            calls += 1
            if calls == at_call:
                os.kill(os.getpid(), signal.SIGKILL)

    code = 1
    try:
        sys.setprofile(count)
        restore_backup(workspace, folder / "a.zip", replace=True)
        sys.setprofile(None)
        (folder / "calls").write_text(str(calls))
        code = 0
    finally:
        os._exit(code)
    return child


def fresh(workspace: Workspace, folder: Path) -> None:
    shutil.rmtree(workspace.state)
    shutil.copytree(folder / "state", workspace.state)


def check(workspace: Workspace, folder: Path, former: list[str]) -> str:
    """Which of the two it is, after looking at all of it; then a restore goes through, and clears up."""
    require_sound(workspace.ledger_path)
    found = standing_of(workspace.ledger_path).counts
    if found == SINCE:
        which = "former"
        assert dump(workspace.ledger_path) == former
    else:
        which = "restored"
        assert found == TAKEN
        (kept,) = workspace.state.glob("ledger.db.before-*")
        assert dump(kept) == former
    restore_backup(workspace, folder / "a.zip", replace=True)
    assert standing_of(workspace.ledger_path).counts == TAKEN
    assert not list(workspace.state.glob(".backup-*"))
    return which


@pytest.mark.parametrize("kills", [2, pytest.param(8, marks=pytest.mark.slow)])
def test_killed_at_any_call(office: tuple[Workspace, Path], kills: int) -> None:
    workspace, folder = office
    fresh(workspace, folder)
    former = dump(workspace.ledger_path)
    _, status = os.waitpid(restore_in_child(workspace, folder), 0)
    assert status == 0
    calls = int((folder / "calls").read_text())
    rng = random.Random(5)
    seen = []
    # Half of them near the end, where the records change places.
    points = [rng.randrange(1, calls) for _ in range(kills)]
    points += [rng.randrange(calls * 2 // 3, calls) for _ in range(kills)]
    for point in (calls // 3, *points):
        fresh(workspace, folder)
        _, status = os.waitpid(restore_in_child(workspace, folder, point), 0)
        assert os.WIFSIGNALED(status)
        seen.append(check(workspace, folder, former))
    assert "former" in seen


@pytest.mark.parametrize("kills", [3, pytest.param(10, marks=pytest.mark.slow)])
def test_killed_at_any_moment(office: tuple[Workspace, Path], kills: int) -> None:
    workspace, folder = office
    fresh(workspace, folder)
    former = dump(workspace.ledger_path)
    began = time.monotonic()
    os.waitpid(restore_in_child(workspace, folder), 0)
    took = time.monotonic() - began
    rng = random.Random(6)
    for _ in range(kills):
        fresh(workspace, folder)
        child = restore_in_child(workspace, folder)
        time.sleep(rng.uniform(0, took))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        check(workspace, folder, former)
