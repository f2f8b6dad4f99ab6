"""`python -m bench`: run every measurement and print one table."""

from __future__ import annotations

import os
import platform
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import composing, sending

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
    """Measure and print."""
    console.print(machine())
    table = Table("what", "measured", "against", box=None, pad_edge=False, header_style="dim")
    with tempfile.TemporaryDirectory() as folder:
        for row in (
            *composing.measure(Path(folder) / "composing"),
            *sending.measure(Path(folder) / "sending"),
        ):
            table.add_row(*row)
    console.print(table)


main()
