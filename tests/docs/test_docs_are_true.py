"""The pages say what the program does: commands, settings, fields and states."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from mailer.cli.docs import page
from mailer.config import Config, LedgerSettings, Newsletter, Office, SmtpRelay
from mailer.flow.starter import write_all_schemas
from mailer.model.audience import FieldTest, Rule
from mailer.model.base import Noun
from mailer.model.dispatch import State
from mailer.model.issue import KINDS, Image, Issue, Item, ItemBase, Person, Sender
from mailer.source import read_yaml

ROOT = Path(__file__).parent.parent.parent


def words(name: str) -> set[str]:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    return set(re.findall(r"[a-z][a-z_0-9]*", text))


def fields(*nouns: type[Noun]) -> set[str]:
    return {info.alias or name for noun in nouns for name, info in noun.model_fields.items()}


def kinds() -> tuple[type[ItemBase], ...]:
    return Item.__args__[0].__args__  # type: ignore[no-any-return, attr-defined]


def test_the_page_of_commands_is_the_one_that_the_program_prints() -> None:
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == page()


def test_every_command_has_an_example() -> None:
    sections = page().split("\n## ")[1:]
    without = [section.splitlines()[0] for section in sections if "Example: `mailer" not in section]
    assert without == ["`mailer outbox show ID`"] or not without


def test_examples_name_what_the_sample_has() -> None:
    with (ROOT / "recipients" / "contacts.csv").open(encoding="utf-8", newline="") as people:
        addresses = {row["email"] for row in csv.DictReader(people)}
    examples = re.findall(r"Example: `([^`]+)`", page())
    named = {word for example in examples for word in re.findall(r"\S+@example\.org", example)}
    assert named - addresses <= {"a.person@example.org"}, (
        "a name that stands for anybody's, or one of the sample"
    )
    for example in examples:
        found = re.match(r"mailer (?:build|check|versions|proof|translate (?!import)\w+) (\d\S+)", example)
        assert found is None or (ROOT / "issues" / found[1] / "issue.yaml").exists(), example
    groups = read_yaml(ROOT / "recipients" / "segments.yaml", "segments.yaml").data["segments"]
    named = {
        group for example in examples for group in re.findall(r"(?:--to|mailer audience) ([a-z]\S*)", example)
    }
    assert named
    assert named - groups.keys() == set()


def test_every_setting_is_explained() -> None:
    settings = fields(Config, Office, Newsletter, LedgerSettings, SmtpRelay, Sender)
    assert settings - words("configuration.md") == set()


def test_every_field_and_kind_of_an_issue_is_explained() -> None:
    assert fields(Issue, Image, Person, *kinds()) - words("issues.md") == set()
    assert set(KINDS) == {noun.model_fields["kind"].annotation.__args__[0] for noun in kinds()}  # type: ignore[union-attr]
    assert set(KINDS) - words("issues.md") == set()


def test_every_group_rule_is_explained() -> None:
    rules: tuple[type[Noun], ...] = Rule.__args__
    assert fields(*rules, FieldTest) - words("issues.md") == set()


@pytest.mark.parametrize("state", State)
def test_every_state_is_in_the_picture_of_states(state: State) -> None:
    assert state.value in words("architecture.md")


def test_the_schemas_in_the_repository_are_those_that_the_program_writes(tmp_path: Path) -> None:
    # Templates declare kinds of item of their own, which editors know too.
    (tmp_path / "templates").symlink_to(ROOT / "templates")
    written = write_all_schemas(tmp_path)
    assert written
    for path in written:
        kept = ROOT / "schemas" / path.name
        assert kept.read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), (
            f"run mailer schema: {kept.name}"
        )


def test_links_between_pages_lead_somewhere() -> None:
    for page_file in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page_file.read_text(encoding="utf-8")):
            assert (page_file.parent / target).exists(), f"{page_file.name}: {target}"
