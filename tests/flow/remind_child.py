"""A day's reminders in processes of their own, to be killed.

Argument: the workspace. For each moment that it reads, a line each, it forks a process that does that day's work, and
prints the process's number; the letters, once composed, need not be composed again in each.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import datetime
from pathlib import Path

from mailer.config import open_workspace
from mailer.flow.deadlines import read_deadline_files
from mailer.flow.letters import compose_letters
from mailer.flow.people import read_people
from mailer.flow.remind import jobs_of, plan_day
from mailer.flow.send import Sent
from mailer.ledger import open_ledger


def run_day(root: Path, now: datetime) -> list[Sent]:
    """What `mailer remind --yes` does, at that moment: go on with what was cut off, then send what is due."""
    workspace = open_workspace(root)

    def clock() -> datetime:
        return now

    with open_ledger(workspace.ledger_path, clock=clock) as ledger:
        work = plan_day(workspace, ledger, relay="office", clock=clock)
        done = [
            asyncio.run(job.run(asyncio.Event(), lambda _state: None))
            for job in jobs_of(workspace, ledger, work, clock=clock)
        ]
    for one in work.due:
        if one.trouble:
            raise one.trouble
    return [sent for sendings in done for sent in sendings]


def main(root: Path) -> None:
    workspace = open_workspace(root)
    people = read_people(workspace)
    for file in read_deadline_files(workspace, people).values():
        compose_letters(workspace, file, people)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            run_day(root, datetime.fromisoformat(line.strip()))
            os._exit(0)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("ended", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
