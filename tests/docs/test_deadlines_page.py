"""docs/deadlines.md explains every key of a deadline and every word of its log."""

from __future__ import annotations

import re
from pathlib import Path

import typer

from mailer.audience.submissions import COLUMNS
from mailer.cli.deadlines import deadlines
from mailer.model.deadline import Announced, Deadline, Escalation, StepWords, What

PAGE = (Path(__file__).parents[2] / "docs" / "deadlines.md").read_text(encoding="utf-8")
WITHOUT_EXAMPLES = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
NAMED = {
    word for code in re.findall(r"`([^`]+)`", WITHOUT_EXAMPLES) for word in re.findall(r"[a-z][a-z_-]*", code)
}


def test_every_key_is_explained() -> None:
    keys = {
        info.alias or name
        for noun in (Deadline, Announced, Escalation, StepWords)
        for name, info in noun.model_fields.items()
    }
    assert keys - NAMED == set()


def test_every_column_of_the_log_is_named() -> None:
    assert set(COLUMNS) - NAMED == set()


def test_every_way_to_record_is_named() -> None:
    commands = set(typer.main.get_command(deadlines).commands)  # type: ignore[attr-defined]
    recording = {"submitted", "withdrawn", "returned", "extend", "hold", "release"}
    assert recording <= commands
    assert recording - NAMED == set()
    assert len(recording) == len(What)
