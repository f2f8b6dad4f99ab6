"""Handing a dispatch to workers of their own session, and watching in the ledger what they do."""

from __future__ import annotations

import asyncio
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from mailer.config import Workspace
from mailer.errors import MailerError
from mailer.flow.worker import open_own, workers_folder
from mailer.ledger import Ledger, Progress, utc_now
from mailer.model.dispatch import DispatchState, State
from mailer.model.pace import Worker

LOOK = 0.15
"""Seconds between two looks at the ledger, in the beginning."""
MOST_LOOK = 1.0
"""Seconds between two looks at one that goes on for long."""
LONG = timedelta(seconds=45)
"""Who waits so long need not be waited for."""
LAST_WORDS = 1500
"""Signs of a worker's log that are shown when it has died."""
ENDING = 30.0
"""Seconds that workers which were told to stop are waited for."""


@dataclass(frozen=True, slots=True)
class Glance:
    """How a dispatch stands at this moment, by the ledger."""

    progress: Progress
    workers: tuple[Worker, ...]
    """The living."""

    @property
    def in_flight(self) -> int:
        """Mails that a worker holds."""
        return self.progress.in_hand

    @property
    def is_finished(self) -> bool:
        """Whether every mail has had its last answer."""
        return not self.progress.left

    @property
    def is_halted(self) -> bool:
        """Whether nothing more goes before somebody says so, and nothing is in flight."""
        return self.progress.dispatch.state is not DispatchState.OPEN and not self.in_flight


class Watched(StrEnum):
    """Why the watching ended."""

    ENDED = "ended"
    """Finished, paused or cancelled."""
    LATER = "later"
    """Only later tries are left, or a long wait: the workers see to it."""
    STOPPED = "stopped"
    """Somebody asked for it; the workers have ended."""
    LEFT = "left"
    """Somebody does not want to watch any more."""
    DIED = "died"
    """There is something to send and nobody sends it."""


@dataclass
class Crew:
    """The workers that this program has started for a dispatch; none where others are at it."""

    log: Path | None = None
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def is_alive(self) -> bool:
        """Whether one of them still runs."""
        return any(process.poll() is None for process in self.processes)

    @property
    def has_failed(self) -> bool:
        """Whether one of them has ended otherwise than it should: with an error, or killed."""
        return any(process.poll() not in (None, 0) for process in self.processes)

    @property
    def exit_statuses(self) -> list[int]:
        """Of those that have ended; below zero: the number of the signal that ended it."""
        return [status for process in self.processes if (status := process.poll()) is not None]

    def last_words(self) -> str:
        """What they complained of; "" where they did not."""
        if self.log is None:
            return ""
        try:
            text = self.log.read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return ""
        return text if len(text) <= LAST_WORDS else "… " + text[-LAST_WORDS:]


_LEFT_WORKING: list[Crew] = []
"""Crews that go on without us."""


def glance_at(ledger: Ledger, dispatch_id: str) -> Glance:
    """How the dispatch stands. LedgerError where there is none."""
    living = tuple(worker for worker in ledger.workers(dispatch_id) if worker.is_alive)
    return Glance(ledger.progress(dispatch_id), living)


def start_workers(workspace: Workspace, dispatch_id: str) -> Crew:
    """Start as many workers as mailer.toml says. They end by themselves, also where this program ends before.

    Secrets in the environment reach them with it. MailerError where no process can be started.
    """
    path = workers_folder(workspace) / f"{dispatch_id}.log"
    crew = Crew(path)
    # -P: what lies in the folder that somebody happens to be in is no part of the program.
    command = [sys.executable, "-P", "-m", "mailer", "-w", str(workspace.root), "work", dispatch_id]
    log = open_own(path, os.O_WRONLY | os.O_TRUNC | os.O_APPEND)
    try:
        for _ in range(workspace.config.workers):
            crew.processes.append(
                subprocess.Popen(  # noqa: S603 - this program itself, and an id that the ledger gave
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=log,
                    start_new_session=True,
                    env=os.environ | {"COLUMNS": "500", "NO_COLOR": "1"},
                )
            )
    except OSError as error:
        raise MailerError(
            f"No program could be started to send {dispatch_id}: {error.strerror}.",
            f"Nothing is lost. Go on with `mailer resume {dispatch_id}`.",
        ) from error
    finally:
        os.close(log)
    return crew


