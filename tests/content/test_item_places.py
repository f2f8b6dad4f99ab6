"""Items and fields are put into issue.yaml at their very place; every other line stays as it was."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.content.item_places import with_changes, with_items
from mailer.content.item_text import clean_body, clean_line, item_lines, scalar
from mailer.errors import MailerError
from mailer.source import parse_yaml

NEW = {"id": "new", "kind": "article", "title": "New: one", "body": "One.\n\nTwo.\n"}

ISSUE = """\
# At the top.
id:    trial   # stays
items:   # the list

  # About the first.
  - id: one
    kind: article
    title:  'One'   # behind the title
    # body: old
    body: >-
      Folded words
      of one.
    image:   # behind the image
      # above the address
      src: images/a.jpg   # behind it
      alt: An "animal"
      ratio: "3:2"  # cut
      focus: [0.5, 0.5]
    layout: half

  # About the contact.
  - {id: contact, kind: contact}
  # A closing word.

# Behind the list.
authors: [Ana]
"""


def data(text: str) -> Any:
    return parse_yaml(text.encode(), "issue.yaml").data


def added_lines(before: str, after: str) -> list[str]:
    """The lines that are new; AssertionError where any other line went, changed or moved."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    first = next((n for n, line in enumerate(old) if n >= len(new) or new[n] != line), len(old))
    more = len(new) - len(old)
    assert old[:first] + new[first : first + more] + old[first:] == new
    return new[first : first + more]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_only_lines_are_added_and_comments_stay_with_what_they_are_about(at: int) -> None:
    after = with_items(ISSUE, at, [NEW], "issue.yaml")
    assert "".join(added_lines(ISSUE, after)).strip("\n") == "\n".join(item_lines(NEW, 2))
    assert [item["id"] for item in data(after)["items"]].index("new") == at
    assert "# About the first.\n  - id: one" in after
    assert "# About the contact.\n  - {id" in after
    assert after.endswith("# Behind the list.\nauthors: [Ana]\n")


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "text",
    [
        "items:\n- id: one\n  kind: article\n",
        "items:\n- id: one\n  kind: article",
        "items:\n    -\n        id: one\n        body: |+\n            keep\n\n\nid: x\n",
        "items:\n  - id: one\n    body: |\n      # no comment\n\n      words\n\n\n# behind\n",
        "items: []   # none yet\nid: x\n",
        "items: []",
        "id: x\nitems:\n  - id: one\n...\n",
    ],
)
def test_lists_are_added_to_in_whatever_way_they_are_written(text: str, line_end: str) -> None:
    text = text.replace("\n", line_end)
    items = data(text)["items"]
    for at in range(len(items) + 1):
        after = with_items(text, at, [NEW, {**NEW, "id": "newer"}], "issue.yaml")
        expected = [*items[:at], NEW, {**NEW, "id": "newer"}, *items[at:]]
        assert data(after)["items"] == expected
        assert line_end not in text or "\n" not in after.replace(line_end, "")


@pytest.mark.parametrize(
    "text", ["items: [{id: one}]\n", "{items: []}\n", "id: x\n", "items:\n", "- items\n"]
)
def test_what_cannot_be_added_to_line_by_line_is_left_to_people(text: str) -> None:
    with pytest.raises(MailerError):
        with_items(text, 0, [NEW], "issue.yaml")


def test_a_renewed_item_keeps_its_comments_and_all_fields_that_are_not_named() -> None:
    after = with_changes(
        ISSUE,
        0,
        {
            "title": "Two",
            "body": "A\n\nB\n",
            "image": {"src": "images/b.jpg", "alt": None, "focus": None, "credit": "Ana"},
        },
        "issue.yaml",
    )
    one = data(after)["items"][0]
    assert one == {
        "id": "one",
        "kind": "article",
        "title": "Two",
        "body": "A\n\nB\n",
        "image": {"src": "images/b.jpg", "ratio": "3:2", "credit": "Ana"},
        "layout": "half",
    }
    assert {line.partition("#")[2] for line in ISSUE.splitlines()} <= {
        line.partition("#")[2] for line in after.splitlines()
    }
    assert after.partition("    layout: half")[2] == ISSUE.partition("    layout: half")[2]


def test_what_an_item_did_not_have_comes_behind_what_stands_before_it() -> None:
    text = "items:\n  - id: one\n    kind: article\n    layout: half\n\n  - id: two\n    kind: article\n"
    for index in (0, 1):
        after = with_changes(text, index, {"title": "T", "body": "B\n", "image": {"src": "a.jpg"}}, "x")
        assert list(data(after)["items"][index])[:5] == ["id", "kind", "title", "body", "image"]


def test_an_image_in_one_line_is_written_anew_and_stays_cut_as_it_was() -> None:
    text = 'items:\n  - id: one\n    image: {src: a.jpg, alt: A, ratio: "3:2"}  # why\n    layout: half\n'
    after = with_changes(text, 0, {"image": {"src": "b.jpg", "alt": None}}, "x")
    assert data(after)["items"][0]["image"] == {"src": "b.jpg", "ratio": "3:2"}
    assert "# why" in after


def test_an_item_in_one_line_is_left_to_people() -> None:
    with pytest.raises(MailerError, match="item 2 is written in one line"):
        with_changes(ISSUE, 1, {"title": "T"}, "issue.yaml")


words = st.text(
    alphabet=st.one_of(st.sampled_from("ab :#-|>'\"{}[]&*!%@`\\\t~,?"), st.characters()), max_size=60
)
bodies = st.lists(words, max_size=6).map("\n".join)


@settings(max_examples=60, deadline=None)
@given(title=words, body=bodies, at=st.integers(0, 2))
def test_whatever_the_words_are_they_are_read_back_and_nothing_else_changes(
    title: str, body: str, at: int
) -> None:
    item = {"id": "new", "kind": "article", "title": clean_line(title), "body": clean_body(body) or "x"}
    after = with_items(ISSUE, at, [item], "issue.yaml")
    assert data(after)["items"][at] == item
    added_lines(ISSUE, after)


@settings(max_examples=30, deadline=None)
@given(title=words, body=bodies, alt=words)
def test_renewed_words_are_read_back_whatever_they_are(title: str, body: str, alt: str) -> None:
    changes: dict[str, Any] = {
        "title": clean_line(title),
        "body": clean_body(body) or "x",
        "image": {"src": "images/b.jpg", "alt": clean_line(alt)},
    }
    one = data(with_changes(ISSUE, 0, changes, "issue.yaml"))["items"][0]
    assert (one["title"], one["body"], one["image"]["alt"]) == (
        changes["title"],
        changes["body"],
        clean_line(alt),
    )


@pytest.mark.parametrize(
    "words", ["null", "yes: no", "2016-12-19", "12", "~", "- a", "a: b", "a #b", "", " a"]
)
def test_words_that_yaml_would_read_otherwise_are_quoted(words: str) -> None:
    assert scalar(words).startswith('"')


@pytest.mark.parametrize("words", ["No news", "COP12", "Ärger im Büro", "сайга", 'it\'s "so"', "a:b"])
def test_plain_words_stay_plain(words: str) -> None:
    assert scalar(words) == words
