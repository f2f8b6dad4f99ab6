"""What has changed in words: the item and the words themselves, each once, a few of them."""

from __future__ import annotations

import pytest

from mailer.model.proof import Proof
from mailer.model.rendition import Rendition, Variant, text_slot
from mailer.proof import changed_text, in_words, some_text
from tests.proof.test_proofs import proof

LETTER = """\
In this issue
-------------
1. Saiga meeting · 26 April
2. A count in the
   mountains


1. Saiga meeting
----------------
Ministers meet on 26 April in {place}, and
all are welcome.

2. A count in the
   mountains
-----------------
Done.
"""


def letter(text: str, subject: str = "News", language: str = "en") -> Rendition:
    text = text.replace("{place}", text_slot("country"))
    variant = Variant(language=language, items=("a", "b"))
    return Rendition(variant=variant, subject=subject, preheader="P", html=text, text=text)


def made(*renditions: Rendition) -> Proof:
    return proof(renditions=renditions)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("26 April", "24 April", ('"Saiga meeting": "on 26 April" → "on 24 April"',)),
        ("Done.", "Done, and told.", ('"A count in the mountains": "Done." → "Done, and told."',)),
        ("all are", "and all are", ('"Saiga meeting": "all" new',)),
        ("are welcome.", "are welcome: come.", ('"Saiga meeting": "are welcome." → "are welcome: come."',)),
        ("April in {place}", "April in Bonn", ('"Saiga meeting": "in {{country}}, and" → "in Bonn, and"',)),
        ("Saiga meeting", "Saiga talks", ('"Saiga meeting": the title is now "Saiga talks"',)),
        ("Ministers meet", "Ministers  meet\n", ()),
    ],
)
def test_a_change_is_said_with_its_item_and_no_list_says_it_again(
    old: str, new: str, said: tuple[str, ...]
) -> None:
    before, after = made(letter(LETTER)), made(letter(LETTER.replace(old, new)))
    found = changed_text(before, after)
    if old == "all are":
        assert len(found) == 1
        assert "and" in found[0]
    else:
        assert found == said


def test_an_item_that_came_or_went_is_named() -> None:
    without = LETTER[: LETTER.index("2. A count in the\n   mountains\n---")]
    assert '"A count in the mountains": new' in changed_text(made(letter(without)), made(letter(LETTER)))
    assert '"A count in the mountains": taken out' in changed_text(
        made(letter(LETTER)), made(letter(without))
    )


def test_subject_and_every_language_are_looked_at_and_each_change_is_said_once() -> None:
    before = made(letter(LETTER), letter(LETTER, language="fr"))
    changed = LETTER.replace("26 April", "24 April")
    after = made(letter(changed, "Old news"), letter(changed, language="fr"))
    assert changed_text(before, after) == (
        'subject: "News" → "Old news"',
        '"Saiga meeting": "on 26 April" → "on 24 April"',
    )


def test_only_a_few_are_said_and_long_ones_are_cut() -> None:
    assert some_text(["a", "b", "c"]) == "a; b; c"
    assert some_text(["a", "b", "c", "d"]) == "a; b; c; and 1 more change of words"
    assert some_text(list("abcdef")).endswith("and 3 more changes of words")
    long = LETTER.replace("Done.", "many words " * 30)
    (said,) = changed_text(made(letter(LETTER)), made(letter(long)))
    assert "…" in said
    assert len(said) < 200
    assert in_words(("sender",), ()) == "the sender"
    assert in_words(("sender",), ("a",)) == "the sender. In words: a"
