"""Slips of typing: what is certain has its right words, and no text is too hostile to look through."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.check.fixes import FIXES
from mailer.source.mending import mended
from mailer.source.slips import Slip, blocks_of

SIGNS = st.sampled_from(
    [
        *(
            "fi rst",
            "off er",
            "pro\ufb01le",
            "\u00ad",
            " ",
            "  ",
            "\t",
            "\n",
            "\n\n",
            "    ",
            "- ",
            "> ",
            "1. ",
            "# ",
        ),
        *("`", "```\n", "| a | b |\n|---|---|\n", "[x](mailto: a@example.org)", "<mailto:%20a@example.org>"),
        *("https://example.org/", "a", "b", ".", "\\", "*"),
    ]
)
TEXT = st.lists(SIGNS, max_size=14).map("".join)


@given(TEXT)
def test_slips_stand_in_order_and_inside_the_text(text: str) -> None:
    for fix in FIXES:
        slips = list(fix.in_text(text))
        assert all(0 <= slip.start < slip.end <= len(text) for slip in slips)
        assert (
            all(one.end <= other.start for one, other in itertools.pairwise(slips))
            or fix.rule == "text.ligature"
        )


@given(TEXT)
def test_a_fix_by_itself_comes_to_rest(text: str) -> None:
    for fix in FIXES:
        once = text
        for _ in range(8):
            slips = [slip for slip in fix.in_text(once) if slip.right is not None]
            once = mended(once, slips)
        assert not [slip for slip in fix.in_text(once) if slip.right is not None]


def test_mended_words() -> None:
    assert mended("a  b c", [Slip(1, 3, " "), Slip(4, 5, "-")]) == "a b-c"
    assert blocks_of("a\n\n- b") != blocks_of("a\n\nb")


@pytest.mark.parametrize(
    "text",
    [
        "fi ",
        "  ",
        "a  ",
        "\u00ad",
        "a\u00ad ",
        " \n",
        "](mailto: ",
        "<mailto:%20",
        "- ",
        "#",
        "1.",
        "\ufb01",
        "ff",
    ],
)
def test_a_long_hostile_text_takes_no_time(text: str) -> None:
    hostile = (text * 20_000)[:20_000]
    began = time.process_time()
    for fix in FIXES:
        list(fix.in_text(hostile))
    assert time.process_time() - began < 1
