"""`python -m bench`: run every measurement and print one table."""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import composing, contacting, previewing, sending
from bench.yardstick import Yardstick

console = Console()


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


def main() -> None:
    """Measure, and print each part as soon as it is there."""
    console.print(machine())
    console.print(f"load before: {', '.join(f'{load:.1f}' for load in os.getloadavg())}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yardstick = Yardstick(folder / "yardstick")
        measures: tuple[Callable[[], list[tuple[str, str, str]]], ...] = (
            lambda: previewing.measure(folder / "previewing", yardstick),
            lambda: composing.measure(folder / "composing", yardstick),
            lambda: sending.measure(folder / "sending"),
            lambda: contacting.measure(folder / "contacting"),
        )
        for measure in measures:
            table = Table("what", "measured", "against", box=None, pad_edge=False, header_style="dim")
            for row in measure():
                table.add_row(*row)
            console.print(table)


if __name__ == "__main__":
    main()
