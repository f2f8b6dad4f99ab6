"""A file that is read entry by entry says the same as one that is read whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.errors import ProblemsError
from mailer.source import parse_yaml, pieces, reader
from mailer.source.pieces import cut_text, read_in_pieces

ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("issues/*/issue*.yaml"), *ROOT.glob("recipients/*.yaml")])
BODY = "        A line of words, long enough to make an entry worth it.\n" * 14

HEAD = "id: test\ntitle: A title\n\n"
LIST = "".join(f"  - id: item-{n}\n    body: |\n{BODY}\n    links: [{{url: x}}]\n" for n in range(6))
MAPPING = "".join(f"  item-{n}:\n    body: |\n{BODY}" for n in range(6))


def whole(text: str) -> object:
    """What the file says when it is read in one go: a document, or its problems in words."""
    return said(lambda: reader._read_text(text, "x.yaml"))


def said(read) -> object:
    try:
        document = read()
    except ProblemsError as error:
        return [str(problem) for problem in error.problems]
    return document, list(document.data) if isinstance(document.data, dict) else None


def parsed(text: str) -> object:
    return said(lambda: parse_yaml(text.encode(), "x.yaml"))


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    pieces._mapping.cache_clear()
    parse_yaml.cache_clear()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_our_files_say_the_same_in_pieces(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert parsed(text) == whole(text)


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}items:\n{LIST}",
        f"{HEAD}items: # all of them\n\n  # a comment\n{LIST}\n# the end\nafter: 1\nlist: [a, b]\n",
        f"{HEAD}items:\n{LIST.replace('  -', '-').replace('    ', '  ')}",
        f"items:\n{MAPPING}title: after\n",
        f"small:\n  - 1\n{HEAD}items:\n{LIST}",
    ],
)
def test_plain_files_are_read_in_pieces_and_say_the_same(text: str) -> None:
    assert read_in_pieces(text, "x.yaml", reader._read_piece) is not None
    assert parsed(text) == whole(text)


@pytest.mark.parametrize(
    "text",
    [
        f'title: "opened\nitems:\n{LIST}"\n',
        f"{HEAD}items:\n{LIST}title: twice\n",
        f"{HEAD}items:\n{LIST}items: []\n",
        f"items: []\nitems:\n{LIST}",
        f"{HEAD}items:\n{LIST}  key: among entries\n",
        f"{HEAD}items:\n{MAPPING}  - an entry among keys\n",
        f"{HEAD}items:\n{MAPPING}{MAPPING}",
        f"{HEAD}items:\n{LIST}   - too far in\n",
        f"{HEAD}items:\n{LIST}---\nanother: document\n",
        f"{HEAD}items:\n{LIST}  - &mark x\n  - *mark\n",
        f"{HEAD}items:\n{LIST}  - [open\n  - closed]\n",
        f"{HEAD}items:\n{LIST}  - 'quoted\n  - over entries'\n",
        f"{HEAD}items:\n{LIST}  - plain\n    over lines\n",
        f"{HEAD}items:\n{LIST}  - |+\n    kept\n\n\n  - |-\n    cut\n\n  - >\n    folded\n    line\n",
        f"{HEAD}items:\n{LIST}  -\n",
        f"{HEAD}items:\n{LIST}  - {'[' * 41}\n",
        f"{HEAD}items:\n{LIST}  - {'[' * 37}{']' * 37}\n",
        f"{HEAD}items:\n{LIST}  - {'[' * 38}{']' * 38}\n",
        f"{HEAD}items:\n{LIST}  - {'[' * 39}{']' * 39}\n",
        f"{HEAD}items:\n{LIST}\t- tab\n",
        f"{HEAD}items:\n{LIST}".replace("\n", "\r\n"),
        f"{HEAD}items:\n{LIST}  - a\x85b\n",
        f"body: |\n{BODY * 20}items:\n{LIST}",
        f"{HEAD}items: |\n{LIST}",
        f"{HEAD}items:\n{LIST}".rstrip("\n"),
        f"items:\n{MAPPING}  ? k5\n  :\n    body: its own\n",
        f"items:\n{MAPPING}  ? k5\n  : body: its own\n",
        f"items:\n{MAPPING}  ? [a]\n  : - its own\n",
        f"items:\n{MAPPING}  ?\n    k5\n  :\n",
        f"items:\n{MAPPING}  :\n    body: of no key\n",
        f"items:\n{LIST}  - ? k5\n    :\n      body: its own\n",
        f"items:\n{MAPPING}? top\n:\n  body: its own\n",
        f"items:\n{MAPPING}  k5: |\n          \n  k6: after blanks\n",
        f"items:\n{MAPPING}  k5: >-  # blanks\n\n       \n  k6: after blanks\n",
        f"items:\n{LIST}  - |2+\n          \n  - after blanks\n",
        f"items:\n{LIST}  - |\n          ",
        f"items:\n{MAPPING}-k5:\n  body: no entry\n",
        f"items:\n{LIST}-'k5': 1\n",
        f"items:\n{LIST}-- 1\n",
        f"items:\n{LIST}  [a]\n  - after\n",
        f"items:\n{MAPPING}  {{a: b}}\n",
        f"\ufeffitems:\n{LIST}",
        f"%YAML 1.2\n---\nitems:\n{LIST}",
        f"items:\n{LIST}  \ufeff- x\n",
    ],
)
def test_odd_files_say_the_same_or_have_the_same_problems(text: str) -> None:
    assert parsed(text) == whole(text)


LINES = st.sampled_from(
    [
        "items:",
        "  - id: a",
        "    b: |",
        "      text",
        "  ",
        "",
        "# c",
        "  - 'q",
        "x: 1",
        "- z",
        '    k: "v',
        "  m: [1,",
        "  ]",
        '"',
        "  ? k5",
        "  :",
        "  : v",
        "?",
        "    ? - a",
        "-k: 1",
        "--- ",
        "---",
        "...",
        "%YAML 1.2",
        "  k: |",
        "  - >-",
        "          ",
        "\t",
        "  \t- tab",
        "  k:\ttab",
        "\ufeff",
        "    a: b\r",
        "  - \u2028",
        "  'k': v",
        "  [a]: b",
        "  [a]",
        "  {a: b}",
        "  <<: x",
        "  - &a x",
    ]
)


ITEMS = [n for n, line in enumerate(f"{HEAD}items:\n{LIST}".split("\n")) if "item-" in line]
PLACES = st.one_of(
    st.integers(0, 120), st.builds(lambda at, by: at + by, st.sampled_from(ITEMS), st.integers(-2, 3))
)
"""Anywhere, and oftener where entries meet."""


@settings(deadline=None, max_examples=150)
@given(
    added=st.lists(st.tuples(PLACES, LINES), max_size=4),
    removed=st.lists(PLACES, max_size=3),
    base=st.sampled_from([f"{HEAD}items:\n{LIST}after: 1\n", f"{HEAD}items:\n{MAPPING}after: 1\n"]),
    line_end=st.sampled_from(["\n", "\n", "\n", "\r\n"]),
)
def test_files_cut_and_mixed_at_random_say_the_same(
    added: list[tuple[int, str]], removed: list[int], base: str, line_end: str
) -> None:
    lines = base.split("\n")
    for place, line in added:
        lines.insert(place % len(lines), line)
    for place in removed:
        lines.pop(place % len(lines))
    text = line_end.join(lines)
    assert parsed(text) == whole(text)


def test_an_edit_reads_its_entry_only(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"{HEAD}items:\n{LIST}"
    parse_yaml(text.encode(), "x.yaml")
    read: list[str] = []
    read_text = reader._read_text
    monkeypatch.setattr(reader, "_read_text", lambda text, shown: read.append(text) or read_text(text, shown))
    document = parse_yaml(text.replace("id: item-3", "id: item-x").encode(), "x.yaml")
    assert [item["id"] for item in document.data["items"]][2:5] == ["item-2", "item-x", "item-4"]
    assert len(read) == 1
    assert "item-x" in read[0]
    assert "item-2" not in read[0]


def test_short_files_are_not_cut() -> None:
    assert cut_text("items:\n  - a\n  - b\n  - c\n") is None
