"""What commands print: foreign words are shown, and never take hold of the terminal."""

from __future__ import annotations

import io
import json

import pytest
from rich.text import Text

from mailer.cli.output import Terminal, cell, print_json, table

EVIL = "one\x1b]0;PWNED\x07\x1b[2Jtwo\x9b31mthree\rfour\x00\x7f"


def shown(*things: object) -> str:
    file = io.StringIO()
    terminal = Terminal(file=file, force_terminal=True, width=200, color_system="standard", no_color=False)
    for thing in things:
        terminal.print(thing)
    return file.getvalue()


def test_control_signs_in_words_are_replaced_wherever_they_stand() -> None:
    made = table("Column")
    made.add_row(cell(EVIL))
    printed = shown(Text(EVIL), EVIL, made)
    assert not {"\x07", "\x9b", "\r", "\x00", "\x7f"} & set(printed)
    assert "\x1b]0;" not in printed
    assert "\x1b[2J" not in printed
    assert printed.count("PWNED") == 3


def test_colours_and_lines_of_our_own_stay() -> None:
    assert shown(Text("red", "red")) == "\x1b[31mred\x1b[0m\n"
    assert shown("a\nb") == "a\nb\n"


def test_programs_get_them_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"words": EVIL})
    printed = capsys.readouterr().out
    assert printed.rstrip("\n").replace("\n", "").isprintable()
    assert json.loads(printed) == {"words": EVIL}
