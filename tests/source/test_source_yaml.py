"""Reading YAML: plain values with lines from good files, problems at their line from all others."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.errors import MailerError, Problem, ProblemsError
from mailer.source import Document, is_zone, nearest_zone, parse_yaml, read_yaml

AT_ONCE = 10
"""Seconds of processor time: many times what it takes, so that only what has no end goes beyond it."""


def problems(content: bytes | str) -> list[str]:
    """Every problem of a file, as people see it."""
    content = content.encode() if isinstance(content, str) else content
    with pytest.raises(ProblemsError) as caught:
        parse_yaml(content, "f.yaml")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("012", 12),
        ("0o14", 12),
        ("0x1F", 31),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("-3", -3),
        ("1.5", 1.5),
        ("1e400", "1e400"),
        (".inf", ".inf"),
        ("2016-12-19", date(2016, 12, 19)),
        ("2016-02-30", "2016-02-30"),
        ("2016-12-19T10:00:00Z", "2016-12-19T10:00:00Z"),
        ("'2016-12-19'", "2016-12-19"),
        ('"12"', "12"),
        ("=", "="),
        ("+49 228 815 2419", "+49 228 815 2419"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_words_mean_what_yaml_1_2_says(written: str, value: object) -> None:
    document = parse_yaml(f"key: {written}\n".encode(), "f.yaml")
    assert document.data == {"key": value}
    assert type(document.data["key"]) is type(value)


def test_keys_are_always_text() -> None:
    assert parse_yaml(b"names: {en: a, no: b, 12: c, 2016-12-19: d, null: e}", "f").data == {
        "names": {"en": "a", "no": "b", "12": "c", "2016-12-19": "d", "null": "e"}
    }


def test_an_old_yaml_directive_changes_nothing() -> None:
    assert parse_yaml(b"%YAML 1.1\n---\na: NO\n", "f").data == {"a": "NO"}


def test_every_key_and_entry_has_its_line() -> None:
    document = parse_yaml(
        b"# head\nid: a\nitems:\n  - id: x\n    body: |\n      one\n      two\n\n  - id: y\n", "f.yaml"
    )
    assert document.line(("id",)) == 2
    assert document.line(("items",)) == 3
    assert document.line(("items", 0)) == 4
    assert document.line(("items", 0, "body")) == 5
    assert document.line(("items", 1, "id")) == 9
    assert document.line(("items", 1, "image", "src")) == 9, "the nearest thing around it"
    assert document.line(("nothing",)) == 2


def test_line_separators_in_text_do_not_shift_lines() -> None:
    document = parse_yaml("a: 'x\u2028y'\r\nb: 1\rc: 2\n".encode(), "f.yaml")
    assert [document.line((key,)) for key in "abc"] == [1, 2, 3]


def test_a_byte_order_mark_is_no_trouble() -> None:
    assert parse_yaml(b"\xef\xbb\xbfa: 1\n", "f").data == {"a": 1}


def test_an_empty_file_holds_nothing() -> None:
    assert parse_yaml(b"# only a comment\n", "f").data is None


def test_everything_refused_is_told_at_once() -> None:
    told = problems("a: &x 1\nb: *x\n<<: {c: 1}\nd: !!str 3\na: 2\ne: !mine 4\n")
    assert [line.split(" ")[0] for line in told] == [f"f.yaml:{n}:" for n in (1, 2, 3, 4, 5, 6)]
    assert "&x" in told[0]
    assert "*x" in told[1]
    assert "<<" in told[2]
    assert "!!str" in told[3]
    assert 'a: "a" stands here twice; first on line 1.' in told[4]
    assert "!mine" in told[5]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a: 1\n---\nb: 2\n", "f.yaml:2: starts a second document."),
        (b"a: b: c\n", "f.yaml:1: is not valid YAML: mapping values are not allowed here."),
        (b"a: 1\n\tb: 2\n", "f.yaml:2: "),
        (b'a: "x\n', "is not valid YAML"),
        (b"a: 1\nk: caf\xe9\n", "f.yaml:2: is not UTF-8 text (byte 0xe9)."),
        ("a: 1".encode("utf-16"), "is UTF-16 text"),
        (b"a: 1\nb: \x00\n", "f.yaml:2: holds a control sign (U+0000)."),
        (b"a: \x1b[31m\n", "control sign (U+001B)"),
        (b'a: "x\\0y"\n', "f.yaml:1: writes a control sign with a backslash."),
        (b'a: "x\\ry"\n', "writes a control sign with a backslash."),
        (b'a: "\\ud800"\n', "writes a control sign with a backslash."),
        (b'a: "\\UFFFFFFFF"\n', "is not valid YAML"),
        (b"? [a]\n: b\n", "has a list or a mapping as a key."),
        (b"a: *nobody\n", "repeats a value with *nobody."),
    ],
)
def test_bad_files_are_told_with_line_and_way_out(content: bytes, words: str) -> None:
    assert any(words in line for line in problems(content))


def test_an_alias_bomb_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    started = time.process_time()
    assert problems("\n".join(lines))
    assert time.process_time() - started < AT_ONCE


@pytest.mark.parametrize("content", ["[" * 6000, "{a: " * 3000, "- " * 3000, "? " * 3000, "a: " + "[" * 41])
def test_deep_nesting_is_refused_without_a_recursion_error(content: str) -> None:
    started = time.process_time()
    assert any("deeper than 40" in line or "not valid" in line for line in problems(content))
    assert time.process_time() - started < AT_ONCE


def test_forty_levels_are_allowed() -> None:
    assert parse_yaml(b"[" * 40 + b"]" * 40, "f").data is not None


def test_a_file_over_two_megabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes(b"# " + b"x" * 2_000_000)
    with pytest.raises(ProblemsError, match=r"big\.yaml: is larger than 2 MB"):
        read_yaml(path, "big.yaml")


def test_a_missing_file_and_a_folder_are_said_so(tmp_path: Path) -> None:
    with pytest.raises(MailerError, match=r"gone\.yaml does not exist"):
        read_yaml(tmp_path / "gone.yaml", "gone.yaml")
    with pytest.raises(ProblemsError) as caught:
        read_yaml(tmp_path, "folder")
    [problem] = caught.value.problems
    assert (problem.file, problem.rule) == ("folder", "file.yaml")
    assert str(problem).startswith("folder: cannot be read: Is a directory.")


def problems_if_any(content: bytes) -> tuple[Problem, ...]:
    started = time.process_time()
    try:
        document = parse_yaml(content, "f.yaml")
    except ProblemsError as error:
        found = error.problems or (Problem("an error without a problem"),)
    else:
        found = ()
        assert isinstance(document, Document)
    assert time.process_time() - started < AT_ONCE
    return found


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_document_or_problems(content: bytes) -> None:
    assert all(problem.file == "f.yaml" and problem.message for problem in problems_if_any(content))


yaml_like = st.lists(
    st.sampled_from(
        [
            *"-?:,[]{}#&*!|>'\"%@`~\\ \n\t",
            "a",
            "é",
            "\r",
            "\x85",
            "\ufeff",
            "---",
            "...",
            "<<",
            ": ",
            "- ",
            "\n  ",
            "\\x",
            "\\u12",
            "\\U0011ffff",
            "%YAML 9.9\n",
            "%TAG ! x\n",
            "!<x>",
            "|-9",
            ">+",
            "2016-02-31",
            "0x",
        ]
    ),
    max_size=40,
).map("".join)


@given(yaml_like)
@settings(max_examples=400, deadline=None)
def test_anything_that_looks_like_yaml_is_a_document_or_problems(text: str) -> None:
    found = problems_if_any(text.encode())
    assert all(problem.file == "f.yaml" and problem.message for problem in found)


@pytest.mark.parametrize(
    "name", ["Europe", "", "../etc/passwd", "/etc/passwd", "europe/berlin", "x\x00y", "Mars/Base"]
)
def test_what_is_no_time_zone_is_not_taken_for_one(name: str) -> None:
    assert not is_zone(name)
    assert nearest_zone(name)


def test_time_zones_are_known_by_name() -> None:
    assert is_zone("Europe/Berlin")
    assert nearest_zone("Europa/Berlin") == 'Did you mean "Europe/Berlin"?'
