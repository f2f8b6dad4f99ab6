"""`python -m bench [--quick] [NAME …]`: run every measurement, or those that are named, and print their tables.

--quick measures less, for a look in between; its figures are not to be quoted.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import checking, composing, contacting, delivering, million, previewing, sending
from bench.yardstick import Yardstick

console = Console()
Row = tuple[str, str, str]
ONLY_NAMED = ("million",)
"""What takes so long that it runs only where it is named."""


def machine() -> str:
    """The machine in one line."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line
        ]
        model = names[0] if names else model
    return f"{os.cpu_count()} × {model}, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def main(arguments: list[str]) -> int:
    """Measure, and print each part as soon as it is there."""
    quick = "--quick" in arguments
    wanted = [name for name in arguments if name != "--quick"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yardsticks: list[Yardstick] = []

        def yardstick() -> Yardstick:
            # From npm, and only for those who ask.
            if not yardsticks:
                yardsticks.append(Yardstick(folder / "yardstick"))
            return yardsticks[0]

        measures: dict[str, Callable[[], Iterable[Row]]] = {
            "previewing": lambda: previewing.measure(folder / "previewing", yardstick()),
            "composing": lambda: composing.measure(folder / "composing", yardstick()),
            "sending": lambda: sending.measure(folder / "sending"),
            "delivering": lambda: delivering.measure(folder / "delivering", quick=quick),
            "contacting": lambda: contacting.measure(folder / "contacting"),
            "checking": lambda: checking.measure(folder / "checking"),
            "million": lambda: million.measure(folder / "million", quick=quick),
        }
        if unknown := [name for name in wanted if name not in measures]:
            console.print(f"No such measurement: {', '.join(unknown)}. There are {', '.join(measures)}.")
            return 2
        console.print(machine())
        console.print(f"load before: {', '.join(f'{load:.1f}' for load in os.getloadavg())}")
        for measured in wanted or [name for name in measures if name not in ONLY_NAMED]:
            _show(measures[measured]())
    return 0


def _show(rows: Iterable[Row]) -> None:
    table = Table("what", "measured", "against", box=None, pad_edge=False, header_style="dim")
    for row in rows:
        table.add_row(*row)
    console.print(table)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
