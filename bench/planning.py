"""Planning a sending to a million readers, beside sqlite3's executemany into the same tables and indexes.

python -m bench.planning ours|rows|claims FILE READERS      seconds and megabytes, as JSON; in a process of its own
"""

from __future__ import annotations

import json
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bench.figures import peak_megabytes, told
from mailer.ledger import open_ledger
from mailer.model.dispatch import REAL, Dispatch, Plan, PlannedDelivery
from mailer.model.issue import Sender

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
RUNS = 3
SLOTS = {"salutation": "Dear Ms. Reader,", "country": "Kazakhstan", "country_in": "in Kazakhstan", "role": ""}
OCCASION = "2016-12-cami"
COLUMNS = (
    "dispatch_id, address, email, domain, name, language, country, variant, slots, message_id, state, due_at, "
    "updated_at"
)


@dataclass(frozen=True, slots=True)
class Streamed(Plan):
    """A plan of which the deliveries are made as they are asked for."""

    readers: int = 0

    def __iter__(self) -> Iterator[PlannedDelivery]:
        for number in range(self.readers):
            address = f"reader.{number}@example.org"
            yield PlannedDelivery(address, address, f"Reader {number}", "en", "KZ", "en-5eb0d5", SLOTS)


def measure(folder: Path, readers: int) -> Iterator[tuple[str, str, str]]:
    """Rows for the table."""
    folder.mkdir(parents=True, exist_ok=True)
    said: dict[str, list[dict[str, float]]] = {"ours": [], "rows": [], "claims": []}
    for run in range(RUNS):
        for what, figures in said.items():
            path = folder / f"{what}-{run}.db"
            command = [sys.executable, "-m", "bench.planning", what, str(path), str(readers)]
            ended = subprocess.run(command, capture_output=True, text=True, check=True)
            figures.append(json.loads(ended.stdout))
            for file in folder.glob(f"{path.name}*"):
                file.unlink() if file.is_file() else None
    ours, rows, claims = (statistics.median(f["seconds"] for f in said[what]) for what in said)
    most = max(figures["megabytes"] for figures in said["ours"])
    ratio = ours / rows
    yield (
        f"plan of {readers:,} readers written down",
        f"{ours:.1f} s, {most:.0f} MB at most",
        f"executemany into the same table and indexes {rows:.1f} s: {ratio:.2f}; goal at most 2: "
        f"{told(ratio <= 2)}; with the table that keeps duplicates out too "
        f"{claims:.1f} s: {ours / claims:.2f}",
    )


def _dispatch() -> Dispatch:
    return Dispatch(
        id="d1",
        realm=REAL,
        occasion=OCCASION,
        slug=OCCASION,
        digest="ab" * 32,
        message_class="newsletter",
        relay="office",
        segments=("everyone",),
        sender=Sender(name="CAMI", email="cami@example.org"),
        day=date(2016, 12, 19),
        created_at=NOW,
        expires_at=NOW + timedelta(hours=72),
    )


def _ours(path: Path, readers: int) -> float:
    with open_ledger(path) as ledger:
        started = time.perf_counter()
        opened = ledger.open_dispatch(Streamed(_dispatch(), (), (), readers))
        seconds = time.perf_counter() - started
        if ledger.report(opened.dispatch.id).total != readers:
            raise RuntimeError("not all were planned")
    return seconds


def _plain(path: Path, readers: int, *, claims: bool) -> float:
    """The same rows by the driver alone, in one transaction: no checks, no keys made, no duplicates looked for."""
    with open_ledger(path) as ledger:
        ledger.open_dispatch(Plan(_dispatch(), ()))
    slots, at = json.dumps(SLOTS), int(NOW.timestamp() * 1e6)

    def rows() -> Iterator[tuple[object, ...]]:
        for number in range(readers):
            address = f"reader.{number}@example.org"
            key = f"<{number:032x}@example.org>"
            name = f"Reader {number}"
            yield (
                "d1",
                address,
                address,
                "example.org",
                name,
                "en",
                "KZ",
                "en-5eb0d5",
                slots,
                key,
                "planned",
                at,
                at,
            )

    insert = f"INSERT INTO deliveries ({COLUMNS}) VALUES ({', '.join('?' * 13)})"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        started = time.perf_counter()
        connection.executemany(insert, rows())
        if claims:
            held = ((REAL, OCCASION, f"reader.{n}@example.org", n + 1) for n in range(readers))
            into = "INSERT INTO claims (realm, occasion, address, delivery_id) VALUES (?, ?, ?, ?)"
            connection.executemany(into, held)
        connection.commit()
        return time.perf_counter() - started


def main() -> None:
    """One measurement."""
    what, path, readers = sys.argv[1:]
    if what == "ours":
        seconds = _ours(Path(path), int(readers))
    else:
        seconds = _plain(Path(path), int(readers), claims=what == "claims")
    print(json.dumps({"seconds": seconds, "megabytes": peak_megabytes()}))


if __name__ == "__main__":
    main()
