"""A command imports what it needs and no more, and every command can be found."""

from __future__ import annotations

import subprocess
import sys

import pytest
import typer

from mailer.cli.app import app
from mailer.cli.entry import MODULES, load_commands

HEAVY = (
    "sqlalchemy",
    "nicegui",
    "fastapi",
    "premailer",
    "babel",
    "lxml",
    "aiosmtplib",
    "PIL",
    "mjml",
    "jinja2",
    "ruamel",
)
PROGRAM = """
import sys
from mailer.cli.entry import run
code = run(sys.argv[1:])
print("loaded:", *sorted({name.partition(".")[0] for name in sys.modules}))
sys.exit(code)
"""


IN_ORDER = list(dict.fromkeys(name for names in MODULES.values() for name in names))
"""Every command once: several modules may add to one group."""


def loaded_by(*arguments: str) -> set[str]:
    """The packages that a command imports, in a process of its own."""
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    return set(ended.stdout.rpartition("loaded:")[2].split())


@pytest.mark.parametrize(
    "arguments",
    [("--version",), ("check", "--help"), ("check", "2016-12-cami", "--help"), ("translate", "--help")],
)
def test_asking_about_a_command_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert not loaded_by(*arguments) & set(HEAVY)


def test_options_before_a_command_do_not_hide_it() -> None:
    assert not loaded_by("-w", ".", "check", "--help") & set(HEAVY)


def test_the_table_of_commands_is_true() -> None:
    load_commands()
    known = typer.main.get_command(app)
    assert list(known.list_commands(typer.Context(known))) == IN_ORDER


def test_commands_keep_their_order_however_they_are_loaded() -> None:
    program = (
        "import typer; from mailer.cli.app import app; from mailer.cli.entry import load_commands\n"
        "load_commands('send'); load_commands('check'); load_commands()\n"
        "group = typer.main.get_command(app); print(*group.list_commands(typer.Context(group)))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == IN_ORDER


def test_a_command_that_does_not_exist_is_told_of_those_that_do() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "mailer", "chekc"], capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 2
    assert "check" in ended.stderr
