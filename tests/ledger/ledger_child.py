"""A program that sends, for tests that stop it, kill it, or let two of them run.

ledger_child.py LEDGER STAGE    come to STAGE (planned, claimed, handed, settled), say so, and wait there
ledger_child.py LEDGER deliver RELAY SECONDS
                                recover, wait for a line on stdin, then deliver all of d1; RELAY is the file that
                                stands for the mail service: what it takes over is a line in it, SECONDS before
                                the answer
ledger_child.py LEDGER turns RELAY RATE SECONDS
                                deliver d1 by turns, at RATE mails a second for so many seconds (0: unlimited, to the
                                end); a line in RELAY is a mail, with the second at which it went
ledger_child.py LEDGER sit      sign on to send d1, say so, and wait there
ledger_child.py LEDGER ask      come to `claimed`, wait for a line on stdin, then hand over and settle
"""

from __future__ import annotations

import os
import sys
import time
from collections import deque
from datetime import UTC, datetime
from pathlib import Path

from ledger_cases import ACCEPTED, a_plan

from mailer.errors import LostClaimError
from mailer.ledger import Ledger, open_ledger
from mailer.model.dispatch import Claimed, DispatchState
from mailer.model.pace import Limits, Pace, Settling, Turn


def say(text: str) -> None:
    print(text, flush=True)


def come_to(ledger: Ledger, stage: str) -> None:
    if stage == "planned":
        ledger.open_dispatch(a_plan())
    else:
        holder = ledger.hold()
        claimed = ledger.claim("d1", 2, holder)
        if stage in ("handed", "settled"):
            ledger.hand(claimed[0])
        if stage == "settled":
            ledger.settle(claimed[0], ACCEPTED)
    say(stage)
    time.sleep(60)


def deliver(ledger: Ledger, relay: Path, seconds: float) -> None:
    found = ledger.recover()
    say(f"recovered {found.planned} {found.unknown}")
    sys.stdin.readline()
    out = os.open(relay, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    with ledger.hold() as holder:
        while claimed := ledger.claim("d1", 3, holder):
            for one in claimed:
                ledger.hand(one)
                os.write(out, f"{one.message_id} {one.address} {os.getpid()}\n".encode())
                time.sleep(seconds)
                ledger.settle(one, ACCEPTED)
                say(one.address)
    ledger.finish_if_done("d1")


def by_turns(ledger: Ledger, relay: Path, rate: float, seconds: float) -> None:
    say(f"recovered {ledger.recover().unknown}")
    sys.stdin.readline()
    out = os.open(relay, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    pace = Pace("outbox", Limits(per_second=rate) if rate else Limits())
    settle: tuple[Settling, ...] = ()
    ready: deque[Claimed] = deque()
    end = time.time() + seconds if seconds else float("inf")
    with ledger.hold() as holder:
        while time.time() < end:
            go, now = [], datetime.now(UTC)
            while ready and len(go) < 5 and (ready[0].go_at or now) <= now:
                go.append(ready.popleft())
            turned = ledger.turn(
                "d1", holder, Turn(settle=settle, hand=tuple(go), claim=10 if len(ready) < 10 else 0), pace
            )
            ready.extend(turned.claimed)
            handed = [one for one in go if one.id in turned.handed]
            for one in handed:
                os.write(out, f"{one.message_id} {one.address} {os.getpid()} {time.time()}\n".encode())
            settle = tuple(Settling(one, ACCEPTED) for one in handed)
            if turned.state is not DispatchState.OPEN and not settle:
                break
            if not handed:
                time.sleep(0.005)
        ledger.turn("d1", holder, Turn(settle=settle, release=tuple(ready)), pace)


def sit(ledger: Ledger) -> None:
    with ledger.hold("d1"):
        say("sending")
        time.sleep(60)


def ask(ledger: Ledger) -> None:
    (claimed,) = ledger.claim("d1", 1, ledger.hold())
    say("claimed")
    sys.stdin.readline()
    try:
        ledger.hand(claimed)
        say(str(ledger.settle(claimed, ACCEPTED)))
    except LostClaimError:
        say("lost")


def main() -> None:
    ledger = open_ledger(Path(sys.argv[1]))
    match sys.argv[2:]:
        case ["deliver", relay, seconds]:
            deliver(ledger, Path(relay), float(seconds))
        case ["turns", relay, rate, seconds]:
            by_turns(ledger, Path(relay), float(rate), float(seconds))
        case ["sit"]:
            sit(ledger)
        case ["ask"]:
            ask(ledger)
        case [stage]:
            come_to(ledger, stage)


main()
