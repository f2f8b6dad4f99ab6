"""How fast many contacts are read, resolved and counted, beside csv.DictReader over the same file; CPU seconds.

python -m bench.contacting FOLDER      one workspace's people, as JSON; each size runs in a process of its own
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from datetime import date
from itertools import pairwise
from pathlib import Path

from bench.figures import peak_megabytes
from mailer.audience import Scene, count, read_contacts, read_registers, read_segments, resolve
from mailer.config import open_workspace
from mailer.flow.starter import make_workspace
from mailer.model.audience import Recipients

DAY = date(2016, 12, 19)
SIZES = (25_000, 50_000, 100_000)
GROUPS = ("newsletter-readers", "national-focal-points-of-parties", "sees-saiga-projects")


def measure(folder: Path) -> list[tuple[str, str, str]]:
    """Rows for the table: what, measured, against what."""
    rows = []
    first = 0.0
    for size in SIZES:
        root = _people(folder / str(size), size)
        command = [sys.executable, "-m", "bench.contacting", str(root)]
        ended = subprocess.run(command, capture_output=True, text=True, check=True)
        said = json.loads(ended.stdout)
        ours = said["read"] + said["resolved"] + said["counted"]
        first = first or ours / size
        rows.append(
            (
                f"{size:,} contacts read ({said['read']:.2f} s), {len(GROUPS)} groups resolved "
                f"({said['resolved']:.2f}) and counted ({said['counted']:.2f})",
                f"{ours:.2f} s CPU, {said['megabytes']:.0f} MB",
                f"{said['plain']:.2f} s by csv.DictReader alone: {ours / said['plain']:.1f} times; "
                f"a contact costs {ours / size / first:.2f} of what it does among {SIZES[0]:,}",
            )
        )
    return rows


def _people(root: Path, size: int) -> Path:
    """A sample workspace with so many people: the sample's, over and over, each with its own name and address."""
    make_workspace(root, sample=True)
    path = root / "recipients" / "contacts.csv"
    with path.open(encoding="utf-8", newline="") as file:
        sample = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(sample[0]))
        writer.writeheader()
        for number in range(size):
            row = dict(sample[number % len(sample)])
            local, domain = row["email"].split("@")
            row |= {"email": f"{local}.{number}@{domain}", "other_emails": ""}
            row["family_name"] += f" {number}"
            writer.writerow(row)
    return root


def _one(root: Path) -> dict[str, float]:
    workspace = open_workspace(root)
    folder = workspace.recipients
    registers, segments = read_registers(folder, root), read_segments(folder / "segments.yaml", root)
    times = [time.process_time()]
    contacts = read_contacts(folder / "contacts.csv", root, registers)
    times.append(time.process_time())
    scene = Scene(registers, segments, DAY)
    found = [resolve((name,), Recipients(contacts, segments), scene) for name in GROUPS]
    times.append(time.process_time())
    for people in found:
        count(people, scene)
    times.append(time.process_time())
    megabytes = peak_megabytes()
    with (folder / "contacts.csv").open(encoding="utf-8", newline="") as file:
        for _ in csv.DictReader(file):
            pass
    times.append(time.process_time())
    read, resolved, counted, plain = (after - before for before, after in pairwise(times))
    return {"read": read, "resolved": resolved, "counted": counted, "plain": plain, "megabytes": megabytes}


if __name__ == "__main__":
    print(json.dumps(_one(Path(sys.argv[1]))))
