"""A program that sends, for tests that stop it, kill it, or let two of them run.

ledger_child.py LEDGER STAGE    come to STAGE (planned, claimed, handed, settled), say so, and wait there
ledger_child.py LEDGER deliver RELAY SECONDS
                                recover, wait for a line on stdin, then deliver all of d1; RELAY is the file that
                                stands for the mail service: what it takes over is a line in it, SECONDS before
                                the answer
ledger_child.py LEDGER ask      come to `claimed`, wait for a line on stdin, then hand over and settle
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from ledger_cases import ACCEPTED, a_plan

from mailer.errors import LostClaimError
from mailer.ledger import Ledger, open_ledger


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
        case ["ask"]:
            ask(ledger)
        case [stage]:
            come_to(ledger, stage)


main()
