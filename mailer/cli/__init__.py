"""The command line: one file a command group, each thin over `mailer.flow`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit: 0 done, 1 something to mend, 2 wrong usage."""
    from mailer.cli.entry import run

    sys.exit(run(sys.argv[1:]))
