"""What nobody has decided is found in any text: in order, whole, with its words, and nothing else."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.model.undecided import undecided_in

SHARDS = st.sampled_from(
    [
        "{++",
        "++}",
        "{--",
        "--}",
        "{~~",
        "~>",
        "~~}",
        "{==",
        "==}",
        "{>>",
        "<<}",
        "a",
        "\n",
        "\\",
        "{",
        "}",
        "+",
        "-",
    ]
)


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("{~~26~>24~~}", "substitution", "26 → 24"),
        ("{~~~>24~~}", "substitution", " → 24"),
        ("{++one\n two++}", "insertion", "+ one two"),
        ("{--out--}", "deletion", "− out"),
        ("{==here==}", "highlight", "here"),
        ("{>>Ana: sure?<<}", "comment", "Ana: sure?"),
        ("{++a {--b--} c++}", "insertion", "+ a {--b--} c"),
        ("{++" + "a" * 90 + "++}", "insertion", "+ " + "a" * 59 + "…"),
    ],
)
def test_each_kind_is_found_with_its_words(text: str, kind: str, words: str) -> None:
    [found] = undecided_in(f"x {text} y")
    assert (found.kind, found.words) == (kind, words)
    assert (found.start, found.end) == (2, 2 + len(text))


@pytest.mark.parametrize(
    "text",
    [
        "{++}",
        "Ca^{++} and Mg^{++}",
        "{++a",
        "a++}",
        "{++a--}",
        "{~~a~~}",
        "\\{++a++}",
        "{{name|++}}",
        "{ ++a++ }",
        "{+a+}",
    ],
)
def test_what_only_looks_so_is_not(text: str) -> None:
    assert list(undecided_in(text)) == []


@given(st.lists(SHARDS, max_size=20).map("".join))
def test_they_stand_in_order_and_hold_what_is_between_their_marks(text: str) -> None:
    found = list(undecided_in(text))
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
    for each in found:
        within = text[each.start + 3 : each.end - 3]
        whole = {"substitution": f"{each.old}~>{each.new}", "deletion": each.old}.get(each.kind, each.new)
        assert whole == within


def test_marks_without_an_end_are_looked_at_once() -> None:
    for sign in ("{++", "{~~a", "{>>{==", "{++\\", "\\"):
        assert list(undecided_in(sign * 60_000)) == []
    assert len(list(undecided_in("{++" * 60_000 + "++}"))) == 1