async def watch(
    ledger: Ledger,
    dispatch_id: str,
    crew: Crew,
    *,
    stop: asyncio.Event,
    leave: asyncio.Event,
    wait: bool = False,
    tell: Callable[[Glance], None] = lambda _glance: None,
    clock: Callable[[], datetime] = utc_now,
) -> Watched:
    """Look at the ledger until the dispatch has ended, or without `wait` only long waits are left.

    `stop` stops the workers, and waits until they have finished what is in flight; `leave` only ends the watching.
    """
    alone = 0
    now = asyncio.get_running_loop().time
    began = now()
    while True:
        running = crew.is_alive
        looked = now()
        glance = glance_at(ledger, dispatch_id)
        # A long sending is looked at less often, and never for more than a tenth of the time.
        pause = min(MOST_LOOK, max(LOOK, (now() - began) / 20)) + 10 * (now() - looked)
        tell(glance)
        if glance.is_finished or glance.is_halted:
            await _until_quiet(ledger, dispatch_id, crew, leave)
            return Watched.ENDED
        # A worker that has just been started has not signed on yet; one that ends signs off first.
        alone = 0 if running or glance.workers else alone + 1
        if alone > 1:
            return Watched.DIED
        if not wait and only_later(glance, clock()):
            _LEFT_WORKING.append(crew)
            return Watched.LATER
        if await _is_set(stop, pause):
            stop_workers(ledger, dispatch_id, crew)
            is_quiet = await _until_quiet(ledger, dispatch_id, crew, leave)
            return Watched.STOPPED if is_quiet else Watched.LEFT


def only_later(glance: Glance, now: datetime) -> bool:
    """Whether living workers have nothing to do for long: later tries, a quota, or a mail service that is away."""
    if glance.in_flight or not glance.workers:
        return False
    waiting = glance.progress.counts.get(State.PLANNED, 0)
    due = glance.progress.next_try_at
    if not waiting and due is not None and due > now + LONG:
        return True
    return all(
        worker.status is not None and worker.status.until is not None and worker.status.until > now + LONG
        for worker in glance.workers
    )


def stop_workers(ledger: Ledger, dispatch_id: str, crew: Crew | None = None) -> tuple[int, ...]:
    """Ask every worker at the dispatch to finish what is in flight and end; their process ids."""
    here = platform.node()
    pids = {worker.pid for worker in ledger.workers(dispatch_id) if worker.is_alive and worker.host == here}
    pids.discard(os.getpid())
    pids |= {process.pid for process in (crew.processes if crew else ()) if process.poll() is None}
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGTERM)
    return tuple(sorted(pids))


async def until_ended(crew: Crew, leave: asyncio.Event | None = None) -> bool:
    """Wait for workers that were told to end, or have nothing left to do; False where that takes long."""
    end = asyncio.get_running_loop().time() + ENDING
    left = leave or asyncio.Event()
    while crew.is_alive:
        if asyncio.get_running_loop().time() > end or await _is_set(left, LOOK / 3):
            return False
    return True


async def _until_quiet(ledger: Ledger, dispatch_id: str, crew: Crew, leave: asyncio.Event) -> bool:
    """Wait until no worker is left, ours or others': what the ledger says then is their last word."""
    end = asyncio.get_running_loop().time() + ENDING
    is_quiet = await until_ended(crew, leave)
    while is_quiet and glance_at(ledger, dispatch_id).workers:
        is_quiet = asyncio.get_running_loop().time() < end and not await _is_set(leave, LOOK)
    if not is_quiet:
        _LEFT_WORKING.append(crew)
    return is_quiet


async def _is_set(event: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()
