"""Torn words, ligature signs, doubled spaces and hidden hyphens are put right and listed; nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.contribution.mending import mend, mend_text
from mailer.model.contribution import Contribution, Doubt, Photo, Piece
from mailer.model.finding import Severity

SHARDS = st.sampled_from(
    [
        *(
            "fi rst",
            "offi cer",
            "con fl ict",
            "pro\ufb01le",
            "con\u00adservation",
            "a",
            "b",
            "well-known",
            "  ",
            " ",
        ),
        *(
            "\n",
            "\n\n",
            "    ",
            "- ",
            "1. ",
            "> ",
            "# ",
            "`",
            "```\n",
            "| a | b |\n|---|---|\n",
            "\t",
            "\\",
            "*",
            "{",
        ),
        *(
            "{~~fi rst~>off er~~}",
            "{++",
            "++}",
            "{{name|fi rst}}",
            "[fi rst](https://example.org/\ufb01  a)",
            "fi ",
            "rst",
        ),
        *(
            "https://example.org/pro\u00adfile",
            "<b  c>",
            "[x]: https://example.org/a  'fi rst'",
            "\u00ad",
            "\ufb02",
        ),
    ]
)
TEXT = st.lists(SHARDS, max_size=14).map("".join)
FAULTLESS = st.text(
    st.characters(
        exclude_categories=("Cs",), exclude_characters="\u00ad\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06"
    )
)


def of(body: str, title: str = "T", **more: object) -> Contribution:
    return Contribution(file="a.md", pieces=(Piece(title=title, body=body, **more),))


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("the fi rst profi le", "the first profile", "broken ligature"),
        ("a notifi cation of the offi cer", "a notification of the officer", "broken ligature"),
        ("the con fl ict of the fl agship", "the conflict of the flagship", "broken ligature"),
        ("the \ufb01rst \ufb02ight", "the first flight", "ligature sign"),
        ("of  the", "of the", "double space"),
        ("con\u00adser\u00advation", "conservation", "soft hyphen"),
        ("the fi  rst", "the first", "double space"),
    ],
)
def test_what_copying_has_torn_is_put_right_and_told(before: str, after: str, why: str) -> None:
    mended = mend(of(before))
    assert mended.pieces[0].body == after
    assert (mended.mends[0].piece, mended.mends[0].before, mended.mends[0].because) == (0, before, why)
    assert mended.mends[-1].after == after


@pytest.mark.parametrize(
    "text",
    [
        "off the cliff edge, staff ing, wi-fi rst, sci-fi eld",
        "a well-known trans-boundary co-\noperation, pre- and post-war",
        "`fi rst  one` and <https://example.org/fi\u00adrst>",
        "[One](https://example.org/\ufb01rst) {{name|fi rst}}",
        "{~~fi rst~>off er~~} {>>Ana: of  the<<} {++con\u00adservation++} {--fi rst--}",
        "```\nfi rst  one\n```",
        "One  \ntwo\n\n-  three\n\n| a  | b |\n|----|---|\n| c  | d |",
    ],
)
def test_what_is_right_or_stands_for_itself_is_left_alone(text: str) -> None:
    assert mend_text(text) == (text, [])
    assert mend(of(text)).pieces[0].body == text


def test_titles_and_words_of_photos_are_mended_too() -> None:
    photo = Photo(name="a.jpg", content=b"x", alt="The fi rst", caption="of  the", credit="Fi rst")
    mended = mend(of("", title="The offi cer", photos=(photo,)))
    assert mended.pieces[0].title == "The officer"
    assert (mended.pieces[0].photos[0].alt, mended.pieces[0].photos[0].caption) == ("The first", "of the")
    assert mended.pieces[0].photos[0].credit == "Fi rst"
    assert len(mended.mends) == 3


def test_a_mend_shows_some_words_around_it_and_one_line_only() -> None:
    line = "Far away behind the word mountains, far from the countries Vokalia, there is the fi rst of all of them."
    [told] = mend(of(f"Above.\n{line}\nBelow.")).mends
    assert "the fi rst of all" in told.before
    assert told.after == told.before.replace("fi rst", "first")
    assert "\n" not in told.before
    assert len(told.before) < 80
    [both] = mend(of("the con fl ict  is over")).mends
    assert (both.before, both.after) == ("the con fl ict  is over", "the conflict is over")
    assert both.because == "broken ligature, double space"


def test_doubts_quote_what_stands_after_mending() -> None:
    quoted = Doubt(
        rule="import.change",
        severity=Severity.STOP,
        piece=0,
        words="− rail­ways",
        message='Ann took out "a" at "as rail­ways."',
    )
    [doubt] = mend(of("Go as rail­ways.").model_copy(update={"doubts": (quoted,)})).doubts
    assert (doubt.words, doubt.message) == ("− railways", 'Ann took out "a" at "as railways."')


def test_a_piece_too_long_for_an_item_is_a_doubt_and_left_alone() -> None:
    mended = mend(of("fi rst " * 4000))
    assert mended.pieces[0].body == "fi rst " * 4000
    [doubt] = mended.doubts
    assert (doubt.rule, doubt.piece) == ("import.too-long", 0)
    assert '"T" has 28,000 signs; 20,000 is the most.' in doubt.message


@given(TEXT)
def test_mending_twice_mends_nothing(text: str) -> None:
    once, told = mend_text(text)
    assert mend_text(once) == (once, [])
    assert bool(told) == (once != text)


@given(FAULTLESS.map(lambda text: text.replace("  ", " ")))
def test_a_text_without_such_faults_stays_as_it_is_to_the_last_sign(text: str) -> None:
    if (
        not any(torn in f" {text}" for torn in ("ff ", "fi ", "fl ", " ff", " fi", " fl"))
        and "  " not in text
    ):
        assert mend_text(text) == (text, [])


@given(TEXT)
def test_hyphens_and_letters_are_never_lost(text: str) -> None:
    plain = str.maketrans({"\u00ad": "", " ": "", "\ufb01": "fi", "\ufb02": "fl"})
    once, _ = mend_text(text)
    assert once.translate(plain) == text.translate(plain)
