"""`python -m tests.storm --kills 100 --readers 5000`: sendings that are killed again and again; the last line judges.

--trouble names the others: sink (the mail service is killed), freeze (SIGSTOP of one of two workers while the other
runs), disk (full), lock (the send record is locked by another program), all. --kills is how often, for each.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.storm.storm_disk import small_disk
from tests.storm.storm_troubles import run_freeze, run_full_disk, run_lock, run_sink_kills
from tests.storm.storm_verdict import Verdict
from tests.storm.storms import Storm, run_kills, storm_in

TROUBLES = ("kill", "sink", "freeze", "disk", "lock")


def parsed(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.storm", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--readers", type=int, default=5000)
    parser.add_argument("--trouble", choices=[*TROUBLES, "all"], default="kill")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long frozen, full or locked")
    parser.add_argument(
        "--mute", type=float, default=0.0005, help="share of dots answered by cutting the link"
    )
    parser.add_argument("--seed", type=int, default=None, help="of an earlier storm, to repeat its moments")
    parser.add_argument("--quiet", action="store_true", help="only the end")
    return parser.parse_args(arguments)


@contextmanager
def _storm(options: argparse.Namespace, trouble: str, say: Callable[[str], None]) -> Iterator[Verdict]:
    with (
        tempfile.TemporaryDirectory(prefix="mailer-storm-") as name,
        small_disk(Path(name) / "disk", wanted=trouble == "disk") as disk,
    ):
        given = {
            "seed": options.seed,
            "mute": options.mute,
            "workers": 2 if trouble == "freeze" else 1,
            "place": disk.folder if trouble == "disk" else None,
            "say": say,
        }
        with storm_in(Path(name), options.readers, **given) as storm:
            runs: dict[str, Callable[[Storm], None]] = {
                "kill": lambda s: run_kills(s, options.kills),
                "sink": lambda s: run_sink_kills(s, options.kills),
                "freeze": lambda s: run_freeze(s, options.kills, options.seconds),
                "disk": lambda s: run_full_disk(s, disk, options.kills, options.seconds),
                "lock": lambda s: run_lock(s, options.kills, options.seconds),
            }
            runs[trouble](storm)
            if storm.stalls:
                print(f"  {storm.stalls} × stood still, stopped and gone on with")
            for what, count in storm.killed_at.most_common():
                print(f"  {count} × {what}")
            yield storm.verdict()


def main() -> int:
    """Run them; 0 where every promise was kept."""
    # So that nothing is left running, however this ends.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options = parsed()
    options.seed = random.SystemRandom().randrange(1 << 32) if options.seed is None else options.seed
    say: Callable[[str], None] = (
        (lambda _words: None) if options.quiet else lambda words: print(words, flush=True)
    )
    ended: list[Verdict] = []
    for trouble in TROUBLES if options.trouble == "all" else (options.trouble,):
        started = time.monotonic()
        print(f"{trouble}: {options.kills} times, {options.readers} readers, seed {options.seed}", flush=True)
        with _storm(options, trouble, say) as verdict:
            ended.append(verdict)
            for fault in verdict.faults:
                print(f"  {fault}")
            print(f"{trouble}, {time.monotonic() - started:.0f} s: {verdict}", flush=True)
    if len(ended) > 1:
        broken = sum(not verdict.holds for verdict in ended)
        print(f"BROKEN in {broken} of {len(ended)} storms" if broken else f"holds in all {len(ended)} storms")
    return 0 if all(verdict.holds for verdict in ended) else 1


if __name__ == "__main__":
    raise SystemExit(main())
