"""Changing a file that a person wrote leaves their comments, order and quotes alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.errors import ProblemsError
from mailer.source import dump_round_trip, is_there, load_round_trip, parse_yaml, write_atomically

WRITTEN = """\
# yaml-language-server: $schema=../../schemas/issue.schema.json
id: 2016-12-cami          # never changes
date: 2016-12-19
title: "Quoted"
other: 'Single: quoted'

# Items in order.
items:
  - id: a
    body: |
      A long line that must not be folded however long, as a person wrote it on one line and wants it so.

      - a list
    links:
      - url: https://example.org
        text: Words

  # The second one.
  - id: b
    place: {name: Bonn, country: NO}
    tags: [a, b]
"""


def test_an_unchanged_file_is_written_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "issue.yaml"
    path.write_text(WRITTEN)
    dump_round_trip(path, load_round_trip(path, "issue.yaml"))
    assert path.read_text() == WRITTEN


def test_the_project_s_own_files_survive_byte_for_byte(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    files = [*root.glob("recipients/*.yaml"), *root.glob("issues/*/issue.yaml")]
    assert files
    for file in files:
        copy = tmp_path / "copy.yaml"
        copy.write_bytes(file.read_bytes())
        dump_round_trip(copy, load_round_trip(copy, "copy.yaml"))
        assert copy.read_bytes() == file.read_bytes(), file.name


def test_one_changed_value_changes_one_line(tmp_path: Path) -> None:
    path = tmp_path / "issue.yaml"
    path.write_text(WRITTEN)
    data = load_round_trip(path, "issue.yaml")
    data["items"][1]["id"] = "c"
    dump_round_trip(path, data)
    assert path.read_text() == WRITTEN.replace("  - id: b\n", "  - id: c\n")


def test_a_bad_file_is_not_loaded_for_writing(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("a: &x 1\nb: *x\n")
    with pytest.raises(ProblemsError):
        load_round_trip(path, "f.yaml")


def test_a_link_to_nothing_is_not_taken_for_no_file(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    assert not is_there(path, "f.yaml")
    assert load_round_trip(path, "f.yaml") == {}
    path.symlink_to(tmp_path / "gone.yaml")
    for ask in (is_there, load_round_trip):
        with pytest.raises(ProblemsError, match=r"f\.yaml: is a link to a file that is not there\."):
            ask(path, "f.yaml")
    (tmp_path / "gone.yaml").write_text("a: 1\n")
    assert is_there(path, "f.yaml")
    assert load_round_trip(path, "f.yaml") == {"a": 1}


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("a: 1\n")
    with pytest.raises(TypeError):
        write_atomically(path, "not bytes")  # type: ignore[arg-type]
    assert path.read_text() == "a: 1\n"
    assert os.listdir(tmp_path) == ["f.yaml"]


def test_a_written_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("a: 1\n")
    path.chmod(0o640)
    write_atomically(path, b"a: 2\n")
    assert path.stat().st_mode & 0o777 == 0o640


printable = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff\ufeff"), max_size=40
)


@given(
    st.dictionaries(
        printable.filter(bool),
        printable | st.sampled_from(["NO", "1e5", "0x1", "2016-12-19", "~"]),
        max_size=4,
    )
)
@settings(max_examples=100, deadline=None)
def test_text_that_we_write_is_read_back_as_the_same_text(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, str]
) -> None:
    path = tmp_path_factory.mktemp("trip") / "f.yaml"
    dump_round_trip(path, data)
    assert parse_yaml(path.read_bytes(), "f.yaml").data == data
