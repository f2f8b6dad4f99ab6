"""What is too long or too tangled to be laid out at once is told in plain words, where it stands."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from mailer.content import read_issue
from mailer.errors import ProblemsError
from mailer.model.body import MAX_CELLS, MAX_COLUMNS, MAX_SIGNS
from mailer.render.markdown import markdown_html

WIDE = "\n".join(["|a" * 200 + "|", "|-" * 200 + "|", *["|b|"] * 2000])
LONG = "\n".join(["|a" * 20 + "|", "|-" * 20 + "|", *["|b|"] * 2000])
HEAD = "id: a\nseries: S\ndate: 2016-12-19\nitems:\n"
WORDS = "Participants from all range states met for three days and agreed on a plan of work. "


def read(folder: Path, body: str, field: str = "body") -> str:
    """The one body of an issue, as it is read; ProblemsError where it is refused."""
    text = json.dumps(body)
    said = f"    body: {text}\n" if field == "body" else f"    wording:\n      - body: {text}\n"
    (folder / "issue.yaml").write_text(f"{HEAD}  - id: one\n    kind: article\n    title: One\n{said}")
    issue = read_issue(folder, folder.parent).issue
    item = issue.items[0]
    return item.body or item.wording[0].body or ""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("a" * (MAX_SIGNS + 1), "has 20,001 signs; 20,000 is the most"),
        ("[a" * 5000 + "](b)" * 5000, "has 30,000 signs"),
        ("[" * 5000, "has the sign [ 5,000 times, in paragraphs too long for so many links"),
        ("[a" * 2000 + "](b)" * 2000, "in paragraphs too long"),
        (("[" + "*a" * 32) * 300, "in paragraphs too long"),
        ("- " + ("[" + "*a" * 32) * 300, "in paragraphs too long"),
        ("> \n" * 5 + "> " + ("[" + "*a" * 32) * 299, "in paragraphs too long"),
        (WIDE, "a table of 200 columns; 20 is the most"),
        (LONG, "tables of some 40,000 cells; 5,000 is the most"),
        (f"> {LONG}".replace("\n", "\n> "), "some 40,000 cells"),
        ("* x\n\n  " + LONG.replace("\n", "\n  "), "some 40,000 cells"),
        ("a|b\n:-:|---\n" + "c\n" * 3000, "some 6,002 cells"),
    ],
)
@pytest.mark.parametrize("field", ["body", "wording[0].body"])
def test_a_body_that_would_stall_the_program_is_refused_with_its_place(
    tmp_path: Path, body: str, words: str, field: str
) -> None:
    with pytest.raises(ProblemsError) as caught:
        read(tmp_path, body, field)
    (problem,) = caught.value.problems
    assert words in problem.message
    assert problem.field == f"items[0].{field}"
    assert problem.line
    assert len(str(problem)) < 300


@pytest.mark.parametrize(
    "body",
    [
        "\n\n".join([WORDS * 5] * 40),
        "\n".join(
            f"- [Report of Party {n} to the meeting](https://example.org/reports/{n})" for n in range(250)
        ),
        "\n\n".join(f"{WORDS * 4}[Read on](https://example.org/{n}). " for n in range(50)),
        "\n".join(
            ["| a " * MAX_COLUMNS + "|", "|---" * MAX_COLUMNS + "|", *["| 1 " * MAX_COLUMNS + "|"] * 150]
        ),
        "\n".join(["Name | Country", "--- | :-:", *[f"Name {n} | Country {n}" for n in range(250)]]),
        "A rule:\n\n---\n\nA heading\n---\n\nor | bars | in words",
    ],
)
def test_a_long_but_honest_body_is_taken_as_it_is(tmp_path: Path, body: str) -> None:
    assert read(tmp_path, body) == body


@pytest.mark.parametrize(
    "body",
    [
        "[" * 1400,
        ("[" + "*a" * 33) * 165,
        "[a" * 500 + "](b)" * 500,
        "*a" * (MAX_SIGNS // 2),
        "- a\n" * (MAX_SIGNS // 4),
        "a\n\n" * (MAX_SIGNS // 3),
        "\n".join(["|a" * 20 + "|", "|-" * 20 + "|", *["|b|"] * (MAX_CELLS // 20 - 2)]),
        "![" * 1000,
    ],
)
def test_the_worst_that_is_taken_is_laid_out_before_long(tmp_path: Path, body: str) -> None:
    body = read(tmp_path, body)
    start = time.thread_time()
    assert len(markdown_html(body)) < 10 * MAX_SIGNS
    assert time.thread_time() - start < 5  # a tenth of it on a machine that does nothing else
